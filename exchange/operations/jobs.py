"""Long work in the console's process: it goes on while people look elsewhere, and says how far it is."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from exchange.clock import Clock
from exchange.errors import ExchangeError, NotFound
from exchange.language import Text
from exchange.machine.logger import get_logger
from exchange.operations.dead_letters.redrive import Again, RedriveOutcome

log = get_logger()

_KEPT = 50
"""Jobs remembered; the oldest that have ended are forgotten first."""
_REASONS = 20
"""Reasons kept of what failed again."""


@dataclass
class Job:
    """Letters redriven, one after the other."""

    id: str
    what: tuple[str, ...]
    """What it works on; a second one of the same is not begun while this one runs."""
    by: str
    total: int
    """Letters at its beginning; more may have come since."""
    began_at: datetime
    ended_at: datetime | None = None
    counts: dict[Again, int] = field(default_factory=lambda: dict.fromkeys(Again, 0))
    failures: list[RedriveOutcome] = field(default_factory=list)
    """The first of those that failed again."""
    error: ExchangeError | Text | str = ""
    """What ended it before its time."""

    @property
    def done(self) -> int:
        """Letters gone through so far."""
        return sum(self.counts.values())

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.ended_at is None

    @property
    def handled(self) -> int:
        """Letters taken in."""
        return self.counts[Again.HANDLED]

    @property
    def repeats(self) -> int:
        """Letters that had been handled meanwhile."""
        return self.counts[Again.REPEAT]

    @property
    def failed(self) -> int:
        """Letters that failed again and stay."""
        return self.counts[Again.FAILED]

    @property
    def gone(self) -> int:
        """Letters that somebody else took first."""
        return self.counts[Again.GONE]

    def take(self, outcome: RedriveOutcome) -> None:
        """Count one more outcome."""
        self.counts[outcome.again] += 1
        if outcome.again is Again.FAILED and len(self.failures) < _REASONS:
            self.failures.append(outcome)


class Jobs:
    """The jobs of this process; safe to use from several threads."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._threads: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def begin(
        self, what: tuple[str, ...], by: str, total: int, clock: Clock, work: Callable[[], Iterator[RedriveOutcome]]
    ) -> Job:
        """Begin a job in a thread of its own; one on the same that still runs is returned instead."""
        with self._lock:
            same = next((job for job in self._jobs.values() if job.what == what and job.running), None)
            if same is not None:
                return same
            job = Job(secrets.token_hex(6), what, by, total, clock.now())
            self._jobs[job.id] = job
            self._forget()
            thread = threading.Thread(target=self._run, args=(job, clock, work), name=f"job:{job.id}", daemon=True)
            self._threads[job.id] = thread
        thread.start()
        return job

    def get(self, id: str) -> Job:
        """Return a job by its id. Raises NotFound."""
        job = self._jobs.get(id)
        if job is None:
            raise NotFound("no job {id!r}", remedy="the console was started again since, or it ended long ago", id=id)
        return job

    def recent(self) -> list[Job]:
        """Return the jobs, newest first."""
        with self._lock:
            return list(reversed(self._jobs.values()))

    def wait(self, id: str, patience: float) -> bool:
        """Return whether a job has ended within ``patience`` seconds."""
        self._threads[id].join(patience)
        return not self.get(id).running

    def close(self) -> None:
        """End every job after the letter it has in hand."""
        self._closing.set()
        for thread in list(self._threads.values()):
            thread.join(10)

    def _run(self, job: Job, clock: Clock, work: Callable[[], Iterator[RedriveOutcome]]) -> None:
        try:
            for outcome in work():
                job.take(outcome)
                if self._closing.is_set():
                    job.error = Text("the console was stopped; what is left is still there")
                    break
        except ExchangeError as error:
            job.error = error
        except BaseException as error:  # whatever ended it: a job that looks done and is not deceives
            log.exception("job.failed", job=job.id)
            job.error = type(error).__name__
        finally:
            job.ended_at = clock.now()

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if not job.running]
        for id in ended[: max(0, len(self._jobs) - _KEPT)]:
            del self._jobs[id]
            self._threads.pop(id, None)
