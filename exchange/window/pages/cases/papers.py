"""The papers of a case: each as a page to be printed, and as the signed bytes that anybody can verify."""

from __future__ import annotations

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from exchange.errors import NotFound
from exchange.paper.code_picture import inline_code
from exchange.paper.pen import PaperSetting
from exchange.portal.reading import signed_paper
from exchange.portal.superior import window_of
from exchange.portal.view import CasePaper, CaseView
from exchange.schemas import (
    OUTCOME_TITLES,
    Acceptance,
    Body,
    DecisionServed,
    FilingReceipt,
    HearingNotice,
    HearingRecord,
    SupplementInvitation,
    TacitAuthorisation,
)
from exchange.window.drawn import case_link, paper_as_pdf, setting_of
from exchange.window.guest import Guest
from exchange.window.pages.cases.status import matter_of, view_of
from exchange.window.route import GuestRoute, WaitingRoute


def show(guest: Guest) -> Response:
    """Show one paper."""
    view = view_of(guest)
    paper = _paper(guest, view)
    matter = matter_of(guest, view)
    return guest.page(
        "paper.html",
        _title(paper.body),
        number=view.number,
        view=view,
        paper=paper,
        body=paper.body,
        kind=paper.body.KIND,
        matter=matter,
        materials={one.code: guest.words(one.names) for one in matter.materials} if matter is not None else {},
        application=view.filing.application,
        signer=window_of(guest.face.node),
        picture=_picture(guest, view) if isinstance(paper.body, FilingReceipt) else "",
        crumbs=[(f"/cases/{view.number}", view.number)],
    )


def _picture(guest: Guest, view: CaseView) -> Markup:
    """The QR code by which the case is found again."""
    said = guest.say("查询办理进度的二维码", "QR code to follow the case")
    return Markup(inline_code(case_link(guest, view.number), said))  # noqa: S704 -- ours; the number is in no text of it


def _title(body: Body) -> tuple[str, str]:
    return OUTCOME_TITLES[body.outcome] if isinstance(body, Acceptance) else type(body).TITLE


def _paper(guest: Guest, view: CaseView) -> CasePaper:
    wanted = guest.request.path_params["message_id"]
    readable = (
        FilingReceipt, Acceptance, DecisionServed, HearingNotice, HearingRecord, TacitAuthorisation,
        SupplementInvitation,
    )  # fmt: skip
    found = next((one for one in view.papers if one.message_id == wanted and isinstance(one.body, readable)), None)
    if found is None:
        raise NotFound("the case has no such paper", remedy="choose one on the page of the case")
    return found


def download(guest: Guest) -> Response:
    """Send the signed bytes of any paper of the case."""
    view = view_of(guest)
    wanted = guest.request.path_params["message_id"]
    if not any(one.message_id == wanted for one in view.papers):
        raise NotFound("the case has no such paper", remedy="choose one on the page of the case")
    data = signed_paper(guest.face.node, view.number, wanted)
    name = f"{view.number}-{wanted[:8]}.cose"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/cose", headers=headers)


async def as_pdf(guest: Guest) -> Response:
    """Send one paper as it is printed: PDF/A, with the signed original inside."""
    signed, setting = await run_in_threadpool(_to_draw, guest)
    path = guest.request.path_params
    return await paper_as_pdf(guest, signed, setting, f"{path['number']}-{path['message_id'][:8]}")


def _to_draw(guest: Guest) -> tuple[bytes, PaperSetting]:
    view = view_of(guest)
    paper = _paper(guest, view)
    setting = setting_of(
        guest,
        matter_of(guest, view),
        addressee=view.filing.application.applicant.name,
        link=case_link(guest, view.number),
    )
    return signed_paper(guest.face.node, view.number, paper.message_id), setting


ROUTES = (
    WaitingRoute("/cases/{number}/papers/{message_id}.pdf", as_pdf, "GET"),
    GuestRoute("/cases/{number}/papers/{message_id}.cose", download),
    GuestRoute("/cases/{number}/papers/{message_id}", show),
)
