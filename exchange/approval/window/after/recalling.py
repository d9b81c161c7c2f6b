"""Recalled opinions at the window: the part is open again, and so is the case where it is not complete without it."""

from __future__ import annotations

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.after.recall import check_recall, state_after
from exchange.approval.rules.completion import Advance, progress
from exchange.approval.rules.deadline import project
from exchange.approval.rules.defaults import RECALLED_LATE
from exchange.approval.rules.entry_reasons import ASKED_ANEW
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.checks import part_of
from exchange.approval.window.clearing import clear_again
from exchange.approval.window.conclude import Concluder
from exchange.approval.window.deadlines import approver_of, deadline_state, matter_of, refresh, start_term
from exchange.approval.window.escalating import tell_escalated
from exchange.approval.window.issuing import ask_anew
from exchange.approval.window.matters import completing
from exchange.approval.window.store import Cases
from exchange.audit import verify_receipt
from exchange.envelope.strict import values_of
from exchange.errors import Returned
from exchange.messaging.checks import expect
from exchange.messaging.incoming import Handler, Incoming, Minding, SentBack
from exchange.messaging.node import Step
from exchange.messaging.receipts import proven_copies
from exchange.messaging.records import OutboxState
from exchange.schemas import Body, EntryKind, Matter, OpinionRecall


class Recalls:
    """The window's handler for recalled opinions."""

    def __init__(self, concluder: Concluder) -> None:
        self._concluder = concluder

    def handlers(self) -> dict[str, Handler]:
        """Return the message handler, by message kind."""
        return {OpinionRecall.KIND: Minding(self.take_recall, mind_refused)}

    def take_recall(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Open a department's part again, with what is left of its term; the lead's rule is asked again."""
        recall = expect(body, OpinionRecall)
        case, part = part_of(step, recall.case_number, recall.department)
        if incoming.sender != recall.department:
            raise Returned(
                "{sender} cannot speak for {department}",
                code="not-yours",
                remedy="each department recalls its own opinion, under its own identity",
                sender=incoming.sender,
                department=recall.department,
            )
        check_recall(case.state, part, recall.opinion_id)
        matter = matter_of(step.tx, case)
        fields = _began_meanwhile(step, case, part, matter)
        entries = step.tx[Cases].ledger(case.number, part.department)
        own = deadline_state(step.node, case, part, matter, entries, None)
        projection = project(own, step.node.calendar)
        signed_for = part.signed_at is not None or "signed_at" in fields
        after = state_after(projection, max(step.now, incoming.arrival.latest), signed_for)
        fields |= {"due_at": projection.due_at, "started_at": projection.started_at}
        if after is PartState.ESCALATED:
            fields["escalated_at"] = step.now
        step.tx[Cases].move_part(
            case.number, part.department, {PartState.ANSWERED}, after,
            recalled_id=recall.opinion_id, recall_id=incoming.message_id, recalled_at=step.now,
            opinion_id=None, verdict=None, conditions=None, reasons=None, answered_at=None, given_by=None, **fields,
        )  # fmt: skip
        step.note(
            "opinion-recalled", case.number, incoming.message_id,
            department=part.department, opinion=recall.opinion_id, officer=recall.officer, then=after.value,
        )  # fmt: skip
        if after is PartState.ESCALATED:
            tell_escalated(step, case, part, (RECALLED_LATE,), projection.due_at, incoming.message_id)
        for waiting in matter.approvers:
            if part.department in waiting.after:
                clear_again(step, case.number, waiting.department)
        _open_case(step, case, matter)
        refresh(step, case.number, part.department)
        self._concluder.advance(step, case.number)


def mind_refused(step: Step, back: SentBack) -> None:
    """Keep in the case's journal that a recall went back; its receipt and the inbox say why."""
    for number in values_of(back.payload, "case_number"):
        if step.tx[Cases].get(number) is not None:
            step.note("recall-refused", number, back.header.message_id, department=back.header.sender)


def _began_meanwhile(step: Step, case: CaseRow, part: PartRow, matter: Matter) -> dict[str, object]:
    """Begin the term of a part whose receipt came only after its opinion, when no term was to begin any more."""
    entries = step.tx[Cases].ledger(case.number, part.department)
    asked = part.clearance_id if approver_of(matter, part.department).after else part.consultation_id
    if asked is None or any(entry.kind is EntryKind.START for entry in entries):
        return {}
    for copy, proof in proven_copies(step.tx, asked):
        if copy.addressee != part.department or proof is None or copy.state is not OutboxState.DELIVERED:
            continue
        receipt = verify_receipt(proof, step.node.directory)
        start_term(step, case, part, matter, receipt.arrived_at, receipt.signed_for_at)
        if asked == part.consultation_id:
            return {"signed_at": step.now, "receipt_id": copy.receipt_id, "receipt_index": copy.receipt_index}
    return {}


def _open_case(step: Step, case: CaseRow, matter: Matter) -> None:
    """What the lead's rule prepared holds no longer; whom nobody needed any more is asked anew if that is over."""
    if case.state is not CaseState.READY:
        return
    step.tx[Cases].move(
        case.number, {CaseState.READY}, CaseState.OPEN, ready_at=None, prepared=None, rule_error=None
    )  # fmt: skip
    parts = step.tx[Cases].parts(case.number)
    ruled = completing(case, matter)
    if progress(ruled.completion, ruled.quorum, case.stage, parts, ruled.approvers).kind is Advance.READY:
        return
    unneeded = [part.department for part in parts if part.state is PartState.MOOT and part.moot_at == case.ready_at]
    if unneeded:
        ask_anew(step, case, matter, unneeded, ASKED_ANEW)
