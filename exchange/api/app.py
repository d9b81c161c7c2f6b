"""The API as an application of its own, mounted by the console."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi import Depends, FastAPI
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from exchange.api import inbox, licences, problems, replies, token
from exchange.api.cases import clocks, course, hearings, licensing, supplements, window
from exchange.api.cases import routes as cases
from exchange.api.content import only_known_parameters
from exchange.api.documents import forwarding, handling, joint, register, returns
from exchange.api.documents import routes as documents
from exchange.api.door import recording
from exchange.api.door.context import Api
from exchange.api.filings import acting, contacts, portal, progress, reading
from exchange.api.notices import acting as notice_acts
from exchange.api.notices import issuing as notice_issuing
from exchange.api.notices import reading as notice_reading
from exchange.api.notices import receipts as notice_receipts
from exchange.api.reference.openapi import openapi_of
from exchange.api.reference.page import docs_page
from exchange.api.webhooks import routes as webhooks
from exchange.web.render import language_of

PATH = "/api/v1"


PARTS = (
    documents,
    forwarding,
    handling,
    register,
    returns,
    joint,
    inbox,
    replies,
    cases,
    window,
    course,
    clocks,
    hearings,
    supplements,
    licensing,
    reading,
    acting,
    portal,
    progress,
    contacts,
    licences,
    notice_reading,
    notice_issuing,
    notice_acts,
    notice_receipts,
    token,
    webhooks,
)
"""What the API consists of, in the order in which it is told."""


def create_api(api: Api) -> FastAPI:
    """Make the application; its OpenAPI document and its page need no token, everything else does."""
    app = _operations()
    app.state.api = api
    document = cache(lambda: openapi_of(app))  # it takes a moment, and few ask for it; but anybody may
    written = cache(lambda: JSONResponse(document()).body)
    page = cache(lambda language: docs_page(document(), language))
    app.router.routes += [
        Route("/openapi.json", lambda request: Response(written(), media_type="application/json"), methods=["GET"]),
        Route("/docs", lambda request: HTMLResponse(page(language_of(request))), methods=["GET"]),
    ]
    problems.install(app)
    recording.install(app, api)
    return app


def openapi() -> dict[str, Any]:
    """Return the OpenAPI document, without anything being served."""
    return openapi_of(_operations())


def _operations() -> FastAPI:
    app = FastAPI(
        title="Yizhan 驿站",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(only_known_parameters)],
        generate_unique_id_function=lambda route: route.name,
    )
    for module in PARTS:
        app.include_router(module.router)
    return app
