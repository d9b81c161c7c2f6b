"""A department's system: a client of the API with a token of its own, over a real domain."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fastapi import FastAPI
from starlette.testclient import TestClient

from exchange.api.door.context import Api
from exchange.clock import Clock, RealClock
from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.operations.domain_view import DomainView
from exchange.operations.systems.issuing import make_token
from exchange.runtime.settings import Settings
from exchange.schemas import Role
from exchange.setup.init import init_files
from tests.processes import write_departments
from tests.web.open_door import OpenDoor

logging.getLogger("httpx").setLevel(logging.WARNING)
EVERY = ("send", "receive", "reply", "read")
OF_WINDOWS = ("submit", "decide")
OF_PORTALS = ("receive", "read", "file")
LETTER = {
    "number": "合规函〔2026〕3号",
    "kind": "函",
    "issuer": "自然资源和规划局",
    "title": "关于商请提供路网资料的函",
    "addressees": ["交通运输局"],
    "body": "请于三月底前提供。",
}


@dataclass
class Bureau:
    """A domain without a broker, and the console over it."""

    view: DomainView
    app: FastAPI

    @property
    def api(self) -> Api:
        """The API's own state."""
        return api_in(self.app)

    def client(self, member: str, scopes: Sequence[str] | None = None, host: str = "testclient") -> TestClient:
        """A client whose token has the scopes."""
        client = TestClient(self.app, client=(host, 50_000), raise_server_exceptions=False)
        client.headers["authorization"] = f"Bearer {token_for(self.view, member, scopes)}"
        return client


def bureau(
    folder: Path,
    clock: Clock | None = None,
    departments: Sequence[str] = ("planning", "transport"),
    database_url: str | None = None,
    *,
    portal: bool = False,
    relay: bool = False,
) -> Bureau:
    """A new domain hefei: window, monitor and departments; with a portal, which offers the one matter, or a relay
    office."""
    settings = replace(Settings.read({}, home=folder / "home"), database_url=database_url)
    write_departments(folder / "departments", "hefei", departments, relay=relay, portal=portal)
    init_files(settings, lambda text: None, folder / "departments")
    return bureau_over(settings, clock)


def bureau_over(settings: Settings, clock: Clock | None = None) -> Bureau:
    """The console over a domain that is there."""
    view = DomainView(settings)
    made = Bureau(view, create_app(view, OpenDoor(), SECTIONS))
    made.api.clock = clock or RealClock()
    return made


def api_in(app: FastAPI) -> Api:
    """The state of the API that an application has mounted."""
    (mounted,) = (route for route in app.router.routes if getattr(route, "path", "") == "/api/v1")
    found: Api = mounted.app.state.api
    return found


def token_for(view: DomainView, member: str, scopes: Sequence[str] | None = None, days: int = 30) -> str:
    """A new token; without ``scopes``, with all that the member can have."""
    if scopes is None:
        roles = view.profiles()[member].roles
        scopes = OF_PORTALS if Role.PORTAL in roles else EVERY + (OF_WINDOWS if Role.WINDOW in roles else ())
    return make_token(view.console, view.profiles(), member, "tests", scopes, days, "tester")[1]
