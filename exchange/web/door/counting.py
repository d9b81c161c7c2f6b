"""Failed attempts to sign in, counted under a name: by place, by all places together, and by device."""

from __future__ import annotations

from datetime import datetime

from exchange.errors import Denied
from exchange.store.transaction import Transaction
from exchange.web.door.records import FailureRow
from exchange.web.door.sign_in import FORGOTTEN_AFTER, FREE_EVERYWHERE, FREE_FAILURES, wait_after
from exchange.web.door.store import Accounts
from exchange.web.door.tokens import under

DEVICE, KNOWN = "device", "known"
"""What failures stand under, beside a place; the latter marks one from which an account has signed in of late."""


class ShutOut(Denied):
    """Too many attempts failed under this name."""

    code = "locked-out"

    def __init__(self, until: datetime, seconds: float) -> None:
        super().__init__("too many attempts have failed under this name", remedy="wait, then try again")
        self.until, self.seconds = until, seconds


def forgive(tx: Transaction, name: str, place: str) -> None:
    """Forget what has failed under a name, here and everywhere."""
    for key in {under(name), under(name, place)}:
        tx[Accounts].clear_failure(key)


def count_attempt(tx: Transaction, name: str, place: str, device: str | None, now: datetime) -> ShutOut | None:
    """Count an attempt as failed, unless the name is shut: from this place, or for all places that are unknown.

    For a device that is known only what failed from that device counts.
    """
    here, everywhere = under(name, place), under(name)
    tx[Accounts].forget_failures(now - FORGOTTEN_AFTER)
    known = bool(place) and tx[Accounts].failure(under(name, place, KNOWN)) is not None
    counted = {under(name, DEVICE, device)} if device is not None else {here, everywhere}
    for key in counted - {everywhere} if known else counted:
        before = tx[Accounts].failure(key)
        if before is not None and now < before.until:
            return ShutOut(before.until, (before.until - now).total_seconds())
    for key in counted:
        before = tx[Accounts].failure(key)
        recent = before is not None and now - before.last_at < FORGOTTEN_AFTER
        failures = (before.failures if before and recent else 0) + 1
        free = FREE_EVERYWHERE if key == everywhere and place else FREE_FAILURES
        tx[Accounts].set_failure(FailureRow(key, failures, now, now + wait_after(failures, free)))
    return None
