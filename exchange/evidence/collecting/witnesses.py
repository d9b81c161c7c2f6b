"""What members have countersigned of a log that is in a bundle, and what shows that it is this log that they have seen.

Taken from the log's own member, and from every other whose records are read: what one has lost the other may have.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exchange.audit.log.cosignatures import open_cosignature
from exchange.audit.log.growth import growth_file
from exchange.audit.log.heads import open_log_head
from exchange.audit.log.receipts import consistency_receipt
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.logs import ENTRIES, GROWTH, HEADS, LOG, RESTORED, WITNESSES
from exchange.messaging.log.restorations import KeptRestoration, LogRestorations
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.messaging.log.witnesses import KeptCosignature, LogDispute, Witnesses
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class _Held:
    """What members hold of others' logs, by the log's member; each member's records are read once."""

    cosignatures: Mapping[str, list[tuple[str, KeptCosignature]]] = field(default_factory=lambda: defaultdict(list))
    disputes: Mapping[str, list[LogDispute]] = field(default_factory=lambda: defaultdict(list))
    restorations: Mapping[str, dict[str, KeptRestoration]] = field(default_factory=lambda: defaultdict(dict))
    """By the digest of what was signed: the log's own member and its witnesses keep the same."""


def add_witnesses(parts: BundleParts, looked_at: Mapping[str, Transaction], members: Iterable[str]) -> None:
    """Add the cosignatures of these members' logs, with what leads from their heads to the ones in the bundle."""
    held = _held(looked_at)
    for member in members:
        _add_log_witnesses(parts, looked_at[member], member, held.cosignatures[member])
        _add_restorations(parts, looked_at[member], member, held.restorations[member])
        for dispute in held.disputes[member]:
            _add_dispute(parts, "/".join((LOG, member)), dispute)


def _held(looked_at: Mapping[str, Transaction]) -> _Held:
    found = _Held()
    for witness, tx in looked_at.items():
        for one in tx[Witnesses].all_held():
            found.cosignatures[one.member].append((witness, one))
        for told in tx[LogRestorations].all():
            found.restorations[told.origin][hashlib.sha256(told.signed).hexdigest()] = told
        for dispute in tx[Witnesses].disputes():
            if dispute.shown:
                found.disputes[dispute.origin].append(dispute)
    return found


def _add_log_witnesses(
    parts: BundleParts, tx: Transaction, member: str, held: Sequence[tuple[str, KeptCosignature]]
) -> None:
    place, newest = "/".join((LOG, member)), tx[MemberLog].newest()
    wanted = _entries(parts, place)
    for witness, one in (*_own_cosignatures(tx[Witnesses], wanted), *held):
        if newest is not None and _is_younger(one, newest):
            continue
        parts.files["/".join((place, WITNESSES, witness, f"{one.size}.cose"))] = one.signed
        if newest is not None and wanted:
            _add_growth(parts, place, tx[MemberLog], one.size, newest)


def _add_restorations(
    parts: BundleParts, tx: Transaction, member: str, restorations: Mapping[str, KeptRestoration]
) -> None:
    """What the member has signed of it, with what shows that the log begins with what was put back."""
    place, newest = "/".join((LOG, member)), tx[MemberLog].newest()
    for digest, one in restorations.items():
        parts.files["/".join((place, RESTORED, f"{digest}.cose"))] = one.signed
        if newest is not None:
            _add_growth(parts, place, tx[MemberLog], one.size, newest)


def _entries(parts: BundleParts, place: str) -> int:
    """How long the log must be to hold every entry of it that is in the bundle; 0 where there is none."""
    start = "/".join((place, ENTRIES, ""))
    named = [path.removeprefix(start).removesuffix(".cbor") for path in parts.files if path.startswith(start)]
    return max((int(name) + 1 for name in named), default=0)


def _own_cosignatures(own: Witnesses, wanted: int) -> Iterator[tuple[str, KeptCosignature]]:
    """Each witness' first one that covers the entries, as the log's member has it; where there is none, its newest."""
    for newest in own.witnessed_by():
        yield newest.member, own.cosignature(newest.member, wanted) or newest


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
