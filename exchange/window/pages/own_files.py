"""What an applicant takes home: each of its files, and all that is its own in one ZIP that is made while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from exchange.errors import NotFound
from exchange.portal.drafting import draft_of
from exchange.portal.giving import content_of
from exchange.portal.reading import signed_paper
from exchange.portal.records import ApplicationDraft, DraftFile
from exchange.portal.view import CasePaper, case_view
from exchange.schemas import OUTCOME_TITLES, Acceptance
from exchange.web import render
from exchange.window.guest import Guest
from exchange.window.route import GuestRoute
from exchange.window.zipped import Zipped, zipped


def file(guest: Guest) -> Response:
    """Give one file back as it was handed over."""
    draft = _own(guest)
    found = next((one for one in draft.files if one.file_id == guest.request.path_params["file_id"]), None)
    if found is None:
        raise NotFound("there is no such file any more", remedy="look at the page again")
    pieces = content_of(guest.face.node, guest.face.claims, draft.number, found)
    headers = {**attached(found.name), "content-length": str(found.size)}
    return StreamingResponse(pieces, media_type=found.media_type, headers=headers)


def everything(guest: Guest) -> Response:
    """Give back all files, all signed papers, and a page that lists them."""
    draft = _own(guest)
    papers = case_view(guest.face.node, draft.number).papers if draft.filing_id is not None else ()
    parcel = _Parcel(guest, draft, tuple(map(_listed_paper, papers)), tuple(_named_files(draft.files)))
    return StreamingResponse(
        zipped(parcel.entries()), media_type="application/zip", headers=attached(f"{draft.number}.zip")
    )


def attached(name: str) -> dict[str, str]:
    """Return the header by which a browser keeps an answer under a name and never shows it as a page of ours."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_. ") else "_" for sign in name)
    return {"content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}


@dataclass(frozen=True)
class _Paper:
    path: str
    title: tuple[str, str]
    at: datetime
    message_id: str


@dataclass(frozen=True)
class _Parcel:
    """What goes into the ZIP."""

    guest: Guest
    draft: ApplicationDraft
    papers: tuple[_Paper, ...]
    files: tuple[tuple[str, DraftFile], ...]

    def entries(self) -> Iterator[Zipped]:
        """Return everything, the page that lists it first."""
        face, draft = self.guest.face, self.draft
        yield Zipped("index.html", face.now(), (self._list().encode(),))
        for path, one in self.files:
            yield Zipped(path, draft.changed_at, content_of(face.node, face.claims, draft.number, one))
        for paper in self.papers:
            yield Zipped(paper.path, paper.at, (signed_paper(face.node, draft.number, paper.message_id),))

    def _list(self) -> str:
        title = ("我的办件材料", "What is mine")
        matter = self.guest.face.matters.get(self.draft.matter)
        names = {one.code: self.guest.words(one.names) for one in matter.materials} if matter is not None else {}
        shown = {"draft": self.draft, "matter": matter, "materials": names, "files": self.files, "papers": self.papers}
        return render.page("window/own.html", self.guest.context(title, shown))


def _own(guest: Guest) -> ApplicationDraft:
    number = guest.request.path_params["number"]
    guest.check_open(number)
    return draft_of(guest.face.node, number)


def _named_files(files: tuple[DraftFile, ...]) -> Iterator[tuple[str, DraftFile]]:
    for place, one in enumerate(files, start=1):
        yield f"files/{place:02}-{one.name}", one


def _listed_paper(paper: CasePaper) -> _Paper:
    body = paper.body
    title = OUTCOME_TITLES[body.outcome] if isinstance(body, Acceptance) else type(body).TITLE
    path = f"papers/{paper.at:%Y%m%d-%H%M%S}-{body.KIND}-{paper.message_id[:8]}.cose"
    return _Paper(path, title, paper.at, paper.message_id)


ROUTES = tuple(
    GuestRoute(f"/{place}/{{number}}/{what}", answer)
    for place in ("drafts", "cases")
    for what, answer in (("files/{file_id}", file), ("everything.zip", everything))
)
