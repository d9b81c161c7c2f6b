"""The page of a case: whose turn it is, each department's line, the papers, what its applicant can do now."""

from __future__ import annotations

from datetime import date
from typing import Any

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from exchange.clock import CST, end_text
from exchange.errors import NotFound
from exchange.hand_codes import grouped
from exchange.language.filings import FILING_STANDINGS
from exchange.licences.kept import KeptLicence
from exchange.licences.records import LicenceRow
from exchange.paper.code_picture import inline_code
from exchange.portal.asked_about import holders_askers, is_holders
from exchange.portal.drafting import draft_of
from exchange.portal.granted import licence_of_filing
from exchange.portal.records import ApplicationDraft
from exchange.portal.states import DraftState
from exchange.portal.view import CaseView, FilingStanding, case_view, view_of_draft
from exchange.schemas import AcceptanceOutcome, FilingReceipt, LicenceChange, Matter
from exchange.schemas.matter import KEPT_DAYS
from exchange.web import render
from exchange.window.drawn import licence_link
from exchange.window.guest import Guest, SignedOut, goto
from exchange.window.pages.cases.history import history_of
from exchange.window.pages.cases.lines import days_left, lines_of, moves_of
from exchange.window.pages.cases.turn import turn_of
from exchange.window.route import GuestRoute
from exchange.workdays import end_of_day


def view_of(guest: Guest) -> CaseView:
    """Return the case of the address, for its open session. Raises SignedOut, NotFound or Conflict."""
    number = guest.request.path_params["number"]
    guest.check_open(number)
    return case_view(guest.face.node, number)


def show(guest: Guest) -> Response:
    """Show where a case stands; a draft that was never handed in is shown as such."""
    number = guest.request.path_params["number"]
    with guest.face.node.store.one_state():
        guest.check_open(number)
        draft = draft_of(guest.face.node, number)
        if draft.filing_id is None:
            return goto(f"/drafts/{number}")
        view = view_of_draft(guest.face.node, draft)
        shown = _shown(guest, view, draft)
    matter = matter_of(guest, view)
    title = matter.names if matter is not None else (number, number)
    return guest.page("case.html", title, 200, **shown)


def live(guest: Guest) -> Response:
    """Return the part of the page that changes."""
    number = guest.request.path_params["number"]
    with guest.face.node.store.one_state():
        try:
            guest.check_open(number, active=False)
        except SignedOut:
            return Response(status_code=401)
        draft = draft_of(guest.face.node, number)
        shown = _shown(guest, view_of_draft(guest.face.node, draft), draft)
    context = guest.context((number, number), shown)
    return HTMLResponse(render.live_part("window/case.html", context))


def matter_of(guest: Guest, view: CaseView) -> Matter | None:
    """Return the matter that a case is about, while the public is told of it."""
    try:
        return guest.face.matter(view.filing.application.matter)
    except NotFound:
        return None


def _shown(guest: Guest, view: CaseView, draft: ApplicationDraft) -> dict[str, Any]:
    progress, standing = view.progress, view.standing
    lines = lines_of(guest, progress) if progress is not None else []
    licence = licence_of_filing(guest.face.node, view)
    is_own = licence is not None and is_holders(guest.face.node, view, licence)
    due_at = (
        progress.decide_by
        if progress is not None
        else next((one.decide_by for one in reversed(view.acceptances) if one.opens), None)
    )
    missing = next((one for one in reversed(view.acceptances) if one.outcome is AcceptanceOutcome.INCOMPLETE), None)
    return {
        "number": view.number,
        "view": view,
        "standing": standing.value,
        "standing_words": guest.words(FILING_STANDINGS[standing]),
        "turn": turn_of(guest, view),
        "lines": lines,
        "staged": len({line.stage for line in lines}) > 1,
        "answered": sum(bool(line.verdict) or line.kind in ("good", "warn") for line in lines),
        "due_at": due_at if standing is FilingStanding.UNDER_WAY else None,
        "due_left": days_left(guest, due_at) if due_at is not None else "",
        "progress": progress,
        "case_moves": moves_of(guest, progress.moved) if progress is not None else (),
        "missing": missing if standing is FilingStanding.INCOMPLETE else None,
        "promised": _promised(guest, view) if not view.is_over else [],
        "invited": view.invited,
        "reopened": draft.state is DraftState.OPEN,
        "kept_until": draft.kept_until,
        "emptied_at": draft.emptied_at,
        "kept_days": matter.kept_days if (matter := matter_of(guest, view)) is not None else KEPT_DAYS,
        "receipt": view.last(FilingReceipt),
        "acceptance": view.acceptances[-1] if view.acceptances else None,
        "decision": view.decision,
        "licence": licence,
        "renewal": view.renewal if not view.is_over else None,
        **_validity(guest, licence),
        "asked": len(holders_askers(guest.face.node, view, licence)) if licence is not None else 0,
        "is_own": is_own,
        "licence_code": grouped(licence.row.code) if licence is not None else "",
        "licence_picture": _picture(guest, licence.row) if licence is not None else "",
        "history": history_of(guest, view),
        "can_state": not view.is_over,
        "can_withdraw": not view.is_over,
        "live": "" if view.is_over else f"/cases/{view.number}/live",
        "broad": True,
    }


def _picture(guest: Guest, row: LicenceRow) -> Markup:
    """The QR code by which anybody verifies the licence."""
    said = guest.say("核验许可证件的二维码", "QR code to verify the licence")
    return Markup(inline_code(licence_link(guest, row.number, row.code), said))  # noqa: S704 -- ours alone


def _validity(guest: Guest, licence: KeptLicence | None) -> dict[str, Any]:
    """Until when a licence is valid by all that was entered on it, and whether its renewal may be asked for."""
    if licence is None:
        return {"licence_until": "", "licence_by_law": False, "can_renew": False}
    today = guest.face.now().astimezone(CST).date()
    then = licence.on(date.max)
    renewed = [one for one in licence.entries if one.change is LicenceChange.RENEWED]
    return {
        "licence_until": then.valid_until.isoformat() if then.valid_until is not None else "",
        "licence_by_law": bool(renewed) and renewed[-1].authorisation_id is not None,
        "can_renew": then.valid_until is not None and then.ended_by is None and today <= then.valid_until,
    }


def _promised(guest: Guest, view: CaseView) -> list[tuple[str, str]]:
    """What was promised and has not come: its name, and until when."""
    matter = matter_of(guest, view)
    names = {one.code: guest.words(one.names) for one in matter.materials} if matter is not None else {}
    return [(names.get(one.material, one.material), end_text(end_of_day(one.until))) for one in view.promised]


ROUTES = (GuestRoute("/cases/{number}", show), GuestRoute("/cases/{number}/live", live))
