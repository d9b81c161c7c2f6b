"""Coming back with number and access code: to a draft, or to what was handed in; and leaving."""

from __future__ import annotations

from functools import partial
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from exchange.errors import Denied, NotFound, TooManyRequests
from exchange.portal.drafting import draft_of
from exchange.portal.states import DraftState
from exchange.web.access.door import WrongCode
from exchange.web.access.typed import read_number
from exchange.web.door.sign_in import own_path
from exchange.web.door.turnstile import Crowded
from exchange.web.origins import from_our_page, place_of
from exchange.window.guest import Guest, goto, with_session
from exchange.window.pages.failing import status_of
from exchange.window.route import GuestRoute, WaitingRoute

_TITLE = ("查询办件或继续草稿", "Follow a case, or go on with a draft")
_OWN = ("number", "code", "then", "token", "again")
"""What the form itself has; everything else that comes with it was typed on another page, and is carried along."""
_CARRIED = 200
"""Controls that are carried, at most."""

_ONE_AT_A_TIME = CapacityLimiter(1)
"""What is done for a code before and after it is compared: however many come, most of them wrong, they wait for one
another, and not in the threads that make pages, nor does the loop wait that serves everybody.
"""


def ask(guest: Guest) -> Response:
    """Ask for number and code."""
    number = read_number(guest.request.query_params.get("number", ""))
    return _asked(guest, number)


def _asked(guest: Guest, number: str, status: int = 200, **shown: object) -> Response:
    # `number` in the page's context is that of an open session; this one is only typed.
    base = {"typed_number": number, "failed": False, "wait": None, "carried": [], "then": "", "over": False}
    return guest.page("find.html", _TITLE, status, **{**base, **shown})


async def enter(guest: Guest) -> Response:
    """Compare the code; where it is right, go to what the number is, or on with what was typed before."""
    if not from_our_page(guest.request):
        raise Denied("the form does not come from a page of ours", remedy="load the page again")
    number, then = read_number(guest.typed("number")), guest.typed("then")
    kept = await to_thread.run_sync(_kept, guest, number, limiter=_ONE_AT_A_TIME)
    carried = carried_of(guest)
    try:
        token = await guest.face.door.enter(place_of(guest.request), number, guest.typed("code"), kept)
    except WrongCode:
        again = partial(_asked, guest, number, 401, failed=True, carried=carried, then=then)
        return await to_thread.run_sync(again, limiter=_ONE_AT_A_TIME)
    except (TooManyRequests, Crowded) as error:
        wait = float(error.seconds)
        later = partial(_asked, guest, number, status_of(error), failed=True, wait=wait, carried=carried, then=then)
        answer = await to_thread.run_sync(later, limiter=_ONE_AT_A_TIME)
        answer.headers["retry-after"] = str(error.seconds)
        return answer
    there = await run_in_threadpool(_where, guest, number)
    if carried and then:
        answer = await run_in_threadpool(_go_on, guest, number, token, own_path(then), carried)
    else:
        answer = goto(own_path(then) if then else there)
    return with_session(guest, answer, number, token)


def _go_on(guest: Guest, number: str, token: str, then: str, carried: list[tuple[str, str]]) -> Response:
    title = ("继续", "Go on")
    return guest.page("go_on.html", title, number=number, then=then, carried=carried, token=guest.token_of(token))


def carried_of(guest: Guest) -> list[tuple[str, str]]:
    """Return what was typed on another page and came along, without files."""
    return [(name, value) for name, value in guest.form.multi_items() if name not in _OWN and isinstance(value, str)][
        :_CARRIED
    ]


def signed_out(guest: Guest, number: str) -> Response:
    """Ask for number and code in place of a page of a number; what was typed there is kept."""
    posted = guest.request.method == "POST"
    then = guest.request.url.path
    return _asked(guest, number, 401, over=True, then=then, carried=carried_of(guest) if posted else [])


def _kept(guest: Guest, number: str) -> str | None:
    """The hash of a number's code; None where there is no such number."""
    try:
        return draft_of(guest.face.node, number).code_hash or None
    except NotFound:
        return None


def _where(guest: Guest, number: str) -> str:
    """What a number is by now: a draft, or something handed in."""
    draft = draft_of(guest.face.node, number)
    is_draft = draft.state is DraftState.OPEN and draft.filing_id is None
    return f"/{'drafts' if is_draft else 'cases'}/{quote(number)}"


def leave(guest: Guest) -> Response:
    """End the session of a number in this browser."""
    number = guest.request.path_params["number"]
    guest.check_form(number)
    guest.face.door.close(guest.token(number))
    answer = goto("/case?done=left")
    answer.delete_cookie(guest.cookie(number), secure=True, httponly=True, samesite="strict", path="/")
    return answer


ROUTES = (
    GuestRoute("/case", ask),
    WaitingRoute("/case", enter),
    GuestRoute("/case/{number}/leave", leave, "POST"),
)
