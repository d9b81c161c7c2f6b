"""What must come of a log: its own times counted day by day, with none of the rules that are on trial.

Of the product it shares the calendar alone. `docs/deadlines.md` states what is counted here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from exchange.trials.replay.before import BeforeAcceptance
from exchange.trials.replay.fates import Ending
from exchange.trials.replay.log import EventKind, ReplayApplication, ReplayEvent, ReplayLog
from exchange.trials.replay.reckoned_part import ReckonedPart
from exchange.workdays import WorkingCalendar


@dataclass(frozen=True)
class Reckoned:
    """What must come of a log."""

    outcomes: dict[tuple[str, str], Ending]
    """By application and department."""
    refused: frozenset[int]
    """Lines of events that the exchange must refuse."""


def reckon_log(log: ReplayLog, calendar: WorkingCalendar) -> Reckoned:
    """Count a log through."""
    first = {application.asked[0].line: application for application in log.applications}
    cases: dict[str, dict[str, ReckonedPart]] = {}
    refused: set[int] = set()
    before = BeforeAcceptance()
    for event in log.events:
        by_law = before.accepted_by_law(event.case, event.at, calendar)
        silent = log.comes_to.get(by_law.line) if by_law is not None else None
        if by_law is not None and silent is not None and silent.number not in cases:
            cases[silent.number] = _put(silent, by_law.at, calendar)
        if event.kind is EventKind.SUBMIT:
            before.end(event.case)
            if event.line in first and first[event.line].number not in cases:
                cases[first[event.line].number] = _put(first[event.line], event.at, calendar)
            continue
        filed = event.kind is EventKind.WITHDRAW and before.end(event.case)
        about = [] if event.before_acceptance else [cases[one] for one in log.about[event.line] if one in cases]
        if not (before.take(event) if event.before_acceptance else _happens(event, about) or filed):
            refused.add(event.line)
    outcomes = {(number, name): part.outcome() for number, parts in cases.items() for name, part in parts.items()}
    return Reckoned(outcomes, frozenset(refused))


def _put(application: ReplayApplication, at: datetime, calendar: WorkingCalendar) -> dict[str, ReckonedPart]:
    """The parts of an application that was put to its departments at an instant: the log's own, or one by law."""
    return {one.department: ReckonedPart(replace(one, at=at), calendar) for one in application.asked}


def _happens(event: ReplayEvent, about: list[dict[str, ReckonedPart]]) -> bool:
    """Let an event happen to what it is about; False where it must be refused."""
    for parts in about:
        for part in parts.values():
            part.pass_until(event.at)
    if event.kind is EventKind.WITHDRAW:
        undecided = [parts for parts in about if not all(part.settled or part.withdrawn for part in parts.values())]
        for part in (part for parts in undecided for part in parts.values()):
            part.withdraw()
        return bool(undecided)
    found = [parts[event.department] for parts in about if event.department in parts]
    return bool(found) and found[0].take(event)
