"""Serving the console: the broker as `doctor` finds it, the real door, all sections; ends in good order."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn

from exchange.bootstrap.ends import LoopsWatched
from exchange.bootstrap.settings import Home, Settings
from exchange.bootstrap.supervise import orphaned
from exchange.console.app import create_app
from exchange.console.desk import Desk
from exchange.console.listening import Place, listen, read_state, write_state
from exchange.console.sections import SECTIONS
from exchange.console.sessions import SessionDoor
from exchange.crew import Loop

_LEAVING = 3
"""Seconds that requests under way have to end; open pages are told to come again."""

Ready = Callable[[str, Desk], None]


def serve(settings: Settings, place: Place, ready: Ready) -> None:
    """Serves until SIGTERM, Ctrl-C, or the end of the supervisor that started it.

    ``ready`` is told the address. Raises BadConfiguration, DatabaseUnavailable or OperatorError.
    """
    place.check()
    desk = Desk(settings)
    state = Home(settings.home).console
    try:
        door = SessionDoor(desk.gate, tag_of(settings.home))
        server = server_of(create_app(desk, door, SECTIONS), place)
        known = read_state(state)
        with listen(place, known.port if known else None) as listening:
            url, port = place.url(listening.getsockname()[1]), listening.getsockname()[1]
            with suppress(OSError):  # a convenience for `up`; in a container the folder may be read-only
                write_state(state, url, port)
            ready(url, desk)
            ended = threading.Event()
            with LoopsWatched(lambda: setattr(server, "should_exit", True)) as loops:
                Loop("supervisor", lambda: _end_with_supervisor(server, ended), lambda: server.should_exit).start()
                try:
                    server.run(sockets=[listening])
                finally:
                    ended.set()
                loops.check()
    finally:
        desk.close()


def server_of(app: object, place: Place) -> uvicorn.Server:
    """The web server: no log of requests, which would hold one-time links, and no word of what it is."""
    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_LEAVING,
        ssl_certfile=place.tls_cert,
        ssl_keyfile=place.tls_key,
    )
    return uvicorn.Server(config)


def tag_of(home: Path) -> str:
    """What sets the cookies of a domain's console apart from those of another console on this machine."""
    return "-" + hashlib.sha256(str(home).encode()).hexdigest()[:8]


def _end_with_supervisor(server: uvicorn.Server, ended: threading.Event) -> None:
    while not ended.wait(0.5):
        if orphaned():
            server.should_exit = True
            return
