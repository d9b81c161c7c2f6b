"""Asking a scanner (clamd) what it finds in a file, in the way that it calls INSTREAM.

Nothing found is never called clean: a scanner knows what it knows. Where none is set, or it does not answer, a file
counts as not scanned, which goes with it to whoever opens it.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from exchange.errors import BadConfiguration, BadFile
from exchange.machine.logger import get_logger

log = get_logger()

_PATIENCE = 20.0
"""Seconds for the whole of one file."""
_CHUNK = 65_536
_UNIX = "unix:"


class Scan(StrEnum):
    """What a scanner has said of a file."""

    NOT_SCANNED = "not-scanned"
    NOTHING_FOUND = "nothing-found"


@dataclass(frozen=True)
class ScannerPlace:
    """Where clamd listens: a path of the machine, or host and port."""

    path: str = ""
    host: str = ""
    port: int = 0

    def connect(self) -> socket.socket:
        """Open a connection. Raises OSError."""
        if not self.path:
            return socket.create_connection((self.host, self.port), timeout=_PATIENCE)
        found = socket.socket(socket.AF_UNIX)
        found.settimeout(_PATIENCE)
        try:
            found.connect(self.path)
        except OSError:
            found.close()
            raise
        return found


def scanner_of(env: Mapping[str, str]) -> ScannerPlace | None:
    """Return what an environment says of the scanner (EXCHANGE_CLAMD). Raises BadConfiguration."""
    return scanner_place(env.get("EXCHANGE_CLAMD", ""))


def scanner_place(text: str) -> ScannerPlace | None:
    """Read the setting EXCHANGE_CLAMD; None where it is empty. Raises BadConfiguration."""
    if not text.strip():
        return None
    if text.startswith(_UNIX) and len(text) > len(_UNIX):
        return ScannerPlace(path=text.removeprefix(_UNIX))
    host, _, port = text.rpartition(":")
    if host and port.isdecimal() and 0 < int(port) < 65_536:
        return ScannerPlace(host=host.strip("[]"), port=int(port))
    remedy = "write host and port, for example 127.0.0.1:3310, or unix: and the path of its socket"
    raise BadConfiguration("EXCHANGE_CLAMD: {text!r} is no place of clamd", remedy=remedy, text=text)


def scan(place: ScannerPlace | None, data: bytes) -> Scan:
    """Have a file scanned. Raises BadFile where the scanner finds something."""
    if place is None:
        return Scan.NOT_SCANNED
    try:
        said = _ask(place, data)
    except OSError as error:
        log.warning("scanner.away", reason=type(error).__name__)
        return Scan.NOT_SCANNED
    if said.endswith("FOUND"):
        log.warning("scanner.found", what=said.removeprefix("stream:").removesuffix("FOUND").strip()[:100])
        raise BadFile(
            "the scanner has found something harmful in the file",
            remedy="have your own computer scanned, and choose a file without it",
        )
    if said.endswith("OK"):
        return Scan.NOTHING_FOUND
    log.warning("scanner.refused", said=said[:100])
    return Scan.NOT_SCANNED


def _ask(place: ScannerPlace, data: bytes) -> str:
    with place.connect() as connection:
        connection.sendall(b"zINSTREAM\0")
        for at in range(0, len(data), _CHUNK):
            part = data[at : at + _CHUNK]
            connection.sendall(struct.pack(">I", len(part)) + part)
        connection.sendall(struct.pack(">I", 0))
        said = b""
        while b"\0" not in said and len(said) < 4096 and (more := connection.recv(4096)):
            said += more
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()
