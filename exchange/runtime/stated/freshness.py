"""Whether a member's directory is known to be the present one, by the statement that lies beside it.

It is about real minutes, whatever clock the domain goes by. Where there is no statement, nobody signs any here, and
nothing is asked of a directory but that it has not expired. Where there has been one, its absence says nothing good.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from exchange.clock import RealClock
from exchange.directory.certificates import Certificate
from exchange.directory.freshness import Freshness, behind, read_freshness, supersedes
from exchange.errors import BadDirectory
from exchange.machine.logger import get_logger

log = get_logger()
_REAL = RealClock()


class FreshnessWatch:
    """Reads the statement again when it was replaced. Safe from any thread."""

    def __init__(self, path: Path, now: Callable[[], datetime] = _REAL.now) -> None:
        self._path = path
        self._now = now
        self._began = now()
        self._known: Freshness | None = None
        self._data: bytes | None = None
        self._mark: tuple[int, int] | None = None
        self._asked = False
        """Whether there has ever been a statement."""
        self._said = False
        self._turn = threading.Lock()

    def behind(self, authority: Certificate, domain: str, version: int, digest: str) -> timedelta | None:
        """Return for how long this directory is not known to be current; None while it is, or nobody signs that."""
        with self._turn:
            self._look(authority, domain)
            late = self._late(version, digest)
            if (late is not None) is not self._said:
                self._said = late is not None
                known = self._known.version if self._known is not None else None
                (log.error if self._said else log.info)("directory.stale" if self._said else "directory.fresh",
                                                        version=version, stated=known)  # fmt: skip
            return late

    @property
    def statement(self) -> bytes | None:
        """The latest that was believed, while it counts."""
        return self._data if self._known is not None and self._now() < self._known.expires_at else None

    def take(self, data: bytes, authority: Certificate, domain: str, *, remembered: bool = False) -> bool:
        """Take a statement that came from elsewhere; returns whether it is the latest now.

        What proves nothing, or has expired, is none, but for one that was ``remembered``. Statements are asked for from
        then on, even where none lies beside the directory.
        """
        with self._turn:
            if data == self._data:
                return False
            try:
                found = read_freshness(data, authority, domain)
            except BadDirectory:
                return False
            if not supersedes(found, self._known, self._now()):
                return False
            if found.expires_at <= self._now() and not remembered:
                return False
            self._known, self._data, self._asked = found, data, True
            return True

    def _late(self, version: int, digest: str) -> timedelta | None:
        if not self._asked:
            return None
        if self._known is None:
            return self._now() - self._began
        return behind(self._known, version, digest, self._now())

    def _look(self, authority: Certificate, domain: str) -> None:
        try:
            status = self._path.stat()
            mark = (status.st_mtime_ns, status.st_ino)
            if mark == self._mark:
                return
            data = self._path.read_bytes()
        except OSError:
            return
        self._mark, self._asked = mark, True
        try:
            found = read_freshness(data, authority, domain)
        except BadDirectory as error:
            self._mark = None if self._known is None else mark  # another authority may be trusted by the next look
            log.error("freshness.refused", code=error.code, reason=str(error))
            return
        if supersedes(found, self._known, self._now()):
            self._known, self._data = found, data
