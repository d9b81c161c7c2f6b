"""A log of cases: events in the order of time, and the applications that they are put to a window as."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from exchange.schemas import DefaultMode

WINDOW = "window"
"""Who asks for a supplement before the acceptance: the window itself."""
RESERVED = frozenset({WINDOW, "monitor", "from"})
"""What no department of a replay can be called: its domain has these itself."""
_LONGEST_NUMBER = 64
_LONGEST_LABEL = 40


class EventKind(StrEnum):
    """What can happen in a log."""

    SUBMIT = "submit"
    """A case is put to a department."""
    REPLY = "reply"
    """The department gives its opinion."""
    EXTEND = "extend"
    STOP = "stop"
    RESUME = "resume"
    RESTART = "restart"
    WITHDRAW = "withdraw"
    """The applicant withdraws the case as a whole."""
    SUPPLEMENT = "supplement"
    """The department asks for a supplement of the file; its clock stands until that comes. Of the window: the
    applicant is told, before the acceptance, what is missing."""
    SUPPLIED = "supplied"
    """The applicant's supplement is there, and the department's clock runs on; of the window: it may be accepted."""


SYNONYMS = {"suspend": EventKind.STOP}
"""What an event may be called besides; results call it by its kind."""


@dataclass(frozen=True, slots=True)
class ReplayEvent:
    """One line of a log."""

    line: int
    at: datetime
    case: str
    kind: EventKind
    department: str
    due: datetime | None = None
    """Of a submit: the instant that statute fixed."""
    days: int | None = None
    """Working days: of a submit the term, of an extend what is added, of a stop its announced length."""
    default: DefaultMode = DefaultMode.CONSENT
    """Of a submit: what silence amounts to."""
    reasons: str = ""
    """What the act says why; empty: what a replay says of itself."""

    @property
    def before_acceptance(self) -> bool:
        """Return whether it is between the applicant and the window, before departments are asked."""
        return self.kind in (EventKind.SUPPLEMENT, EventKind.SUPPLIED) and self.department == WINDOW


@dataclass(frozen=True, slots=True)
class ReplayApplication:
    """What is put to departments at one instant, under a number of its own at the window."""

    number: str
    asked: tuple[ReplayEvent, ...]


@dataclass(frozen=True)
class ReplayLog:
    """A log as read, and the labels its departments get as addresses."""

    events: tuple[ReplayEvent, ...]
    names: dict[str, str]
    applications: tuple[ReplayApplication, ...]
    about: dict[int, tuple[str, ...]] = field(repr=False)
    """The applications an event is about, by the event's line: the latest that was put to its department by then."""
    comes_to: dict[int, ReplayApplication] = field(repr=False)
    """The application that comes of what happens before an acceptance, by the event's line, as far as one comes."""

    @property
    def supplied(self) -> dict[str, tuple[str, ...]]:
        """The departments that get a supplement, as the log goes on, by the number of their application."""
        found: dict[str, set[str]] = {}
        for event in self.events:
            if event.kind is EventKind.SUPPLIED and not event.before_acceptance:
                found.setdefault(self.about[event.line][0], set()).add(event.department)
        return {number: tuple(sorted(names)) for number, names in found.items()}

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len({event.case for event in self.events})


def log_of(events: Sequence[ReplayEvent]) -> ReplayLog:
    """Sort out the events of a log: what is put to departments together, and what each event is about.

    Submits of a case at one instant are one application, put at the first of them, unless something else of the case
    stands between; later ones are another one.
    """
    together = _together(events)
    numbers = _numbers([asked[0].case for asked in together], {event.case for event in events})
    applications = tuple(
        ReplayApplication(number, tuple(asked)) for number, asked in zip(numbers, together, strict=True)
    )
    put = {event.line: application.number for application in applications for event in application.asked}
    asked = (event for event in events if event.kind is not EventKind.WITHDRAW and not event.before_acceptance)
    names = labels(event.department for event in asked)
    return ReplayLog(tuple(events), names, applications, _about(events, put), _comes_to(events, applications))


def _together(events: Iterable[ReplayEvent]) -> list[list[ReplayEvent]]:
    """The submits of each application."""
    applications: list[list[ReplayEvent]] = []
    latest: dict[str, list[ReplayEvent] | None] = {}
    for event in events:
        asked = latest.get(event.case)
        if event.kind is not EventKind.SUBMIT:
            latest[event.case] = None
        elif asked is not None and asked[0].at == event.at:
            asked.append(event)
        else:
            latest[event.case] = asked = [event]
            applications.append(asked)
    return applications


def _numbers(cases: Iterable[str], taken: set[str]) -> list[str]:
    """The first application of a case has the case's number, later ones this with a number behind it."""
    first: set[str] = set()
    numbers: list[str] = []
    for case in cases:
        number, count = case, 1
        while case in first and number in taken:
            count += 1
            number = f"{case[: _LONGEST_NUMBER - len(str(count)) - 1]}.{count}"
        first.add(case)
        taken.add(number)
        numbers.append(number)
    return numbers


def _about(events: Iterable[ReplayEvent], numbers: dict[int, str]) -> dict[int, tuple[str, ...]]:
    """``numbers``: of the application that a submit belongs to, by its line."""
    put: dict[str, dict[str, None]] = {}
    asked: dict[tuple[str, str], str] = {}
    about: dict[int, tuple[str, ...]] = {}
    for event in events:
        so_far = put.setdefault(event.case, {})
        if event.kind is EventKind.SUBMIT:
            number = numbers[event.line]
            so_far[number] = None
            asked[(event.case, event.department)] = number
        latest = next(reversed(so_far), event.case)
        if event.kind is EventKind.WITHDRAW:
            about[event.line] = tuple(so_far) or (latest,)
        else:
            about[event.line] = (asked.get((event.case, event.department), latest),)
    return about


def _comes_to(events: Sequence[ReplayEvent], applications: Iterable[ReplayApplication]) -> dict[int, ReplayApplication]:
    first = {application.asked[0].line: application for application in applications}
    ahead: dict[str, ReplayApplication] = {}
    found: dict[int, ReplayApplication] = {}
    for event in reversed(events):
        if event.line in first:
            ahead[event.case] = first[event.line]
        elif event.kind is EventKind.WITHDRAW:
            ahead.pop(event.case, None)
        elif event.before_acceptance and event.case in ahead:
            found[event.line] = ahead[event.case]
    return found


def label_of(department: str) -> str:
    """Return a department's name as a label of an address; empty where nothing of it can stand in one."""
    return re.sub(r"[^a-z0-9]+", "-", department.lower()).strip("-")[:_LONGEST_LABEL].strip("-")


def labels(departments: Iterable[str]) -> dict[str, str]:
    """Return a label for every department, no two alike."""
    names: dict[str, str] = {}
    taken: set[str] = set(RESERVED)
    for department in sorted(set(departments)):
        stem = label_of(department) or "department"
        label, count = stem, 1
        while label in taken:
            count += 1
            label = f"{stem}-{count}"
        taken.add(label)
        names[department] = label
    return names
