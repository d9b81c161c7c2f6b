"""The door of one number: its code opens it, in a session of its own; whoever guesses is stopped early.

Tries are counted before anything is compared, and wait in a queue of their own: comparing a code takes all of a
processor for a while, on purpose. Who fails elsewhere shuts out nobody here.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from exchange.clock import Clock, RealClock, monotonic
from exchange.errors import Denied
from exchange.language import Text
from exchange.portal.codes import AccessCode, new_code
from exchange.store import Store
from exchange.web.access.records import NumberSessionRow
from exchange.web.access.store import NumberSessions
from exchange.web.access.typed import read_code
from exchange.web.door.attempts import Attempts
from exchange.web.door.passwords import Passwords
from exchange.web.door.tokens import hashed
from exchange.web.door.turnstile import Crowded, Turnstile

TRIES, OF_ONE_PLACE, WITHIN = 5, 30, timedelta(minutes=15)
"""Wrong codes of one number from one place, and of all numbers from one place, within this time."""
BEGINNINGS = 20
"""Drafts begun from one place within that time: each takes a hash of its code, and a row."""
LASTS, IDLE = timedelta(hours=12), timedelta(hours=2)
"""How long a session lasts at most, and without a page being asked for."""
_SEEN_EVERY = timedelta(minutes=5)


class WrongCode(Denied):
    """No number with this code: it does not say which of the two is wrong."""

    code = "wrong-code"


class NumberDoor:
    """Opens numbers by their codes. Safe to use from several threads."""

    def __init__(
        self,
        store: Store,
        clock: Clock | None = None,
        passwords: Passwords | None = None,
        time: Callable[[], float] = monotonic,
    ) -> None:
        self._store, self._clock = store, clock or RealClock()
        self._passwords = passwords or Passwords()
        seconds = WITHIN.total_seconds()
        self._tries = Attempts(time, TRIES, OF_ONE_PLACE, seconds)
        self._beginnings = Attempts(time, BEGINNINGS, BEGINNINGS, seconds)
        self._turnstile = Turnstile("codes")

    async def begin(self, place: str) -> tuple[AccessCode, str]:
        """Return a new access code, and the hash that is kept of it. Raises TooManyRequests or Crowded."""
        self._beginnings.check(place)
        self._beginnings.failed(place)
        code = new_code(secrets.token_bytes(8))
        return code, await self._turnstile.run(place, lambda: self._passwords.hash(code.plain))

    async def enter(self, place: str, number: str, typed: str, kept: str | None) -> str:
        """Return the token of a new session for a number; ``kept`` is the hash of its code, None where there is none.

        Raises WrongCode, TooManyRequests or Crowded: the last two before anything is compared.
        """
        self._tries.check(place, number)
        self._tries.failed(place, number)
        code = read_code(typed)
        try:
            good = await self._turnstile.run(place, lambda: self._passwords.verify(kept, code or typed))
        except Crowded:
            self._tries.forgive(place, number)  # nobody has looked at it
            raise
        if not good or not code:
            raise WrongCode(Text("there is no number with this code"))
        self._tries.forgive(place, number)
        return self.open(number)

    def open(self, number: str) -> str:
        """Return the token of a new session for a number, for whoever has just begun it or given its code."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        with self._store.transaction() as tx:
            tx[NumberSessions].sweep(now)
            tx[NumberSessions].add(NumberSessionRow(hashed(token), number, now, now, now + LASTS))
        return token

    def is_open(self, number: str, token: str, *, active: bool = True) -> bool:
        """Return whether a token is that of a session for this number; an ``active`` look keeps it from ending."""
        if not token:
            return False
        now, key = self._clock.now(), hashed(token)
        with self._store.reading() as tx:
            row = tx[NumberSessions].get(key)
        if row is None or row.number != number or now >= min(row.ends_at, row.seen_at + IDLE):
            return False
        if active and now - row.seen_at >= _SEEN_EVERY:
            with self._store.transaction() as tx:
                tx[NumberSessions].seen(key, now)
        return True

    def close(self, token: str) -> None:
        """End a session."""
        with self._store.transaction() as tx:
            tx[NumberSessions].end(hashed(token))
