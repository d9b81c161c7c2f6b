"""A member's journal against its log: the first line that is not as it was sealed, and the head signed over it."""

from __future__ import annotations

import hashlib

from exchange.envelope import Trust
from exchange.messaging.attested.contradiction import DocumentRef, RowContradiction, RowFault, said
from exchange.messaging.log.checking import check_log
from exchange.messaging.log.store import MemberLog
from exchange.store import Store
from exchange.store.tables import journal

_HEAD = "log-head"


def journal_contradiction(store: Store, member: str, trust: Trust) -> RowContradiction | None:
    """Return the first line of a whole journal that is not as it was sealed. Raises DatabaseUnavailable."""
    mark, broken = check_log(store, member, trust, whole=True)
    if broken is None:
        return None
    with store.reading() as tx:
        heads = tx[MemberLog].heads_after(max(broken.index, mark.size), 1) or tx[MemberLog].recent_heads(1)
    head = None
    if heads:
        head = DocumentRef(member, str(heads[0].size), _HEAD, hashlib.sha256(heads[0].signed).hexdigest())
    key = str(broken.number if broken.number is not None else broken.index)
    return RowContradiction(
        member, journal.name, key, broken.fault.value, RowFault.SEALED, said(broken.text), f"entry {broken.index}", head
    )
