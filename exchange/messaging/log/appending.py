"""One step of a log's growth: leaves of new rows, tiles over them, and a signed head, within a transaction."""

from __future__ import annotations

from exchange.audit.log.heads import sign_log_head
from exchange.audit.log.tiles import extended
from exchange.audit.merkle import leaf_hash
from exchange.envelope.detached import sign_root
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.messaging.node import Node
from exchange.schemas.base import LARGEST_INTEGER
from exchange.store.transaction import Transaction


def seal_in(node: Node, tx: Transaction, most: int, until: int = LARGEST_INTEGER) -> int:
    """Seal up to so many entries, of rows up to a number; returns how many. None while others hold the journal."""
    kept = tx[MemberLog]
    if not kept.hold_writers():
        return 0
    before = kept.newest()
    size, last_id = (before.size, before.last_id) if before is not None else (0, 0)
    entries = kept.entries_between(last_id, until, most)
    if not entries:
        return 0
    kept.keep_tiles(extended(kept.tile, size, [leaf_hash(entry.as_leaf()) for entry in entries]))
    size += len(entries)
    root, identity, now = kept.tiles.root(size), node.identity, node.clock.now()
    previous = before.signed if before is not None else None
    signed = sign_log_head(identity, size, root, previous, now, kept.claimed())
    over_root = sign_root(root, identity.x5t, identity.signing_key)
    kept.add_head(KeptHead(size, entries[-1].number, signed, over_root, now))
    return len(entries)
