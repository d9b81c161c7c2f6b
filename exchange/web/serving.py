"""Serving a web face: one socket, a loop that is watched, TLS that is renewed; it ends in good order."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from exchange.clock import monotonic
from exchange.errors import FileUnusable, MisdirectedRequest
from exchange.machine.connections import Connections, allow_many
from exchange.machine.crew import Loop
from exchange.runtime.supervision.ends import LoopsWatched
from exchange.runtime.supervision.heartbeat import heartbeat
from exchange.runtime.supervision.sole import orphaned
from exchange.web.http import http_of
from exchange.web.listening import ListeningPlace, listen, own_port, read_state, write_state
from exchange.web.render import language_of
from exchange.web.strict import OwnNames, Told
from exchange.web.tls import RenewedTls

STUCK = 60.0
"""Seconds after which a loop that does not turn counts as stuck."""

_LEAVING = 3
"""Seconds that requests under way have to end; open pages are told to come again."""


def misdirected(request: Request, error: MisdirectedRequest) -> Response:
    """Tell in a line whoever asks for another host."""
    return PlainTextResponse(f"{error.diagnostics(language_of(request))}\n", 421)


def serve_face(
    app: ASGIApp,
    place: ListeningPlace,
    state: Path,
    ready: Callable[[str], None],
    stopped: threading.Event,
    names: Sequence[str] = (),
    told: Told = misdirected,
) -> None:
    """Serve an application until SIGTERM, Ctrl-C, ``stopped``, or the end of the supervisor that started it.

    The address is noted in the file ``state``, and ``ready`` is told it; ``names`` are further names that it answers
    to, ``told`` answers whoever asks for another. Raises OperatorError where it cannot listen.
    """
    turns = LoopTurns()
    allow_many()
    connections = Connections()
    server = server_of(app, place, turns, connections, names, told)
    known = read_state(state)
    before = known.wanted if known else None
    with listen(place, before, connections) as listening:
        url, port = place.url(listening.getsockname()[1]), listening.getsockname()[1]
        with suppress(OSError, FileUnusable):  # a convenience for `up`; in a container the folder may be read-only
            write_state(state, url, port, own_port(place, before, port), place.tls_cert)
        ready(url)
        ended = threading.Event()
        with LoopsWatched(lambda: setattr(server, "should_exit", True)) as loops, heartbeat(turns.trouble):
            if place.tls_cert is not None and place.tls_key is not None:
                renewed = RenewedTls(_context_of(server), place.tls_cert, place.tls_key)
                Loop("tls", lambda: renewed.watch(ended), ended.is_set).start()
            Loop("end", lambda: _end_when_told(server, stopped, ended), lambda: server.should_exit).start()
            try:
                server.run(sockets=[listening])
            finally:
                ended.set()
            loops.check()


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
    app: ASGIApp,
    place: ListeningPlace,
    turns: LoopTurns,
    connections: Connections,
    names: Sequence[str] = (),
    told: Told = misdirected,
) -> uvicorn.Server:
    """Return the web server: no log of requests, which would hold one-time links, and no word of what server it is.

    ``connections`` are those of the socket that it is given; ``names`` are further ones that it answers to.
    """

    async def every_second() -> None:
        turns.turned()
        connections.sweep()

    config = uvicorn.Config(
        OwnNames(app, [*place.names, *names], told),
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


def _end_when_told(server: uvicorn.Server, stopped: threading.Event, ended: threading.Event) -> None:
    # uvicorn hears signals only while it runs, and SIGHUP never: what came before is known to ``stopped`` alone.
    while not ended.wait(0.5):
        if stopped.is_set() or orphaned():
            server.should_exit = True
            return
