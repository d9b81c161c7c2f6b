"""Whatever a server does, an exchange with it ends by its deadline; proxies never catch what is on this machine."""

from __future__ import annotations

import socket
import threading

import pytest

from exchange.clock import monotonic
from exchange.language import Language
from exchange.machine import web_client
from exchange.machine.proxies import is_loopback, proxy_for, spare_loopback
from exchange.machine.web_client import Unanswered, WebClient, connect
from tests import hostile_servers as servers
from tests.hostile_servers import hostile

SECONDS = 0.6


@pytest.mark.parametrize(
    ("conduct", "what"),
    [
        (servers.silent, "no whole answer"),
        (servers.drips_headers, "no whole answer"),
        (servers.continues, "no whole answer"),
        (servers.many_headers, "not HTTP"),
        (servers.no_http, "not HTTP"),
        (servers.hangs_up, "without an answer"),
    ],
)
def test_what_never_answers_is_abandoned_by_the_deadline(conduct: servers.Conduct, what: str) -> None:
    began = monotonic()
    with hostile(conduct) as server, WebClient() as client, pytest.raises(Unanswered, match=what):
        client.ask("POST", server.url, seconds=SECONDS, content=b"{}")
    assert monotonic() - began < SECONDS + 5


@pytest.mark.parametrize("conduct", [servers.drips_body, servers.gigabytes, servers.gzip_bomb])
def test_a_body_that_nobody_wants_is_not_read(conduct: servers.Conduct) -> None:
    began = monotonic()
    with hostile(conduct) as server, WebClient() as client:
        assert client.ask("POST", server.url, seconds=5, content=b"{}").is_success
    assert monotonic() - began < 10


@pytest.mark.parametrize(
    ("conduct", "what"), [(servers.drips_body, "no whole answer"), (servers.gigabytes, "more than 100,000 octets")]
)
def test_a_body_that_is_wanted_is_bounded_in_time_and_size(conduct: servers.Conduct, what: str) -> None:
    with hostile(conduct) as server, WebClient() as client, pytest.raises(Unanswered, match=what):
        client.ask("GET", server.url, seconds=SECONDS, at_most=100_000)


def test_redirections_are_answers_and_not_followed() -> None:
    with hostile(servers.redirects) as server, WebClient() as client:
        assert client.ask("POST", server.url, seconds=5).status == 307
        assert len(server.asked) == 1


def test_a_server_that_does_not_read_is_abandoned_too() -> None:
    began = monotonic()
    with (
        hostile(servers.silent, reads=False) as server,
        WebClient() as client,
        pytest.raises(Unanswered, match="no whole answer"),
    ):
        client.ask("POST", server.url, seconds=SECONDS, content=b"x" * 50_000_000)
    assert monotonic() - began < SECONDS + 5


def test_a_silent_name_service_is_waited_for_no_longer_than_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    answer, began = threading.Event(), monotonic()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer.wait(30) and [])
    try:
        with WebClient() as client, pytest.raises(Unanswered, match="name service"):
            client.ask("GET", "http://slow.example/", seconds=SECONDS)
        with pytest.raises(Unanswered, match="name service"):
            connect("slow.example", 25, SECONDS)
    finally:
        answer.set()
    assert monotonic() - began < 2 * SECONDS + 5


def test_tls_on_one_side_only_and_nothing_there_are_told_as_that() -> None:
    with hostile(servers.answers(200)) as server, WebClient() as client:
        with pytest.raises(Unanswered, match="TLS is spoken on one side only"):
            client.ask("GET", server.url.replace("http", "https"), seconds=5)
        with pytest.raises(Unanswered, match="connection refused"):
            client.ask("GET", "http://127.0.0.1:1/", seconds=5)
        with pytest.raises(Unanswered, match="cannot be resolved"):
            client.ask("GET", "http://no-such-host.invalid/", seconds=20)


def test_connections_are_kept_for_whoever_reads_the_whole_answer() -> None:
    with hostile(servers.answers(200, b"{}")) as server, WebClient() as client:
        for _ in range(2):
            assert client.ask("GET", server.url, seconds=5, at_most=100).body == b"{}"
        assert b"user-agent: yizhan" in server.asked[0].lower()


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_never_catches_this_machine(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with hostile(servers.answers(200)) as server, hostile(servers.answers(418)) as proxy:
        monkeypatch.setenv(name, f"http://me:SECRET@127.0.0.1:{proxy.port}")
        with WebClient(proxies=True) as client:
            assert client.ask("GET", server.url, seconds=5).status == 200
            assert client.ask("GET", "http://receiver.example/", seconds=5).status == 418
        with WebClient(proxies=False) as client, pytest.raises(Unanswered):
            client.ask("GET", "http://receiver.invalid/", seconds=20)
    assert len(proxy.asked) == 1


@pytest.mark.parametrize(
    ("url", "env", "proxy"),
    [
        ("http://a.example/", {}, None),
        ("http://a.example/", {"HTTP_PROXY": "gate:3128"}, "http://gate:3128"),
        ("https://a.example/", {"HTTP_PROXY": "http://gate"}, None),
        ("https://a.example/", {"ALL_PROXY": "http://gate"}, "http://gate"),
        ("https://a.example/", {"ALL_PROXY": "socks5://gate"}, None),
        ("http://127.0.0.1:15672/", {"HTTP_PROXY": "http://gate"}, None),
        ("http://127.8.9.1/", {"HTTP_PROXY": "http://gate"}, None),
        ("http://[::1]:1/", {"HTTP_PROXY": "http://gate"}, None),
        ("http://LOCALHOST/", {"HTTP_PROXY": "http://gate"}, None),
        ("http://a.example/", {"HTTP_PROXY": "http://gate", "NO_PROXY": "*"}, None),
        ("http://a.b.example/", {"HTTP_PROXY": "http://gate", "no_proxy": ".example, other"}, None),
        ("http://a.b.example/", {"HTTP_PROXY": "http://gate", "no_proxy": "b.example"}, None),
        ("http://ab.example/", {"HTTP_PROXY": "http://gate", "no_proxy": "b.example"}, "http://gate"),
        ("http://10.1.2.3/", {"HTTP_PROXY": "http://gate", "NO_PROXY": "10.0.0.0/8"}, None),
        ("http://a.example:81/", {"HTTP_PROXY": "http://gate", "NO_PROXY": "a.example:80"}, "http://gate"),
        ("http://a.example:80/", {"HTTP_PROXY": "http://gate", "NO_PROXY": "a.example:80"}, None),
    ],
)
def test_who_goes_by_a_proxy(url: str, env: dict[str, str], proxy: str | None) -> None:
    assert proxy_for(url, env) == proxy


def test_libraries_that_read_the_environment_themselves_are_told_of_this_machine() -> None:
    env = {"ALL_PROXY": "http://gate", "no_proxy": "intra.example"}
    spare_loopback(env)
    assert env["NO_PROXY"] == env["no_proxy"] == "intra.example,localhost,127.0.0.0/8,127.0.0.1,::1"
    untouched: dict[str, str] = {}
    spare_loopback(untouched)
    assert not untouched
    assert not is_loopback("localhost.example")


def test_reasons_quote_nothing_of_a_url() -> None:
    with WebClient() as client, pytest.raises(Unanswered) as caught:
        client.ask("GET", "http://user:SECRET@127.0.0.1:1/SECRET?SECRET", seconds=5)
    assert "SECRET" not in str(caught.value)
    assert str(web_client.reason_of(ValueError("SECRET"))) == "the connection broke off"
    assert caught.value.written(Language.CHINESE) == "连接被拒绝"
