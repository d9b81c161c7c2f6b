"""That a member's database was put back from a backup: noted then, and told by the member when it is served.

Served again, the member seals what the backup had, signs where its log goes on from, and journals that as the first
entry after. All of it is one transaction, before anything else is sealed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from exchange.audit.log.restorations import EMPTY_ROOT, LogRestoration, sign_restoration
from exchange.machine.logger import get_logger
from exchange.messaging.log.appending import seal_in
from exchange.messaging.log.restorations import LogRestorations
from exchange.messaging.log.store import MemberLog
from exchange.messaging.log.witnesses import Witnesses
from exchange.messaging.node import Node
from exchange.store.journal import JournalEntry
from exchange.store.transaction import Transaction

log = get_logger()

_AT_ONCE = 2_000

_KEY = "restored"


@dataclass(frozen=True)
class RestoredNote:
    """What the member does not know by itself, for it was not there."""

    backup: str
    """SHA-256 of the backup's manifest."""
    backed_up_at: datetime
    restored_at: datetime
    last_entry: int = 0
    """The newest number in the journal then: what comes after is not from the backup."""


def note_restored(tx: Transaction, note: RestoredNote) -> None:
    """Note that this database is from a backup."""
    last = tx[MemberLog].last_entry()
    told = {"backup": note.backup, "backed_up_at": note.backed_up_at, "restored_at": note.restored_at,
            "last_entry": last.number if last is not None else 0}  # fmt: skip
    tx.set_meta(_KEY, json.dumps(told, default=datetime.isoformat))


def noted_restored(tx: Transaction) -> RestoredNote | None:
    """Return what was noted, as long as the member has not told it; None where it has, or there is nothing to tell."""
    found = tx.get_meta(_KEY)
    if not found:
        return None
    told = json.loads(found)
    backed_up_at, restored_at = (datetime.fromisoformat(told[name]) for name in ("backed_up_at", "restored_at"))
    return RestoredNote(told["backup"], backed_up_at, restored_at, told["last_entry"])


def tell_restored(node: Node) -> bool:
    """Have a restored member's log go on from the backup; False where there is nothing to tell, or others hold it.

    Raises DatabaseUnavailable, or what signing raises.
    """
    with node.store.reading() as tx:
        if noted_restored(tx) is None:
            return False
    with node.store.transaction() as tx:
        note = noted_restored(tx)
        if note is None or not tx[MemberLog].hold_writers():
            return False
        while seal_in(node, tx, _AT_ONCE, note.last_entry):
            pass
        body = _restoration(node, tx[MemberLog], note)
        tx[LogRestorations].add(body, sign_restoration(node.identity, body))
        tx[Witnesses].hold_all(body.size)
        tx.journal([_entry(body, node.clock.now())])
        tx.set_meta(_KEY, "")
    log.warning("log.restored", node=node.address, size=body.size, backed_up_at=body.backed_up_at.isoformat())
    return True


def _restoration(node: Node, kept: MemberLog, note: RestoredNote) -> LogRestoration:
    newest = kept.newest()
    size = newest.size if newest is not None else 0
    root = kept.tiles.root(size) if size else EMPTY_ROOT
    return LogRestoration(
        origin=node.address, size=size, root=root.hex(), backup=note.backup, backed_up_at=note.backed_up_at,
        restored_at=note.restored_at,
    )  # fmt: skip


def _entry(body: LogRestoration, now: datetime) -> JournalEntry:
    told = {"size": body.size, "backup": body.backup, "backed_up_at": body.backed_up_at.isoformat(),
            "restored_at": body.restored_at.isoformat()}  # fmt: skip
    return JournalEntry(now, "log-restored", None, None, told)
