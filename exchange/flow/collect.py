"""Collect: what arrives in the opinions queue is ruled on in queue order and recorded on its case, once, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from exchange.audit import verify_receipt
from exchange.errors import Returned, SenderError
from exchange.flow.conclude import Concluder
from exchange.flow.deadletters import opinion_set_aside
from exchange.flow.deadlines import RUNNING, approver_of, deadline_state, matter_of, refresh, start_term
from exchange.flow.node import Step
from exchange.flow.ports import CaseRow, PartRow, PartState, Signed
from exchange.flow.receipts import proof_digest
from exchange.flow.receive import Handler, Incoming
from exchange.rules.arbiter import AGAIN, DeemedRuling, Ruling, rule_on_deemed, rule_on_opinion
from exchange.rules.calendar import add_working_days, end_of_day
from exchange.rules.deadline import Projection, project
from schemas import (
    Body,
    DeemedConsent,
    DefaultMode,
    DefaultNotice,
    EntryKind,
    Escalation,
    LedgerEntry,
    Matter,
    Opinion,
    Receipt,
    Reminder,
    Role,
)

T = TypeVar("T", bound=Body)

_EVIDENCE = "cite the receipt that the department signed for this very consultation"


class Collector:
    """The window's handlers for opinions, deemed consents and escalations, and for receipts of its consultations."""

    def __init__(self, concluder: Concluder) -> None:
        self._concluder = concluder

    def handlers(self) -> dict[str, Handler]:
        """By message kind."""
        return {
            Opinion.KIND: self.take_opinion,
            DeemedConsent.KIND: self.take_deemed,
            Escalation.KIND: self.take_escalation,
            Reminder.KIND: self.take_reminder,
        }

    # --- receipts of what the window sent -------------------------------------------------------------------------

    def on_signed(self, step: Step, signed: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
        """A department has signed for its consultation or clearance: its term begins. Or it sent it back."""
        cases = _cases_of(step, signed)
        for item, receipt in zip(signed, receipts, strict=True):
            number = cases.get((item.message_id, item.addressee))
            part = step.tx.cases.part(number, item.addressee) if number is not None else None
            if part is None:
                continue
            if item.accepted:
                self._signed_for(step, part, item, receipt)
            elif item.message_id == part.consultation_id:
                self._sent_back(step, part, item)

    def _signed_for(self, step: Step, part: PartRow, item: Signed, receipt: Receipt) -> None:
        case = step.tx.cases.get(part.case_number)
        if case is None or part.state not in RUNNING:
            return
        matter = matter_of(step.tx, case)
        waits = bool(approver_of(matter, part.department).after)
        fields: dict[str, object] = {}
        if item.message_id == part.consultation_id:
            fields = {"signed_at": step.now, "receipt_id": item.receipt_id, "receipt_index": item.index}
        if item.message_id == part.clearance_id or not waits:
            start_term(step, case, part, matter, receipt.arrived_at, receipt.signed_for_at)
            fields["due_at"] = _projection(step, case, part, matter).due_at
        after = PartState.SIGNED if "signed_at" in fields else part.state
        step.tx.cases.move_part(part.case_number, part.department, RUNNING, after, **fields)
        refresh(step, part.case_number, part.department)

    def _sent_back(self, step: Step, part: PartRow, item: Signed) -> None:
        if step.tx.cases.move_part(
            part.case_number, part.department, RUNNING, PartState.ESCALATED, escalated_at=step.now
        ):
            step.note("consultation-returned", part.case_number, item.message_id, department=part.department)
            refresh(step, part.case_number, part.department)
            self._concluder.advance(step, part.case_number)

    # --- opinions -------------------------------------------------------------------------------------------------

    def take_opinion(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Records a department's opinion, by the ruling of `rule_on_opinion`."""
        opinion = _expect(body, Opinion)
        case, part = _part(step, opinion.case_number, opinion.department)
        if incoming.sender != opinion.department:
            raise Returned(
                f"{incoming.sender} cannot speak for {opinion.department}",
                code="not-yours",
                mend="each department sends its own opinion under its own identity",
            )
        if part.consultation_id != opinion.consultation_id and opinion.consultation_id != part.clearance_id:
            raise Returned(
                f"case {case.number} was not put to you by this consultation",
                code="wrong-consultation",
                mend="answer the consultation that lies on your desk",
            )
        matter = matter_of(step.tx, case)
        approver = approver_of(matter, part.department)
        entries = step.tx.cases.ledger(case.number, part.department)
        due_at = project(deadline_state(step.node, case, part, matter, entries, None), step.node.calendar).due_at
        waiting = bool(approver.after) and part.clearance_id is None
        ruling = rule_on_opinion(
            case.state, part, opinion, incoming.arrival, due_at, approver.default, entries, waiting
        )
        if ruling is Ruling.STOP_CLOCK:
            self._stop_clock(step, case, part, matter, incoming, opinion)
        elif ruling is Ruling.LATE:
            self._keep_late(step, part, incoming, opinion)
        else:
            self._record(step, part, incoming, opinion)

    def _record(self, step: Step, part: PartRow, incoming: Incoming, opinion: Opinion) -> None:
        moved = step.tx.cases.move_part(
            part.case_number,
            part.department,
            {PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED},
            PartState.ANSWERED,
            answered_at=incoming.arrival.latest,
            verdict=opinion.verdict,
            conditions=opinion.conditions,
            reasons=opinion.reasons,
            opinion_id=incoming.message_id,
        )
        if moved:
            step.note("opinion", part.case_number, incoming.message_id, department=part.department)
            refresh(step, part.case_number, part.department)
            self._concluder.advance(step, part.case_number)

    def _keep_late(self, step: Step, part: PartRow, incoming: Incoming, opinion: Opinion) -> None:
        step.tx.cases.move_part(
            part.case_number,
            part.department,
            {part.state},
            part.state,
            late_opinion_id=incoming.message_id,
            late_at=incoming.arrival.latest,
            late_verdict=opinion.verdict,
        )
        step.note("late-opinion", part.case_number, incoming.message_id, department=part.department)

    def _stop_clock(
        self, step: Step, case: CaseRow, part: PartRow, matter: Matter, incoming: Incoming, opinion: Opinion
    ) -> None:
        procedure = opinion.procedure
        if procedure is None:
            raise Returned("a special procedure is not named", code="procedure", mend="name it and its length")
        entry = LedgerEntry(
            kind=EntryKind.STOP,
            at=incoming.arrival.earliest,
            days=procedure.days,
            reason=f"special procedure: {procedure.kind.value}",
            basis=opinion.basis or ("行政许可法第四十五条",),
            actor=part.department,
            notice=incoming.message_id,
        )
        step.tx.cases.add_entries(case.number, part.department, [entry])
        due_at = _projection(step, case, part, matter).due_at
        step.tx.cases.move_part(case.number, part.department, {part.state}, part.state, due_at=due_at)
        step.note("clock-stopped", case.number, incoming.message_id, department=part.department)
        refresh(step, case.number, part.department)

    def take_reminder(self, step: Step, incoming: Incoming, body: Body) -> None:
        """A monitor has reminded a department: shown to whoever looks at the case."""
        reminder = _expect(body, Reminder)
        _require_monitor(step, incoming)
        _, part = _part(step, reminder.case_number, reminder.department)
        if part.state in RUNNING:
            step.tx.cases.move_part(part.case_number, part.department, {part.state}, part.state, reminded_at=step.now)

    # --- silence --------------------------------------------------------------------------------------------------

    def take_deemed(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Gives a monitor's deemed consent effect, if no opinion in time stands before it and all it claims holds."""
        deemed = _expect(body, DeemedConsent)
        _require_monitor(step, incoming)
        case, part = _part(step, deemed.state.case_number, deemed.state.department)
        matter = matter_of(step.tx, case)
        entries = step.tx.cases.ledger(case.number, part.department)
        own = deadline_state(step.node, case, part, matter, entries, None)
        projection = project(own, step.node.calendar)
        ruling = rule_on_deemed(case.state, part, own, deemed, projection, incoming.arrival)
        if ruling is not DeemedRuling.EFFECTIVE:
            step.note("deemed-moot", case.number, incoming.message_id, department=part.department, why=ruling.value)
            if ruling in AGAIN:
                _tell_again(step, part)
            return
        if opinion_set_aside(step.tx, step.node, case.number, part.department, step.now, projection.due_at):
            step.note("deemed-held-up", case.number, incoming.message_id, department=part.department)
            _tell_again(step, part)
            return
        self._check_evidence(step, deemed)
        moved = step.tx.cases.move_part(
            case.number, part.department, {PartState.SIGNED}, PartState.DEEMED,
            deemed_at=step.now, deemed_id=incoming.message_id,
        )  # fmt: skip
        if not moved:
            return
        step.note("deemed", case.number, incoming.message_id, department=part.department, rule=matter.version)
        self._announce(step, case, deemed, incoming)
        refresh(step, case.number, part.department)
        self._concluder.advance(step, case.number)

    def _check_evidence(self, step: Step, deemed: DeemedConsent) -> None:
        evidence = deemed.state.evidence
        if evidence is None or proof_digest(evidence) != deemed.receipt_digest:
            raise Returned("no proof that the department had the request", code="no-evidence", mend=_EVIDENCE)
        try:
            receipt = verify_receipt(evidence, step.node.directory)
        except SenderError as error:
            raise Returned(
                f"the department's receipt does not verify: {error}", code="no-evidence", mend=_EVIDENCE
            ) from error
        if receipt.receiver != deemed.state.department or receipt.message_id != deemed.state.consultation_id:
            raise Returned("the receipt is for another request", code="no-evidence", mend=_EVIDENCE)

    def _announce(self, step: Step, case: CaseRow, deemed: DeemedConsent, incoming: Incoming) -> None:
        day, _ = add_working_days(step.node.calendar, step.now.date(), 1)
        notice = DefaultNotice(
            case_number=case.number,
            department=deemed.state.department,
            mode=deemed.mode,
            due_at=deemed.due_at,
            effective_at=step.now,
            deemed_consent=incoming.message_id,
            basis=deemed.state.default_basis,
            paper_owed_by=end_of_day(day) if deemed.mode is DefaultMode.CONSENT else None,
        )
        department = deemed.state.department
        told = dict.fromkeys((department, *step.node.monitors, *_superior(department, step)))
        step.send(
            notice,
            step.node.reachable(tuple(told)) or tuple(told),
            conversation_id=case.conversation_id,
            in_reply_to=incoming.message_id,
        )

    def take_escalation(self, step: Step, incoming: Incoming, body: Body) -> None:
        """A term is over and no default may arise: the lead must act. A late opinion on record now counts."""
        escalation = _expect(body, Escalation)
        _require_monitor(step, incoming)
        _, part = _part(step, escalation.case_number, escalation.department)
        if not step.tx.cases.move_part(
            part.case_number, part.department, RUNNING, PartState.ESCALATED, escalated_at=step.now
        ):
            return
        step.note(
            "escalated", part.case_number, incoming.message_id,
            department=part.department, obstacles=list(escalation.obstacles),
        )  # fmt: skip
        if part.late_opinion_id is not None:
            step.tx.cases.move_part(
                part.case_number, part.department, {PartState.ESCALATED}, PartState.ANSWERED,
                answered_at=part.late_at, verdict=part.late_verdict, opinion_id=part.late_opinion_id,
            )  # fmt: skip
        refresh(step, part.case_number, part.department)
        self._concluder.advance(step, part.case_number)


def _projection(step: Step, case: CaseRow, part: PartRow, matter: Matter) -> Projection:
    entries = step.tx.cases.ledger(case.number, part.department)
    return project(deadline_state(step.node, case, part, matter, entries, None), step.node.calendar)


def _tell_again(step: Step, part: PartRow) -> None:
    """The term still runs: under a higher revision the monitors look at it anew."""
    if step.tx.cases.move_part(part.case_number, part.department, RUNNING, part.state):
        refresh(step, part.case_number, part.department)


def _superior(department: str, step: Step) -> tuple[str, ...]:
    """The body above a department, unless that is the window itself; of one that has left, nobody knows it."""
    superiors = [member.superior for member in step.node.directory.members if member.address == department]
    return tuple(address for address in superiors if address and address != step.node.address)


def _cases_of(step: Step, signed: Sequence[Signed]) -> dict[tuple[str, str], str]:
    """The case numbers behind consultations and clearances, by message id and department."""
    parts = step.tx.cases.parts_of_messages({item.message_id for item in signed})
    return {
        (message_id, part.department): part.case_number
        for part in parts
        for message_id in (part.consultation_id, part.clearance_id)
        if message_id is not None
    }


def _part(step: Step, case_number: str, department: str) -> tuple[CaseRow, PartRow]:
    case = step.tx.cases.get(case_number)
    if case is None:
        raise Returned(f"no case {case_number} at {step.node.address}", code="unknown-case", mend="check the number")
    part = step.tx.cases.part(case_number, department)
    if part is None:
        raise Returned(
            f"{department} is not consulted in case {case_number}",
            code="not-consulted",
            mend="nothing is to be done; compare the case number",
        )
    return case, part


def _require_monitor(step: Step, incoming: Incoming) -> None:
    if Role.MONITOR not in step.node.directory.member(incoming.sender).roles:
        raise Returned(
            f"{incoming.sender} is not a deadline monitor of this domain",
            code="not-entitled",
            mend="a member with the role monitor in the directory sends this",
        )


def _expect(body: Body, model: type[T]) -> T:
    if not isinstance(body, model):
        raise Returned(
            f"expected {model.KIND}, got {body.KIND}", code="wrong-kind", mend="send the body under its own kind"
        )
    return body
