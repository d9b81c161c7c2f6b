"""Time: the only module that asks the machine for it; everything else is handed a clock.

Three clocks share one face. The real one; an accelerated one, an affine image of the real one, so that every process
given the same three numbers agrees on the time without talking; and a stepped one, moved by a replay or a test.
All instants are timezone-aware; the exchange's own zone is China Standard Time (UTC+8, no daylight saving since 1991).
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import inf
from typing import Protocol

from exchange.language import Unfit

CST = timezone(timedelta(hours=8), "CST")
"""China Standard Time, in which working days begin and end."""


class Clock(Protocol):
    """What everything that needs the time is handed."""

    def now(self) -> datetime:
        """Return the present instant of this clock."""

    def at(self, real: datetime) -> datetime:
        """Return the instant of this clock at a given real instant (for stamps that a broker made in real time)."""

    def real_seconds(self, span: timedelta) -> float:
        """Return how many real seconds this clock takes for ``span``: how long a waiting loop may sleep."""

    def passes(self, seconds: float) -> timedelta:
        """Return how far this clock moves in so many real seconds; not at all where it is moved by hand."""


@dataclass(frozen=True)
class RealClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(CST)

    def at(self, real: datetime) -> datetime:
        return real.astimezone(CST)

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds()

    def passes(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds)


@dataclass(frozen=True)
class AcceleratedClock:
    """Runs ``factor`` times as fast as the real one: at ``real_origin`` it shows ``origin``."""

    real_origin: datetime
    origin: datetime
    factor: float

    def now(self) -> datetime:
        return self.at(datetime.now(UTC))

    def at(self, real: datetime) -> datetime:
        return (self.origin + (real - self.real_origin) * self.factor).astimezone(CST)

    def real_seconds(self, span: timedelta) -> float:
        return span.total_seconds() / self.factor

    def passes(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds * self.factor)


class SteppedClock:
    """Stands still until moved; never goes back. Safe to share between threads.

    It remembers when, in real time, it was moved, so that a stamp which a broker made is placed where it belongs.
    """

    def __init__(self, instant: datetime) -> None:
        self._lock = threading.Lock()
        self._instants = [instant.astimezone(CST)]
        self._moved_at = [datetime.min.replace(tzinfo=UTC)]

    def now(self) -> datetime:
        with self._lock:
            return self._instants[-1]

    def at(self, real: datetime) -> datetime:
        with self._lock:
            return self._instants[bisect_right(self._moved_at, real) - 1]

    def real_seconds(self, span: timedelta) -> float:
        return 0.05

    def passes(self, seconds: float) -> timedelta:
        return timedelta()

    def step_to(self, instant: datetime) -> None:
        """Move forward to ``instant``; an earlier one is ignored, so that time never runs backwards."""
        with self._lock:
            if instant > self._instants[-1]:
                self._instants.append(instant.astimezone(CST))
                self._moved_at.append(datetime.now(UTC))


def end_text(at: datetime) -> str:
    """Write the moment at which something ends, as people in China say it: midnight is 24:00 of the day before."""
    local = at.astimezone(CST)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"


def parse_clock(text: str) -> Clock:
    """Read the setting EXCHANGE_CLOCK: ``real``, or ``REAL_ORIGIN/ORIGIN/FACTOR`` in ISO 8601.

    Raises Unfit when it is neither.
    """
    if text in ("", "real"):
        return RealClock()
    parts = text.split("/")
    if len(parts) != 3:
        raise Unfit("{text!r} is neither `real` nor REAL_ORIGIN/ORIGIN/FACTOR", text=text)
    real_origin, origin, factor = parts
    try:
        clock = AcceleratedClock(datetime.fromisoformat(real_origin), datetime.fromisoformat(origin), float(factor))
    except ValueError:
        raise Unfit("{text!r}: two instants in ISO 8601 and a number, with / between them", text=text) from None
    if not 0 < clock.factor < inf or clock.real_origin.tzinfo is None or clock.origin.tzinfo is None:
        raise Unfit("{text!r}: instants need an offset, and the factor is a number above zero", text=text)
    return clock


def format_clock(clock: AcceleratedClock) -> str:
    """Write an accelerated clock as `parse_clock` reads it, to hand it to child processes."""
    return f"{clock.real_origin.isoformat()}/{clock.origin.isoformat()}/{clock.factor}"


def monotonic() -> float:
    """Return the seconds of a clock that no one can set; for patience and rates, never for the record."""
    return time.monotonic()
