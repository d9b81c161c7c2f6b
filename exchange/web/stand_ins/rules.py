"""Who acts in whose place, and what can be recorded of it. Pure: records and the day are handed in.

Nobody gains a right by it: what an account may do is its role's, and its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from exchange.language import Text
from exchange.web.stand_ins.records import StandIn

LONGEST = timedelta(days=366)
"""A period is no longer; who is away for longer has somebody record it anew."""
MOST = 50
"""Records of an office that hold or will hold."""

FormWrong = tuple[str, Text, Text]
"""The field, what is wrong with it, and what to do."""


@dataclass(frozen=True)
class WantedStandIn:
    """What somebody wants to record; None for a day that could not be read."""

    absent: str
    stand_in: str
    since: date | None
    until: date | None
    matters: tuple[str, ...]


def stood_in_for(records: Iterable[StandIn], who: str, day: date) -> tuple[StandIn, ...]:
    """Return the records by which somebody stands in for others on a day; whom those stand in for is not among them."""
    return tuple(one for one in records if one.stand_in == who and one.holds_on(day))


def in_whose_place(records: Iterable[StandIn], who: str, holder: str | None, matter: str, day: date) -> str:
    """Return whose place somebody takes in a case that ``holder`` deals with; empty where it is the own, or nobody's,
    or a colleague's who is not away.
    """
    if holder is None or holder == who:
        return ""
    covering = (one.absent for one in stood_in_for(records, who, day) if one.covers(matter))
    return holder if holder in covering else ""


def stand_in_faults(
    wanted: WantedStandIn, accounts: frozenset[str], matters: frozenset[str], today: date, recorded: int
) -> Iterator[FormWrong]:
    """Yield all that is wrong with what is to be recorded, beside ``recorded`` others that hold or will hold."""
    for field, name in (("absent", wanted.absent), ("stand_in", wanted.stand_in)):
        if name not in accounts:
            yield field, Text("there is no such account that can sign in"), Text("choose one of the list")
    if wanted.absent == wanted.stand_in:
        yield "stand_in", Text("nobody stands in for themselves"), Text("choose somebody else")
    yield from _of_days(wanted.since, wanted.until, today)
    if unknown := sorted(set(wanted.matters) - matters):
        yield "matter", Text("{code} is no matter of this office", {"code": unknown[0]}), Text("choose of the list")
    if recorded >= MOST:
        yield "stand_in", Text("there are {most} of them already", {"most": MOST}), Text("end one that is not needed")


def _of_days(since: date | None, until: date | None, today: date) -> Iterator[FormWrong]:
    for field, day in (("since", since), ("until", until)):
        if day is None:
            yield field, Text("this is no day"), Text("write it like 2026-03-31")
    if since is None or until is None:
        return
    if until < since:
        yield "until", Text("it ends before it begins"), Text("choose a later day")
    elif until < today:
        yield "until", Text("it is over already"), Text("choose a day to come")
    elif until - since >= LONGEST:
        yield "until", Text("it is longer than a year"), Text("choose an earlier day, and record it anew then")
