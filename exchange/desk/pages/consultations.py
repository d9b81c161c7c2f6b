"""A department's list in the inbox: the consultations on its desk, the earliest due first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import terms_of
from exchange.approval.rules.department_term import DeskTerm
from exchange.approval.rules.states import DeskState
from exchange.clock import CST
from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.looking import CHUNK, EPOCH, having, key_of, looked_through, place_of
from exchange.desk.standing_in import standing_in
from exchange.desk.urgency import NOT_BEGUN, STOPPED, DeskUrgency, urgency_of
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError
from exchange.language.names import matter_name
from exchange.paging import Place, every
from exchange.schemas import Role
from exchange.web.stand_ins.records import StandIn
from exchange.web.stand_ins.rules import in_whose_place

_STATES: Mapping[str, DeskState] = {
    "": DeskState.WAITING,
    "overdue": DeskState.WAITING,
    "mine": DeskState.WAITING,
    "free": DeskState.WAITING,
    "paper": DeskState.DEFAULTED,
    "answered": DeskState.ANSWERED,
    "closed": DeskState.CLOSED,
}
_FILTERS = (
    ("mine", ("我承办的", "What I deal with")),
    ("free", ("尚无人承办", "What nobody has taken")),
    ("overdue", ("已逾期", "Overdue")),
    ("paper", ("缺席后待补书面意见", "Paper owed after silence")),
    ("answered", ("已答复", "Answered")),
    ("closed", ("已终结", "Closed")),
)


def _page(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    state = _STATES.get(wish.only)
    if state is None:
        raise CallerError("there is no filter {only!r}", remedy="choose one of the list", only=wish.only)
    with visit.node.store.reading() as tx:
        places = standing_in(visit, tx)
        rows, last, early = _looked_through(visit, _rows(tx[DepartmentDesk], state, wish.after), wish, places)
        terms = terms_of(visit.node, tx, rows if state is DeskState.WAITING else ())
    matters = visit.face.matters()
    lines = [_line(visit, row, terms.get(row.case_number), matter_name(row.matter, matters), places) for row in rows]
    return InboxPage(lines, _key(last) if last is not None else "", early=early)


def _looked_through(
    visit: DeskVisit, rows: Iterator[DeskRow], wish: InboxWish, places: Sequence[StandIn]
) -> tuple[list[DeskRow], DeskRow | None, bool]:
    """The rows of a page, the last one that was looked at where there is more, and whether the search ended early."""
    if wish.only == "overdue":  # they come in the order of their due moments
        rows = takewhile(lambda row: row.due_at is not None and row.due_at < visit.now, rows)
    has_words = having(wish.words, _text)
    return looked_through(rows, lambda row: _is_held(visit, row, wish.only, places) and has_words(row))


def _text(row: DeskRow) -> str:
    return f"{row.case_number}\n{row.title}"


def _is_held(visit: DeskVisit, row: DeskRow, only: str, places: Sequence[StandIn]) -> bool:
    """Whether its holder is one that is looked for; whoever stands in for another has that one's cases too."""
    if only == "mine":
        return row.holder == visit.who or bool(_place_of(visit, row, places))
    return row.holder is None if only == "free" else True


def _place_of(visit: DeskVisit, row: DeskRow, places: Sequence[StandIn]) -> str:
    return in_whose_place(places, visit.who, row.holder, row.matter, visit.now.date())


def _rows(desk: DepartmentDesk, state: DeskState, after: str) -> Iterator[DeskRow]:
    """All rows of a state behind a key: those with a due moment first."""
    start, undated = _place(after)
    if not undated:
        yield from every(
            lambda last, most: desk.by_due(state, last or start, most),
            lambda row: (row.due_at or EPOCH, row.case_number),
            CHUNK,
        )
    yield from every(
        lambda last, most: desk.without_due(state, last or undated, most), lambda row: row.case_number, CHUNK
    )


def _key(row: DeskRow) -> str:
    if row.due_at is None:
        return f"u.{row.case_number}"
    return f"d.{key_of((row.due_at, row.case_number))}"


def _place(key: str) -> tuple[Place | None, str]:
    """The place that a key names, among those with a due moment or behind them; the beginning for what is no key."""
    kind, _, rest = key.partition(".")
    return (None, rest) if kind == "u" else (place_of(rest) if kind == "d" else None, "")


def _line(visit: DeskVisit, row: DeskRow, term: DeskTerm | None, matter: str, places: Sequence[StandIn]) -> InboxLine:
    place = _place_of(visit, row, places)
    mine = [("info", visit.say(f"代 {place}", f"for {place}"))] if place else []
    due_at = term.due_at if term is not None else row.due_at
    return InboxLine(
        path=f"/case/{row.case_number}",
        number=row.case_number,
        title=row.title,
        matter=matter,
        urgency=row_urgency(visit, row, term),
        due_at={DeskState.WAITING: due_at, DeskState.DEFAULTED: row.paper_by}.get(row.state),
        provisional=term is not None and term.provisional,
        since=row.answered_at or row.received_at,
        holder=row.holder or "",
        tags=[*mine, *((tone, visit.say(*words)) for tone, words in _tags(row))],
        anothers=row.holder not in (None, visit.who) and not place,
        told_as=matter,
    )


def row_urgency(visit: DeskVisit, row: DeskRow, term: DeskTerm | None) -> DeskUrgency:
    """Return how urgent a consultation is; ``term`` as its documents tell, where that was looked at."""
    if row.state is DeskState.DEFAULTED:
        found = urgency_of(row.paper_by, visit.node.calendar, visit.now)
        return DeskUrgency(found.tone, (f"书面意见：{found.words[0]}", f"paper: {found.words[1]}"), found.days)
    if row.state is not DeskState.WAITING:
        return DeskUrgency("", ("已答复", "answered") if row.state is DeskState.ANSWERED else ("已终结", "closed"))
    if term is not None and term.stopped is not None:
        return STOPPED
    due_at = term.due_at if term is not None else row.due_at
    return NOT_BEGUN if due_at is None else urgency_of(due_at, visit.node.calendar, visit.now)


def _tags(row: DeskRow) -> Iterator[tuple[str, tuple[str, str]]]:
    if row.acts_for is not None:
        yield "info", ("代行", "for another")
    if not row.cleared:
        yield "", ("等待前置结果", "waits for another's result")
    if row.rule_error is not None:
        yield "warn", ("规则出错", "the rule failed")
    if row.recall_id is not None:
        yield "warn", ("意见撤回中", "being recalled") if row.state is DeskState.ANSWERED else ("已撤回", "recalled")
    if row.chased_at is not None and row.state is DeskState.WAITING:
        day = row.chased_at.astimezone(CST).date().isoformat()
        yield "warn", (f"窗口 {day} 催办", f"pressed by the window, {day}")
    if row.reminded and row.state is DeskState.WAITING:
        yield "warn", (f"已催办（{row.reminded}%）", f"reminded at {row.reminded} %")


def _waiting(visit: DeskVisit) -> int:
    with visit.node.store.reading() as tx:
        return tx[DepartmentDesk].how_many(DeskState.WAITING, MOST_COUNTED + 1)


BASKET = Basket(
    "consultations",
    ("征求意见", "Consultations"),
    _page,
    _waiting,
    _FILTERS,
    frozenset({Role.DEPARTMENT}),
    {"": ("答复征求意见", "give an opinion"), "paper": ("补交书面意见", "hand in the written opinion")},
)
