"""TLS files that are renewed on disk are taken up by the running server; connections that are open stay as they are."""

from __future__ import annotations

import ssl
import threading
from pathlib import Path

from exchange.machine.lockfile import inode
from exchange.machine.logger import get_logger

log = get_logger()

LOOK_EVERY = 10.0
"""Seconds between two looks at the files."""


class RenewedTls:
    """The context of a server, and the files that it was loaded from."""

    def __init__(self, context: ssl.SSLContext, cert: Path, key: Path) -> None:
        self._context, self._files = context, (cert, key)
        self._seen = self._marks()

    def look(self) -> bool:
        """Take up files that have changed, once both fit; True if it did. Invalid files leave all as it is."""
        marks = self._marks()
        if marks == self._seen:
            return False
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*self._files, password=lambda: b"")
            self._context.load_cert_chain(*self._files, password=lambda: b"")
        except (OSError, ssl.SSLError) as error:
            log.warning("tls.not-renewed", reason=type(error).__name__)  # one of the two may be written still
            return False
        self._seen = marks
        log.info("tls.renewed")
        return True

    def watch(self, ended: threading.Event) -> None:
        """Look now and then until the end."""
        while not ended.wait(LOOK_EVERY):
            self.look()

    def _marks(self) -> tuple[object, ...]:
        return tuple((inode(file), _changed(file)) for file in self._files)


def _changed(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None
