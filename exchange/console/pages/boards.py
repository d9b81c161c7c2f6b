"""Boards: deadlines by department, what will default in the next days, and who has not signed for what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from exchange.console.pages.search import next_link
from exchange.console.section import Group, Page, Section, Visit
from exchange.errors import CallerError
from exchange.language.names import COPIES
from exchange.operations.health.sampler import sampler_of
from exchange.operations.records.lines import UnsignedNotice
from exchange.operations.records.store import Search
from exchange.operations.records.stores import departments_of, members_of, provisional_by, stores_of
from exchange.operations.search.find import unsigned
from exchange.operations.search.rules import read_key, read_query
from exchange.operations.search.terms import board, upcoming
from exchange.operations.troubles.kinds import AlertKind
from exchange.runtime.gathered import DeadlineFact
from exchange.schemas import Role
from exchange.telemetry.troubles import Troubles
from exchange.web.words import FATES, STANDINGS, TONES

_DAYS, _MOST_DAYS = 3, 60
_MOST_UNWATCHED = 100
_NOTICES = 20
_NAMES = 30
"""Authorities named for a notice; the rest are counted."""


def _deadlines(visit: Visit) -> Mapping[str, object]:
    view, now, days = visit.view, visit.view.clock.now(), _days(visit.query.get("days", ""))
    monitors, calendar = stores_of(view, Role.MONITOR), view.calendar()
    start = read_key(visit.query.get("after", ""))
    coming = upcoming(monitors, calendar, now, timedelta(days=days), start)
    link = next_link(visit, "/deadlines", coming.next)
    unwatched, more_unwatched = _unwatched(visit, days)
    return {
        "board": board(stores_of(view, Role.WINDOW), departments_of(view), now),
        "standings": STANDINGS,
        "fates": FATES,
        "tones": TONES,
        "members": members_of(view),
        "is_provisional": provisional_by(calendar),
        "monitors": len(monitors),
        "coming": coming,
        "unwatched": unwatched,
        "more_unwatched": more_unwatched,
        "days": days,
        "next": f"{link}&days={days}" if link else "",
    }


def _unwatched(visit: Visit, days: int) -> tuple[list[DeadlineFact], bool]:
    """While no monitor watches: what is over or ends soon by the windows' own record, and whether there is more of it;
    nothing while one does."""
    if not any(alert.kind is AlertKind.UNWATCHED for alert in sampler_of(visit.view).latest().standing.alerts):
        return [], False
    found: list[DeadlineFact] = []
    for store in stores_of(visit.view, Role.WINDOW).values():
        with store.reading() as tx:
            found += tx[Troubles].ending(visit.view.clock.now() + timedelta(days=days), _MOST_UNWATCHED + 1)
    found.sort(key=lambda one: (one.due_at, one.case_number, one.department))
    return found[:_MOST_UNWATCHED], len(found) > _MOST_UNWATCHED


def _days(text: str) -> int:
    if not text:
        return _DAYS
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_DAYS:
        raise CallerError(
            "days: {text!r} is no number from 1 to {most_days}",
            remedy="give a number of days",
            text=text,
            most_days=_MOST_DAYS,
        )
    return int(text)


def _unsigned(visit: Visit) -> Mapping[str, object]:
    view, query = visit.view, read_query(visit.query)
    found = unsigned(stores_of(view), query.member, read_key(visit.query.get("after", "")))
    notices: list[UnsignedNotice] = []
    number = 0
    for store in stores_of(view, Role.RELAY).values():
        with store.reading() as tx:
            latest, there = tx[Search].unsigned_notices(_NOTICES, _NAMES)
        notices, number = notices + latest, number + there
    return {
        "found": found,
        "members": members_of(view),
        "copies": COPIES,
        "tones": TONES,
        "next": next_link(visit, "/unsigned", found.next),
        "notices": notices,
        "more_notices": number - len(notices),
        "relay": bool(stores_of(view, Role.RELAY)),
    }


SECTION = Section(
    pages=(
        Page(
            "/deadlines", ("期限", "Deadlines"), "deadlines.html", _deadlines, in_menu=True, group=Group.CASES, every=5
        ),
        Page(
            "/unsigned", ("未签收", "Unsigned"), "unsigned.html", _unsigned, in_menu=True, group=Group.MESSAGES, every=5
        ),
    )
)
