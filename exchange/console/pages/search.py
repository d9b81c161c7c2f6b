"""Search: messages and cases by number, department, state, kind and time; cases by departments."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from exchange.approval.rules.after.paper import paper_of
from exchange.approval.rules.case_sentence import sentence
from exchange.approval.rules.standing import BoardColumn, standing_of
from exchange.approval.rules.states import WITHOUT_DECISION
from exchange.console.section import Group, Page, Section, Visit
from exchange.errors import CallerError, NotFound
from exchange.language.names import AMENDMENTS, CASE_STATES, COPIES, PAPER_STATES, PART_STATES, PROTEST_GROUNDS
from exchange.operations.records.store import Search
from exchange.operations.records.stores import departments_of, members_of, provisional_by, stores_of
from exchange.operations.search.find import find_cases, find_messages
from exchange.operations.search.rules import read_key, read_query, write_key
from exchange.operations.search.streams import ALL_KINDS
from exchange.operations.search.terms import amendments_of, due_to_decide, find_parts, stops_of
from exchange.operations.trace.trail import messages_of_case
from exchange.page_key import Key
from exchange.schemas import MESSAGES, Role
from exchange.web.words import STANDINGS, TONES

_WORDS = {
    "case_states": CASE_STATES,
    "copies": COPIES,
    "part_states": PART_STATES,
    "paper_states": PAPER_STATES,
    "grounds": PROTEST_GROUNDS,
    "standings": STANDINGS,
    "tones": TONES,
    "amendments": AMENDMENTS,
    "kinds": sorted(MESSAGES),
    "all_kinds": ALL_KINDS,
}
_FIELDS = ("what", "number", "department", "state", "kind", "direction", "standing", "since", "until")


def _words(visit: Visit) -> dict[str, object]:
    return {**_WORDS, "is_provisional": provisional_by(visit.view.calendar())}


def next_link(visit: Visit, path: str, key: Key | None) -> str:
    """Return the address of the next page, with the filters of this one; empty at the end."""
    if key is None:
        return ""
    filters = {name: value for name in _FIELDS if (value := visit.query.get(name))}
    return f"{path}?{urlencode({**filters, 'after': write_key(key)})}"


def _search(visit: Visit) -> Mapping[str, object]:
    query, start = read_query(visit.query), read_key(visit.query.get("after", ""))
    what = "cases" if visit.query.get("what") == "cases" else "messages"
    common = {**_words(visit), "members": members_of(visit.view), "what": what, "path": "/search"}
    if what == "cases":
        cases = find_cases(stores_of(visit.view, Role.WINDOW), query, start)
        return {**common, "found": cases, "next": next_link(visit, "/search", cases.next)}
    found = find_messages(stores_of(visit.view), query, start)
    return {**common, "found": found, "next": next_link(visit, "/search", found.next)}


def read_cases(visit: Visit) -> Mapping[str, object]:
    query, start = read_query(visit.query), read_key(visit.query.get("after", ""))
    windows, now = stores_of(visit.view, Role.WINDOW), visit.view.clock.now()
    common = {**_words(visit), "members": members_of(visit.view), "what": "cases", "path": "/cases", "parts": None}
    standing = visit.query.get("standing", "")
    if standing:
        departments = [query.member] if query.member else departments_of(visit.view)
        parts = find_parts(windows, departments, _standing(standing), now, start)
        return {**common, "found": parts, "parts": parts, "next": next_link(visit, "/cases", parts.next)}
    cases = find_cases(windows, query, start)
    return {**common, "found": cases, "next": next_link(visit, "/cases", cases.next)}


def _standing(text: str) -> BoardColumn:
    try:
        return BoardColumn(text)
    except ValueError:
        raise CallerError(
            "standing: {text!r} is none", remedy="choose one of: {standing}", text=text, standing=", ".join(BoardColumn)
        ) from None


def _case(visit: Visit) -> Mapping[str, object]:
    number, now = visit.path["number"], visit.view.clock.now()
    for address, store in stores_of(visit.view, Role.WINDOW).items():
        with store.reading() as tx:
            line, parts = tx[Search].case(address, number), tx[Search].parts(address, number)
            happened, calendar = amendments_of(tx, parts, number, address), visit.view.calendar()
            stops, (due_at, guessed) = stops_of(tx, parts, calendar, now), due_to_decide(tx, number, calendar)
        if line is not None:
            standings = {one.department: standing_of(one.state, one.started_at, one.due_at, now) for one in parts}
            messages = messages_of_case(stores_of(visit.view), number)
            is_provisional = provisional_by(calendar)
            provisional = {one.department for one in parts if is_provisional(one)}
            said = sentence(line.state, parts, now, visit.view.names(), provisional)
            closed = line.state in WITHOUT_DECISION
            papers = {} if closed else {one.department: paper_of(one, now, calendar) for one in parts}
            context = {"case": line, "parts": parts, "standing": standings, "messages": messages, "happened": happened}
            context |= {"stops": stops, "due_at": due_at, "due_is_provisional": guessed, "papers": papers}
            return {**_words(visit), **context, "sentence": visit.say(*said)}
    raise NotFound(
        "no case {number} at a window of this domain", remedy="look for it: /search?what=cases", number=number
    )


SECTION = Section(
    pages=(
        Page("/search", ("查询", "Search"), "search.html", _search, in_menu=True, group=Group.CASES, every=0),
        Page("/cases", ("案件", "Cases"), "search.html", read_cases, in_menu=True, group=Group.CASES, every=5),
        Page("/case/{number}", ("案件", "Case"), "case.html", _case, every=5),
    )
)
