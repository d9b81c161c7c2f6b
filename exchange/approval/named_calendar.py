"""The calendar that a deemed consent names: what it was reckoned by, whatever the present one says."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.rules.deadline import Projection, project
from exchange.clock import end_text
from exchange.directory import Lookup
from exchange.directory.addressing import home_of
from exchange.directory.calendars import ancestry, in_force, read_calendar
from exchange.errors import BadDirectory, Forged, Unsupported, Untrusted
from exchange.schemas import DeemedConsent
from exchange.schemas.instants import CLOCK_SKEW
from exchange.workdays import WorkingCalendar


def named_calendar(
    deemed: DeemedConsent, signed_at: datetime, directory: Lookup, present: WorkingCalendar
) -> WorkingCalendar:
    """Return the calendar that a deemed consent carries, over the package of holidays; the present one where it is it.

    Raises Untrusted or Forged where a level's authority has not published by then what it carries.
    """
    if deemed.calendar == present.version:
        return present
    found = []
    for paper in deemed.papers:
        try:
            found.append(read_calendar(paper, directory))
        except BadDirectory as error:
            raise Untrusted("a calendar that it carries does not verify: {error}", error=error.text) from error
        calendar = found[-1].calendar
        if calendar.domain not in ancestry(home_of(deemed.state.lead)) or calendar.issued_at > signed_at + CLOCK_SKEW:
            raise Forged("it carries the calendar of another domain, or of a later time")
    return in_force(found)


def check_due(deemed: DeemedConsent, named: WorkingCalendar, present: WorkingCalendar) -> Projection:
    """Return what the term amounts to by the calendar that is named, where that is the due moment that is said.

    Raises Forged; Unsupported where the calendar is not at hand and the present one gives another moment.
    """
    projection = project(deemed.state, named)
    if projection.due_at == deemed.due_at:
        return projection
    if named.version == deemed.calendar:
        raise Forged("the due moment does not follow from the ledger by {version}", version=named.version)
    other = project(deemed.state, present).due_at
    raise Unsupported(
        "the calendar {named} is not at hand here; by the present one, {version}, the due moment differs: {due}",
        named=deemed.calendar,
        version=present.version,
        due=end_text(other) if other is not None else "–",
    )
