"""A new access code, in place of one that was lost, of what a system has handed in."""

from __future__ import annotations

from exchange.errors import Conflict
from exchange.messaging.node import Step
from exchange.portal.store import Drafts
from exchange.portal.view import case_view_in
from exchange.schemas import FilingChannel


def replace_code_in(step: Step, number: str, code_hash: str, reason: str) -> None:
    """Let another access code open a filing from now on; ``code_hash`` is what is kept of it.

    Raises NotFound, or Conflict for what its applicant has handed in by itself: its code is nobody else's to replace.
    """
    if case_view_in(step.tx, step.node, number).filing.channel is not FilingChannel.API:
        raise Conflict(
            "{number} was not handed in by a system",
            remedy="its applicant has its code; who has lost it turns to the window's counter",
            number=number,
        )
    row = step.tx[Drafts].get(number)
    if row is not None:
        step.tx[Drafts].move(number, row.state, row.state, code_hash=code_hash)
        step.note("code-replaced", None, None, filing=number, reason=reason)
