"""A draft as it will look on paper: pages as pictures, drawn apart, so that the officer sees what is signed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from exchange.desk.section import DeskFile
from exchange.desk.visit import DeskVisit
from exchange.errors import ExchangeError
from exchange.language import Language, Words, language
from exchange.paper.drawing import draw
from exchange.paper.fonts import PaperFonts
from exchange.paper.making import unsigned_sheet
from exchange.paper.pen import PaperSetting
from exchange.paper.previews import PagePicture, page_picture
from exchange.schemas import Document


def pages_of(visit: DeskVisit, document: Document) -> tuple[int, str]:
    """Return how many pages it has; or why they are not shown, which keeps nobody from signing what is in words."""
    try:
        return _page(visit, document, 1).pages, ""
    except ExchangeError as error:
        return 0, error.written(language())


def drawn_page(visit: DeskVisit, document: Document) -> DeskFile:
    """Draw the page that the path names. Raises FontsMissing, TooLarge, PaperNotDrawn or TooManyRequests."""
    page = visit.path["page"]
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 4 else 1
    return DeskFile(f"{number}.png", "image/png", iter((_page(visit, document, max(number, 1)).png,)))


def _page(visit: DeskVisit, document: Document, page: int) -> PagePicture:
    day = visit.now.replace(hour=0, minute=0, second=0, microsecond=0)
    own = visit.node.address
    names = visit.face.names().get(own, (own, own))
    return _picture(document, own, names, day, visit.language, page)


@lru_cache(maxsize=32)
def _picture(document: Document, sender: str, names: Words, at: datetime, wanted: Language, page: int) -> PagePicture:
    return page_picture(_pdf(document, sender, names, at, wanted), page)


@lru_cache(maxsize=4)
def _pdf(document: Document, sender: str, names: Words, at: datetime, wanted: Language) -> bytes:
    """The pages of one document are asked for one after another, and it is drawn once for them."""
    setting = PaperSetting(wanted, {sender: names})
    sheet = unsigned_sheet(document, sender, at, setting)
    return draw(sheet, b"", PaperFonts.read()).pdf
