"""What members have countersigned of a log that is in a bundle, and what shows that it is this log that they have seen.

Taken from the log's own member, and from every other whose records are read: what one has lost the other may have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.audit.log.cosignatures import open_cosignature
from exchange.audit.log.growth import growth_file
from exchange.audit.log.heads import open_log_head
from exchange.audit.log.receipts import consistency_receipt
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.logs import ENTRIES, GROWTH, HEADS, LOG, WITNESSES
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.messaging.log.witnesses import KeptCosignature, LogDispute, Witnesses
from exchange.store.transaction import Transaction


def add_witnesses(parts: BundleParts, looked_at: Mapping[str, Transaction], member: str) -> None:
    """Add the cosignatures of a member's log, with what leads from their heads to the one in the bundle."""
    place = "/".join((LOG, member))
    newest = looked_at[member][MemberLog].newest()
    wanted = _entries(parts, place)
    for witness, one in _cosignatures(looked_at, member, wanted):
        if newest is not None and _is_younger(one, newest):
            continue
        parts.files["/".join((place, WITNESSES, witness, f"{one.size}.cose"))] = one.signed
        if newest is not None and wanted:
            _add_growth(parts, place, looked_at[member][MemberLog], one.size, newest)
    for dispute in _disputes(looked_at, member):
        _add_dispute(parts, place, dispute)


def _entries(parts: BundleParts, place: str) -> int:
    """How long the log must be to hold every entry of it that is in the bundle; 0 where there is none."""
    start = "/".join((place, ENTRIES, ""))
    named = [path.removeprefix(start).removesuffix(".cbor") for path in parts.files if path.startswith(start)]
    return max((int(name) + 1 for name in named), default=0)


def _cosignatures(
    looked_at: Mapping[str, Transaction], member: str, wanted: int
) -> Iterator[tuple[str, KeptCosignature]]:
    """Each witness' first one that covers the entries, as the member has it; and its newest, as the witness has it."""
    own = looked_at[member][Witnesses]
    for newest in own.witnessed_by():
        covering = own.cosignature(newest.member, wanted)
        yield newest.member, covering or newest
    for witness, tx in looked_at.items():
        held = tx[Witnesses].held(member)
        if held is not None:
            yield witness, held


def _is_younger(one: KeptCosignature, newest: KeptHead) -> bool:
    """Seen while the bundle is made: the log has grown since its own member was looked at."""
    head = open_log_head(open_cosignature(one.signed).head).head
    return head.size > newest.size and head.issued_at >= newest.issued_at


def _add_growth(parts: BundleParts, place: str, log: MemberLog, before: int, newest: KeptHead) -> None:
    if not 0 < before < newest.size:
        return
    x5t, path = open_log_head(newest.signed).x5t, log.tiles.consistency(before, newest.size)
    receipt = consistency_receipt(before, newest.size, path, x5t, newest.root_signature)
    name = f"{before}-{newest.size}.cbor"
    parts.files["/".join((place, GROWTH, name))] = growth_file(log.tiles.root(before), receipt)


def _disputes(looked_at: Mapping[str, Transaction], member: str) -> Iterator[LogDispute]:
    for tx in looked_at.values():
        yield from (one for one in tx[Witnesses].disputes() if one.origin == member and one.shown)


def _add_dispute(parts: BundleParts, place: str, dispute: LogDispute) -> None:
    """Both heads as they were signed, and what proves that they are of two histories."""
    shown = open_log_head(dispute.shown).head.size
    held = open_log_head(dispute.held).head.size
    for size, signed in ((held, dispute.held), (shown, dispute.shown)):
        path = "/".join((place, HEADS, f"{size}.cose"))
        if parts.files.setdefault(path, signed) != signed:
            parts.files["/".join((place, HEADS, f"{size}-{dispute.standing}.cose"))] = signed
    if dispute.growth:
        parts.files.setdefault("/".join((place, GROWTH, f"{held}-{shown}.cbor")), dispute.growth)
