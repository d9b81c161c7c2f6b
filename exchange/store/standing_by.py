"""Standing by: a process that is ready to serve a member waits until nobody serves it, or whoever does is frozen.

A frozen process keeps its lock: it was stopped, its machine sleeps, or its network is cut in a way that nobody notices.
So whoever serves shows every second that it lives; where that stays away, its lock is broken. Should it go on later, it
finds another mark in its next step, before it writes anything.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime

from exchange.clock import RealClock, monotonic
from exchange.errors import BadConfiguration, DatabaseUnavailable, ExchangeError, IdentityInUse
from exchange.language import Joined, Text
from exchange.machine.logger import get_logger
from exchange.store.identity_lock import Claim
from exchange.store.transaction import Store
from exchange.store.who_serves import STANDING_BY, TOLD_EVERY, standing_by_here, with_standby

log = get_logger()

FROZEN_AFTER = "EXCHANGE_FROZEN_AFTER"
"""Environment variable: seconds without a sign of life after which whoever serves a member is taken to be frozen."""
_FROZEN_AFTER = 10.0
LOOK_EVERY = 0.5
"""Seconds between two looks whether a member may be served; what a take-over costs at least, half of it on average."""
_ONE_LOOK = 1.0
"""Seconds that count between two looks, at most: in longer gaps this process was stopped itself."""


class StandbyEnded(Exception):
    """A process was told to end while it stood by."""


class SilenceWatch:
    """For how long somebody has shown no life, as far as was looked. Pure."""

    def __init__(self) -> None:
        self._sign: object | None = None
        self._looked_at: float | None = None
        self._silent = 0.0

    def silent(self, sign: object | None, now: float) -> float:
        """Return the seconds for which this sign has been the same; a sign that is not known says nothing."""
        gap = 0.0 if self._looked_at is None else min(now - self._looked_at, _ONE_LOOK)
        self._silent = self._silent + gap if sign is not None and sign == self._sign else 0.0
        self._sign, self._looked_at = sign, now
        return self._silent


def frozen_after(env: Mapping[str, str] | None = None) -> float | None:
    """Read how long a process may show no life; None where none is ever taken to be frozen. Raises BadConfiguration."""
    text = (os.environ if env is None else env).get(FROZEN_AFTER) or str(_FROZEN_AFTER)
    if text == "off":
        return None
    with suppress(ValueError):
        if 3 <= float(text) <= 1e6:
            return float(text)
    raise BadConfiguration(
        "{name} is not valid: {text!r}", remedy="write seconds, 3 or more, or off", name=FROZEN_AFTER, text=text
    )


class StandingBy:
    """Waits for a member's identity; to be given to `Store.claim_identity`."""

    def __init__(
        self,
        store: Store,
        address: str,
        told: threading.Event,
        *,
        unfit: Callable[[], Text | Joined | None] = lambda: None,
        patience: float | None = _FROZEN_AFTER,
        over: Callable[[], bool] = lambda: False,
        meanwhile: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """``told`` and ``over`` end the wait. ``unfit`` says why this process could not serve at present: then it takes
        nothing over. ``patience``: seconds for which whoever serves may show no life. ``meanwhile`` is around the wait.
        """
        self._store, self._address, self._told, self._over = store, address, told, over
        self._unfit, self._patience, self._meanwhile = unfit, patience, meanwhile
        self._since = RealClock().now()
        self._silence, self._looked = SilenceWatch(), False
        self._why: Text | Joined | None = None
        self._noted_at = -TOLD_EVERY
        self._said = ""
        self.waited = False
        """Whether another process had it when this one asked first."""

    def __call__(self, claim: Claim) -> None:
        """Return once the identity is taken. Raises StandbyEnded when told to end before."""
        if self._take(claim):
            return
        self.waited = True
        log.info("standby.waiting", node=self._address)
        try:
            with self._meanwhile():
                while not self._take(claim):
                    if self._told.wait(LOOK_EVERY) or self._over():
                        raise StandbyEnded
        finally:
            with suppress(ExchangeError):
                self._note(gone=True)
        log.warning("standby.taken-over", node=self._address)

    def _take(self, claim: Claim) -> bool:
        try:
            self._look_at_myself()
            if self._why is None:
                claim.take(patient=False)
                return True
            self._note_now_and_then()
        except IdentityInUse:
            self._wait_or_break(claim)
        except DatabaseUnavailable as error:
            self._say(str(error))
        return False

    def _wait_or_break(self, claim: Claim) -> None:
        try:
            silent = self._silence.silent(claim.lock.sign(), monotonic())
            if self._patience is not None and silent >= self._patience:
                log.warning("standby.breaks-lock", node=self._address, silent=round(silent, 1))
                claim.lock.break_open(silent)
            elif not silent and self._looked:  # a frozen process may keep everybody from writing
                self._note_now_and_then()
            self._looked = True
            self._say("")
        except DatabaseUnavailable as error:
            self._say(str(error))

    def _look_at_myself(self) -> None:
        if monotonic() - self._noted_at >= TOLD_EVERY:
            self._why = self._unfit()
            if self._why is not None:
                self._say(str(self._why))

    def _note_now_and_then(self) -> None:
        if monotonic() - self._noted_at >= TOLD_EVERY:
            self._noted_at = monotonic()
            self._note()

    def _note(self, *, gone: bool = False) -> None:
        mine = standing_by_here(self._since, _now(self._store), str(self._why or ""))
        with self._store.transaction() as tx:
            tx.set_meta(STANDING_BY, with_standby(tx.get_meta(STANDING_BY), mine, gone=gone))

    def _say(self, reason: str) -> None:
        if reason != self._said:
            self._said = reason
            if reason:
                log.warning("standby.not-ready", node=self._address, reason=reason)


def _now(store: Store) -> datetime:
    """The database server's time, by which all machines agree how long ago a note was made."""
    return store.server_time() or RealClock().now()
