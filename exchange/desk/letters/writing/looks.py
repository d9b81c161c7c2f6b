"""A draft as it will look on paper: pages as pictures, drawn apart, so that the officer sees what is signed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from exchange.desk.letters.writing.checking import ReadyLetter
from exchange.desk.visit import DeskVisit
from exchange.language import Language, Words
from exchange.paper.drawing import draw
from exchange.paper.fonts import PaperFonts
from exchange.paper.making import unsigned_sheet
from exchange.paper.pen import PaperSetting
from exchange.paper.previews import PagePicture, page_picture
from exchange.schemas import Document


def letter_page(visit: DeskVisit, ready: ReadyLetter, page: int) -> PagePicture:
    """Draw one page, counted from 1. Raises FontsMissing, TooLarge, PaperNotDrawn or TooManyRequests."""
    day = visit.now.replace(hour=0, minute=0, second=0, microsecond=0)
    own = visit.node.address
    names = visit.face.names().get(own, (own, own))
    return _picture(ready.document, own, names, day, visit.language, page)


@lru_cache(maxsize=32)
def _picture(document: Document, sender: str, names: Words, at: datetime, language: Language, page: int) -> PagePicture:
    return page_picture(_pdf(document, sender, names, at, language), page)


@lru_cache(maxsize=4)
def _pdf(document: Document, sender: str, names: Words, at: datetime, language: Language) -> bytes:
    """The pages of one document are asked for one after another, and it is drawn once for them."""
    setting = PaperSetting(language, {sender: names})
    sheet = unsigned_sheet(document, sender, at, setting)
    return draw(sheet, b"", PaperFonts.read()).pdf
