"""Which events of a case its applicant is told of, by the window's signed papers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from exchange.portal.told.states import ToldEvent
from exchange.schemas import (
    Acceptance,
    AcceptanceOutcome,
    Body,
    CaseProgress,
    CaseStep,
    DecisionServed,
    DepartmentProgress,
    EntryKind,
    FilingReceipt,
    HearingNotice,
    HearingRecord,
    LicenceChange,
    LicenceEntry,
    PartStep,
    SupplementInvitation,
)
from exchange.schemas.instants import END
from exchange.workdays import end_of_day

AHEAD = timedelta(days=3)
"""How long before its end somebody is told that a draft, or the term of a promise, ends."""
AFTERWARDS = timedelta(days=30)
"""How long an address is kept after the last that is expected to happen."""
_BY_SILENCE = (PartStep.DEEMED, PartStep.DEEMED_REFUSAL)
_ENDS = (LicenceChange.REVOKED, LicenceChange.CANCELLED)
_TURNED_DOWN = (AcceptanceOutcome.NOT_NEEDED, AcceptanceOutcome.NOT_COMPETENT, AcceptanceOutcome.REFUSED)


def events_of(body: Body, before: CaseProgress | None) -> tuple[ToldEvent, ...]:
    """Return what a paper tells that was not known; ``before`` is the progress of the highest serial until then."""
    if isinstance(body, Acceptance):
        if body.opens:
            return (ToldEvent.ACCEPTED,)
        return (ToldEvent.INCOMPLETE if body.outcome is AcceptanceOutcome.INCOMPLETE else ToldEvent.REFUSED,)
    if isinstance(body, CaseProgress):
        return tuple(_of_progress(body, before))
    return next((events for kind, events in _TELLS.items() if isinstance(body, kind)), ())


_TELLS: Mapping[type[Body], tuple[ToldEvent, ...]] = {
    FilingReceipt: (ToldEvent.RECEIVED,),
    DecisionServed: (ToldEvent.DECIDED,),
    HearingNotice: (ToldEvent.HEARING,),
    HearingRecord: (ToldEvent.HEARING_HELD,),
    SupplementInvitation: (ToldEvent.INVITED,),
}


def event_of_entry(entry: LicenceEntry) -> ToldEvent:
    """Return what an entry on a licence is for its holder."""
    return ToldEvent.LICENCE_ENDED if entry.change in _ENDS else ToldEvent.LICENCE_CHANGED


def _of_progress(body: CaseProgress, before: CaseProgress | None) -> Iterator[ToldEvent]:
    if before is not None and body.serial <= before.serial:
        return
    if body.step is CaseStep.WITHDRAWN:
        if before is None or before.step is not CaseStep.WITHDRAWN:
            yield ToldEvent.WITHDRAWN
        return
    if body.step is not CaseStep.DECIDED and _opinions(body) - (_opinions(before) if before else frozenset()):
        yield ToldEvent.OPINION
    known = before.moved if before is not None else ()
    if any(entry.kind is EntryKind.EXTEND and entry not in known for entry in body.moved):
        yield ToldEvent.EXTENDED
    if body.overrun_at is not None and (before is None or before.overrun_at is None):
        yield ToldEvent.OVERRUN


def _opinions(progress: CaseProgress) -> frozenset[tuple[str, str | None]]:
    """The departments' opinions that the applicant may see, and what has arisen from silence."""
    return frozenset((part.department, part.message_id) for part in progress.parts if _is_seen(part))


def _is_seen(part: DepartmentProgress) -> bool:
    return part.step in _BY_SILENCE or (part.step is PartStep.ANSWERED and part.verdict is not None)


def is_over(body: Body) -> bool:
    """Return whether a paper ends a filing: nothing more is expected, but for a licence."""
    if isinstance(body, Acceptance):
        return body.outcome in _TURNED_DOWN
    return isinstance(body, CaseProgress) and body.step in (CaseStep.DECIDED, CaseStep.WITHDRAWN)


def kept_with_licence(valid_until: date | None, ended: bool, now: datetime) -> datetime | None:
    """Return until when an address is kept whose case has come to a licence; None: as long as that is in force."""
    if ended:
        return now + AFTERWARDS
    end = end_of_day(valid_until) if valid_until is not None else END
    return None if end >= END - AFTERWARDS else max(now, end) + AFTERWARDS


def remind_at(until: datetime, now: datetime) -> datetime:
    """Return when to remind of what was promised: three days before, but a day at least after it was told, and not
    beyond its term.
    """
    return min(until, max(until - AHEAD, now + timedelta(days=1)))
