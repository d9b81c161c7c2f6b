"""Strangers at a console that is served: connections that wait, names that are not ours, answers of every kind."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from exchange.machine import connections
from exchange.machine.strict_headers import PLAIN
from exchange.operations.domain_view import DomainView
from exchange.telemetry.endpoint import Answers, Endpoint, EndpointPlace
from exchange.web.door.permissions import AccountRole
from tests.web.api.test_reach import certificate
from tests.web.house import ACCOUNTS, House, real_house, served

OTTO = ACCOUNTS[AccountRole.OPERATOR]


@pytest.fixture
def place(view: DomainView) -> Iterator[tuple[str, int]]:
    """Host and port of a console that is served."""
    with served(real_house(view)) as url:
        yield urlsplit(url).hostname or "", urlsplit(url).port or 0


def ask(
    place: tuple[str, int], method: str, path: str, body: str | None = None, **headers: str
) -> http.client.HTTPResponse:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(*place, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer


def test_connections_that_never_ask_keep_nobody_from_asking(
    place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD", 1.0)
    waiting = [socket.create_connection(place, 5) for _ in range(connections.OF_ONE_SOURCE + 20)]
    for one in waiting[-5:]:
        one.sendall(b"GET / HTTP/1.1\r\nhost: loc")
    assert ask(place, "GET", "/healthz").status == 200
    for one in waiting:
        one.settimeout(15)
        assert one.recv(10) == b"", "it is ended by the server"
        one.close()


def test_a_handshake_that_does_not_come_ends_too_and_the_certificates_names_are_known(
    view: DomainView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD", 2.0)
    pem = certificate(tmp_path, "console.gov.example")
    with served(real_house(view), pem) as url:
        place = urlsplit(url).hostname or "", urlsplit(url).port or 0
        waiting = [socket.create_connection(place, 15) for _ in range(5)]
        waiting[0].sendall(b"\x16\x03\x01")
        trusting = ssl.create_default_context(cafile=str(pem))
        for name, status in (("console.gov.example", 200), ("another.gov.example", 421)):
            with (
                socket.create_connection(place, 15) as one,
                trusting.wrap_socket(one, server_hostname="console.gov.example") as secure,
            ):
                secure.sendall(f"GET /healthz HTTP/1.1\r\nhost: {name}\r\n\r\n".encode())
                assert secure.recv(12) == f"HTTP/1.1 {status}".encode()
        for one in waiting:
            assert one.recv(10) == b""
            one.close()


def test_a_body_that_does_not_come_ends_its_connection(place: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BODY", 1.0)
    with socket.create_connection(place, 15) as one:
        one.sendall(b"POST /sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n"
                    b"content-type: application/x-www-form-urlencoded\r\n\r\nname=")  # fmt: skip
        assert one.recv(10) == b""


def test_under_a_strangers_name_nothing_is_answered(place: tuple[str, int]) -> None:
    for path in ("/", "/sign-in", "/static/console.css", "/api/v1/docs", "/healthz", "/metrics"):
        answer = ask(place, "GET", path, host="rebound.evil.example")
        assert answer.status == 421
        assert ("json" in (answer.getheader("content-type") or "")) == path.startswith("/api")
        assert_strict(answer)


def test_every_answer_is_strict(place: tuple[str, int]) -> None:
    for method, path in [
        ("GET", "/sign-in"), ("GET", "/nowhere"), ("POST", "/nowhere"), ("PUT", "/sign-in"), ("POST", "/sign-in"),
        ("GET", "/static/console.js"), ("GET", "/static/nothing"), ("GET", "/static/../x"), ("GET", "/healthz"),
        ("GET", "/readyz"), ("GET", "/metrics"), ("GET", "/api/v1/inbox"), ("GET", "/api/v1/docs"),
        ("GET", "/api/v1/nowhere"), ("OPTIONS", "/api/v1/inbox"), ("HEAD", "/sign-in"),
        ("GET", "/set-up/guessed"), ("GET", "/live/"),
    ]:  # fmt: skip
        assert_strict(ask(place, method, path))


def test_what_is_no_http_is_answered_strictly_too(place: tuple[str, int]) -> None:
    for sent in (b"GET\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nx: " + b"y" * 99_999):
        with socket.create_connection(place, 15) as one:
            one.sendall(sent)
            answer = http.client.HTTPResponse(one)
            answer.begin()
        assert answer.status == 400
        assert_strict(answer)


def test_guesses_by_many_strangers_keep_nobody_from_a_page_or_from_signing_in(place: tuple[str, int]) -> None:
    def sign_in(name: str, password: str, **headers: str) -> http.client.HTTPResponse:
        return ask(
            place, "POST", "/sign-in", urlencode({"name": name, "password": password}),
            **{"content-type": "application/x-www-form-urlencoded"}, **headers,
        )  # fmt: skip

    known = sign_in(OTTO.name, OTTO.password)
    assert known.status == 303
    cookies = "; ".join(one.partition(";")[0] for one in known.headers.get_all("set-cookie") or () if "device" in one)
    with ThreadPoolExecutor(40) as pool:
        guesses = [pool.submit(sign_in, OTTO.name, f"guess {number}") for number in range(80)]
        assert ask(place, "GET", "/sign-in").status == 200
        mine = sign_in(OTTO.name, OTTO.password, cookie=cookies)
        answers = [one.result() for one in guesses]
    assert mine.status == 303, "on a device that is known"
    assert {one.status for one in answers} <= {401, 429, 503}
    sent_away = [one for one in answers if one.status != 401]
    assert len(sent_away) >= 40
    assert all(int(one.headers["retry-after"]) > 0 for one in sent_away)


def test_a_page_that_breaks_is_answered_strictly(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(house.door.gate, "who", broken)
    http = house.visitor().http
    http._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    answer = http.get("/")
    assert answer.status_code == 500
    assert all(answer.headers.get(name) for name in PLAIN)


def assert_strict(answer: http.client.HTTPResponse) -> None:
    """Checks the headers that every answer has."""
    assert "frame-ancestors 'none'" in (answer.getheader("content-security-policy") or "")
    assert answer.getheader("x-content-type-options") == "nosniff"
    assert answer.getheader("referrer-policy") in ("same-origin", "no-referrer")
    assert answer.getheader("cache-control") in ("no-store", "no-cache")


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """The endpoint of a served process."""
    with Endpoint(EndpointPlace("127.0.0.1", 0), Answers(lambda: b"", lambda: True, lambda: {"all": True})) as found:
        yield found


def test_an_endpoint_is_as_strict(endpoint: Endpoint) -> None:
    place = endpoint.place.host, endpoint.place.port
    for method, path, status in [
        ("GET", "/healthz", 200), ("GET", "/metrics", 200), ("GET", "/nowhere", 404), ("POST", "/metrics", 501),
    ]:  # fmt: skip
        answer = ask(place, method, path)
        assert answer.status == status
        assert_strict(answer)
        assert "Python" not in (answer.getheader("server") or "")
    assert ask(place, "GET", "/metrics", host="rebound.evil.example").status == 421


def test_drops_of_a_request_hold_no_thread_of_an_endpoint(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD", 1.0)
    place, begun = (endpoint.place.host, endpoint.place.port), time.monotonic()
    waiting = [socket.create_connection(place, 5) for _ in range(40)]
    assert ask(place, "GET", "/healthz").status == 200
    ended = False
    while not ended and time.monotonic() - begun < 9:
        try:
            waiting[-1].sendall(b"x")
            time.sleep(0.05)
        except OSError:
            ended = True
    assert ended
    for one in waiting:
        one.close()
