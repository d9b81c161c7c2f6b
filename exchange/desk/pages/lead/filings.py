"""A window's list of filings: what waits for its word, the longest waiting first, and what became of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.approval.acceptance.officers import page_of_filings, waiting_filings, waiting_number
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.rules.acceptance.term import tell_by
from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.looking import CHUNK, having, key_of, looked_through, place_of
from exchange.desk.permissions import DeskAction
from exchange.desk.urgency import DeskUrgency, urgency_of
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError
from exchange.language.filings import CHANNELS, FILING_STATES
from exchange.language.names import matter_name
from exchange.paging import Place, every
from exchange.schemas import FilingChannel, Role

_STATES: Mapping[str, FilingState] = {
    "": FilingState.RECEIVED,
    "incomplete": FilingState.INCOMPLETE,
    "accepted": FilingState.ACCEPTED,
    "not-accepted": FilingState.NOT_ACCEPTED,
}
_FILTERS = (
    ("incomplete", ("待补正", "To be completed")),
    ("accepted", ("已受理", "Accepted")),
    ("not-accepted", ("未受理", "Not accepted")),
)


def path_of(row: FilingRow) -> str:
    """Return where a filing is read."""
    return f"/lead/filing/{row.portal}/{row.number}"


def filing_urgency(visit: DeskVisit, row: FilingRow) -> DeskUrgency:
    """Return how urgent a filing is: by when its applicant must be told something, or how it stands."""
    if row.state is not FilingState.RECEIVED:
        return DeskUrgency("", FILING_STATES[row.state.value])
    return urgency_of(tell_by(row.complete_at, visit.node.calendar).at, visit.node.calendar, visit.now)


def _page(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    state = _STATES.get(wish.only)
    if state is None:
        raise CallerError("there is no filter {only!r}", remedy="choose one of the list", only=wish.only)
    rows, last, early = looked_through(_rows(visit, state, wish.after), having(wish.words, _text))
    matters = visit.face.matters()
    lines = [_line(visit, row, matter_name(row.matter, matters)) for row in rows]
    return InboxPage(lines, key_of(_place(row_state=state, row=last)) if last is not None else "", early=early)


def _rows(visit: DeskVisit, state: FilingState, after: str) -> Iterator[FilingRow]:
    start = place_of(after)
    if state is FilingState.RECEIVED:
        yield from every(
            lambda last, most: waiting_filings(visit.node, last or start, most), lambda row: row.waits_at, CHUNK
        )
        return
    yield from every(
        lambda last, most: page_of_filings(visit.node, state, last or start, most), lambda row: row.place, CHUNK
    )


def _place(row_state: FilingState, row: FilingRow) -> Place:
    return row.waits_at if row_state is FilingState.RECEIVED else row.place


def _text(row: FilingRow) -> str:
    return f"{row.number}\n{row.project}\n{row.applicant}"


def _line(visit: DeskVisit, row: FilingRow, matter: str) -> InboxLine:
    waits = row.state is FilingState.RECEIVED
    term = tell_by(row.complete_at, visit.node.calendar) if waits else None
    return InboxLine(
        path=path_of(row),
        number=row.number,
        title=row.project,
        matter=f"{matter} · {row.applicant}",
        urgency=filing_urgency(visit, row),
        due_at=term.at if term is not None else None,
        provisional=term.provisional if term is not None else False,
        since=row.ended_at or row.complete_at,
        tags=[(tone, visit.say(*words)) for tone, words in _tags(row)],
        told_as=matter,
    )


def _tags(row: FilingRow) -> Iterator[tuple[str, tuple[str, str]]]:
    if row.state is FilingState.RECEIVED and row.told_at is not None:
        yield "info", ("已补正", "completed")
    if row.channel is not FilingChannel.WEB:
        yield "", CHANNELS[row.channel.value]


def _waiting(visit: DeskVisit) -> int:
    return waiting_number(visit.node, MOST_COUNTED + 1)


_ACCEPT = ("/lead/several/accept", ("一并受理…", "Accept several…"), DeskAction.FILING_ACCEPT)
BASKET = Basket(
    "filings",
    ("收件", "Filings"),
    _page,
    _waiting,
    _FILTERS,
    frozenset({Role.WINDOW}),
    {"": ("告知是否受理", "say whether it is accepted")},
    (_ACCEPT,),
)
