"""Serving the console: the broker as `doctor` finds it, the real door, all sections."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from exchange.api.app import PATH
from exchange.api.problems import problem_of
from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.errors import BadConfiguration, MisdirectedRequest
from exchange.operations.domain_view import DomainView
from exchange.operations.troubles.settings import load_alert_settings
from exchange.runtime.settings import Home, Settings
from exchange.web.door.gate import gate_of
from exchange.web.door.provider.configured import provider_of
from exchange.web.door.sessions import SessionDoor
from exchange.web.listening import ListeningPlace
from exchange.web.serving import misdirected, serve_face

Ready = Callable[[str, DomainView], None]


def serve(settings: Settings, place: ListeningPlace, ready: Ready, stopped: threading.Event) -> None:
    """Serve until SIGTERM, Ctrl-C, ``stopped``, or the end of the supervisor that started it.

    ``ready`` is told the address. Raises BadConfiguration, DatabaseUnavailable or OperatorError.
    """
    place.check()
    view = DomainView(settings)
    try:
        door = SessionDoor(gate_of(view), tag_of(settings.home), provider=provider_of(os.environ))
        names = [*settings.console_hosts, *_name_in_alerts(view)]
        app = create_app(view, door, SECTIONS)
        state = Home(settings.home).console
        serve_face(app, place, state, lambda url: ready(url, view), stopped, names, tell_misdirected)
    finally:
        view.close()


def tell_misdirected(request: Request, error: MisdirectedRequest) -> Response:
    """Tell it as the API tells errors to whoever asks that, and to others in a line."""
    if request.url.path.startswith(f"{PATH}/"):
        return problem_of(request, error)
    return misdirected(request, error)


def _name_in_alerts(view: DomainView) -> list[str]:
    """The name that alerts link to, where it is configured."""
    try:
        url = load_alert_settings(view.home).console_url
    except BadConfiguration:  # said on the page of the alerts
        return []
    return [urlsplit(url).hostname or ""]


def tag_of(home: Path) -> str:
    """Return what sets the cookies of a domain's console apart from those of another console on this machine."""
    return "-" + hashlib.sha256(str(home).encode()).hexdigest()[:8]
