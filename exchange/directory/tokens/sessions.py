"""The sessions of this process with PKCS#11 tokens: one a token, shared by all threads, under one lock.

PKCS#11 knows one login a process and token, and a session handle means nothing in another process: after a fork the
child forgets its parent's sessions and begins anew. `python-pkcs11` is imported here alone, when a token is used.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from exchange.directory.tokens.uri import TokenUri
from exchange.errors import BadKeys, TokenUnavailable
from exchange.machine.logger import get_logger

log = get_logger()

_AWAY = (
    "connect the token, or start what reaches it, and see that its PIN file can be read here; "
    "`exchange doctor` looks again"
)
_PIN_LIMIT = 256


class _State:
    """What this process has open."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.process = os.getpid()
        self.modules: dict[Path, Any] = {}
        self.sessions: dict[tuple[Path, Any], Any] = {}
        self.refused: set[tuple[str, bytes]] = set()
        """PINs that a token has refused, as digests: a few wrong ones lock it, so none is tried twice."""
        self.inherited = False


_state = _State()


def _forget() -> None:
    """In a child: a lock may be held by a thread that is not there, and the parent's sessions are not ours to use."""
    modules = dict(_state.modules)
    _state.__init__()  # type: ignore[misc]
    _state.modules, _state.inherited = modules, bool(modules)


os.register_at_fork(after_in_child=_forget)


def library() -> Any:
    """Return python-pkcs11. Raises BadKeys where it is not installed."""
    try:
        import pkcs11
    except ImportError as error:
        raise BadKeys(
            "a key lives in a token, and python-pkcs11 is not installed", remedy="pip install 'yizhan[pkcs11]'"
        ) from error
    return pkcs11


@contextmanager
def session(uri: TokenUri, *, writing: bool = False) -> Iterator[Any]:
    """Give the session with the token of ``uri`` to one thread at a time; a token that dropped it is opened anew.

    ``writing``: one of its own, in which keys can be made. Raises BadKeys, for all that the token refuses.
    """
    pkcs11 = library()
    with _state.lock:
        try:
            yield _opened(uri, writing)
        except pkcs11.PKCS11Error as error:
            drop(uri)
            raise TokenUnavailable(
                "the token of {uri} cannot be used ({name})",
                remedy=_AWAY,
                uri=str(uri),
                name=type(error).__name__,
            ) from error


def drop(uri: TokenUri) -> None:
    """Forget the sessions with all tokens of a module, and look at its slots again when it is next used."""
    with _state.lock:
        module = uri.with_module().module
        for key in [key for key in _state.sessions if key[0] == module]:
            try:
                _state.sessions.pop(key).close()
            except Exception as error:
                log.debug("token.close", reason=type(error).__name__)
        loaded = _state.modules.get(module) if module is not None else None
        if loaded is not None:
            try:
                loaded.reinitialize()
            except Exception as error:
                log.debug("token.reinitialize", reason=type(error).__name__)


def _opened(uri: TokenUri, writing: bool) -> Any:
    pkcs11 = library()
    if _state.inherited:
        _state.inherited = False
        for module in _state.modules.values():
            module.reinitialize()
    whole = uri.with_module()
    path = whole.module or Path()
    token = _token(_module(path), whole)
    key = (path, token.serial or token.label)
    if key in _state.sessions and not writing:
        return _state.sessions[key]
    pin = read_pin(whole.pin_file)
    mark = (str(key), hashlib.sha256(pin.encode()).digest())
    if mark in _state.refused:
        raise _wrong(whole)
    try:
        opened = token.open(rw=writing, user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        opened = token.open(rw=writing)
    except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid) as error:
        _state.refused.add(mark)
        raise _wrong(whole) from error
    return _state.sessions.setdefault(key, opened) if not writing else opened


def _wrong(uri: TokenUri) -> TokenUnavailable:
    return TokenUnavailable(
        "the token refuses the PIN in {path}",
        remedy="write the right PIN into that file; it is tried once, since a few wrong ones lock the token",
        path=uri.pin_file,
    )


def _module(path: Path) -> Any:
    if path not in _state.modules:
        try:
            _state.modules[path] = library().lib(str(path))
        except (RuntimeError, OSError) as error:
            raise TokenUnavailable(
                "the PKCS#11 module {path} cannot be loaded",
                remedy="install the token vendor's library, and name it: module-path in the URI; see {variable} too",
                path=path,
                variable="EXCHANGE_PKCS11_MODULE",
            ) from error
    return _state.modules[path]


def _token(module: Any, uri: TokenUri) -> Any:
    found = []
    for slot in module.get_slots(token_present=True):
        token = slot.get_token()
        facts = {
            "token": token.label,
            "serial": token.serial.decode(errors="replace") if isinstance(token.serial, bytes) else token.serial,
            "manufacturer": token.manufacturer_id,
            "model": token.model,
        }
        if all(str(fact).strip() == uri.text(name) for name, fact in facts.items() if name in uri.attributes):
            found.append(token)
    if len(found) == 1:
        return found[0]
    said = "no token here is the one of {uri}" if not found else "more than one token here is like {uri}"
    raise TokenUnavailable(said, remedy=_AWAY if not found else "name its serial=, too", uri=str(uri))


def read_pin(path: Path) -> str:
    """Read a token's PIN. Raises BadKeys where the file cannot be read, everybody can read it, or it holds none."""
    try:
        exposed = stat.S_IMODE(path.stat().st_mode) & stat.S_IROTH
        found = "" if exposed else path.read_bytes()[: _PIN_LIMIT + 1].decode().strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TokenUnavailable(
            "the token's PIN in {path} cannot be read",
            remedy="name a file that holds the PIN and nothing else",
            path=path,
        ) from error
    if exposed:
        raise TokenUnavailable(
            "{path} holds a token's PIN, and everybody can read it", remedy="chmod 600 {path}", path=path
        )
    if not 0 < len(found) <= _PIN_LIMIT:
        raise TokenUnavailable(
            "{path} holds no PIN", remedy="name a file that holds the PIN and nothing else", path=path
        )
    return found
