"""Files of a case: given to be saved, and pages of PDF shown as pictures that were drawn apart from everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exchange.claims import opened_parts
from exchange.desk.cases.application_rows import PDF
from exchange.desk.cases.asked import AskedCase, asked_case
from exchange.desk.section import DeskDownload, DeskFile, DeskPage, DeskSection
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound, PaperNotDrawn
from exchange.operations.trace.dossier import application_in, attachments, claims
from exchange.paper.originals import LONGEST_PDF
from exchange.paper.previews import page_picture
from exchange.runtime.home import open_claims
from exchange.schemas import ClaimCheck, Role

_MOST_PAGES = 9999


@dataclass(frozen=True)
class GivenFile:
    """One file as the signed application names it."""

    name: str
    media_type: str
    size: int
    parts: Iterator[bytes]


def _found(visit: DeskVisit) -> GivenFile:
    """The file of the case that the signed application names by this digest. Raises NotFound."""
    case, digest = asked_case(visit, visit.path["number"]), visit.path["digest"]
    found = next((one for name, one in _files(visit, case) if name == digest), None)
    if found is None:
        raise NotFound("there is no such file with this case", remedy="look at the page of the case again")
    return found


def _files(visit: DeskVisit, case: AskedCase) -> Iterator[tuple[str, GivenFile]]:
    for letter in case.letters:
        if application_in(letter) is None:
            continue
        for one, content in attachments(letter):
            yield one.digest, GivenFile(one.name, one.media_type, one.size, iter((content,)))
        for claim in claims(letter):
            parts = _of_claim(visit, claim)
            yield claim.digest, GivenFile(claim.name, claim.media_type, claim.size, parts)


def _of_claim(visit: DeskVisit, claim: ClaimCheck) -> Iterator[bytes]:
    yield from opened_parts(claim, open_claims(visit.face.settings))


def _file(visit: DeskVisit) -> DeskFile:
    found = _found(visit)
    return DeskFile(found.name, found.media_type, found.parts)


def _page(visit: DeskVisit) -> int:
    """The page that is asked for; the first for what is no number."""
    text = visit.path.get("page") or visit.query.get("page", "1")
    return int(text) if text.isascii() and text.isdecimal() and 0 < int(text) <= _MOST_PAGES else 1


def _pdf(visit: DeskVisit) -> tuple[str, bytes]:
    found = _found(visit)
    if found.media_type != PDF or found.size > LONGEST_PDF:
        raise PaperNotDrawn("this file is not shown here", remedy="save it, and open it")
    return found.name, b"".join(found.parts)


def _picture(visit: DeskVisit) -> DeskFile:
    name, pdf = _pdf(visit)
    page = _page(visit)
    return DeskFile(f"{name}-{page}.png", "image/png", iter((page_picture(pdf, page).png,)))


def _shown(visit: DeskVisit) -> Mapping[str, object]:
    name, pdf = _pdf(visit)
    page, number = _page(visit), visit.path["number"]
    place = f"/case/{number}/files/{visit.path['digest']}"
    return {
        "heading": name,
        "number": number,
        "file": place,
        "page": page,
        "pages": page_picture(pdf, page).pages,
        "picture": f"{place}/pages/{page}",
        "view": f"{place}/view",
    }


SECTION = DeskSection(
    pages=(DeskPage("/case/{number}/files/{digest}/view", ("预览", "Preview"), "file_view.html", _shown, every=0),),
    downloads=(
        DeskDownload("/case/{number}/files/{digest}", _file),
        DeskDownload("/case/{number}/files/{digest}/pages/{page}", _picture),
    ),
    roles=frozenset({Role.DEPARTMENT}),
)
