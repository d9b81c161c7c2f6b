"""Issuing: a case is put to departments of a stage at once, by one document, signed once and sealed once for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.consultation_letter import consultation_letter
from exchange.approval.rules.defaults import UNREACHABLE
from exchange.approval.rules.states import PartState
from exchange.approval.window.acting.substitutes import send_copies
from exchange.approval.window.deadlines import refresh
from exchange.approval.window.escalating import tell_escalated
from exchange.approval.window.store import Cases
from exchange.envelope import verify_signed
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.schemas import (
    Application,
    Approver,
    Consultation,
    ConsultedDepartment,
    EntryKind,
    LedgerEntry,
    Matter,
    Term,
    Urgency,
)

_WAITS = frozenset({PartState.PLANNED, PartState.ISSUED, PartState.SIGNED})
"""Parts that a department which cannot be reached any more would still have to answer."""


@dataclass(frozen=True)
class CaseFiles:
    """With what a case is put to every department, whenever it is asked."""

    enclosures: Sequence[bytes]
    """The application's files, in its order."""
    urgency: Urgency = Urgency.ORDINARY
    scanned: tuple[str, ...] | None = None
    """SHA-256 of the files in which a scanner has found nothing; None where nobody has told."""


def issue_first(step: Step, case: CaseRow, matter: Matter, files: CaseFiles) -> None:
    """Put a new case to its first stage."""
    _issue(step, case, matter, _approvers(matter, 1), files)


def issue_next_stage(step: Step, case: CaseRow, matter: Matter, stage: int) -> None:
    """Put the case to a later stage as it was put to the first: with the same enclosures and urgency.

    A department that can no longer be sealed to, having left the directory, is for the lead to speak for.
    """
    _issue_again(step, case, matter, _approvers(matter, stage))


def ask_anew(step: Step, case: CaseRow, matter: Matter, departments: Collection[str], reason: str) -> None:
    """Ask departments again, who had been told that their opinions are not needed: by a new request, with a new term.

    Those that had not been asked yet are asked when their stage begins.
    """
    asked = {part.department for part in step.tx[Cases].parts(case.number) if part.consultation_id is not None}
    for department in departments:
        step.tx[Cases].move_part(
            case.number, department, {PartState.MOOT}, PartState.PLANNED, consultation_id=None, clearance_id=None,
            due_at=None, started_at=None, issued_at=None, signed_at=None, receipt_id=None, receipt_index=None,
            reminded_at=None, moot_at=None, clear_again=None,
        )  # fmt: skip
        step.note("asked-anew", case.number, None, department=department)
    for stage in range(1, case.stage + 1):
        again = [one for one in _approvers(matter, stage) if one.department in departments and one.department in asked]
        if again:
            _issue_again(step, case, matter, again)
    for part in step.tx[Cases].parts(case.number):
        if part.department in departments and part.consultation_id is not None:
            begin_anew(step, case.number, part.department, reason, part.consultation_id)


def begin_anew(step: Step, case_number: str, department: str, reason: str, notice_id: str) -> None:
    """Begin a department's whole term anew, which runs already; from its receipt for the notice once that is in."""
    if step.tx[Cases].ledger(case_number, department):
        entry = LedgerEntry(
            kind=EntryKind.RESTART, at=step.now, reason=reason, actor=step.node.address, notice=notice_id
        )
        step.tx[Cases].add_entries(case_number, department, [entry])
        refresh(step, case_number, department)


def _issue_again(step: Step, case: CaseRow, matter: Matter, approvers: Sequence[Approver]) -> None:
    """Put the case to some departments of one stage, with what the first request of the case was sent with."""
    here = step.node.reachable([approver.department for approver in approvers])
    for approver in approvers:
        if approver.department not in here:
            escalate_unreachable(step, case, approver.department)
    if here:
        _issue(step, case, matter, [a for a in approvers if a.department in here], as_first(step, case))


