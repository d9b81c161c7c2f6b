"""How a notice stands, as its origin or a relay office sees it: by the newest tallies, or by own record."""

from __future__ import annotations

from dataclasses import dataclass, replace

from exchange.flow.counting import tally_in
from exchange.flow.cover import Waiting, waiting
from exchange.flow.node import Node
from exchange.flow.ports import NoticeRow
from schemas import Count, ReturnedBy, Tally


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

    @property
    def over(self) -> bool:
        """Whether everybody has signed for it or sent it back; never while nothing is known."""
        return self.row.state not in ("open", "waiting") or (
            any(count.meant for count in self.counts) and not self.unsigned and not self.unsigned_more
        )


def notice_status(node: Node, notice_id: str) -> NoticeStatus | None:
    """How a notice stands; None if it is not on record here."""
    with node.store.reading() as tx:
        row = tx.notices.get(notice_id)
        if row is None:
            return None
        if row.seat == "relay":
            found = _status(row, tally_in(tx, row, node.directory.domain))
            if row.state == "waiting":
                return replace(found, waits=waiting(row, node.calendar, node.clock.now().date()))
            return found
        told = [branch.tally for branch in tx.notices.branches(notice_id) if branch.tally]
    return _status(row, Tally.model_validate_json(told[0])) if told else NoticeStatus(row)


def _status(row: NoticeRow, tally: Tally) -> NoticeStatus:
    return NoticeStatus(row, tally.counts, tally.unsigned, tally.unsigned_more, tally.returned, tally.returned_more)
