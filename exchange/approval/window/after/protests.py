"""Protests: a department contests what it was told of its part; the lead looks at its decision again."""

from __future__ import annotations

from exchange.approval.records import PartRow
from exchange.approval.window.checks import part_of
from exchange.approval.window.store import Cases
from exchange.envelope.document import parse_body, payload_of
from exchange.errors import Returned
from exchange.messaging.checks import expect
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.messaging.records import StoredDocument
from exchange.schemas import Body, Decision, DefaultNotice, Protest


def handlers() -> dict[str, Handler]:
    """Return the message handler of a window for protests."""
    return {Protest.KIND: take_protest}


def take_protest(step: Step, incoming: Incoming, body: Body) -> None:
    """Put the contested decision before the lead, for an officer to review; the case shows who contests it.

    Once for what is contested: repeated, before or after the review, it has no further effect.
    """
    protest = expect(body, Protest)
    case, part = part_of(step, protest.case_number, protest.department)
    if incoming.sender != protest.department:
        raise Returned(
            "{sender} cannot speak for {department}",
            code="not-yours",
            remedy="each department protests for itself, under its own identity",
            sender=incoming.sender,
            department=protest.department,
        )
    stored = step.tx[Documents].get(step.node.address, protest.contested)
    about = stored is not None and stored.conversation_id == case.conversation_id
    if stored is None or not about or stored.kind not in (Decision.KIND, DefaultNotice.KIND):
        raise Returned(
            "what is contested is no decision or notice of case {number}",
            code="wrong-reference",
            remedy="name the message that says what is contested",
            number=case.number,
        )
    if not _is_newer(step, part, stored):
        step.note("protest-repeated", case.number, incoming.message_id, department=part.department)
        return
    step.tx[Cases].move_part(
        case.number, part.department, {part.state}, part.state,
        review_at=part.review_at or step.now, protest_id=incoming.message_id, protest_ground=protest.ground,
    )  # fmt: skip
    step.note("protest", case.number, incoming.message_id, department=part.department, ground=protest.ground.value)


def _is_newer(step: Step, part: PartRow, contested: StoredDocument) -> bool:
    """Whether what is contested was signed after what the department has contested last."""
    if part.protest_id is None:
        return True
    protest = step.tx[Documents].get(part.department, part.protest_id)
    if protest is None:
        return True
    last = step.tx[Documents].get(step.node.address, parse_body(Protest, payload_of(protest.signed)).contested)
    return last is None or contested.recorded_at > last.recorded_at
