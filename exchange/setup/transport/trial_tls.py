"""The files of a trial authority for TLS and of what it has issued; running it again renews what is nearly over.

An authority that is there is never replaced, and no file that it has not issued.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from exchange.directory.servers.certifying import (
    ServerCertificate,
    ServerPair,
    check_authority,
    is_pair,
    new_authority,
    new_server_pair,
    read_server_certificate,
)
from exchange.errors import BadConfiguration, CallerError, Conflict
from exchange.machine.files import make_folder, told, write_file, write_secret

AUTHORITY = "authority"
DEFAULT_NAMES = ("broker", "database", "doors")
"""What is issued where nothing else is asked for."""
DAYS = 365
_LONGEST = 3650
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}", re.ASCII)
_LEFT = 3
"""With less than this part of its time left a certificate is renewed."""


class TlsFileState(StrEnum):
    """What was done with a certificate."""

    KEPT = "kept"
    MADE = "made"
    RENEWED = "renewed"


@dataclass(frozen=True)
class TlsFile:
    """One certificate as it lies there now."""

    name: str
    state: TlsFileState
    certificate: Path
    key: Path
    hosts: tuple[str, ...]
    """None of the authority."""
    ends_at: datetime


@dataclass(frozen=True)
class TrialTls:
    """A folder of an authority and its certificates."""

    folder: Path
    domain: str
    """Whose it is, in words."""

    @property
    def authority(self) -> Path:
        """The authority's certificate: what all others are verified by."""
        return self.folder / f"{AUTHORITY}.crt"

    def make(
        self, wanted: Mapping[str, Sequence[str]], now: datetime, days: int = DAYS, *, renew: bool = False
    ) -> list[TlsFile]:
        """Make or renew what is wanted, by name: for these hosts, or for those that it has where none is given.

        Without anything wanted, what is there already; the usual ones for this machine where there is nothing yet.

        Raises CallerError, BadConfiguration, Conflict for a file that this authority has not issued, or FileUnusable.
        """
        _check(wanted, days)
        make_folder(self.folder, 0o700)
        found = [self._authority(now)]
        pair = self._pair(AUTHORITY)
        if check_authority(pair) <= now:
            remedy = "move the folder away, make everything anew, and give all clients the new authority's certificate"
            raise Conflict("the authority for TLS in {folder} is over", remedy=remedy, folder=self.folder)
        names = wanted or self._there() or dict.fromkeys(DEFAULT_NAMES, ())
        return found + [self._server(name, hosts, pair, now, days, renew=renew) for name, hosts in names.items()]

    def _authority(self, now: datetime) -> TlsFile:
        certificate, key = self.authority, self._key(AUTHORITY)
        state = TlsFileState.KEPT
        if certificate.exists() != key.exists():
            missing = key if certificate.exists() else certificate
            remedy = "put it back; or move the folder away, make everything anew, and give it to all clients"
            raise Conflict("{file} is missing: without it nothing can be issued", remedy=remedy, file=missing)
        if not certificate.exists():
            pair, state = new_authority(self.domain, now), TlsFileState.MADE
            write_secret(key, pair.key)
            write_file(certificate, pair.certificate)
        ends_at = check_authority(self._pair(AUTHORITY))
        return TlsFile(AUTHORITY, state, certificate, key, (), ends_at)

    def _server(
        self, name: str, hosts: Sequence[str], authority: ServerPair, now: datetime, days: int, *, renew: bool
    ) -> TlsFile:
        certificate, key = self.folder / f"{name}.crt", self._key(name)
        state, had = TlsFileState.MADE, None
        if certificate.exists() or key.exists():
            had = read_server_certificate(self._read(certificate), authority.certificate)
            if had is None or not had.issued:
                remedy = "name it otherwise, or move both files away"
                raise Conflict("{file} is not of this authority", remedy=remedy, file=certificate)
            state = TlsFileState.RENEWED
        names = tuple(dict.fromkeys(hosts)) or (had.hosts if had is not None else _own_hosts())
        if had is not None and not renew and self._lasts(had, names, now) and is_pair(self._pair(name)):
            return TlsFile(name, TlsFileState.KEPT, certificate, key, had.hosts, had.ends_at)
        pair = new_server_pair(authority, name, names, now, now + timedelta(days=days))
        write_file(certificate, pair.certificate)
        write_secret(key, pair.key)  # killed in between there is no pair, and the next run makes one
        made = read_server_certificate(pair.certificate, authority.certificate)
        assert made is not None  # noqa: S101 -- it was made above
        return TlsFile(name, state, certificate, key, made.hosts, made.ends_at)

    def _lasts(self, had: ServerCertificate, names: Sequence[str], now: datetime) -> bool:
        """Whether a certificate is for these hosts, and has enough of its time left."""
        return set(names) == set(had.hosts) and had.ends_at - now > (had.ends_at - had.begins_at) / _LEFT

    def _pair(self, name: str) -> ServerPair:
        return ServerPair(self._read(self.folder / f"{name}.crt"), self._read(self._key(name)))

    def _there(self) -> Mapping[str, Sequence[str]]:
        """What lies there beside the authority; nothing else that somebody has put there is looked at."""
        known = self._read(self.authority)
        found = {}
        for path in sorted(self.folder.glob("*.crt")):
            read = read_server_certificate(self._read(path), known) if path.stem != AUTHORITY else None
            if read is not None and read.issued and _NAME.fullmatch(path.stem):
                found[path.stem] = read.hosts
        return found

    def _key(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def _read(self, path: Path) -> bytes:
        with told(path):
            return path.read_bytes() if path.exists() else b""


def _check(wanted: Mapping[str, Sequence[str]], days: int) -> None:
    if not 1 <= days <= _LONGEST:
        raise CallerError("a certificate is made for 1 to {most} days", remedy="renew it in time", most=_LONGEST)
    for name in wanted:
        if not _NAME.fullmatch(name) or name == AUTHORITY:
            raise BadConfiguration(
                "{name!r} is no name for a certificate",
                remedy="write NAME or NAME=HOST,HOST: small letters, digits and hyphens, not 'authority'",
                name=name,
            )


def _own_hosts() -> tuple[str, ...]:
    """By what this machine itself is reached."""
    own = socket.gethostname()
    return tuple(dict.fromkeys(("localhost", *((own,) if own.isascii() and own else ()), "127.0.0.1", "::1")))
