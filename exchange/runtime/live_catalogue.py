"""The catalogue as it is now: read again when its files have changed, for processes that run for months."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

from exchange.errors import ExchangeError
from exchange.machine.logger import get_logger
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home
from exchange.schemas import Matter

log = get_logger()


class LiveCatalogue(Mapping[str, Matter]):
    """All matters by code. Files that are no longer valid change nothing; the log says so, once a change."""

    def __init__(self, home: Home) -> None:
        """Raises BadConfiguration where the files are invalid now."""
        self._home = home
        self._reading = threading.Lock()
        self._mark = self._look()
        self._matters = self._read()

    def __getitem__(self, code: str) -> Matter:
        return self._present()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._present())

    def __len__(self) -> int:
        return len(self._present())

    def _present(self) -> Mapping[str, Matter]:
        with self._reading:
            mark = self._look()
            if mark != self._mark:
                self._mark = mark
                try:
                    self._matters = self._read()
                    log.info("catalogue.renewed", matters=len(self._matters))
                except ExchangeError as error:
                    log.error("catalogue.refused", reason=str(error))
            return self._matters

    def _read(self) -> Mapping[str, Matter]:
        return load_catalogue(self._home.catalogue, load_profiles(self._home.departments))

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        found = []
        for path in sorted(self._home.catalogue.glob("*.toml")):
            try:
                seen = path.stat()
            except OSError:  # taken away in between
                continue
            found.append((path.name, seen.st_mtime_ns, seen.st_size))
        return tuple(found)
