"""Beside whatever has a door: what strangers did too often to be written one by one is written in sums."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event

from exchange.errors import DatabaseUnavailable
from exchange.machine.crew import Loop
from exchange.machine.logger import get_logger
from exchange.web.door.gate import Gate

_EVERY = 30.0
"""Seconds between two looks whether a sum is due."""

log = get_logger()


@contextmanager
def sums_written(gate: Gate) -> Iterator[None]:
    """Meanwhile sums are written when they are due; what is not written yet, at the end."""
    ended = Event()

    def write() -> None:
        while not ended.wait(_EVERY):
            try:
                gate.write_sums()
            except DatabaseUnavailable:
                log.exception("console.audit", action="sums")

    Loop("sums", write, ended.is_set).start()
    try:
        yield
    finally:
        ended.set()
        with suppress(DatabaseUnavailable):
            gate.write_sums(ended=True)
