"""What a portal takes in: its window's signed papers on filings. They are kept as they came, and shown from there."""

from __future__ import annotations

from exchange.errors import Returned
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.portal.states import DraftState
from exchange.portal.store import Drafts
from exchange.portal.superior import expect_window
from exchange.portal.told.taking import paper_taken
from exchange.schemas import (
    Acceptance,
    AcceptanceOutcome,
    Body,
    CaseProgress,
    CaseStep,
    DecisionServed,
    FilingReceipt,
    HearingNotice,
    HearingRecord,
    TacitAuthorisation,
)

_TAKEN = (FilingReceipt, Acceptance, CaseProgress, DecisionServed, HearingNotice, HearingRecord, TacitAuthorisation)
_OVER = (AcceptanceOutcome.NOT_NEEDED, AcceptanceOutcome.NOT_COMPETENT, AcceptanceOutcome.REFUSED)


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a portal."""
    return {model.KIND: take_paper for model in _TAKEN}


def take_paper(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in a paper on a filing that was handed in here; the copies of its files are deleted when all is over."""
    expect_window(step, incoming)
    filing = body.filing if isinstance(body, _TAKEN) else None
    row = step.tx[Drafts].get(filing or "")
    if row is None or row.filing_id is None or row.filing_id != incoming.opened.header.conversation_id:
        raise Returned(
            "no filing {number} was handed in at {address}",
            code="unknown-filing",
            remedy="answer filings in their own conversation",
            number=filing,
            address=step.node.address,
        )
    step.note(body.KIND, None, incoming.message_id, filing=row.number)
    paper_taken(step, row.number, incoming, body)
    if _is_over(body) and row.state is not DraftState.ENDED:
        removed = step.tx[Drafts].empty(row.number)
        if removed:
            step.note("draft-files-deleted", None, None, filing=row.number, files=removed)


def _is_over(body: Body) -> bool:
    if isinstance(body, Acceptance):
        return body.outcome in _OVER
    if isinstance(body, TacitAuthorisation):
        return True
    return isinstance(body, CaseProgress) and body.step in (CaseStep.DECIDED, CaseStep.WITHDRAWN, CaseStep.BY_LAW)
