"""Asking for the renewal of a licence: by the number and code that stand on it; then like any other application."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from exchange.clock import CST
from exchange.errors import Denied, NotFound
from exchange.licences.verifying import Verification, verify
from exchange.schemas import Matter
from exchange.web.origins import from_our_page
from exchange.window.guest import Guest
from exchange.window.pages.drafts.beginning import begun
from exchange.window.route import GuestRoute, WaitingRoute

_TITLE = ("申请延续许可有效期", "Ask for the renewal of a licence")
_IN_FORCE = (Verification.VALID, Verification.NOT_YET)
_LONGEST = 100


@dataclass(frozen=True)
class _Found:
    """What came of looking for the licence that was typed."""

    matter: Matter | None = None
    fault: tuple[str, str] | None = None


def ask(guest: Guest) -> Response:
    """Ask for number and code of the licence, and say what the law says."""
    return _shown(guest, guest.request.query_params.get("number", "")[:_LONGEST])


async def start(guest: Guest) -> Response:
    """Begin the application for the renewal, in the licence's own matter."""
    if not from_our_page(guest.request):
        raise Denied("the form does not come from a page of ours", remedy="load the page again")
    number = guest.typed("number").strip().upper()[:_LONGEST]
    found = await run_in_threadpool(_look, guest, number, guest.typed("code")[:_LONGEST])
    if found.matter is None:
        return await run_in_threadpool(_shown, guest, number, 422, found.fault)
    return await begun(guest, found.matter, number)


def _look(guest: Guest, number: str, code: str) -> _Found:
    found = verify(guest.face.node, number, code)
    if found.licence is None:
        return _Found(fault=("编号和核验码与证件不符。", "Number and code are not those of a licence of ours."))
    if found.result not in _IN_FORCE:
        return _Found(fault=("证件已不在有效期内，请重新申请许可。", "It is not in force any more; apply anew."))
    if found.licence.valid_until is None:
        return _Found(fault=("证件长期有效，无须延续。", "It is valid without an end; nothing is to be renewed."))
    try:
        return _Found(guest.face.matter(found.licence.matter))
    except NotFound:
        return _Found(fault=("此事项不再网上办理，请联系窗口。", "Its matter is not offered here; ask at the counter."))


def _shown(guest: Guest, number: str, status: int = 200, fault: tuple[str, str] | None = None) -> Response:
    today = guest.face.now().astimezone(CST).date()
    by = (today + timedelta(days=30)).isoformat()
    said = guest.words(fault) if fault is not None else ""
    return guest.page("renew.html", _TITLE, status, typed_number=number, fault=said, in_time=by)


ROUTES = (GuestRoute("/renew", ask), WaitingRoute("/renew", start))
