"""Threads that go on until they are told to end. One that ends unasked is reported, and its process with it.

A process whose loop has silently ended goes on looking alive and does no work. Whoever owns the process therefore says
by `report_to` what is to be done then; a library in somebody else's process reports in the log only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from exchange.machine.logger import get_logger

log = get_logger()


@dataclass(frozen=True)
class Ended:
    """A loop that ended although nobody had asked it to."""

    loop: str
    error: BaseException | None
    """What ended it; None where it simply returned."""

    @property
    def reason(self) -> str:
        """In words, for a log or an error: the kind of failure, never its text, which may hold content."""
        return f"{self.loop}: {type(self.error).__name__ if self.error is not None else 'it returned'}"


Report = Callable[[Ended], None]

_reports: list[Report] = []


def report_to(report: Report) -> Callable[[], None]:
    """Have ``report`` called, in the thread that ends, for every loop of this process that ends unasked.

    Returns what takes that back.
    """
    _reports.append(report)
    return lambda: _reports.remove(report)


class Loop(threading.Thread):
    """A daemon thread that runs ``work`` until ``asked`` says that its end is wanted."""

    def __init__(self, name: str, work: Callable[[], None], asked: Callable[[], bool]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self._asked = asked

    def run(self) -> None:
        """Run the work; whatever ends it, an exit or an interrupt included, is looked at."""
        error: BaseException | None = None
        try:
            self._work()
        except BaseException as caught:
            error = caught
        if error is None and self._asked():
            return
        ended = Ended(self.name, error)
        for report in tuple(_reports):  # before anything is said: saying may fail too
            report(ended)
        log.critical("loop.ended", loop=self.name, exc_info=error)
