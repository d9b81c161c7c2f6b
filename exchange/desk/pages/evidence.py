"""The bundle of evidence of a case or a message, from the member's own records, as a file to be saved."""

from __future__ import annotations

from exchange.desk.section import DeskDownload, DeskFile, DeskSection
from exchange.desk.visit import DeskVisit
from exchange.evidence.making import bundle_of


def _bundle(visit: DeskVisit) -> DeskFile:
    """Everything that this member has on record; others may have more. Raises NotFound."""
    what = visit.path["what"]
    made = bundle_of(visit.face.home, {visit.node.address: visit.node.store}, what, visit.now)
    return DeskFile(f"{what}.evidence.zip", "application/zip", (made.data,))


SECTION = DeskSection(downloads=(DeskDownload("/evidence/{what}", _bundle, recorded=True),))
