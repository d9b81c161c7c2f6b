"""Answering what only looks: pages, their live parts, files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from exchange.desk.context import Desk, again_in, page_context, status_of
from exchange.desk.permissions import check_at_desk
from exchange.desk.section import DeskDownload, DeskPage
from exchange.desk.visit import DeskVisit
from exchange.errors import Denied, ExchangeError
from exchange.language import language
from exchange.language.members import calling
from exchange.web import render
from exchange.web.door.account import Account
from exchange.web.pieces import in_pieces

Handler = Callable[[Request], Awaitable[Response]]

_YEAR = 31_536_000
_KEY = re.compile(r'<input type="hidden" name="once" value="[^"]*">')


def visit_of(desk: Desk, account: Account, request: Request) -> DeskVisit:
    """Return a request as pages see it, with the directory and keys of now."""
    desk.face.node.renew()
    site = f"{request.url.scheme}://{request.url.netloc}"
    language = render.language_of(request)
    return DeskVisit(desk.face, account, language, request.query_params, request.path_params, site=site)


def sign_in_first(request: Request) -> Response:
    """Send somebody who is not signed in to where that is done, and back afterwards."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(wanted)}", 303)


def page_handler(desk: Desk, page: DeskPage) -> Handler:
    """Return what answers a request for a page."""

    async def handler(request: Request) -> Response:
        account = await run_in_threadpool(desk.door.account, request)
        if account is None:
            return sign_in_first(request)
        return await run_in_threadpool(_shown, desk, page, account, request)

    return handler


def _shown(desk: Desk, page: DeskPage, account: Account, request: Request) -> Response:
    visit = visit_of(desk, account, request)
    return rendered(desk, page, visit, request)


def rendered(desk: Desk, page: DeskPage, visit: DeskVisit, request: Request) -> Response:
    """Return a page, or what kept it from being made."""
    context, status = page_context(desk, page, visit, request)
    if isinstance(context.get("error"), Denied):
        desk.door.record(visit.who, page.action, request.url.path, Denied.code)
    answer = HTMLResponse(render.page(_template(page, context), context), status, again_in(visit.error))
    if "language" in request.query_params:
        answer.set_cookie("language", visit.language.value, max_age=_YEAR, samesite="strict", httponly=True)
    return answer


def _template(page: DeskPage, context: object) -> str:
    failed = isinstance(context, dict) and "error" in context
    return "desk/trouble.html" if failed else f"desk/{page.template}"


def live_handler(desk: Desk, page: DeskPage) -> Handler:
    """Return what sends the page's block `live` again whenever it has changed."""

    async def handler(request: Request) -> Response:
        if await run_in_threadpool(desk.door.account, request) is None:
            return Response(status_code=401)
        return EventSourceResponse(_events(desk, page, request), ping=15)

    return handler


async def _events(desk: Desk, page: DeskPage, request: Request) -> AsyncIterator[ServerSentEvent]:
    before = ""
    while (account := await run_in_threadpool(desk.door.account, request)) is not None:
        if await request.is_disconnected():
            return
        part = await run_in_threadpool(_live_part, desk, page, account, request)
        now = _KEY.sub("", part)  # the keys of its forms are others each time, and no change of the page
        if now != before:
            yield ServerSentEvent(data=part, event="live")
        before = now
        await asyncio.sleep(page.every or 60.0)


def _live_part(desk: Desk, page: DeskPage, account: Account, request: Request) -> str:
    context, _ = page_context(desk, page, visit_of(desk, account, request), request)
    return render.live_part(_template(page, context), context)


def download_handler(desk: Desk, download: DeskDownload) -> Handler:
    """Return what answers a request for a file."""

    async def handler(request: Request) -> Response:
        account = await run_in_threadpool(desk.door.account, request)
        if account is None:
            return sign_in_first(request)
        return await run_in_threadpool(_sent, desk, download, account, request)

    return handler


def _sent(desk: Desk, download: DeskDownload, account: Account, request: Request) -> Response:
    visit = visit_of(desk, account, request)
    try:
        check_at_desk(account.role, download.action)
        file = download.make(visit)
    except ExchangeError as error:
        desk.door.record(visit.who, download.action, request.url.path, error.code)
        return PlainTextResponse(diagnostics(visit, error), status_of(error))
    if download.recorded:
        desk.door.record(visit.who, download.action, request.url.path, "done")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"}
    return StreamingResponse(in_pieces(file.parts), media_type=file.media_type, headers=headers)


def diagnostics(visit: DeskVisit, error: ExchangeError) -> str:
    """Say what is wrong and what to do, with members by their names."""
    with calling(visit.face.names()):
        return error.diagnostics(language())
