"""What a process that serves a member reads and writes: its own folder, what is public, and what programs need."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import exchange
import exchange.schemas
from exchange.directory.at_rest import PASSPHRASE_FILE
from exchange.directory.keyfiles import signing_place
from exchange.directory.tokens.uri import MODULE
from exchange.errors import ExchangeError
from exchange.machine.files import read_json
from exchange.machine.transport.trust import TLS, TLS_AUTHORITY
from exchange.paper.fonts import FOLDERS as PAPER_FONTS
from exchange.runtime.logs import LOG
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.children import GIVEN_PATH
from exchange.schemas import Role
from exchange.store.engine import is_server

FOLDERS = "EXCHANGE_FOLDERS"
"""Environment variable: further folders that serving processes may read and write, with colons between them."""

_SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/nix/store", "/gnu/store", "/etc", "/run/systemd/resolve",
    "/var/lib/ca-certificates", "/proc/self", "/proc/stat", "/proc/meminfo", "/proc/cpuinfo", "/proc/sys",
    "/sys/fs/cgroup", "/sys/devices/system", "/var/lib/sss/mc", "/run/nscd", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
"""Of processes only the own one: what others were started with may be secret."""
_DEVICES = (Path("/dev/null"), Path("/dev/full"))

_SETTINGS = frozenset({
    TLS_AUTHORITY, PASSPHRASE_FILE, MODULE, GIVEN_PATH, PAPER_FONTS, "EXCHANGE_METRICS_TOKEN", "SOFTHSM2_CONF",
    "CREDENTIALS_DIRECTORY",
})  # fmt: skip
_SETTINGS_OF_A_KIND = ("AWS_", "OTEL_", "PG", "SSL_CERT_")
"""Of these settings each that names a file or a folder is read."""


@dataclass(frozen=True)
class Reach:
    """Files and folders, each with all below it."""

    readable: tuple[Path, ...]
    writable: tuple[Path, ...]


def reach_of(
    settings: Settings,
    address: str,
    scratch: Path,
    env: Mapping[str, str] = os.environ,
    *,
    read: Iterable[Path] = (),
    write: Iterable[Path] = (),
) -> Reach:
    """Return what a member's process needs, with ``scratch`` for its temporary files; no other member's secrets.

    ``read`` and ``write`` is what it needs besides, as whoever started it has named it. What lies around the domain's
    folder, or around a secret of it, is taken apart: all but that.
    """
    home = Home(settings.home)
    member = home.member(address)
    around = _Around(_real(home.root), _secrets(home, member))
    own = [member, scratch, home.calendars, *([home.tree] if _relays(home, address) else [])]
    written = [*_named_folders(env), *_logs(env), *_database(settings), *_token_folders(member, env), *write]
    public = [home.public, home.tree, home.calendars, home.clock]
    needed = [*map(Path, _SYSTEM), *_code(), *_of_settings(env), *_of_urls(settings), *_of_account(home, address)]
    needed += [*read, *_modules(member), home.departments, *_linked(home.departments), *_names()]
    return Reach(
        readable=(*public, *around.without_secrets(needed)),
        writable=(*own, *_DEVICES, *(one for one in map(_real, written) if around.lets_write(one))),
    )


@dataclass(frozen=True)
class _Around:
    """Which places are secret, as they are after all links."""

    root: Path
    secrets: frozenset[Path]

    def is_secret(self, real: Path) -> bool:
        """Whether it is the domain's folder, a secret, or lies in one."""
        return real == self.root or any(real == one or one in real.parents for one in self.secrets)

    def holds_secret(self, real: Path) -> bool:
        """Whether the domain's folder or a secret lies in it."""
        return any(real in one.parents for one in (self.root, *self.secrets))

    def lets_write(self, real: Path) -> bool:
        """Whether nothing secret is touched where all of it is written to."""
        return not self.is_secret(real) and not self.holds_secret(real)

    def without_secrets(self, paths: Iterable[Path]) -> Iterator[Path]:
        """The same paths; those that have a secret in them as what else is in them."""
        pending, seen = [*paths], set[Path]()
        while pending:
            real = _real(pending.pop())
            if real in seen or self.is_secret(real):
                continue
            seen.add(real)
            if not self.holds_secret(real):
                yield real
                continue
            with suppress(OSError):
                pending += real.iterdir()


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _secrets(home: Home, member: Path) -> frozenset[Path]:
    """What only others need, and where it lies by a link."""
    places = [home.authority, home.freshness_key, home.node, home.members, home.links, home.root / "console.toml"]
    places.append(home.root / TLS / "authority.key")
    others = [one for one in home.members.iterdir() if one != member] if home.members.is_dir() else []
    return frozenset(_real(one) for one in (*places, *others))


