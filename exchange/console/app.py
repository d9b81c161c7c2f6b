"""The web application: sections' pages and actions behind the door, with the headers that keep browsers strict."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from importlib.resources import files
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import FastAPI
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from exchange.api.app import PATH, create_api
from exchange.api.door.context import Api
from exchange.api.webhooks.deliver import Deliverer
from exchange.audit.source import Source, SourceKind
from exchange.clock import monotonic
from exchange.console.page_context import common_context, context_of, status_of
from exchange.console.section import Download, FormAction, Page, Question, Section, Visit
from exchange.errors import DatabaseUnavailable, Denied, ExchangeError
from exchange.language import language, speaking
from exchange.language.members import calling
from exchange.operations.domain_view import DomainView
from exchange.operations.health.sampler import sampler_of
from exchange.portal.told.settings import ToldSettings
from exchange.portal.uploads.scanning import scanner_of
from exchange.web import render
from exchange.web.arriving import arriving
from exchange.web.door.account import Account
from exchange.web.door.door import Door
from exchange.web.door.permissions import check_allowed
from exchange.web.door.sign_in import own_path
from exchange.web.heads import HeadAsGet
from exchange.web.pieces import in_pieces
from exchange.web.strict import StrictAnswers

Handler = Callable[[Request], Awaitable[Response]]


class _Console(FastAPI):
    """Makes every answer strict, those too that stand in for a handler that broke."""

    def build_middleware_stack(self) -> ASGIApp:
        return StrictAnswers(super().build_middleware_stack())


def create_app(view: DomainView, door: Door, sections: Sequence[Section]) -> FastAPI:
    """Make the console over a domain. Pages need a signed-in account whose role may do what they name."""
    api = Api(view, scanner=scanner_of(os.environ), told=ToldSettings.read(os.environ))
    app = _Console(
        title="Yizhan 驿站",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_alive(view, api, sections),
    )
    pages = [page for section in sections for page in section.pages]
    menu = [page for page in pages if page.in_menu]
    routes = [Route(page.path, _shown(view, door, page, menu), methods=["GET"]) for page in pages]
    routes += [Route(f"/live{page.path}", _live(view, door, page, menu), methods=["GET"]) for page in pages]
    routes += [
        Route(action.path, _done(view, door, action, menu), methods=["POST"])
        for section in sections
        for action in section.actions
    ]
    routes += [
        Route(one.path, _sent(view, door, one), methods=["GET"]) for section in sections for one in section.downloads
    ]
    static = Mount("/static", StaticFiles(directory=str(files("exchange.web") / "static")))
    open_routes = [route for section in sections for route in section.routes(view)]
    app.router.routes += [*door.routes(), static, _mounted(create_api(api)), *open_routes, *routes]
    app.middleware("http")(_spoken)
    app.add_middleware(HeadAsGet)
    app.add_exception_handler(ExchangeError, _told)
    return app


def _mounted(api: ASGIApp) -> Mount:
    """The API under its path, whatever stands behind that: a path with a line break in it is answered as a problem."""
    found = Mount(PATH, api)
    found.path_regex = re.compile(found.path_regex.pattern, re.DOTALL)
    return found


def _alive(
    view: DomainView, api: Api, sections: Sequence[Section]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """From its start to its end the console looks at its domain, page open or not, and tells webhooks what happens;
    and what else its sections have running."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as stack:
            view.started = monotonic()
            sampler_of(view).start()  # ended by whoever closes the view
            deliverer = Deliverer(api)
            deliverer.start()
            stack.callback(deliverer.close)
            for begin in (begin for section in sections for begin in section.beside):
                await run_in_threadpool(stack.enter_context, begin(view))
            yield
            await run_in_threadpool(stack.close)

    return lifespan


