"""A message on record as an official paper, to be saved: PDF/A with the signed original inside."""

from __future__ import annotations

import os

from exchange.desk.section import DeskFile
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.operations.said.names import SaidNames
from exchange.operations.said.paper import message_paper
from exchange.operations.trace.dossier import Filed

PDF = "application/pdf"


def paper_file(visit: DeskVisit, item: Filed) -> DeskFile:
    """Draw a message. Raises SenderError where its signature does not verify: no paper is made of such a one."""
    names = SaidNames(visit.face.names(), visit.face.matters)
    drawn = message_paper(item, visit.node.directory, names, visit.language, os.environ)
    return DeskFile(f"{item.stored.message_id}.pdf", PDF, iter((drawn.pdf,)))


def only_one(found: list[Filed], sender: str) -> Filed:
    """Choose among messages of one id the one of a sender, where one is named. Raises NotFound."""
    for one in found:
        if not sender or one.stored.sender == sender:
            return one
    raise NotFound("this sender has sent no message of this id", remedy="look at the list again")
