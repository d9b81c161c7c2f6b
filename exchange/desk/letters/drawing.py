"""A message on record as an official paper, to be saved: PDF/A with the signed original inside."""

from __future__ import annotations

import hashlib
import os

from exchange.desk.letters.texts import elements
from exchange.desk.section import DeskFile
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.licences.rules.codes import verification_code
from exchange.operations.trace.dossier import Filed, document_in
from exchange.paper.drawing import draw
from exchange.paper.fonts import PaperFonts
from exchange.paper.links import site_named, status_link, verification_link
from exchange.paper.making import sheet_of
from exchange.paper.pen import PaperSetting
from exchange.schemas import Licence

PDF = "application/pdf"


def paper_of(visit: DeskVisit, item: Filed) -> DeskFile:
    """Draw a message. Raises SenderError where its signature does not verify: no paper is made of such a one."""
    body = item.verified.body if item.verified is not None else None
    signed, site, code, link = item.stored.signed, site_named(os.environ), "", ""
    if isinstance(body, Licence):
        code = verification_code(hashlib.sha256(signed).hexdigest())
        link = verification_link(site, body.number, code)
    elif (filing := getattr(body, "filing", None)) is not None:
        link = status_link(site, filing)
    setting = PaperSetting(visit.language, visit.face.names(), visit.face.matters(), link=link, code=code)
    sheet = sheet_of(signed, visit.node.directory, setting, _rows(visit, item))
    return DeskFile(f"{item.stored.message_id}.pdf", PDF, iter((draw(sheet, signed, PaperFonts.read()).pdf,)))


def _rows(visit: DeskVisit, item: Filed) -> list[tuple[str, str]]:
    """What a message without a layout of its own says, where it carries a document; else its fields are listed."""
    document = document_in(item)
    if document is None:
        return []
    said = [(label, value) for label, value, _ in elements(visit, document)]
    return [(visit.say("标题", "Title"), document.title), *said, (visit.say("正文", "Text"), document.body)]


def only_one(found: list[Filed], sender: str) -> Filed:
    """Choose among messages of one id the one of a sender, where one is named. Raises NotFound."""
    for one in found:
        if not sender or one.stored.sender == sender:
            return one
    raise NotFound("this sender has sent no message of this id", remedy="look at the list again")
