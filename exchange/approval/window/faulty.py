"""Opinions that went back: whose silence they stand in the way of, and until when they may be corrected."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.completion import may_decide
from exchange.approval.rules.correction import OBSTACLE, awaiting_correction, correct_by, protects
from exchange.approval.rules.deadline import project
from exchange.approval.rules.states import BY_SILENCE, WITHOUT_DECISION, CaseState, PartState
from exchange.approval.window.acting.substitutes import speaks_for
from exchange.approval.window.deadlines import deadline_state, matter_of, refresh
from exchange.approval.window.escalating import tell_escalated
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.envelope.strict import values_of
from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import SentBack
from exchange.messaging.node import Node, Step
from exchange.paging import every
from exchange.schemas import Consultation
from exchange.store.transaction import Transaction


def mind_faulty(step: Step, back: SentBack) -> None:
    """Keep in mind that a department has given an opinion, in time, that could not be taken as it was."""
    for part in parts_meant(step.node, step.tx, back):
        case = step.tx[Cases].get(part.case_number)
        if case is not None:
            _mind(step, case, part, back)


def parts_meant(node: Node, tx: Transaction, back: SentBack) -> list[PartRow]:
    """Return the parts that a faulty opinion may be about: its sender's, and those it acts for.

    They are those it names, by a case or by what it answers; where it names none, all that wait for its sender.
    """
    sender, at = back.header.sender, back.arrival.earliest
    named = {part.case_number: part for part in _named(tx, back) if speaks_for(node, tx, sender, part, at)}
    return list(named.values()) or list(every(lambda after, most: tx[Cases].running(sender, after, most), _itself))


def _named(tx: Transaction, back: SentBack) -> Iterator[PartRow]:
    for number in values_of(back.payload, "case_number"):
        yield from tx[Cases].parts(number)
    asked = tx[Documents].named(back.header.conversation_id, Consultation.KIND)
    answered = {*values_of(back.payload, "consultation_id"), *(message_id for _, message_id in asked)}
    if back.header.in_reply_to is not None:
        answered.add(back.header.in_reply_to)
    yield from tx[Cases].parts_of_messages(answered)


def _itself(part: PartRow) -> PartRow:
    return part


def _mind(step: Step, case: CaseRow, part: PartRow, back: SentBack) -> None:
    matter = matter_of(step.tx, case)
    entries = step.tx[Cases].ledger(case.number, part.department)
    due_at = project(deadline_state(step.node, case, part, matter, entries, None), step.node.calendar).due_at
    if case.state in WITHOUT_DECISION or not protects(part.state, back.arrival, due_at):
        return
    overturned = part.state in BY_SILENCE
    until = part.correct_by or correct_by(step.now, step.node.calendar)
    fields: dict[str, object] = {
        "faulty_id": back.header.message_id,
        "faulty_at": min(part.faulty_at or back.arrival.earliest, back.arrival.earliest),
        "correct_by": until,
    }
    after = part.state
    if overturned and case.state is CaseState.DECIDED:
        fields["review_at"] = step.now
    elif overturned:
        after = PartState.ESCALATED
        fields["escalated_at"] = step.now
        step.tx[Cases].move(case.number, {case.state}, case.state, prepared=None)
        step.note("deemed-overturned", case.number, part.deemed_id, department=part.department)
        tell_escalated(step, case, part, (OBSTACLE,), due_at, back.header.message_id)
    step.tx[Cases].move_part(case.number, part.department, {part.state}, after, **fields)
    step.note(
        "opinion-to-correct", case.number, back.header.message_id,
        department=part.department, correct_by=until.isoformat(),
    )  # fmt: skip
    refresh(step, case.number, part.department)


def let_correct(step: Step, case: CaseRow) -> None:
    """Raise Conflict while a department may still correct an opinion, which went back to it, and is waited for."""
    parts = step.tx[Cases].parts(case.number)
    until = awaiting_correction(parts, step.now)
    if until and may_decide(parts):
        raise Conflict(
            "an opinion on case {number} went back to {departments}, to be corrected by {until}",
            remedy="wait for the corrected opinion, or until that time is over",
            number=case.number,
            departments=", ".join(until),
            until=f"{max(until.values()).astimezone(CST):%Y-%m-%d %H:%M}",
        )
