"""One message on record as an official paper: a PDF/A file, and what its reader is to know of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from exchange.cli.documents.message_views import said_in
from exchange.cli.naming import names
from exchange.cli.view import print_json, say
from exchange.errors import BadConfiguration, Conflict
from exchange.language import choose, language, listed, tr
from exchange.licences.rules.codes import verification_code
from exchange.machine.files import write_secret
from exchange.messaging.node import Node
from exchange.operations.trace.dossier import Filed
from exchange.paper.drawing import DrawnPaper, draw
from exchange.paper.fonts import USES, PaperFonts
from exchange.paper.links import site_named, status_link, verification_link
from exchange.paper.making import sheet_of
from exchange.paper.pen import PaperSetting
from exchange.runtime.catalogue import matter_names
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Licence


def write_paper(
    node: Node, settings: Settings, found: Sequence[Filed], file: Path | None, *, as_json: bool = False
) -> None:
    """Draw a message and write it to a file. Raises BadConfiguration, Conflict, SenderError where it does not verify,
    FontsMissing, or FileUnusable.
    """
    if file is None or not found:
        raise BadConfiguration("a paper is drawn with --pdf and --output", remedy="exchange show ID --pdf -o FILE.pdf")
    if len({one.stored.signed for one in found}) > 1:
        raise Conflict(
            "several senders have sent a message of this id", remedy="draw it at one that has got it from one sender"
        )
    drawn = _drawn(node, settings, found[0])
    write_secret(file, drawn.pdf)
    if as_json:
        print_json({"file": str(file), "fonts_lacking": list(drawn.lacking), "signs_by_number": drawn.by_number})
        return
    say(tr("written: {file}", file=file))
    if drawn.lacking:
        fonts = listed(choose(USES[use]) for use in drawn.lacking)
        say(tr("fonts of the standard that are not installed here, drawn by free ones: {fonts}", fonts=fonts))
    if drawn.by_number:
        say(tr("signs that no font here has, written by their numbers: {signs}", signs=drawn.by_number))


def _drawn(node: Node, settings: Settings, item: Filed) -> DrawnPaper:
    signed, site = item.stored.signed, site_named(os.environ)
    body = item.verified.body if item.verified else None
    code, link = "", ""
    if isinstance(body, Licence):
        code = verification_code(hashlib.sha256(signed).hexdigest())
        link = verification_link(site, body.number, code)
    elif (filing := getattr(body, "filing", None)) is not None:
        link = status_link(site, filing)
    setting = PaperSetting(
        language=language(),
        names=names(),
        matters=matter_names(Home(settings.home).catalogue),
        link=link,
        code=code,
    )
    return draw(sheet_of(signed, node.directory, setting, said_in(item)), signed, PaperFonts.read())
