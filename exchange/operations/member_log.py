"""What is told of a member's log: how far it is sealed, its heads, and the proof of an entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exchange.audit.log.comparing import LogBreak
from exchange.audit.log.heads import LogHead, open_log_head
from exchange.audit.log.receipts import inclusion_receipt, verify_inclusion
from exchange.envelope import Trust
from exchange.envelope.cbor import encode
from exchange.errors import NotFound
from exchange.messaging.log.scrubbing import scrub_state
from exchange.messaging.log.store import MemberLog
from exchange.messaging.log.witnesses import LogDispute, Witnesses
from exchange.messaging.stamping.store import LogStamps
from exchange.messaging.stamping.trouble import StampTrouble, stamp_trouble
from exchange.operations.log_witnesses import WitnessView, view_witnesses
from exchange.store import Store
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class StampView:
    """A time-stamp over one of the heads, as it names itself: only a reader who trusts its authority believes it."""

    size: int
    authority: str
    at: datetime
    lag: timedelta
    """By how much the head is older that it is over."""


@dataclass(frozen=True)
class LogView:
    """A member's log at one moment."""

    address: str
    heads: tuple[LogHead, ...]
    """The newest first; some of them."""
    counted: int
    """Heads there are."""
    unsealed: int
    """Rows that no head covers yet, about: a number may have been left out."""
    lag: timedelta
    """By how much the newest row is younger than the newest head; nothing where all are sealed."""
    checked: int = 0
    """Entries up to which the member's own check has come in this pass."""
    checked_at: datetime | None = None
    broken: LogBreak | None = None
    witnesses: tuple[WitnessView, ...] = ()
    disputes: tuple[LogDispute, ...] = ()
    """What this member holds of logs, its own or others', that were signed in two histories or cut off."""
    stamp: StampView | None = None
    """The newest time-stamp."""
    trouble: StampTrouble | None = None
    """Why none is had at present."""

    def as_checked(self, size: int, at: datetime, broken: LogBreak | None) -> LogView:
        """Return it with what another check has found."""
        return replace(self, checked=size, checked_at=at, broken=broken)


@dataclass(frozen=True)
class EntryProof:
    """An entry with its receipt, as a stranger verifies them, and the head that names the size of the log."""

    index: int
    size: int
    leaf: bytes
    receipt: bytes
    head: bytes

    def as_file(self) -> bytes:
        """Return leaf and receipt as they stand in a file: a list in CBOR."""
        return encode([self.leaf, self.receipt])


def view_log(store: Store, address: str, now: datetime, most: int = 20) -> LogView:
    """Return what a member's database tells of its log. Raises DatabaseUnavailable."""
    with store.reading() as tx:
        kept, state = tx[MemberLog], scrub_state(tx)
        heads: Sequence[LogHead] = [open_log_head(one.signed).head for one in kept.recent_heads(most)]
        unsealed, last = kept.waiting(), kept.last_entry()
        begun = heads[0].issued_at if heads else None
        late = last.at - begun if unsealed and last is not None and begun is not None else timedelta()
        view = LogView(
            address, tuple(heads), kept.counted(), unsealed, max(late, timedelta()),
            witnesses=view_witnesses(tx, now), disputes=tuple(tx[Witnesses].disputes()),
            stamp=_newest_stamp(tx), trouble=stamp_trouble(tx),
        )  # fmt: skip
    return view if state is None else view.as_checked(state.mark.size, state.checked_at, state.broken)


def _newest_stamp(tx: Transaction) -> StampView | None:
    kept = tx[LogStamps].newest()
    head = tx[MemberLog].head_within(kept.size) if kept is not None else None
    if kept is None or head is None:
        return None
    return StampView(kept.size, kept.authority, kept.stamped_at, kept.stamped_at - head.issued_at)


def prove_entry(store: Store, trust: Trust, index: int) -> EntryProof:
    """Return the proof of an entry under the newest head, verified. Raises NotFound for one that is not sealed.

    Raises Forged where what is kept does not prove it, Untrusted where the head's certificate is not known any more.
    """
    with store.reading() as tx:
        kept = tx[MemberLog]
        newest = kept.newest()
        if newest is None or not 0 <= index < newest.size:
            size = newest.size if newest is not None else 0
            raise NotFound(
                "entry {index} is not in the log, which has {size} sealed entries",
                remedy="count from 0; what is newer is sealed within a minute by the member that is served",
                index=index, size=size,
            )  # fmt: skip
        before = kept.head_within(index)
        began, size = (before.last_id, before.size) if before is not None else (0, 0)
        entry = kept.entries_after(began, index - size + 1)[-1]
        path = kept.tiles.inclusion(index, newest.size)
    leaf = entry.as_leaf()
    receipt = inclusion_receipt(index, newest.size, path, open_log_head(newest.signed).x5t, newest.root_signature)
    verify_inclusion(receipt, leaf, trust)
    return EntryProof(index, newest.size, leaf, receipt, newest.signed)