def _relays(home: Home, address: str) -> bool:
    """Whether it keeps directories of other domains; only a relay office does."""
    try:
        return Role.RELAY in load_profiles(home.departments)[address].roles
    except (ExchangeError, KeyError, OSError):  # told by who opens the member
        return False


def _code() -> Iterator[Path]:
    """Python, the libraries, and our own."""
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, *filter(None, sys.path)}
    yield from map(Path, folders - {os.getcwd(), os.sep})  # the working folder is none of theirs
    yield Path(sys.executable)
    yield Path(os.__file__).parent
    yield from (Path(place) for package in (exchange, exchange.schemas) for place in package.__path__)


def _names() -> Iterator[Path]:
    """Where the servers of names are written down: a file that is replaced, often somewhere below `/run`."""
    place = _real(Path("/etc/resolv.conf")).parent
    if place != Path("/run"):
        yield place


def _linked(folder: Path) -> Iterator[Path]:
    """What lies elsewhere, by links in the folder of departments."""
    if folder.is_dir():
        yield from (path.resolve() for path in folder.iterdir() if path.is_symlink())


def _of_settings(env: Mapping[str, str]) -> Iterator[Path]:
    for name, value in env.items():
        if name in _SETTINGS or name.startswith(_SETTINGS_OF_A_KIND):
            yield from (Path(one) for one in value.removeprefix("@").split(os.pathsep) if one.startswith("/"))


def _of_urls(settings: Settings) -> Iterator[Path]:
    """Certificates and the like that the database's URL names, and libpq's own."""
    if is_server(settings.database_url):
        query = parse_qsl(urlsplit(settings.database_url or "").query)
        yield from (Path(value) for _, value in query if value.startswith("/"))
        for name in (".postgresql", ".pg_service.conf", ".pgpass"):
            yield Path.home() / name


def _of_account(home: Home, address: str) -> Iterator[Path]:
    """Files that the URL of the member's broker account names."""
    query = urlsplit(str((read_json(home.account(address)) or {}).get("url", ""))).query
    yield from (Path(value) for _, value in parse_qsl(query) if value.startswith("/"))


def _named_folders(env: Mapping[str, str]) -> Iterator[Path]:
    yield from (Path(one) for one in env.get(FOLDERS, "").split(os.pathsep) if one)


def _logs(env: Mapping[str, str]) -> Iterator[Path]:
    """The folder of the log file that a supervisor gave: it is rotated there."""
    if env.get(LOG):
        yield Path(env[LOG]).parent


def _database(settings: Settings) -> Iterator[Path]:
    """The folder of an SQLite file that the environment names: others come to lie beside it."""
    if settings.database_url and not is_server(settings.database_url):
        yield Path(unquote(urlsplit(settings.database_url).path)[1:]).absolute().parent


def _modules(member: Path) -> Iterator[Path]:
    """The vendor's library and the PIN's file, where the signing key is in a token."""
    try:
        place = signing_place(member / "keys")
    except (ExchangeError, OSError):
        return
    if place is not None:
        yield from (path for path in (place.pin_file, place.module) if path is not None)


def _token_folders(member: Path, env: Mapping[str, str]) -> Iterator[Path]:
    """Where SoftHSM keeps its tokens."""
    for conf in (env.get("SOFTHSM2_CONF"), str(Path.home() / ".config/softhsm2/softhsm2.conf"), "/etc/softhsm2.conf",
                 "/etc/softhsm/softhsm2.conf"):  # fmt: skip
        try:
            lines = Path(conf).read_text(errors="replace").splitlines() if conf else []
        except OSError:
            continue
        for line in lines:
            name, _, value = line.partition("=")
            if name.strip() == "directories.tokendir":
                yield Path(value.strip())
