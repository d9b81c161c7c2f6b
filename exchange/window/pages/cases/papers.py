"""The papers of a case: each as a page to be printed, and as the signed bytes that anybody can verify."""

from __future__ import annotations

from starlette.responses import Response

from exchange.errors import NotFound
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
)
from exchange.window.guest import Guest
from exchange.window.pages.cases.status import matter_of, view_of
from exchange.window.route import GuestRoute


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
        crumbs=[(f"/cases/{view.number}", view.number)],
    )


def _title(body: Body) -> tuple[str, str]:
    return OUTCOME_TITLES[body.outcome] if isinstance(body, Acceptance) else type(body).TITLE


def _paper(guest: Guest, view: CaseView) -> CasePaper:
    wanted = guest.request.path_params["message_id"]
    readable = (FilingReceipt, Acceptance, DecisionServed, HearingNotice, HearingRecord)
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


ROUTES = (
    GuestRoute("/cases/{number}/papers/{message_id}.cose", download),
    GuestRoute("/cases/{number}/papers/{message_id}", show),
)
