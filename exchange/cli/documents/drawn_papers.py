"""One message on record as an official paper: a PDF/A file, and what its reader is to know of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from exchange.cli.naming import names_known
from exchange.cli.view import print_json, say
from exchange.errors import BadConfiguration, Conflict
from exchange.language import choose, language, listed, tr
from exchange.machine.files import write_secret
from exchange.messaging.node import Node
from exchange.operations.said.paper import message_paper
from exchange.operations.trace.dossier import Filed
from exchange.paper.fonts import USES


def write_paper(node: Node, found: Sequence[Filed], file: Path | None, *, as_json: bool = False) -> None:
    """Draw a message and write it to a file. Raises BadConfiguration, Conflict, SenderError where it does not verify,
    FontsMissing, or FileUnusable.
    """
    if file is None or not found:
        raise BadConfiguration("a paper is drawn with --pdf and --output", remedy="exchange show ID --pdf -o FILE.pdf")
    if len({one.stored.signed for one in found}) > 1:
        raise Conflict(
            "several senders have sent a message of this id", remedy="draw it at one that has got it from one sender"
        )
    drawn = message_paper(found[0], node.directory, names_known(), language(), os.environ)
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
