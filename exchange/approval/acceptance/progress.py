"""What the applicant is told of its case: every department's line, as far as its signed opinion lets it be seen."""

from __future__ import annotations

from exchange.approval.filings.records import FilingRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.status import CaseStatus, PartStatus
from exchange.envelope.document import parse_body, payload_of
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.schemas import (
    OPEN,
    ApplicantSees,
    CaseProgress,
    CaseStep,
    DepartmentProgress,
    Opinion,
    PartStep,
    SeenFrom,
    Visibility,
)

_STEPS = {
    CaseState.OPEN: CaseStep.WITH_DEPARTMENTS,
    CaseState.READY: CaseStep.TO_DECIDE,
    CaseState.DECIDED: CaseStep.DECIDED,
    CaseState.WITHDRAWN: CaseStep.WITHDRAWN,
    CaseState.BY_LAW: CaseStep.BY_LAW,
}
_PART_STEPS = {
    PartState.PLANNED: PartStep.PLANNED,
    PartState.ISSUED: PartStep.PUT_TO,
    PartState.SIGNED: PartStep.SIGNED_FOR,
    PartState.ANSWERED: PartStep.ANSWERED,
    PartState.DEEMED: PartStep.DEEMED,
    PartState.REFUSED: PartStep.DEEMED_REFUSAL,
    PartState.ESCALATED: PartStep.ESCALATED,
    PartState.MOOT: PartStep.NOT_NEEDED,
}


def progress_of(step: Step, row: FilingRow, case: CaseStatus) -> CaseProgress:
    """Return how a case stands, for the applicant; its serial is the next one."""
    record = case.term.record if case.term is not None else None
    return CaseProgress(
        filing=row.number,
        case_number=case.number,
        serial=row.serial + 1,
        step=_STEPS[case.state],
        stage=case.stage,
        parts=tuple(_line(step, part, case) for part in case.parts),
        decide_by=case.due_at,
        provisional=case.provisional,
        promised_by=case.term.dates.promised_by if case.term is not None and case.due_at is not None else None,
        moved=case.term.entries[-100:] if case.term is not None else (),
        overrun_at=record.overrun_at if record is not None and case.due_at is not None else None,
        explanation=(record.explanation if record is not None else None) or "",
        delivered_at=record.delivered_at if record is not None else None,
        at=step.now,
    )


def _line(step: Step, part: PartStatus, case: CaseStatus) -> DepartmentProgress:
    answered = part.state is PartState.ANSWERED
    opinion = _opinion(step, part) if answered else None
    seen = (opinion.visible if opinion is not None else Visibility(sees=ApplicantSees.STATE)) if answered else OPEN
    opened = answered and (seen.since is SeenFrom.ARRIVAL or case.state is CaseState.DECIDED)
    texts = opened and seen.sees is ApplicantSees.ALL
    return DepartmentProgress(
        department=part.department,
        name=part.names[0],
        name_en=part.names[1],
        stage=part.stage,
        step=_PART_STEPS[part.state],
        default=part.default,
        verdict=part.verdict if opened and seen.sees is not ApplicantSees.STATE else None,
        reasons=part.reasons if texts else "",
        conditions=part.conditions if texts else "",
        due_at=part.due_at,
        provisional=part.provisional,
        moved=part.amendments[-100:],
        reminded=part.reminded,
        message_id=part.message_id,
        licence_answer=opinion.licence_answer if opinion is not None and texts else None,
    )


def _opinion(step: Step, part: PartStatus) -> Opinion | None:
    """The opinion as its department has signed it, with what it lets be seen: no window shows more."""
    giver = part.given_by or part.department
    stored = step.tx[Documents].get(giver, part.message_id or "")
    if stored is None or stored.kind != Opinion.KIND:
        return None
    return parse_body(Opinion, payload_of(stored.signed))