async def _spoken(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    address = request.client.host if request.client else ""
    with speaking(render.language_of(request)), arriving(Source(SourceKind.WEB, address)):
        return await call_next(request)


async def _told(request: Request, error: Exception) -> Response:
    """What went wrong before there was a page to show it on: the console's own store, most of all."""
    known = error if isinstance(error, ExchangeError) else ExchangeError("unexpected", remedy="see the log")
    return PlainTextResponse(
        known.diagnostics(language()), 503 if isinstance(known, DatabaseUnavailable) else status_of(known)
    )


def _shown(view: DomainView, door: Door, page: Page, menu: Sequence[Page]) -> Handler:
    async def handler(request: Request) -> Response:
        account = await run_in_threadpool(door.account, request)
        if account is None:
            wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/sign-in?next={quote(wanted)}", 303)
        return await run_in_threadpool(_answer, view, door, page, menu, account, request)

    return handler


def _answer(
    view: DomainView, door: Door, page: Page, menu: Sequence[Page], account: Account, request: Request
) -> Response:
    context, status = context_of(view, door, page, menu, account, request)
    if isinstance(context.get("error"), Denied):
        door.record(account.name, page.action, request.url.path, Denied.code)
    template = page.template if status == 200 else "trouble.html"
    response = HTMLResponse(render.page(template, context), status)
    if "language" in request.query_params:
        response.set_cookie("language", str(context["language"]), max_age=31_536_000, samesite="strict", httponly=True)
    return response


def _live(view: DomainView, door: Door, page: Page, menu: Sequence[Page]) -> Handler:
    """The page's block `live`, sent again whenever it has changed."""

    async def handler(request: Request) -> Response:
        if await run_in_threadpool(door.account, request) is None:
            return Response(status_code=401)
        return EventSourceResponse(_events(view, door, page, menu, request), ping=15)

    return handler


async def _events(
    view: DomainView, door: Door, page: Page, menu: Sequence[Page], request: Request
) -> AsyncIterator[ServerSentEvent]:
    before = ""
    while (account := await run_in_threadpool(door.account, request)) is not None:
        if await request.is_disconnected():
            return
        context, status = await run_in_threadpool(context_of, view, door, page, menu, account, request)
        template = page.template if status == 200 else "trouble.html"
        now = await run_in_threadpool(render.live_part, template, context)
        if now != before:
            yield ServerSentEvent(data=now, event="live")
        before = now
        await asyncio.sleep(page.every or 60.0)


def _sent(view: DomainView, door: Door, download: Download) -> Handler:
    async def handler(request: Request) -> Response:
        account = await run_in_threadpool(door.account, request)
        if account is None:
            return RedirectResponse("/sign-in", 303)
        visit = Visit(view, account, render.language_of(request), request.query_params, request.path_params)
        return await run_in_threadpool(_send, door, download, visit, request.url.path)

    return handler


def _send(door: Door, download: Download, visit: Visit, what: str) -> Response:
    try:
        check_allowed(visit.account.role, download.action)
        file = download.make(visit)
    except ExchangeError as error:
        door.record(visit.account.name, download.action, what, error.code)
        return PlainTextResponse(_diagnostics(visit, error), status_of(error))
    door.record(visit.account.name, download.action, what, "done")
    headers = {"content-disposition": f'attachment; filename="{file.name}"'}
    return StreamingResponse(in_pieces(file.parts), media_type=file.media_type, headers=headers)


def _done(view: DomainView, door: Door, action: FormAction, menu: Sequence[Page]) -> Handler:
    async def handler(request: Request) -> Response:
        account = await run_in_threadpool(door.account, request)
        if account is None:
            return RedirectResponse("/sign-in", 303)
        form = await request.form()
        visit = Visit(view, account, render.language_of(request), request.query_params, request.path_params, form)
        return await run_in_threadpool(_do, door, action, visit, request, menu)

    return handler


def _do(door: Door, action: FormAction, visit: Visit, request: Request, menu: Sequence[Page]) -> Response:
    what, form = request.url.path, visit.form or FormData()
    try:
        door.check_token(request, str(form.get("token", "")))
        check_allowed(visit.account.role, action.action)
        if action.ask is not None and form.get(SURE) != "yes":
            return _asked(door, action.ask(visit), visit, request, menu)
        target = action.do(visit)
    except ExchangeError as error:
        door.record(visit.account.name, action.action, what, error.code)
        return RedirectResponse(_back(request, _diagnostics(visit, error), str(form.get(BACK, ""))), 303)
    except Exception:
        door.record(visit.account.name, action.action, what, "failed")
        raise
    door.record(visit.account.name, action.action, what, "done")
    return RedirectResponse(target, 303)


def _diagnostics(visit: Visit, error: ExchangeError) -> str:
    with calling(visit.view.names()):
        return error.diagnostics(language())


def _asked(door: Door, question: Question, visit: Visit, request: Request, menu: Sequence[Page]) -> Response:
    """What will happen, with the same form once more; nothing has been done, and nothing is until it is sent again."""
    page = Page("", question.title, "confirm.html", lambda visit: {}, every=0)
    sent = [] if visit.form is None else [(k, str(v)) for k, v in visit.form.multi_items() if k not in _OF_DOOR]
    context = {
        **common_context(visit, door, page, menu, request),
        "question": question,
        "fields": sent,
        "back": _origin(request, str((visit.form or FormData()).get(BACK, ""))),
    }
    return HTMLResponse(render.page(page.template, context))


SURE, BACK = "sure", "back"
_OF_DOOR = frozenset({"token", SURE, BACK})
"""Fields that every form has for the door, and not for what is done."""


def _origin(request: Request, back: str = "") -> str:
    """The page that a form was on, as a path of ours; for one that was asked about, the page before the question."""
    came_from = urlsplit(back or request.headers.get("referer", "/"))
    query = f"?{came_from.query}" if came_from.query else ""
    return f"{own_path('/' + came_from.path.lstrip('/'))}{query}"


def _back(request: Request, said: str, back: str = "") -> str:
    """The page that a form was on, as it was asked for, with what to say there."""
    came_from = urlsplit(_origin(request, back))
    query = [(name, value) for name, value in parse_qsl(came_from.query) if name != "said"]
    return f"{came_from.path}?{urlencode([*query, ('said', said)])}"