def issue_added(step: Step, case: CaseRow, matter: Matter, approver: Approver, instead_of: str) -> None:
    """Put a running case to a body in place of one that is not competent, as it was put to the first."""
    alone = matter.model_copy(update={"approvers": (approver,)})
    _issue(step, case, alone, (approver,), as_first(step, case), instead_of)


def issue_again(step: Step, case: CaseRow, matter: Matter, approvers: Sequence[Approver], files: CaseFiles) -> None:
    """Put a reopened case to departments again, whatever their stage was."""
    here = tuple(approver.model_copy(update={"stage": case.stage}) for approver in approvers)
    _issue(step, case, matter.model_copy(update={"approvers": here}), here, files)


def as_first(step: Step, case: CaseRow) -> CaseFiles:
    """Return with what the case was put to its first departments. Raises NotFound."""
    first = next(part.consultation_id for part in step.tx[Cases].parts(case.number) if part.consultation_id)
    stored = step.tx[Documents].get(step.node.address, first)
    if stored is None:
        raise NotFound(
            "the first consultation of case {number} is not on record",
            remedy="restore it from the backup",
            number=case.number,
        )
    verified = verify_signed(stored.signed, step.node.directory)
    scanned = verified.body.scanned if isinstance(verified.body, Consultation) else None
    return CaseFiles(stored.enclosures, verified.header.urgency, scanned)


def escalate_unreachable(step: Step, case: CaseRow, department: str) -> None:
    """Escalate the part of a department that nothing can be sent to any more: the lead must act in its place."""
    if step.tx[Cases].move_part(case.number, department, _WAITS, PartState.ESCALATED, escalated_at=step.now):
        step.note("unreachable", case.number, None, department=department)
        part = step.tx[Cases].part(case.number, department)
        if part is not None:
            tell_escalated(step, case, part, (UNREACHABLE,))


def _approvers(matter: Matter, stage: int) -> list[Approver]:
    return [approver for approver in matter.approvers if approver.stage == stage]


def _issue(
    step: Step,
    case: CaseRow,
    matter: Matter,
    approvers: Sequence[Approver],
    files: CaseFiles,
    instead_of: str | None = None,
) -> None:
    """Puts the case to departments of one stage: one document, signed once, sealed once for all of them."""
    parts = {part.department: part for part in step.tx[Cases].parts(case.number)}
    stage = approvers[0].stage
    application = Application.model_validate_json(case.application)
    missing = tuple(name for name, part in parts.items() if part.stage < stage and part.state is PartState.ESCALATED)
    consultation = Consultation(
        case_number=case.number,
        matter=matter.code,
        matter_version=matter.version,
        matter_name=matter.name,
        lead=step.node.address,
        stage=stage,
        basis=matter.basis,
        application=application,
        departments=tuple(_consulted(matter, approver, parts[approver.department]) for approver in approvers),
        document=consultation_letter(case.number, stage, matter, application, step.now.date(), instead_of, missing),
        issued_at=step.now,
        no_result=missing,
        scanned=files.scanned,
    )
    message_id = step.send(
        consultation,
        [approver.department for approver in approvers],
        conversation_id=case.conversation_id,
        urgency=files.urgency,
        enclosures=files.enclosures,
    )
    for approver in approvers:
        step.tx[Cases].move_part(
            case.number,
            approver.department,
            {PartState.PLANNED},
            PartState.ISSUED,
            consultation_id=message_id,
            issued_at=step.now,
        )
        refresh(step, case.number, approver.department)
    send_copies(step, case, consultation, message_id, files.enclosures, files.urgency)
    step.note("consulted", case.number, message_id, stage=stage, departments=len(approvers))


def _consulted(matter: Matter, approver: Approver, part: PartRow) -> ConsultedDepartment:
    return ConsultedDepartment(
        department=approver.department,
        term=Term(fixed=part.fixed_due) if part.fixed_due else Term(days=approver.term_days),
        default=approver.default,
        default_basis=approver.default_basis,
        after=approver.after,
        amendments=matter.amendments,
        visible=approver.visible,
        second_person=approver.second_person,
    )
