"""Which key in which token is meant: a PKCS#11 URI (RFC 7512), of which no part is a secret."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes

from exchange.errors import BadKeys

SCHEME = "pkcs11:"
MODULE = "EXCHANGE_PKCS11_MODULE"
EXAMPLE = "pkcs11:token=NAME;object=NAME?pin-source=file:/PATH"

_TOKEN = ("token", "serial", "manufacturer", "model")
_OBJECT = ("object", "id")
_QUERY = ("module-path", "pin-source")
_PLAIN = "-._~:[]@!$'()*+,=&"
"""Beside letters and digits, what stands for itself in a path attribute (RFC 7512, section 2.3)."""
_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})|[^\x21-\x7e]")
_LIMIT = 2_048


@dataclass(frozen=True)
class TokenUri:
    """A key's place: by attributes of its token and its object, the module that reaches it, and the PIN's file."""

    attributes: Mapping[str, bytes]
    """As in the URI's path: of `token`, `serial`, `manufacturer`, `model`, `object`, `id` those that it names."""
    pin_file: Path
    module: Path | None = None

    @classmethod
    def parse(cls, text: str) -> TokenUri:
        """Read a URI. Raises BadKeys where it is none, names no key, holds a PIN or says what is not known here."""
        if not text.startswith(SCHEME) or len(text) > _LIMIT or _BROKEN.search(text):
            raise BadKeys("this is no PKCS#11 URI (RFC 7512)", remedy=_LIKE, example=EXAMPLE)
        path, _, query = text[len(SCHEME) :].partition("?")
        asked = _pairs(query, "&", _QUERY)
        named = _pairs(path, ";", (*_TOKEN, *_OBJECT, "type"))
        if named.pop("type", b"private") != b"private":
            raise BadKeys(
                "the PKCS#11 URI names another type of object than a private key", remedy=_LIKE, example=EXAMPLE
            )
        if not ({"token", "serial"} & named.keys() and set(_OBJECT) & named.keys()):
            raise BadKeys("the PKCS#11 URI does not name a token and an object in it", remedy=_LIKE, example=EXAMPLE)
        if "pin-source" not in asked:
            raise BadKeys("the PKCS#11 URI does not say where the PIN is", remedy=_LIKE, example=EXAMPLE)
        module = _absolute("module-path", asked["module-path"]) if "module-path" in asked else None
        return cls(named, _absolute("pin-source", asked["pin-source"]), module)

    def with_module(self, env: Mapping[str, str] = os.environ) -> TokenUri:
        """Return the same with the module that the environment names, unless it names one. Raises BadKeys."""
        if self.module is not None:
            return self
        if not env.get(MODULE):
            raise BadKeys(
                "nothing names the PKCS#11 module of the token",
                remedy="module-path=/PATH in the URI's query, or {variable}: the vendor's library",
                variable=MODULE,
            )
        return replace(self, module=_absolute(MODULE, os.fsencode(env[MODULE])))

    def text(self, name: str) -> str | None:
        """Return a path attribute as text; None where the URI does not name it. Raises BadKeys where it is no UTF-8."""
        try:
            return self.attributes[name].decode() if name in self.attributes else None
        except UnicodeDecodeError:
            raise BadKeys("{name} in the PKCS#11 URI is not UTF-8", remedy=_LIKE, example=EXAMPLE, name=name) from None

    def __str__(self) -> str:
        """Write it as it is kept: the path's attributes in one order, then the query."""
        path = [f"{name}={_quoted(self.attributes[name])}" for name in (*_TOKEN, *_OBJECT) if name in self.attributes]
        query = [f"pin-source=file:{_quoted(os.fsencode(self.pin_file), '/')}"]
        if self.module is not None:
            query.append(f"module-path={_quoted(os.fsencode(self.module), '/')}")
        return f"{SCHEME}{';'.join(path)}?{'&'.join(query)}"


_LIKE = "write it like {example}"


def _pairs(text: str, separator: str, known: tuple[str, ...]) -> dict[str, bytes]:
    """Attributes by name. The value of one is never quoted in an error: it may be a secret that does not belong."""
    found: dict[str, bytes] = {}
    for part in text.split(separator) if text else ():
        name, equals, value = part.partition("=")
        if name == "pin-value":
            raise BadKeys(
                "the PKCS#11 URI holds a PIN, which others would read in files and process lists",
                remedy="change the PIN, write it into a file that only you can read, and give pin-source=file:/PATH",
            )
        if not equals or name not in known or name in found:
            what = name if re.fullmatch(r"[a-z-]{1,20}", name) else "?"
            raise BadKeys(
                "the PKCS#11 URI has an attribute that is not known here, empty or twice: {name}",
                remedy=_LIKE,
                example=EXAMPLE,
                name=what,
            )
        found[name] = unquote_to_bytes(value)
    return found


def _absolute(name: str, value: bytes) -> Path:
    """A file, as a path or a `file:` URI."""
    path = os.fsdecode(value)
    if path.startswith("file:"):
        path = path.removeprefix("file:").removeprefix("//")
    if not path.startswith("/") or "\0" in path:
        raise BadKeys("{name} is not the whole path of a file", remedy="write it from / on", name=name)
    return Path(path)


def _quoted(value: bytes, also: str = "") -> str:
    return quote_from_bytes(value, safe=_PLAIN.replace("&", "") + also if also else _PLAIN)
