"""From a signed document to its paper: verified first, so that a seal never stands where no signature does. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from exchange.envelope import Trust, verify_signed
from exchange.paper.layouts.before_the_case import acceptance, invitation, receipt
from exchange.paper.layouts.decided import decision, hearing_notice, hearing_record
from exchange.paper.layouts.granted import licence
from exchange.paper.layouts.official import jointly, official
from exchange.paper.layouts.plain import Rows, plain
from exchange.paper.pen import PaperSetting, Pen
from exchange.paper.sheet import Sheet
from exchange.schemas import (
    Acceptance,
    Body,
    DecisionServed,
    Document,
    FilingReceipt,
    HearingNotice,
    HearingRecord,
    JointDocument,
    Licence,
    SupplementInvitation,
)

_LAYOUTS: dict[type[Body], Callable[[Any, Pen], Sheet]] = {
    FilingReceipt: receipt,
    Acceptance: acceptance,
    DecisionServed: decision,
    HearingNotice: hearing_notice,
    HearingRecord: hearing_record,
    SupplementInvitation: invitation,
    Licence: licence,
    Document: official,
}


@dataclass(frozen=True)
class JointText:
    """What several authorities have signed, once all their signatures were verified."""

    document: Document
    signers: tuple[str, ...]
    issued_on: date


def sheet_of(
    signed: bytes, trust: Trust, setting: PaperSetting, rows: Rows = (), joint: JointText | None = None
) -> Sheet:
    """Verify a signed document and lay it out; ``rows`` is what one without a layout of its own says, in words.

    ``joint`` is the text that a joint document sends out. Raises SenderError where it does not verify: no paper is made
    of such a document.
    """
    verified = verify_signed(signed, trust)
    pen = Pen(setting, verified.header.sender, verified.header.created_at, hashlib.sha256(signed).hexdigest())
    if joint is not None and isinstance(verified.body, JointDocument):
        dated = joint.document.model_copy(update={"date": joint.issued_on})
        return official(dated, pen, jointly(joint.signers, pen, signed=True))
    layout = _LAYOUTS.get(type(verified.body))
    return layout(verified.body, pen) if layout is not None else plain(verified.body, verified.payload, rows, pen)


def unsigned_sheet(
    document: Document, sender: str, at: datetime, setting: PaperSetting, signers: Sequence[str] = ()
) -> Sheet:
    """Lay out a document that nobody has signed yet, as it will look: without a seal, and marked a draft.

    ``signers``: of one that several are to sign, all of them.
    """
    pen = Pen(setting, sender, at, "")
    draft = pen.say("草稿，尚未签名", "A draft, not signed")
    if signers:
        draft = pen.say("会签稿，尚未发出", "A draft, not issued")
    who_signs = jointly(signers, pen, signed=False) if signers else ""
    return replace(official(document, pen, who_signs), seal="", instead=draft, original_is=draft)
