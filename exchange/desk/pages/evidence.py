"""The bundle of evidence of a case or a message, from the member's own records, as a file to be saved."""

from __future__ import annotations

from exchange.approval.window.store import Cases
from exchange.desk.section import DeskDownload, DeskFile, DeskSection
from exchange.desk.visit import DeskVisit
from exchange.errors import Denied
from exchange.evidence.bundle.contents import BundleReader, SubjectKind
from exchange.evidence.making import bundle_of, is_message_id
from exchange.evidence.proof.words import READERS
from exchange.evidence.redacting.rules import readers_at


def offered_readers(visit: DeskVisit, what: str) -> dict[str, str]:
    """Return for whom this member makes a bundle beside itself: how paths name the reader, and what it is called."""
    return {one.value: visit.words(READERS[one]) for one in _readers(visit, what) if one is not BundleReader.ALL}


def _readers(visit: DeskVisit, what: str) -> tuple[BundleReader, ...]:
    if is_message_id(what):
        return readers_at(SubjectKind.DOCUMENT, leads=False)
    with visit.node.store.reading() as tx:
        return readers_at(SubjectKind.CASE, leads=tx[Cases].get(what) is not None)


def _bundle(visit: DeskVisit) -> DeskFile:
    """What this member has on record, as far as the reader may see it; others may have more.

    Raises NotFound, or Denied for a reader for whom somebody else makes it.
    """
    what, wanted = visit.path["what"], visit.path.get("reader", BundleReader.ALL.value)
    reader = next((one for one in _readers(visit, what) if one.value == wanted), None)
    if reader is None:
        raise Denied(
            "no evidence is made here for this reader",
            remedy="the lead of a case makes it for the applicant; choose a reader that the page offers",
        )
    made = bundle_of(visit.face.home, {visit.node.address: visit.node.store}, what, visit.now, reader)
    named = what if reader is BundleReader.ALL else f"{what}.{reader.value}"
    return DeskFile(f"{named}.evidence.zip", "application/zip", (made.data,))


SECTION = DeskSection(
    downloads=tuple(
        DeskDownload(path, _bundle, recorded=True) for path in ("/evidence/{what}", "/evidence/{what}/{reader}")
    )
)
