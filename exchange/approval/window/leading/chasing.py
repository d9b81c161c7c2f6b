"""The lead reminds a department by hand: a signed message, on record with the case, that moves no clock."""

from __future__ import annotations

from exchange.approval.records import PartRow
from exchange.approval.rules.reminders.chasing import why_not_chased
from exchange.approval.window.closing import own_case
from exchange.approval.window.store import Cases
from exchange.errors import CallerError, Conflict, NotFound
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Chase
from exchange.schemas.deadline import LONGEST_WORDS


def chase(node: Node, case_number: str, department: str, officer: str, words: str = "") -> str:
    """Remind a department of the answer that it owes; returns the message id.

    Raises Denied (this is no window), NotFound, or Conflict (it owes none, its term does not run, it was reminded by
    hand on this working day).
    """
    with node.step() as step:
        return chase_in(step, case_number, department, officer, words)


def chase_in(step: Step, case_number: str, department: str, officer: str, words: str = "") -> str:
    """Do what `chase` does, inside a step."""
    officer = check_reason(officer, "nobody answers for it", "name the officer")
    words = check_reason(words, "nothing can be seen of the words", "leave them out") if words else ""
    if len(words) > LONGEST_WORDS:
        raise CallerError("the words are too long", remedy="use up to {most} characters", most=LONGEST_WORDS)
    case = own_case(step, case_number)
    part = _part(step, case_number, department)
    refused = why_not_chased(case.state, part, step.now, step.node.calendar)
    if refused is not None:
        raise Conflict(refused.why, remedy=refused.remedy)
    told = step.node.reachable(part.hearing)
    if not told:
        step.node.expect(part.hearing)  # says who cannot be written to, and why
    body = Chase(
        case_number=case_number, department=department, consultation_id=part.consultation_id or "", words=words,
        officer=officer, at=step.now,
    )  # fmt: skip
    message_id = step.send(body, told, conversation_id=case.conversation_id)
    step.tx[Cases].note_chased(case_number, department, step.now)
    step.note("chased", case_number, message_id, department=department, officer=officer)
    return message_id


def _part(step: Step, case_number: str, department: str) -> PartRow:
    part = step.tx[Cases].part(case_number, department)
    if part is None:
        raise NotFound(
            "{department} is not consulted in case {case_number}",
            remedy="name one of: {consulted}",
            department=department,
            case_number=case_number,
            consulted=", ".join(one.department for one in step.tx[Cases].parts(case_number)),
        )
    return part
