"""State all the time which directory is the present one: what `exchange up` and `exchange freshness` do."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from exchange.clock import RealClock, monotonic
from exchange.directory import Authority, load_authority_certificate
from exchange.directory.freshness import EVERY, TERM, certify_freshness, is_certified, load_freshness_key
from exchange.directory.view import read_directory
from exchange.errors import ExchangeError
from exchange.machine.files import write_secret
from exchange.machine.logger import get_logger
from exchange.runtime.settings import Home, Settings
from exchange.runtime.stated.freshness import FreshnessWatch

log = get_logger()


def equip(home: Home, authority: Authority, domain_now: datetime) -> None:
    """Make the key for statements, and anew where it is another authority's or in the second half of its term.

    Statements are of real minutes; one in a bundle of evidence bears the domain's time. So the key counts from the
    earlier of both, which differ in a demonstration alone.
    """
    now = RealClock().now()
    if not is_certified(home.freshness_key, authority, now):
        certify_freshness(home.freshness_key, authority, min(now, domain_now))


def state_freshness(settings: Settings) -> None:
    """Sign a statement for the directory that lies here. Raises BadKeys without the key for it, BadDirectory."""
    home = Home(settings.home)
    key, data = load_freshness_key(home.freshness_key), home.directory.read_bytes()
    directory = read_directory(data, load_authority_certificate(home.trusted))
    write_secret(home.freshness, key.sign(directory, data, RealClock().now()))


def not_current(settings: Settings) -> timedelta | None:
    """Return for how long the directory here is not known to be current; None while it is, or nobody signs that.

    Raises BadKeys or BadDirectory.
    """
    home = Home(settings.home)
    data, authority = home.directory.read_bytes(), load_authority_certificate(home.trusted)
    directory = read_directory(data, authority)
    watch = FreshnessWatch(home.freshness)
    late = watch.behind(authority, directory.domain, directory.version, hashlib.sha256(data).hexdigest())
    return None if late is None else max(late, timedelta(seconds=1))


class Freshener:
    """Signs a statement every two minutes, and at once for a new directory. What fails is tried again and said once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._home = Home(settings.home)
        self._next = 0.0
        self._mark: int | None = None
        self._failed = ""

    def look(self) -> None:
        """Sign one if it is time; costs nothing otherwise. Never raises."""
        try:
            mark = self._home.directory.stat().st_mtime_ns
        except OSError:
            return
        if monotonic() < self._next and mark == self._mark:
            return
        self._next, self._mark = monotonic() + EVERY.total_seconds(), mark
        try:
            state_freshness(self._settings)
            self._failed = ""
        except (ExchangeError, OSError) as error:
            if str(error) != self._failed:
                log.error("freshness.not-stated", reason=str(error))
            self._failed = str(error)


__all__ = ["EVERY", "TERM", "Freshener", "equip", "not_current", "state_freshness"]
