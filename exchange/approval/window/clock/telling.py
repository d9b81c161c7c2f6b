"""Tell how the term of a case stands: the departments consulted, the authority above the lead, and who ordered it."""

from __future__ import annotations

from datetime import datetime

from exchange.approval.records import CaseRow
from exchange.approval.rules.clock.dates import CaseDates
from exchange.approval.superiors import superiors_of
from exchange.approval.window.deadlines import matter_of
from exchange.approval.window.store import Cases
from exchange.messaging.node import Step
from exchange.schemas import CaseTermEvent, CaseTermNotice, LedgerEntry

_MOST = 500
"""Characters of a refusal that a notice holds."""


def tell_amended(step: Step, case: CaseRow, dates: CaseDates, entry: LedgerEntry) -> None:
    """Tell the departments consulted, and whoever ordered it, of an entry that is made, under the id that it names."""
    heard = [one for part in step.tx[Cases].parts(case.number) if part.consultation_id for one in part.hearing]
    told = step.node.reachable(tuple(dict.fromkeys((*heard, *_ordered_by(step, entry)))))
    if told:
        notice = _notice(step, case, dates, CaseTermEvent.AMENDED, entry=entry)
        step.send(notice, told, conversation_id=case.conversation_id, message_id=entry.notice)


def tell_refused(step: Step, case: CaseRow, dates: CaseDates, entry: LedgerEntry, why: str) -> str | None:
    """Tell another member, in whose name an entry was asked for, why it was not made; returns the notice's id."""
    told = step.node.reachable(_ordered_by(step, entry))
    if not told:
        return None
    notice = _notice(step, case, dates, CaseTermEvent.REFUSED, entry=entry, refused=why[:_MOST])
    return step.send(notice, told, conversation_id=case.conversation_id)


def tell_above(
    step: Step, case: CaseRow, dates: CaseDates, event: CaseTermEvent, deliver_by: datetime | None = None
) -> str | None:
    """Tell the authority above the lead that a term of the case is over; returns the notice's id, None for no such."""
    told = step.node.reachable(superiors_of(step.node.address, step.node.directory))
    if not told:
        return None
    notice = _notice(step, case, dates, event, deliver_by=deliver_by)
    return step.send(notice, told, conversation_id=case.conversation_id)


def _ordered_by(step: Step, entry: LedgerEntry) -> tuple[str, ...]:
    return (entry.actor,) if entry.actor != step.node.address else ()


def _notice(
    step: Step,
    case: CaseRow,
    dates: CaseDates,
    event: CaseTermEvent,
    *,
    entry: LedgerEntry | None = None,
    refused: str | None = None,
    deliver_by: datetime | None = None,
) -> CaseTermNotice:
    return CaseTermNotice(
        case_number=case.number,
        event=event,
        entry=entry,
        refused=refused,
        days=matter_of(step.tx, case).decision_days,
        began_at=dates.began,
        due_at=dates.decide_by,
        provisional=dates.provisional,
        promised_at=dates.promised_by,
        deliver_by=deliver_by,
        at=step.now,
    )
