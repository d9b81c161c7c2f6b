"""The public window as an application: its pages, what each request may bring, and what is said when something fails.

Every answer is strict, errors too; every page works without scripts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from exchange.errors import ExchangeError
from exchange.language import speaking
from exchange.paper.originals import LONGEST_PDF
from exchange.portal.uploads.limits import FILE_MOST
from exchange.web import render
from exchange.web.bodies import LimitedBodies
from exchange.web.heads import HeadAsGet
from exchange.web.strict import StrictAnswers
from exchange.window.face import PublicFace
from exchange.window.guest import Guest, SignedOut
from exchange.window.pages import home, matter_versions, matters, own_files, told
from exchange.window.pages.cases import acting, application, asked, evidence, finding, papers, status
from exchange.window.pages.drafts import autosaving, beginning, checking, materials, overview, sending, step_pages
from exchange.window.pages.drafts.limits import UPLOAD_MOST
from exchange.window.pages.failing import missing, troubled
from exchange.window.pages.licences import checking as licence_checking
from exchange.window.pages.licences import listing as licence_listing
from exchange.window.pages.licences import renewing as licence_renewing
from exchange.window.route import GuestRoute, RawRoute, WaitingRoute

FORM_MOST = 2 * 1024 * 1024
"""Octets of a form without files: every field of a matter filled to its limit."""
_FIELDS = 400
"""Parts of a form, at most."""

_WITH_FILES = CapacityLimiter(4)
"""How many forms with files are worked on at once. They wait for this, and not in the threads that make pages, of
which there are forty: a crowd that uploads keeps nobody else waiting.
"""


def create_app(face: PublicFace, proxies: Sequence[str] = ()) -> ASGIApp:
    """Make the application over a portal's face; ``proxies`` are believed when they say for whom they ask."""
    app = Starlette(
        routes=[*_routes(face), Mount("/static", StaticFiles(directory=str(files("exchange.web") / "static")))],
        exception_handlers={one: _failed(face) for one in (ExchangeError, HTTPException, Exception)},
    )
    strict = StrictAnswers(_Spoken(HeadAsGet(LimitedBodies(app, _most))))
    return ProxyHeadersMiddleware(strict, list(proxies)) if proxies else strict  # type: ignore[arg-type, return-value]


def _most(path: str) -> int:
    """How many octets a request to a path may bring: more where files are added."""
    if path.startswith("/drafts/") and "/uploads/" in path:
        return FILE_MOST
    if path == "/verify/file":
        return LONGEST_PDF + FORM_MOST
    return UPLOAD_MOST if path.startswith("/drafts/") and "/files/" in path else FORM_MOST


AnyRoute = GuestRoute | WaitingRoute | RawRoute
ROUTES: tuple[AnyRoute, ...] = tuple(
    route
    for part in (
        home, matter_versions, matters, beginning, overview, materials, sending, checking, step_pages, autosaving,
        finding, status, papers, application, asked, acting, told, own_files, evidence, licence_listing,
        licence_checking, licence_renewing,
    )
    for route in part.ROUTES
)  # fmt: skip
"""All pages, in the order in which they are tried."""


def _routes(face: PublicFace) -> list[BaseRoute]:
    return [Route(one.path, _handler(face, one), methods=[one.method]) for one in ROUTES]


def _handler(face: PublicFace, route: AnyRoute) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        if route.method == "GET" or isinstance(route, RawRoute):
            return await _answer(route, Guest(face, request))
        async with request.form(max_files=route.files, max_fields=_FIELDS) as form:
            return await _answer(route, Guest(face, request, form))

    return handler


async def _answer(route: AnyRoute, guest: Guest) -> Response:
    try:
        if isinstance(route, WaitingRoute | RawRoute):
            return await route.answer(guest)
        if route.files and guest.request.method == "POST":
            return await to_thread.run_sync(route.answer, guest, limiter=_WITH_FILES)
        return await run_in_threadpool(route.answer, guest)
    except SignedOut as error:
        return await run_in_threadpool(finding.signed_out, guest, error.number)


class _Spoken:
    """Has everything said in the guest's language, in threads that are started for it too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(render.language_of(Request(scope))):
            await self._app(scope, receive, send)


def _failed(face: PublicFace) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handler(request: Request, error: Exception) -> Response:
        guest = Guest(face, request)
        with speaking(guest.language):
            if isinstance(error, ExchangeError):
                return await run_in_threadpool(troubled, guest, error)
            status = error.status_code if isinstance(error, HTTPException) else 500
            return await run_in_threadpool(missing, guest, status)

    return handler
