"""That a member's database is one that was put back from a backup: noted when it is, for when the member is served."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from exchange.store.transaction import Transaction

_KEY = "restored"


@dataclass(frozen=True)
class RestoredNote:
    """What the member does not know by itself, for it was not there."""

    backup: str
    """SHA-256 of the backup's manifest."""
    backed_up_at: datetime
    restored_at: datetime


def note_restored(tx: Transaction, note: RestoredNote) -> None:
    """Note that this database is from a backup."""
    told = {"backup": note.backup, "backed_up_at": note.backed_up_at, "restored_at": note.restored_at}
    tx.set_meta(_KEY, json.dumps(told, default=datetime.isoformat))
