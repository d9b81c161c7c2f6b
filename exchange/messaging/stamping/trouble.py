"""Since when no authority has stamped a member's log, and why: for doctor, alerts and metrics alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from exchange.store.transaction import Transaction

_KEPT = "log-stamps-fail"


@dataclass(frozen=True)
class StampTrouble:
    """Why no time-stamp is had."""

    since: datetime
    attempts: int
    reasons: Mapping[str, str] = field(default_factory=dict)
    """By authority, as it is shown: what it did at the last attempt."""


def stamp_trouble(tx: Transaction) -> StampTrouble | None:
    """Return what stands; None while all is well, or nothing is asked for."""
    kept = tx.get_meta(_KEPT)
    if not kept:
        return None
    found = json.loads(kept)
    return StampTrouble(datetime.fromisoformat(found["since"]), found["attempts"], found["reasons"])


def note_trouble(tx: Transaction, reasons: Mapping[str, str], now: datetime) -> StampTrouble:
    """Note that an attempt failed at all authorities; return what stands."""
    before = stamp_trouble(tx)
    since, attempts = (before.since, before.attempts) if before is not None else (now, 0)
    found = StampTrouble(since, attempts + 1, dict(reasons))
    tx.set_meta(_KEPT, json.dumps({**asdict(found), "since": since.isoformat()}, ensure_ascii=False))
    return found


def end_trouble(tx: Transaction) -> StampTrouble | None:
    """Note that it is over; return what stood."""
    before = stamp_trouble(tx)
    if before is not None:
        tx.set_meta(_KEPT, "")
    return before
