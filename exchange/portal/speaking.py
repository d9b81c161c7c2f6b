"""What an applicant says after it has filed: it states its view, asks for a hearing, or withdraws."""

from __future__ import annotations

from exchange.errors import BadApplication, Conflict
from exchange.messaging.node import Node, Step
from exchange.portal.drafting import draft_in
from exchange.portal.superior import window_of
from exchange.schemas import Body, FilingStatement, FilingWithdrawal


def state_view(node: Node, number: str, text: str, hearing: bool = False) -> str:
    """Send the applicant's statement to the window; returns the message id.

    Raises NotFound, Conflict (nothing was handed in) or BadApplication (nothing is said).
    """
    with node.step() as step:
        return state_view_in(step, number, text, hearing)


def state_view_in(step: Step, number: str, text: str, hearing: bool = False) -> str:
    """Do what `state_view` does, inside a step."""
    if not text.strip():
        raise BadApplication("the statement says nothing", remedy="write what window and departments should read")
    return _send(step, number, FilingStatement(filing=number, text=text, hearing=hearing, at=step.now))


def withdraw(node: Node, number: str, reasons: str = "") -> str:
    """Tell the window that the applicant takes its application back; returns the message id.

    Raises NotFound or Conflict (nothing was handed in).
    """
    with node.step() as step:
        return withdraw_filing_in(step, number, reasons)


def withdraw_filing_in(step: Step, number: str, reasons: str = "") -> str:
    """Do what `withdraw` does, inside a step."""
    return _send(step, number, FilingWithdrawal(filing=number, reasons=reasons, at=step.now))


def _send(step: Step, number: str, body: Body) -> str:
    draft = draft_in(step.tx, number)
    if draft.filing_id is None:
        raise Conflict("{number} has not been handed in", remedy="hand it in first, or let it end", number=number)
    message_id = step.send(body, (window_of(step.node),), conversation_id=draft.filing_id)
    step.note(body.KIND, None, message_id, filing=number)
    return message_id
