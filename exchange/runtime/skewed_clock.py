"""A clock that somebody else sets wrong while it is read: how a fault proof has a member's clock jump.

Only a member of a domain on an accelerated clock has one, and only if its folder says by how much it is wrong: no
domain that works in real time can be moved by such a file.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from math import isfinite
from pathlib import Path

from exchange.clock import AcceleratedClock, monotonic
from exchange.runtime.settings import Home, Settings

_LOOK_EVERY = 0.05
"""Seconds between two looks at the file, at least."""
_MOST = 3650.0
"""Days."""


class SkewedClock:
    """``clock``, wrong by the days that ``file`` says; right while there is no such file.

    Where a broker's stamp belongs is not moved: that is the broker's time, and not this member's.
    """

    def __init__(self, clock: AcceleratedClock, file: Path) -> None:
        self._clock = clock
        self._file = file
        self._looked_at = -_LOOK_EVERY
        self._skew = timedelta()

    def now(self) -> datetime:
        """Return the instant that this clock shows."""
        if monotonic() - self._looked_at >= _LOOK_EVERY:
            self._looked_at, self._skew = monotonic(), _read(self._file)
        return self._clock.now() + self._skew

    def at(self, real: datetime) -> datetime:
        """Return the true instant at a real one."""
        return self._clock.at(real)

    def real_seconds(self, span: timedelta) -> float:
        """Return how many real seconds this clock takes for ``span``."""
        return self._clock.real_seconds(span)

    def passes(self, seconds: float) -> timedelta:
        """Return how far this clock moves in so many real seconds."""
        return self._clock.passes(seconds)


def skew_file(home: Home, address: str) -> Path:
    """Return the file in a member's folder that says by how many days its clock is wrong."""
    return home.member(address) / "clock-skew"


def with_skew(settings: Settings, address: str) -> Settings:
    """Return the settings with which a member is served: on an accelerated clock, one that can be set wrong."""
    clock = settings.clock
    if not isinstance(clock, AcceleratedClock):
        return settings
    return replace(settings, clock=SkewedClock(clock, skew_file(Home(settings.home), address)))


def _read(file: Path) -> timedelta:
    with suppress(OSError, ValueError):
        days = float(file.read_text(encoding="ascii"))
        if isfinite(days) and abs(days) <= _MOST:
            return timedelta(days=days)
    return timedelta()
