"""A small HTTP endpoint of a served process: `/metrics`, `/healthz`, `/readyz`, and nothing else."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET6
from types import TracebackType

from exchange.errors import BadConfiguration, OperatorError
from exchange.machine.connections import Connections, counting
from exchange.machine.crew import Loop
from exchange.machine.hosts import KnownHosts
from exchange.machine.logger import get_logger
from exchange.machine.strict_headers import PLAIN
from exchange.telemetry.scraping import FORWARDED, is_loopback, may_scrape

log = get_logger()

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format."""

LOOPBACK = "127.0.0.1"

_MOST, _OF_ONE_SOURCE = 64, 32
"""Connections at once: each has a thread, and few ask."""


@dataclass(frozen=True)
class EndpointPlace:
    """Where an endpoint listens; port 0 is any that is free."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """As a URL."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


def parse_place(text: str) -> EndpointPlace:
    """Read ``PORT`` or ``HOST:PORT``. Without a host it is the loopback. Raises BadConfiguration."""
    host, _, port = text.strip().rpartition(":")
    if not port.isdecimal() or int(port) > 65_535:
        remedy = "write a port, or HOST:PORT, e.g. EXCHANGE_METRICS=9464 or 0.0.0.0:9464; `off` for none"
        raise BadConfiguration("EXCHANGE_METRICS is invalid: {text!r}", remedy=remedy, text=text)
    return EndpointPlace(host.strip("[]") or LOOPBACK, int(port))


@dataclass(frozen=True)
class Answers:
    """What an endpoint answers with. Each is asked anew for every request, in a thread of its own."""

    metrics: Callable[[], bytes]
    alive: Callable[[], bool]
    """False: restart it."""
    ready: Callable[[], Mapping[str, bool]]
    """What it needs to do its work, and whether each is there."""
    token: str | None = field(default=None, repr=False)
    remarks: Callable[[], Sequence[str]] = tuple
    """What is wrong although it is alive, a line each: no restart would help."""


class Endpoint:
    """Listens from construction until closed. Raises OperatorError where it cannot."""

    def __init__(self, place: EndpointPlace, answers: Answers) -> None:
        try:
            self._server = _Server(place, answers)
        except OSError as error:
            remedy = "choose another EXCHANGE_METRICS, or stop what listens there"
            raise OperatorError(
                "cannot listen at {url}: {reason}", remedy=remedy, url=place.url, reason=error.strerror
            ) from error
        self.place = EndpointPlace(place.host, self._server.server_address[1])
        self._closing = threading.Event()
        self._thread = Loop("metrics", self._server.serve_forever, self._closing.is_set)
        self._thread.start()

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, place: EndpointPlace, answers: Answers) -> None:
        self.answers = answers
        self.hosts = KnownHosts([place.host])
        self.own_machine_only = is_loopback(place.host)
        if ":" in place.host:
            self.address_family = AF_INET6
        super().__init__((place.host, place.port), _Handler)
        self.connections = Connections(_MOST, _OF_ONE_SOURCE)
        self.socket = counting(self.socket, self.connections)

    def service_actions(self) -> None:
        """End what keeps a thread waiting; called twice a second."""
        self.connections.sweep()

    def handle_error(self, request: object, client_address: object) -> None:
        """Handle a request that failed; one whose asker went away is nobody's trouble."""
        if not isinstance(sys.exception(), OSError):
            log.exception("metrics.request")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d %(message)s\n"

    def do_GET(self) -> None:
        """Answer one of the three paths."""
        path, answers = self.path.partition("?")[0], self.server.answers
        self.server.connections.working(self.client_address[:2])
        guarded = self.server.own_machine_only or (path == "/metrics" and answers.token is None)
        if guarded and not self.server.hosts.knows(self.headers.get("host", "")):
            self._say(421, "text/plain; charset=utf-8", b"not known by this host name: ask by address or localhost\n")
        elif path == "/healthz":
            alive = answers.alive()
            lines = ["ok" if alive else "stuck", *answers.remarks()]
            self._say(200 if alive else 503, "text/plain; charset=utf-8", "".join(f"{one}\n" for one in lines).encode())
        elif path == "/readyz":
            checks = dict(answers.ready())
            good = bool(checks) and all(checks.values())
            body = json.dumps({"ready": good, "checks": checks}).encode() + b"\n"
            self._say(200 if good else 503, "application/json", body)
        elif path == "/metrics" and self._may_scrape(answers.token):
            self._say(200, CONTENT_TYPE, answers.metrics())
        else:
            status = 403 if path == "/metrics" else 404
            self._say(status, "text/plain", b"not from here without the token\n" if status == 403 else b"not found\n")

    do_HEAD = do_GET

    def end_headers(self) -> None:
        """End the head of whatever is answered, errors too, with what keeps browsers strict."""
        for name, value in PLAIN.items():
            self.send_header(name, value)
        super().end_headers()

    def version_string(self) -> str:
        """Name what answers, and no version of anything."""
        return "yizhan"

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: whoever scrapes does it all day."""

    def _may_scrape(self, token: str | None) -> bool:
        forwarded = any(name in self.headers for name in FORWARDED)
        authorization = self.headers.get("authorization")
        return may_scrape(self.client_address[0], forwarded=forwarded, authorization=authorization, token=token)

    def _say(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
