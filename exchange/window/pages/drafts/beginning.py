"""Beginning an application: what is needed, then a number and an access code, before anything long is asked."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from exchange.errors import Denied
from exchange.portal.drafting import KEPT, begin, draft_of
from exchange.schemas import Matter
from exchange.web.door.tokens import hashed
from exchange.web.origins import from_our_page, place_of
from exchange.window.guest import Guest, goto, with_session
from exchange.window.pages.drafts.limits import limits_of
from exchange.window.route import GuestRoute, WaitingRoute

_TITLE = ("开始申请", "Begin an application")
_MOST_HANDED = 1_000
"""Codes that are shown and not confirmed yet; the oldest are forgotten first."""


def before(guest: Guest) -> Response:
    """Show what is needed, before anything is begun."""
    matter = guest.face.matter(guest.request.path_params["code"])
    return guest.page(
        "begin.html",
        _TITLE,
        matter=matter,
        days=KEPT.days,
        limits=limits_of(guest),
        crumbs=[("/matters", guest.say("事项目录", "Matters")), (f"/matters/{matter.code}", guest.words(matter.names))],
    )


async def start(guest: Guest) -> Response:
    """Begin a draft, and show its number and code next."""
    if not from_our_page(guest.request):
        raise Denied("the form does not come from a page of ours", remedy="load the page again")
    return await begun(guest, guest.face.matter(guest.request.path_params["code"]))


async def begun(guest: Guest, matter: Matter, renews: str = "") -> Response:
    """Begin a draft, also of the renewal of a licence, and go to its number and code."""
    face, place = guest.face, place_of(guest.request)
    code, kept = await face.door.begin(place)
    number = await run_in_threadpool(begin, face.node, matter, kept, renews)
    token = await run_in_threadpool(face.door.open, number)
    while len(face.handed) >= _MOST_HANDED:
        face.handed.pop(next(iter(face.handed)), None)
    face.handed[hashed(token)] = code.shown
    return with_session(guest, goto(f"/drafts/{number}/code"), number, token)


def show_code(guest: Guest) -> Response:
    """Show number and code, until it is said that they are written down."""
    number = guest.request.path_params["number"]
    guest.check_open(number)
    draft = draft_of(guest.face.node, number)
    code = guest.face.handed.get(hashed(guest.token(number)))
    if code is None:
        return goto(f"/drafts/{number}")
    return guest.page(
        "code.html",
        ("请先记下编号和查询码", "First write down number and access code"),
        number=number,
        code=code,
        ends_at=draft.ends_at,
    )


def written_down(guest: Guest) -> Response:
    """Forget the code, which is not shown again."""
    number = guest.request.path_params["number"]
    guest.check_form(number)
    guest.face.handed.pop(hashed(guest.token(number)), None)
    return goto(f"/drafts/{number}?done=noted")


ROUTES = (
    GuestRoute("/matters/{code}/apply", before),
    WaitingRoute("/matters/{code}/apply", start),
    GuestRoute("/drafts/{number}/code", show_code),
    GuestRoute("/drafts/{number}/code", written_down, "POST"),
)
