"""Answering a form: who sends it, whether they may, what is asked before, what is done, and what is shown if it fails.

Nothing that was typed is lost: what is refused is shown again as it was typed, and whose session has ended meanwhile
signs in beside it and goes on.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from exchange.desk.context import Desk, again_in, common_context, status_of
from exchange.desk.once import act_once
from exchange.desk.permissions import check_at_desk
from exchange.desk.section import DeskAct, DeskPage, DeskQuestion, PlainAct
from exchange.desk.showing import Handler, rendered, visit_of
from exchange.desk.visit import DeskVisit
from exchange.errors import Denied, ExchangeError
from exchange.web import render
from exchange.web.door.account import Account
from exchange.web.door.sign_in import own_path
from exchange.web.origins import from_our_page

SURE, CHANGE, BACK = "sure", "change", "back"
OF_DOOR = frozenset({"token", SURE, CHANGE, BACK})
"""Fields that every form has for the door, and not for what is done."""
_FIELDS = 1000
"""Parts of a form, at most."""


def act_handler(desk: Desk, act: DeskAct | PlainAct) -> Handler:
    """Return what answers a form."""

    async def handler(request: Request) -> Response:
        account = await run_in_threadpool(desk.door.account, request)
        async with request.form(max_files=act.files, max_fields=_FIELDS) as form:
            if account is None:
                return _signed_out(request, form)
            return await run_in_threadpool(_answer, desk, act, account, form, request)

    return handler


def _answer(desk: Desk, act: DeskAct | PlainAct, account: Account, form: FormData, request: Request) -> Response:
    visit = replace(visit_of(desk, account, request), form=form)
    what = request.url.path
    try:
        check_at_desk(account.role, act.action)
        if _is_of_former_session(desk, request, form):
            return _once_more(desk, act, visit, request)
        if form.get(CHANGE) and act.again is not None:
            return rendered(desk, act.again, visit, request)
        question = act.ask(visit) if act.ask is not None and form.get(SURE) != "yes" else None
        if question is not None:
            return _asked(desk, question, visit, request, can_change=act.again is not None)
        if isinstance(act, DeskAct):
            with act.around(visit) if act.around is not None else nullcontext():
                return RedirectResponse(act_once(visit, act, what), 303)
        target = act.do(visit)
    except ExchangeError as error:
        desk.door.record(visit.who, act.action, what, error.code)
        return _refused(desk, act, replace(visit, error=error), error, request)
    except Exception:
        desk.door.record(visit.who, act.action, what, "failed")
        raise
    desk.door.record(visit.who, act.action, what, "done")
    return RedirectResponse(target, 303)


def _refused(desk: Desk, act: DeskAct | PlainAct, visit: DeskVisit, error: ExchangeError, request: Request) -> Response:
    """The form again, with what was typed and what is wrong; or that alone, where the form has no page of its own."""
    if act.again is not None and from_our_page(request):
        return rendered(desk, act.again, visit, request)
    page = DeskPage("", ("未能完成", "Nothing was done"), "trouble.html", lambda visit: {}, every=0)
    back = {"back": _origin(request, visit.typed(BACK)), "error": error, "fault": None, "faults": ()}
    context = {**common_context(desk, page, visit, request), **back}
    return HTMLResponse(render.page("desk/trouble.html", context), status_of(error), again_in(error))


def _asked(
    desk: Desk, question: DeskQuestion, visit: DeskVisit, request: Request, *, can_change: bool = False
) -> Response:
    """What will happen, with the same form once more; nothing has been done, and nothing is until it is sent again.

    ``can_change``: the form has a page, on which it is shown again as it was typed.
    """
    page = DeskPage("", question.title, "confirm.html", lambda visit: {}, every=0)
    context = {
        **common_context(desk, page, visit, request),
        "question": question,
        "fields": _fields(visit.form),
        "back": _origin(request, visit.typed(BACK)),
        "can_change": can_change,
    }
    return HTMLResponse(render.page("desk/confirm.html", context))


def _is_of_former_session(desk: Desk, request: Request, form: FormData) -> bool:
    """Whether it is of a page of ours, from before its reader signed in anew. Raises Denied for any other's."""
    try:
        desk.door.check_token(request, str(form.get("token", "")))
    except Denied:
        if not from_our_page(request):
            raise
        return True
    return False


def _once_more(desk: Desk, act: DeskAct | PlainAct, visit: DeskVisit, request: Request) -> Response:
    """What was typed before somebody signed in anew, to be sent by a form of this session; nothing has been done."""
    if act.again is not None:
        again = Denied(
            "you have signed in anew, and nothing has been done yet", remedy="look it over, and send it again"
        )
        return rendered(desk, act.again, replace(visit, error=again), request)
    return _asked(desk, _GO_ON, visit, request)


_GO_ON = DeskQuestion(
    ("继续？", "Go on?"),
    (
        (
            "您已重新登录，之前填写的内容仍在此页，尚未提交。",
            "You have signed in anew. What you had typed is here, and not sent yet.",
        ),
    ),
    ("提交", "Send it"),
)


def _signed_out(request: Request, form: FormData) -> Response:
    """Somebody whose session has ended: what was typed stays in the page until they have signed in beside it."""
    if not from_our_page(request):
        return RedirectResponse("/sign-in", 303)
    english = render.language_of(request).value == "en"
    context = {
        "say": lambda zh, en: en if english else zh,
        "language": "en" if english else "zh",
        "here": "",  # a link to the other language would leave the page, with what it holds
        "office": None,
        "path": request.url.path,
        "fields": _fields(form),
    }
    return HTMLResponse(render.page("desk/signed_out.html", context), 401)


def _fields(form: FormData | None) -> list[tuple[str, str]]:
    sent = [] if form is None else form.multi_items()
    return [(name, value) for name, value in sent if isinstance(value, str) and name not in OF_DOOR]


def _origin(request: Request, back: str = "") -> str:
    """The page that a form was on, as a path of ours; for one that was asked about, the page before the question."""
    came_from = urlsplit(back or request.headers.get("referer", "/"))
    query = f"?{came_from.query}" if came_from.query else ""
    return f"{own_path('/' + came_from.path.lstrip('/'))}{query}"
