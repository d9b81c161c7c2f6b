"""Collect: what arrives in the opinions queue is ruled on in queue order and recorded on its case, once, for ever."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from exchange.approval.records import PartRow
from exchange.approval.rules.arbiter import OpinionRuling, is_stamped_in_time, rule_on_opinion
from exchange.approval.rules.correction import arrival_of
from exchange.approval.rules.deadline import project
from exchange.approval.rules.defaults import SENT_BACK
from exchange.approval.rules.second_person import expect_second_person
from exchange.approval.rules.states import BY_SILENCE, PARTS, CaseState, PartState
from exchange.approval.rules.stops import stopped_at
from exchange.approval.window.acting.substitutes import check_speaker, tell_other
from exchange.approval.window.checks import part_of
from exchange.approval.window.clearing import clear_again
from exchange.approval.window.conclude import Concluder
from exchange.approval.window.deadlines import RUNNING, approver_of, deadline_state, matter_of, refresh, start_term
from exchange.approval.window.escalating import tell_escalated
from exchange.approval.window.faulty import mind_faulty
from exchange.approval.window.silence import Silence
from exchange.approval.window.store import Cases
from exchange.approval.window.terms.procedures import stop_clock, take_ended
from exchange.errors import BadOpinion, Implausible
from exchange.language import Text
from exchange.messaging.checks import expect, returned_for
from exchange.messaging.incoming import Handler, Incoming, Minding
from exchange.messaging.node import Step
from exchange.messaging.records import Signed
from exchange.messaging.rules.moments import check_after
from exchange.schemas import Body, ObjectionGround, Opinion, ProcedureEnded, Receipt
from exchange.workdays import end_of_day


class Collector:
    """The window's handlers for opinions, for receipts of its consultations, and for what silence comes to."""

    def __init__(self, concluder: Concluder) -> None:
        self._concluder = concluder
        self._silence = Silence(concluder)

    def handlers(self) -> dict[str, Handler]:
        """Return the message handlers, by message kind."""
        return {
            Opinion.KIND: Minding(self.take_opinion, mind_faulty),
            ProcedureEnded.KIND: take_ended,
            **self._silence.handlers(),
        }

    # --- receipts of what the window sent -------------------------------------------------------------------------

    def on_signed(self, step: Step, signed: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
        """Handle a department's receipt for its consultation or clearance.

        Its term begins, or it sent the message back.
        """
        cases = _cases_of(step, signed)
        for item, receipt in zip(signed, receipts, strict=True):
            number = cases.get((item.message_id, item.addressee))
            part = step.tx[Cases].part(number, item.addressee) if number is not None else None
            if part is None:
                continue
            if item.accepted:
                self._signed_for(step, part, item, receipt)
            elif item.message_id == part.consultation_id:
                self._sent_back(step, part, item)

    def _signed_for(self, step: Step, part: PartRow, item: Signed, receipt: Receipt) -> None:
        case = step.tx[Cases].get(part.case_number)
        if case is None or part.state not in RUNNING:
            self._signed_late(step, part, item)
            return
        matter = matter_of(step.tx, case)
        waits = bool(approver_of(matter, part.department).after)
        fields: dict[str, object] = {}
        if item.message_id == part.consultation_id:
            fields = {"signed_at": step.now, "receipt_id": item.receipt_id, "receipt_index": item.index}
        if item.message_id == part.clearance_id or not waits:
            fields |= start_term(step, case, part, matter, receipt.arrived_at, receipt.signed_for_at)
        after = PartState.SIGNED if "signed_at" in fields else part.state
        step.tx[Cases].move_part(part.case_number, part.department, {part.state}, after, **fields)
        refresh(step, part.case_number, part.department)

    def _signed_late(self, step: Step, part: PartRow, item: Signed) -> None:
        """Who signs after its part was escalated has the request since then; its answer counts, and no term begins."""
        if part.state is PartState.ESCALATED and item.message_id == part.consultation_id:
            fields = {"signed_at": step.now, "receipt_id": item.receipt_id, "receipt_index": item.index}
            step.tx[Cases].move_part(part.case_number, part.department, {part.state}, part.state, **fields)

    def _sent_back(self, step: Step, part: PartRow, item: Signed) -> None:
        if step.tx[Cases].move_part(
            part.case_number, part.department, RUNNING, PartState.ESCALATED, escalated_at=step.now
        ):
            step.note("consultation-returned", part.case_number, item.message_id, department=part.department)
            case = step.tx[Cases].get(part.case_number)
            if case is not None:
                tell_escalated(step, case, part, (SENT_BACK,), in_reply_to=item.message_id)
            refresh(step, part.case_number, part.department)
            self._concluder.advance(step, part.case_number)

    # --- opinions -------------------------------------------------------------------------------------------------

    def take_opinion(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Record a department's opinion, by the ruling of `rule_on_opinion`."""
        opinion = expect(body, Opinion)
        case, part = part_of(step, opinion.case_number, opinion.department)
        incoming = incoming.having_arrived(incoming.arrival.not_before(part.issued_at))
        check_speaker(step, incoming, case, part, opinion)
        with returned_for(Implausible):
            _check_dates(part, opinion, incoming.opened.header.created_at)
        matter = matter_of(step.tx, case)
        approver = approver_of(matter, part.department)
        if approver.second_person:
            with returned_for(BadOpinion):
                expect_second_person(opinion)
        entries = step.tx[Cases].ledger(case.number, part.department)
        due_at = project(deadline_state(step.node, case, part, matter, entries, None), step.node.calendar).due_at
        waiting = bool(approver.after) and part.clearance_id is None
        arrival = arrival_of(part, incoming.arrival)
        own_stop = stopped_at(entries, step.node.calendar, part.department, arrival.latest, by=part.department)
        ruling = rule_on_opinion(case.state, part, opinion, arrival, due_at, approver.default, own_stop, waiting)
        if ruling is OpinionRuling.STOP_CLOCK:
            stop_clock(step, case, part, incoming.having_arrived(arrival), opinion)
        elif ruling is OpinionRuling.LATE:
            self._keep_late(step, part, incoming, opinion, is_stamped_in_time(arrival, due_at))
        else:
            self._record(step, part, incoming, opinion)

    def _record(self, step: Step, part: PartRow, incoming: Incoming, opinion: Opinion) -> None:
        moved = step.tx[Cases].move_part(
            part.case_number,
            part.department,
            PARTS.before(PartState.ANSWERED),
            PartState.ANSWERED,
            answered_at=incoming.arrival.latest,
            verdict=opinion.verdict,
            conditions=opinion.conditions,
            reasons=opinion.reasons,
            opinion_id=incoming.message_id,
            given_by=_substitute(part, incoming),
        )
        if moved:
            if part.state is PartState.ESCALATED:
                self._tell_those_without(step, part)
            if part.state in BY_SILENCE:
                step.note("deemed-overturned", part.case_number, part.deemed_id, department=part.department)
            step.note("opinion", part.case_number, incoming.message_id, department=part.department)
            case = step.tx[Cases].get(part.case_number)
            if case is not None:
                tell_other(step, case, part, incoming.sender, incoming.message_id)
            refresh(step, part.case_number, part.department)
            self._concluder.advance(step, part.case_number)

    def _tell_those_without(self, step: Step, part: PartRow) -> None:
        """Who was cleared without a result that comes after all is told of it, while it has not answered."""
        case = step.tx[Cases].get(part.case_number)
        for waiting in matter_of(step.tx, case).approvers if case is not None else ():
            if part.department in waiting.after:
                clear_again(step, part.case_number, waiting.department)

    def _keep_late(self, step: Step, part: PartRow, incoming: Incoming, opinion: Opinion, in_time: bool) -> None:
        """``in_time``: it was, but the case is closed over it by a default; the record says so, for the lead to act."""
        case = step.tx[Cases].get(part.case_number)
        to_review = in_time and part.state is not PartState.MOOT and case and case.state is CaseState.DECIDED
        alarm = opinion.ground is ObjectionGround.SAFETY and case and case.state is not CaseState.WITHDRAWN
        supplement = part.supplement_id is not None and case and case.state is not CaseState.WITHDRAWN
        review = {"review_at": part.review_at or step.now} if to_review or alarm or supplement else {}
        step.tx[Cases].move_part(
            part.case_number,
            part.department,
            {part.state},
            part.state,
            late_opinion_id=incoming.message_id,
            late_at=incoming.arrival.latest,
            late_verdict=opinion.verdict,
            late_ground=opinion.ground,
            late_given_by=_substitute(part, incoming),
            supplement_told=None,
            **review,
        )
        event = "opinion-in-time-after-closing" if in_time else "late-opinion"
        step.note(event, part.case_number, incoming.message_id, department=part.department)
        if alarm:
            step.note("safety-alarm", part.case_number, incoming.message_id, department=part.department)


def _substitute(part: PartRow, incoming: Incoming) -> str | None:
    return incoming.sender if incoming.sender != part.department else None


def _check_dates(part: PartRow, opinion: Opinion, signed_at: datetime) -> None:
    """Raise Implausible for an opinion that is older than the request for it."""
    if part.issued_at is not None:
        put = Text("the case was put to its department")
        check_after(Text("the opinion"), signed_at, put, part.issued_at)
        check_after(Text("the opinion"), end_of_day(opinion.decided_on), put, part.issued_at)


def _cases_of(step: Step, signed: Sequence[Signed]) -> dict[tuple[str, str], str]:
    """The case numbers behind consultations and clearances, by message id and department."""
    parts = step.tx[Cases].parts_of_messages({item.message_id for item in signed})
    return {
        (message_id, part.department): part.case_number
        for part in parts
        for message_id in (part.consultation_id, part.clearance_id)
        if message_id is not None
    }
