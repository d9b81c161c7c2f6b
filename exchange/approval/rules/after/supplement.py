"""A supplementary review: until when it may be announced, and when it is reminded of. Pure.

It changes nothing of what silence came to: its result is a late opinion, which the lead looks at.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NoReturn, Protocol

from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.errors import Returned
from exchange.language import Text
from exchange.schemas import Term
from exchange.workdays import WorkingCalendar, add_working_days

OF_A_FIXED_TERM = 15
"""Working days, where the term of the first review was an instant."""
NINE = timedelta(hours=15)
"""From nine o'clock of the last day until its end."""

TO_REMIND, TO_TELL = 0, 1
"""What is still to be done about a review that is out: remind of it; tell that it did not come."""


class SupplementFacts(Protocol):
    """What an announcement depends on, of the department's part."""

    @property
    def state(self) -> PartState: ...
    @property
    def late_opinion_id(self) -> str | None: ...
    @property
    def supplement_id(self) -> str | None: ...


def longest(term: Term) -> int:
    """Return how many working days a supplementary review may take: as many as the review that did not come."""
    return term.days if term.days is not None else OF_A_FIXED_TERM


def why_not_until(until: date, today: date, days: int, calendar: WorkingCalendar) -> Text | None:
    """Return why a supplementary review may not last until a day; None where it may."""
    last, _ = add_working_days(calendar, today, days)
    if until < today:
        return Text("{until} is over", {"until": until})
    if until > last:
        facts = {"until": until, "last": last, "days": days}
        return Text("{until} is too late: a supplementary review takes {days} working days, until {last}", facts)
    return None


def check_supplement(case_state: CaseState, part: SupplementFacts) -> None:
    """Raise Returned, with what stands in the way, unless a department may announce a supplementary review."""
    if case_state is CaseState.BY_LAW:
        _refuse("case-closed", Text("it was granted by law, undecided"))
    if case_state is CaseState.WITHDRAWN:
        _refuse("case-closed", Text("the application was withdrawn"))
    if part.state not in BY_SILENCE:
        _refuse("no-default", Text("your silence has had no effect: give the opinion that is asked for"))
    if part.supplement_id is not None:
        _refuse("already-announced", Text("a supplementary review is announced once"))
    if part.late_opinion_id is not None:
        _refuse("already-answered", Text("your opinion has come, late: the lead has it"))


def next_step(until: datetime, told: int, now: datetime) -> int | None:
    """Return what is to be done now about a review that is out, or None; ``until``: the end of its last day."""
    if now > until:
        return TO_TELL
    return TO_REMIND if told == TO_REMIND and now >= until - NINE else None


def _refuse(code: str, message: Text) -> NoReturn:
    raise Returned(message, code=code, remedy=Text("nothing is to be announced"))
