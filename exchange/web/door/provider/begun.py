"""Sign-ins that were begun and have not come back: each comes back once, soon, and in the browser that began it."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from exchange.clock import monotonic
from exchange.machine.sources import source_of
from exchange.web.door.provider.faults import NotBegunHere
from exchange.web.door.tokens import hashed

WITHIN = 600.0
"""Seconds that somebody has at the provider."""
MOST, OF_ONE_SOURCE = 4096, 32
"""Sign-ins that are remembered, in all and of one source: the oldest are forgotten first."""


@dataclass(frozen=True)
class BegunSignIn:
    """What has to fit when it comes back."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    """PKCE's: only who began it can have the code exchanged."""
    then: str
    """The path of ours to go to afterwards."""
    back: str
    """The address to which the provider sends people back."""
    browser: str = field(repr=False)
    """Hash of what the browser's cookie holds."""
    source: str
    since: float


class BegunSignIns:
    """Remembers them, in this process alone. Safe to use from several threads."""

    def __init__(self, time: Callable[[], float] = monotonic) -> None:
        self._time = time
        self._lock = threading.Lock()
        self._begun: OrderedDict[str, BegunSignIn] = OrderedDict()

    def begin(self, then: str, back: str, browser: str, place: str) -> tuple[str, BegunSignIn]:
        """Remember a new one; returns its state, which names it."""
        state, source = secrets.token_urlsafe(32), source_of(place)
        new = BegunSignIn(
            secrets.token_urlsafe(32), secrets.token_urlsafe(48), then, back, hashed(browser), source, self._time()
        )
        with self._lock:
            of_source = [key for key, one in self._begun.items() if one.source == source]
            for key in of_source[: max(0, len(of_source) + 1 - OF_ONE_SOURCE)]:
                del self._begun[key]
            self._begun[hashed(state)] = new
            while len(self._begun) > MOST:
                self._begun.popitem(last=False)
        return state, new

    def take(self, state: str, browser: str) -> BegunSignIn:
        """Return the one that comes back; it is used up by that. Raises NotBegunHere."""
        with self._lock:
            found = self._begun.get(hashed(state))
            if found is None or not hmac.compare_digest(found.browser, hashed(browser)):
                raise NotBegunHere
            del self._begun[hashed(state)]
        if self._time() - found.since > WITHIN:
            raise NotBegunHere
        return found
