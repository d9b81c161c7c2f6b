"""From a signed document to its paper: verified first, so that a seal never stands where no signature does. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from exchange.envelope import Trust, verify_signed
from exchange.paper.layouts.before_the_case import acceptance, receipt
from exchange.paper.layouts.decided import decision, hearing_notice, hearing_record
from exchange.paper.layouts.granted import licence
from exchange.paper.layouts.official import official
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
    Licence,
)

_LAYOUTS: dict[type[Body], Callable[[Any, Pen], Sheet]] = {
    FilingReceipt: receipt,
    Acceptance: acceptance,
    DecisionServed: decision,
    HearingNotice: hearing_notice,
    HearingRecord: hearing_record,
    Licence: licence,
    Document: official,
}


def sheet_of(signed: bytes, trust: Trust, setting: PaperSetting, rows: Rows = ()) -> Sheet:
    """Verify a signed document and lay it out; ``rows`` is what one without a layout of its own says, in words.

    Raises SenderError where it does not verify: no paper is made of such a document.
    """
    verified = verify_signed(signed, trust)
    pen = Pen(setting, verified.header.sender, verified.header.created_at, hashlib.sha256(signed).hexdigest())
    layout = _LAYOUTS.get(type(verified.body))
    return layout(verified.body, pen) if layout is not None else plain(verified.body, verified.payload, rows, pen)


def unsigned_sheet(document: Document, sender: str, at: datetime, setting: PaperSetting) -> Sheet:
    """Lay out a document that nobody has signed yet, as it will look: without a seal, and marked a draft."""
    pen = Pen(setting, sender, at, "")
    draft = pen.say("草稿，尚未签名", "A draft, not signed")
    return replace(official(document, pen), seal="", instead=draft, original_is=draft)
