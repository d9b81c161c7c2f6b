"""A circuit breaker for each account that brings messages: too many that prove nobody, or more than its share. Pure.

What an open breaker keeps out is not opened, not kept and not signed for, so that an honest sender's outbox has it
still and sends it again. Seconds are those of a monotonic clock, and are passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from exchange.transitions import machine

_OCTETS_A_SHARE = 65_536
"""A message counts once, and once more for each so many octets."""
_MINUTE = 60.0


class Breach(StrEnum):
    """What opens a breaker."""

    UNPROVED = "unproved"
    """What came by the account proved nobody, again and again."""
    RATE = "rate"
    """More came by the account than its share."""


class BreakerState(StrEnum):
    """CLOSED: all is opened. OPEN: nothing is. TRYING: the next message decides."""

    CLOSED = "closed"
    OPEN = "open"
    TRYING = "trying"


BREAKERS = machine(
    "a breaker",
    {BreakerState.CLOSED},
    {
        BreakerState.CLOSED: {BreakerState.OPEN},
        BreakerState.OPEN: {BreakerState.TRYING, BreakerState.CLOSED},
        BreakerState.TRYING: {BreakerState.OPEN, BreakerState.CLOSED},
    },
)


@dataclass(frozen=True)
class SenderLimits:
    """What one account may bring to one member."""

    rate: int = 500
    """Messages a second, in the long run; 0 for any number."""
    burst: int = 50_000
    """Messages at once, after a quiet time."""
    unproved: int = 300
    """Messages in a minute that prove nobody."""
    rest: float = 60.0
    """Seconds that a breaker stays open for those, at first; each time twice as long."""
    longest: float = 900.0
    """Seconds that it does at most."""
    pause: float = 10.0
    """Seconds that it stays open for too many."""


SENDERS = SenderLimits()
"""What holds where nothing else is said."""


class SenderMeter:
    """What one account has brought, and its breaker."""

    def __init__(self, limits: SenderLimits, now: float) -> None:
        self._limits = limits
        self._left, self._at = float(limits.burst), now
        self._unproved, self._since = 0, now
        self.state = BreakerState.CLOSED
        self.breach: Breach | None = None
        """Why it opened last."""
        self.until = 0.0
        self.times = 0
        """How often in a row it opened for what proves nobody."""
        self.shed = 0
        """Messages that it kept out since it opened first."""

    @property
    def idle(self) -> bool:
        """Whether nothing is to be remembered of the account: it has its whole share, as one that never came."""
        return self.state is BreakerState.CLOSED and self._left >= self._limits.burst and self.times == 0

    def keeps_out(self, octets: int, now: float) -> bool:
        """Count one message; tell whether it is kept out."""
        self._refill(now)
        self.settle(now)
        if self.state is BreakerState.OPEN:
            self.shed += 1
            return True
        if not self._limits.rate:
            return False
        self._left -= 1 + octets // _OCTETS_A_SHARE
        if self._left >= 0:
            return False
        self._left = 0.0
        self._open(Breach.RATE, now, self._limits.pause)
        self.shed += 1
        return True

    def proved_nobody(self, count: int, now: float) -> None:
        """Count messages that were opened and prove nobody."""
        if now - self._since >= _MINUTE:
            self._unproved, self._since = 0, now
        self._unproved += count
        if self.state is BreakerState.OPEN:
            return
        if self.state is BreakerState.TRYING or self._unproved > self._limits.unproved:
            self._open(Breach.UNPROVED, now, min(self._limits.longest, self._limits.rest * 2.0 ** min(self.times, 9)))
            self.times += 1
            self._unproved, self._since = 0, now

    def proved(self, now: float) -> None:
        """Note that a message was opened and its signer is proved."""
        if self.state is BreakerState.TRYING:
            self.close(now)

    def settle(self, now: float) -> None:
        """End what is over: a pause, a rest, and a trial to which nobody has come for long."""
        if self.state is BreakerState.OPEN and now >= self.until:
            self._move(BreakerState.TRYING if self.breach is Breach.UNPROVED else BreakerState.CLOSED)
        if self.state is BreakerState.TRYING and now >= self.until + self._limits.longest:
            self.close(now)

    def close(self, now: float) -> None:
        """Close it, with its whole share."""
        self._move(BreakerState.CLOSED)
        self._left, self._at, self._unproved, self._since, self.times = float(self._limits.burst), now, 0, now, 0

    def resume(self, breach: Breach, until: float, times: int) -> None:
        """Open it as it was when its process ended."""
        self._move(BreakerState.OPEN)
        self.breach, self.until, self.times = breach, until, times

    def _open(self, breach: Breach, now: float, seconds: float) -> None:
        self._move(BreakerState.OPEN)
        self.breach, self.until = breach, now + seconds

    def _move(self, after: BreakerState) -> None:
        BREAKERS.check((self.state,), after)
        self.state = after

    def _refill(self, now: float) -> None:
        self._left = min(float(self._limits.burst), self._left + (now - self._at) * self._limits.rate)
        self._at = now
