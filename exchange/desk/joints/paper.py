"""A joint document on paper, in the layout of GB/T 9704: as it went out, or as a draft without a seal, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from exchange.desk.joints.shown import issue_of, round_message
from exchange.desk.letters.drawing import PDF, paper_file
from exchange.desk.section import DeskFile
from exchange.desk.visit import DeskVisit
from exchange.joint.status import joint_status
from exchange.paper.drawing import draw
from exchange.paper.fonts import PaperFonts
from exchange.paper.making import unsigned_sheet
from exchange.paper.pen import PaperSetting
from exchange.paper.previews import page_picture
from exchange.paper.sheet import Sheet
from exchange.schemas import Document

_KEPT = 8
"""Drafts that stay drawn: whoever looks at one asks for its pages one after the other."""


def draft_pdf(
    visit: DeskVisit, document: Document, at: datetime, lead: str, signers: Sequence[str], original: bytes
) -> bytes:
    """Draw a text that is not issued. Raises TooLarge, FontsMissing or PaperNotDrawn."""
    setting = PaperSetting(visit.language, visit.face.names(), visit.face.matters())
    return _drawn(unsigned_sheet(document, lead, at, setting, tuple(signers)), original)


@lru_cache(maxsize=_KEPT)
def _drawn(sheet: Sheet, original: bytes) -> bytes:
    return draw(sheet, original, PaperFonts.read()).pdf


def joint_paper(visit: DeskVisit) -> DeskFile:
    """Draw the joint document under the id in the path: sealed once it went out, before that as a draft."""
    row = joint_status(visit.node, visit.path["joint"]).row
    issue = issue_of(visit, row)
    if issue is not None:
        return paper_file(visit, issue)
    return DeskFile(f"{row.joint_id}.pdf", PDF, iter((round_pdf(visit),)))


def round_pdf(visit: DeskVisit) -> bytes:
    """Draw the text that was sent round, with the message that its lead has signed inside."""
    found = joint_status(visit.node, visit.path["joint"])
    row, signed = found.row, round_message(visit, found.row).stored.signed
    return draft_pdf(visit, found.draft.document, row.received_at, row.lead, found.draft.signers, signed)


def page_of(visit: DeskVisit, pdf: bytes, name: str) -> DeskFile:
    """Draw the page that the path names as a picture. Raises PaperNotDrawn."""
    text = visit.path["page"]
    page = int(text) if text.isascii() and text.isdecimal() and 0 < int(text) < 10_000 else 1
    return DeskFile(f"{name}-{page}.png", "image/png", iter((page_picture(pdf, page).png,)))


def number_of_pages(pdf: bytes) -> int:
    """Count the pages of a paper. Raises PaperNotDrawn."""
    return page_picture(pdf, 1).pages
