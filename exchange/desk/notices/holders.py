"""Who has a notice, as its origin or a relay office knows it: authority by authority below its domain, and by level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from exchange.directory.hierarchy import domain_of, level_of
from exchange.language import Words
from exchange.messaging.node import Node
from exchange.notices.forms.collecting import Collected, collected
from exchange.notices.records import NoticeRow
from exchange.notices.rules.states import NoticeSeat
from exchange.notices.status import NoticeStatus, notice_status, told_below
from exchange.notices.store import Notices
from exchange.schemas import Aggregate, ReaderState, Tally

PAGE = 60
"""Authorities of a page."""


class Having(StrEnum):
    """What is known of one authority's having a notice; of two things, the later one here tells more."""

    UNKNOWN = "unknown"
    UNSIGNED = "unsigned"
    """It has not signed; whether it has the notice, its own relay office alone knows."""
    SILENT = "silent"
    RECEIVED = "received"
    SIGNED = "signed"
    ANSWERED = "answered"
    RETURNED = "returned"


HAVING: dict[Having, tuple[str, Words]] = {
    Having.UNKNOWN: ("", ("签收情况未列名", "not told by name")),
    Having.UNSIGNED: ("warn", ("未签收", "not signed for")),
    Having.SILENT: ("bad", ("未收到", "has not got it")),
    Having.RECEIVED: ("warn", ("已收，未签收", "has it, not signed for")),
    Having.SIGNED: ("good", ("已签收", "signed for")),
    Having.ANSWERED: ("good", ("已填报", "answered")),
    Having.RETURNED: ("bad", ("已退回", "sent back")),
}
"""Each with its tone and its words."""
OF_READER = {
    ReaderState.NONE: Having.SILENT,
    ReaderState.HAS: Having.RECEIVED,
    ReaderState.SIGNED: Having.SIGNED,
    ReaderState.RETURNED: Having.RETURNED,
}
"""What a receipt or an answer tells."""
_ORDER = list(Having)


@dataclass(frozen=True)
class NoticeHolder:
    """One authority."""

    address: str
    having: Having
    at: datetime | None = None
    reason: str = ""
    owes: bool = False
    """Whether its answer to the form is missing."""

    @property
    def domain(self) -> str:
        """Return where it belongs."""
        return domain_of(self.address)


@dataclass(frozen=True)
class HoldersDomain:
    """One domain with what is known of it and of its authorities, as far as they are on this page."""

    domain: str
    depth: int
    """How far it lies below the highest one shown."""
    holders: Sequence[NoticeHolder] = ()
    signed: tuple[int, int] | None = None
    """How many have signed there and below, of how many that are meant; None where its relay office tells nobody."""
    answered: tuple[int, int] | None = None
    """How many of its own have answered, of how many that are asked."""
    unheard: bool = False
    """Whether nothing has come from there yet."""


@dataclass(frozen=True)
class HoldersTree:
    """A page of the tree."""

    status: NoticeStatus
    collection: Collected | None
    domains: Sequence[HoldersDomain]
    next: str = ""
    """The address behind which the next page begins."""


def holders_tree(node: Node, row: NoticeRow, has_form: bool, after: str = "") -> HoldersTree | None:
    """Read who has a notice; None for one that is only read here."""
    status = notice_status(node, row.notice_id) if row.seat is not NoticeSeat.READER else None
    if status is None:
        return None
    collection = collected(node, row.notice_id) if has_form else None
    found = collection.aggregate if collection is not None else None
    with node.store.reading() as tx:
        readers = tx[Notices].readers(row.notice_id)
        tallies = told_below(tx, row.notice_id)
    own = [
        NoticeHolder(one.address, OF_READER[one.state], one.settled_at or one.has_at, one.reason or "")
        for one in readers
    ]
    every = [one for one in merged([*own, *_named(status), *_of_form(status, found)]) if one.address > after]
    shown = every[:PAGE]
    below = tallies if row.seat is NoticeSeat.RELAY and not after else {}
    domains = list(_domains(shown, below, found if not after else None))
    return HoldersTree(status, collection, domains, shown[-1].address if len(every) > PAGE else "")


def merged(found: Iterable[NoticeHolder]) -> list[NoticeHolder]:
    """Return each authority once, by address, with what tells most of it."""
    best: dict[str, NoticeHolder] = {}
    for one in found:
        other = best.get(one.address, one)
        more, less = (one, other) if _ORDER.index(one.having) > _ORDER.index(other.having) else (other, one)
        best[one.address] = replace(
            more, at=more.at or less.at, reason=more.reason or less.reason, owes=more.owes or less.owes
        )
    return [best[address] for address in sorted(best)]


def _named(status: NoticeStatus) -> Iterator[NoticeHolder]:
    for address in status.unsigned:
        yield NoticeHolder(address, Having.UNSIGNED)
    for one in status.returned:
        yield NoticeHolder(one.address, Having.RETURNED, reason=one.reason)


def _of_form(status: NoticeStatus, found: Aggregate | None) -> Iterator[NoticeHolder]:
    """Who has answered; and who has not, of whom it is known to have signed where all others are named."""
    if found is None:
        return
    for row in found.rows:
        yield NoticeHolder(row.body, Having.ANSWERED)
    all_named = status.counts and not status.unsigned_more and not status.returned_more
    silent = {*status.unsigned, *(one.address for one in status.returned)}
    for address in found.missing:
        signed = all_named and address not in silent
        yield NoticeHolder(address, Having.SIGNED if signed else Having.UNKNOWN, owes=True)


def _domains(
    shown: Sequence[NoticeHolder], below: dict[str, Tally | None], found: Aggregate | None
) -> Iterator[HoldersDomain]:
    holders = {domain: list(some) for domain, some in groupby(sorted(shown, key=_place), lambda one: one.domain)}
    totals = {total.domain: total for total in found.totals} if found is not None else {}
    unheard = {*(found.unheard if found is not None else ()), *(one for one, tally in below.items() if tally is None)}
    names = sorted({*holders, *below, *totals, *unheard})
    highest = min(map(level_of, names), default=0)
    for domain in names:
        tally, total = below.get(domain), totals.get(domain)
        yield HoldersDomain(
            domain,
            level_of(domain) - highest,
            holders.get(domain, ()),
            _counted(tally) if tally is not None else None,
            (total.answered, total.asked) if total is not None else None,
            domain in unheard,
        )


def _place(one: NoticeHolder) -> tuple[str, str]:
    return one.domain, one.address


def _counted(tally: Tally) -> tuple[int, int]:
    return sum(count.signed for count in tally.counts), sum(count.meant for count in tally.counts)
