"""One message on record as an official paper: PDF/A with the signed original inside, the same at every face."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from exchange.envelope import Trust
from exchange.language import Language, speaking
from exchange.licences.rules.codes import verification_code
from exchange.operations.said.document import issuing_lines
from exchange.operations.said.message import said_in
from exchange.operations.said.names import SaidNames
from exchange.operations.trace.dossier import Filed
from exchange.operations.trace.joint_paper import joint_text
from exchange.paper.drawing import DrawnPaper, draw
from exchange.paper.fonts import PaperFonts
from exchange.paper.links import site_named, status_link, verification_link
from exchange.paper.making import sheet_of
from exchange.paper.pen import PaperSetting
from exchange.schemas import Licence


def message_paper(
    item: Filed, trust: Trust, names: SaidNames, language: Language, environment: Mapping[str, str]
) -> DrawnPaper:
    """Draw a message in a language; one without a layout of its own says what it says line by line.

    Raises FontsMissing, and SenderError where its signature does not verify: no paper is made of such a one.
    """
    signed, site = item.stored.signed, site_named(environment)
    body = item.verified.body if item.verified else None
    code, link = "", ""
    if isinstance(body, Licence):
        code = verification_code(hashlib.sha256(signed).hexdigest())
        link = verification_link(site, body.number, code)
    elif (filing := getattr(body, "filing", None)) is not None:
        link = status_link(site, filing)
    setting = PaperSetting(language, names.members, names.matters(), link=link, code=code)
    with speaking(language):
        rows = [*issuing_lines(item.issuing, names), *said_in(item, names)]
    return draw(sheet_of(signed, trust, setting, rows, joint_text(item)), signed, PaperFonts.read())
