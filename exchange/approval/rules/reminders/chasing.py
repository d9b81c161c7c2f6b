"""When the lead may remind a department by hand: of what it was asked and still owes, once a working day. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from exchange.approval.rules.states import CaseState, PartState
from exchange.clock import CST
from exchange.language import Text
from exchange.language.names import CASE_STATES, coded
from exchange.workdays import WorkingCalendar

OWED = frozenset({PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})
"""States of parts whose answer is asked for and has not come; what was escalated may be answered still."""
_DAY = timedelta(days=1)


class ChasedPart(Protocol):
    """What a reminder by hand depends on, of the department's part."""

    @property
    def department(self) -> str: ...
    @property
    def state(self) -> PartState: ...
    @property
    def consultation_id(self) -> str | None: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def chased_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class NotChased:
    """Why a department is not reminded now, and what to do instead."""

    why: Text
    remedy: Text


def why_not_chased(state: CaseState, part: ChasedPart, now: datetime, calendar: WorkingCalendar) -> NotChased | None:
    """Return what keeps a department from being reminded by hand; None where nothing does."""
    named = {"department": part.department}
    if state not in (CaseState.OPEN, CaseState.READY):
        words = {"state": coded(CASE_STATES, state.value)}
        return NotChased(Text("the case is {state}", words), Text("nobody is asked any more"))
    if part.state not in OWED or part.consultation_id is None:
        return NotChased(Text("{department} owes no answer", named), Text("look at the case: it says who does"))
    if part.state is PartState.SIGNED and part.due_at is None:
        return NotChased(
            Text("the term of {department} does not run", named),
            Text("wait until its clock runs on, or what it waits for is in"),
        )
    if part.chased_at is not None and not has_worked_since(part.chased_at, now, calendar):
        return NotChased(
            Text("{department} was reminded by hand already", named), Text("once a working day: do it on the next one")
        )
    return None


def has_worked_since(before: datetime, now: datetime, calendar: WorkingCalendar) -> bool:
    """Return whether another working day has begun since a moment: what was done on a day off counts until then."""
    day, today = _day(before) + _DAY, _day(now)
    while day <= today:
        if calendar.is_workday(day):
            return True
        day += _DAY
    return False


def is_late(part: ChasedPart, now: datetime) -> bool:
    """Return whether a department has let its term pass, and its answer is owed still."""
    running = part.state in (PartState.ISSUED, PartState.SIGNED)
    return part.state is PartState.ESCALATED or (running and part.due_at is not None and part.due_at < now)


def _day(moment: datetime) -> date:
    return moment.astimezone(CST).date()
