"""Renewal: a member takes a newer directory and newer keys of its own while it is served, as soon as they are there."""

from __future__ import annotations

from pathlib import Path

import structlog

from exchange.bootstrap.identity import open_identity
from exchange.bootstrap.settings import Home, Settings
from exchange.directory import DirectoryView, load_authority_certificate, load_directory_file
from exchange.directory.keyfiles import FILES
from exchange.envelope import Identity
from exchange.errors import BadDirectory, BadKeys

log = structlog.get_logger()

Marks = tuple[tuple[int, int] | None, ...]
"""By which a file is known to have been replaced."""


class Renewal:
    """Reads a member's keys and its domain's directory, and again when their files have been replaced.

    The authority's certificate is read once: nothing that happens on disk afterwards can exchange whom one trusts.
    """

    def __init__(self, settings: Settings, address: str, seen: int) -> None:
        home = Home(settings.home)
        self._settings = settings
        self._address = address
        self._directory = home.directory
        self._keys = home.keys(address)
        self._seen = seen
        self._authority = load_authority_certificate(home.authority)
        self._marks: Marks = ()
        self._refused: Marks = ()

    def read(self) -> tuple[Identity, DirectoryView]:
        """Keys and directory as they are now. Raises BadKeys, or BadDirectory for one older than was seen before."""
        marks = self._look()
        view = load_directory_file(self._directory, self._authority, self._settings.clock.now(), self._seen)
        identity = open_identity(self._keys, self._address, view)
        self._marks, self._seen = marks, view.version
        return identity, view

    def read_if_changed(self) -> tuple[Identity, DirectoryView] | None:
        """What is newer than what was read last. What does not hold is said once, and what was read last stays."""
        marks = self._look()
        if marks in (self._marks, self._refused):
            return None
        try:
            return self.read()
        except (BadKeys, BadDirectory) as error:
            self._refused = marks
            log.error("renewal.refused", node=self._address, code=error.code, reason=str(error), mend=error.mend)
            return None

    def _look(self) -> Marks:
        return tuple(_mark(path) for path in (self._directory, *(self._keys / name for name in FILES)))


def _mark(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino
