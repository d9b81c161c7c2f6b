"""Serving the console: the broker as `doctor` finds it, the real door, all sections; ends in good order."""

from __future__ import annotations

import hashlib
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from exchange.api.app import PATH
from exchange.api.problems import problem_of
from exchange.clock import monotonic
from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.errors import BadConfiguration, MisdirectedRequest
from exchange.machine.connections import Connections, allow_many
from exchange.machine.crew import Loop
from exchange.operations.domain_view import DomainView
from exchange.operations.troubles.settings import load_alert_settings
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.ends import LoopsWatched
from exchange.runtime.supervision.heartbeat import heartbeat
from exchange.runtime.supervision.sole import orphaned
from exchange.web.door.gate import gate_of
from exchange.web.door.sessions import SessionDoor
from exchange.web.http import http_of
from exchange.web.listening import ListeningPlace, listen, own_port, read_state, write_state
from exchange.web.render import language_of
from exchange.web.strict import OwnNames
from exchange.web.tls import RenewedTls

STUCK = 60.0
"""Seconds after which a loop that does not turn counts as stuck."""

_LEAVING = 3
"""Seconds that requests under way have to end; open pages are told to come again."""

Ready = Callable[[str, DomainView], None]


def serve(settings: Settings, place: ListeningPlace, ready: Ready) -> None:
    """Serve until SIGTERM, Ctrl-C, or the end of the supervisor that started it.

    ``ready`` is told the address. Raises BadConfiguration, DatabaseUnavailable or OperatorError.
    """
    place.check()
    view = DomainView(settings)
    state = Home(settings.home).console
    try:
        door = SessionDoor(gate_of(view), tag_of(settings.home))
        turns = LoopTurns()
        allow_many()
        connections = Connections()
        names = [*settings.console_hosts, *_name_in_alerts(view)]
        server = server_of(create_app(view, door, SECTIONS), place, turns, connections, names)
        known = read_state(state)
        before = known.wanted if known else None
        with listen(place, before, connections) as listening:
            url, port = place.url(listening.getsockname()[1]), listening.getsockname()[1]
            with suppress(OSError):  # a convenience for `up`; in a container the folder may be read-only
                write_state(state, url, port, own_port(place, before, port), place.tls_cert)
            ready(url, view)
            ended = threading.Event()
            with LoopsWatched(lambda: setattr(server, "should_exit", True)) as loops, heartbeat(turns.trouble):
                if place.tls_cert is not None and place.tls_key is not None:
                    renewed = RenewedTls(_context_of(server), place.tls_cert, place.tls_key)
                    Loop("tls", lambda: renewed.watch(ended), ended.is_set).start()
                Loop("supervisor", lambda: _end_with_supervisor(server, ended), lambda: server.should_exit).start()
                try:
                    server.run(sockets=[listening])
                finally:
                    ended.set()
                loops.check()
    finally:
        view.close()


def _context_of(server: uvicorn.Server) -> ssl.SSLContext:
    if not server.config.loaded:
        server.config.load()
    assert server.config.ssl is not None  # noqa: S101 -- the caller has given it certificate and key
    return server.config.ssl


class LoopTurns:
    """Whether the loop that serves requests turns."""

    def __init__(self) -> None:
        self._last: float | None = None

    def turned(self) -> None:
        """Record that the loop turns now."""
        self._last = monotonic()

    def trouble(self) -> str | None:
        """Say for how long the loop has not turned; None where that is no trouble, or it has not begun."""
        since = 0.0 if self._last is None else monotonic() - self._last
        return f"no request is served for {since:.0f} s" if since >= STUCK else None


def server_of(
    app: ASGIApp, place: ListeningPlace, turns: LoopTurns, connections: Connections, names: Sequence[str] = ()
) -> uvicorn.Server:
    """Return the web server: no log of requests, which would hold one-time links, and no word of what server it is.

    ``connections`` are those of the socket that it is given; ``names`` are further ones that it answers to.
    """

    async def every_second() -> None:
        turns.turned()
        connections.sweep()

    config = uvicorn.Config(
        OwnNames(app, [*place.names, *names], _misdirected),
        http=http_of(connections),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_LEAVING,
        callback_notify=every_second,
        timeout_notify=1,
        ssl_certfile=place.tls_cert,
        ssl_keyfile=place.tls_key,
    )
    return uvicorn.Server(config)


def _misdirected(request: Request, error: MisdirectedRequest) -> Response:
    """Tell it as the API tells errors to whoever asks that, and to others in a line."""
    if request.url.path.startswith(f"{PATH}/"):
        return problem_of(request, error)
    return PlainTextResponse(f"{error.diagnostics(language_of(request))}\n", 421)


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


def _end_with_supervisor(server: uvicorn.Server, ended: threading.Event) -> None:
    while not ended.wait(0.5):
        if orphaned():
            server.should_exit = True
            return
