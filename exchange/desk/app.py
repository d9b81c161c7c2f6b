"""The desk as an application: pages, acts and files of its sections behind the door.

Every answer is strict, errors too; every page works without scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route, compile_path
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from exchange.audit.source import Source, SourceKind
from exchange.desk.acting import act_handler
from exchange.desk.context import Desk, status_of
from exchange.desk.face import DeskFace
from exchange.desk.saving import saving_handler
from exchange.desk.section import FORM_MOST, DeskSection
from exchange.desk.showing import download_handler, live_handler, page_handler
from exchange.desk.telling.feed import feed_route
from exchange.errors import DatabaseUnavailable, ExchangeError
from exchange.language import language, speaking
from exchange.web import render
from exchange.web.arriving import arriving
from exchange.web.bodies import LimitedBodies
from exchange.web.door.door import Door
from exchange.web.heads import HeadAsGet
from exchange.web.strict import StrictAnswers


def create_app(face: DeskFace, door: Door, sections: Sequence[DeskSection]) -> ASGIApp:
    """Make the desk of a member, with those of the ``sections`` that it has."""
    desk = Desk(face, door, [section for section in sections if section.is_at(face.roles)])
    static = Mount("/static", StaticFiles(directory=str(files("exchange.web") / "static")))
    app = Starlette(
        routes=[*door.routes(), static, feed_route(desk), *_routes(desk)],
        exception_handlers={ExchangeError: _told, HTTPException: _missing},
    )
    return StrictAnswers(_Spoken(HeadAsGet(LimitedBodies(app, _most_of(desk)))))


def _routes(desk: Desk) -> list[BaseRoute]:
    found: list[BaseRoute] = []
    for section in desk.sections:
        for page in section.pages:
            found.append(Route(page.path, page_handler(desk, page), methods=["GET"]))
            found.append(Route(f"/live{page.path}", live_handler(desk, page), methods=["GET"]))
        found += [Route(act.path, act_handler(desk, act), methods=["POST"]) for act in section.acts]
        found += [Route(one.path, saving_handler(desk, one), methods=["POST"]) for one in section.savings]
        found += [Route(one.path, download_handler(desk, one), methods=["GET"]) for one in section.downloads]
    return found


class _LargerForms:
    """How many octets a request to a path may bring: more where an act takes files."""

    def __init__(self, desk: Desk) -> None:
        acts = [act for section in desk.sections for act in section.acts if act.most != FORM_MOST]
        self._larger = [(compile_path(act.path)[0], act.most) for act in acts]

    def __call__(self, path: str) -> int:
        return next((most for pattern, most in self._larger if pattern.match(path)), FORM_MOST)


_most_of = _LargerForms


class _Spoken:
    """Has everything said in the visitor's language, and recorded with where it came from."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        address = request.client.host if request.client else ""
        with speaking(render.language_of(request)), arriving(Source(SourceKind.WEB, address)):
            await self._app(scope, receive, send)


async def _told(request: Request, error: Exception) -> Response:
    """What went wrong before there was a page to show it on: the member's own store, most of all."""
    known = error if isinstance(error, ExchangeError) else ExchangeError("unexpected", remedy="see the log")
    status = 503 if isinstance(known, DatabaseUnavailable) else status_of(known)
    return PlainTextResponse(known.diagnostics(language()), status)


async def _missing(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404 and request.method == "GET" and request.url.path == "/favicon.ico":
        return RedirectResponse("/static/mark.svg", 308)
    return PlainTextResponse({404: "404", 405: "405"}.get(status, str(status)), status)
