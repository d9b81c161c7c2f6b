"""What a portal takes in: its window's signed papers on filings. They are kept as they came, and shown from there."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.envelope.document import parse_body, payload_of
from exchange.errors import Returned
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.messaging.records import Signed, StoredDocument
from exchange.portal.ending import keep_until
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
    Filing,
    FilingReceipt,
    FilingWithdrawal,
    HearingNotice,
    HearingRecord,
    Receipt,
    SupplementInvitation,
    TacitAuthorisation,
)

_TAKEN = (
    FilingReceipt, Acceptance, CaseProgress, DecisionServed, HearingNotice, HearingRecord, TacitAuthorisation,
    SupplementInvitation,
)  # fmt: skip
_OVER = (AcceptanceOutcome.NOT_NEEDED, AcceptanceOutcome.NOT_COMPETENT, AcceptanceOutcome.REFUSED)


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a portal."""
    return {model.KIND: take_paper for model in _TAKEN}


def take_paper(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in a paper on a filing that was handed in here; its files are kept for a while when all is over."""
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
    if _is_over(body) and row.kept_until is None:
        keep_until(step, row)


def on_signed(step: Step, signed: Sequence[Signed], receipts: Sequence[Receipt]) -> None:
    """Take in the window's receipts: a withdrawal before acceptance ends a case, and so does a filing sent back."""
    for item in signed:
        stored = step.tx[Documents].get(step.node.address, item.message_id)
        number = _ended_by(stored, accepted=item.accepted) if stored is not None else None
        row = step.tx[Drafts].get(number) if number is not None else None
        if row is not None and row.kept_until is None:
            keep_until(step, row)


def _ended_by(stored: StoredDocument, *, accepted: bool) -> str | None:
    """The number of the filing that ends with what the window has said to one of our papers; None: it goes on."""
    if accepted and stored.kind == FilingWithdrawal.KIND:
        return parse_body(FilingWithdrawal, payload_of(stored.signed)).filing
    if not accepted and stored.kind == Filing.KIND:
        return parse_body(Filing, payload_of(stored.signed)).filing
    return None


def _is_over(body: Body) -> bool:
    if isinstance(body, Acceptance):
        return body.outcome in _OVER
    if isinstance(body, TacitAuthorisation):
        return True
    return isinstance(body, CaseProgress) and body.step in (CaseStep.DECIDED, CaseStep.WITHDRAWN, CaseStep.BY_LAW)
