"""How a notice stands, as its origin or a relay office sees it: by the newest tallies, or by own record."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exchange.messaging.node import Node
from exchange.notices.counting import tally_in
from exchange.notices.cover import Waiting, waiting
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import TAKEN_BACK, NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.schemas import AtRecall, Count, ReturnedBy, Tally
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class NoticeStatus:
    """A notice and what is known of it; no tally has come yet where there are no counts."""

    row: NoticeRow
    counts: tuple[Count, ...] = ()
    unsigned: tuple[str, ...] = ()
    unsigned_more: int = 0
    returned: tuple[ReturnedBy, ...] = ()
    returned_more: int = 0
    waits: Waiting | None = None
    """At a relay office whose cover it waits for."""
    at_recall: AtRecall | None = None
    """How it stood with its readers when it was recalled or replaced, as far as levels below have told."""

    @property
    def over(self) -> bool:
        """Whether there is nothing more to come; never while nothing is known.

        All have signed for it or sent it back; or it was taken back, and all levels have told who had it then.
        """
        if self.row.seat is NoticeSeat.READER:
            return self.row.state is not NoticeState.OPEN
        if self.row.state in TAKEN_BACK:
            return self.told_at_recall == sum(count.meant - count.returned for count in self.counts)
        return any(count.meant for count in self.counts) and not self.unsigned and not self.unsigned_more

    @property
    def told_at_recall(self) -> int | None:
        """How many authorities are known to have had it, or not, when it was taken back; None while nothing is."""
        found = self.at_recall
        if found is None:
            return None
        return sum(one.number for one in (found.signed_before, found.signed_after, found.unsigned, found.not_arrived))


def notice_status(node: Node, notice_id: str) -> NoticeStatus | None:
    """Return how a notice stands; None if it is not on record here."""
    with node.store.reading() as tx:
        row = tx[Notices].get(notice_id)
        if row is None:
            return None
        if row.seat is NoticeSeat.RELAY:
            found = _status(row, tally_in(tx, row, node.directory.domain))
            if row.state is NoticeState.WAITING:
                return replace(found, waits=waiting(row, node.calendar, node.clock.now().date()))
            return found
        told = [tally for tally in told_below(tx, notice_id).values() if tally is not None]
    return _status(row, told[0]) if told else NoticeStatus(row)


def told_below(tx: Transaction, notice_id: str) -> dict[str, Tally | None]:
    """Return what each domain directly below has told of a notice; None for one that has told nothing yet."""
    branches = tx[Notices].branches(notice_id)
    return {one.domain: Tally.model_validate_json(one.tally) if one.tally else None for one in branches}


def _status(row: NoticeRow, tally: Tally) -> NoticeStatus:
    return NoticeStatus(
        row, tally.counts, tally.unsigned, tally.unsigned_more, tally.returned, tally.returned_more,
        at_recall=tally.at_recall,
    )  # fmt: skip
