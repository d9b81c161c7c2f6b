"""What listens in the place of the broker and is none, or is not to be had: told with its remedy."""

from __future__ import annotations

import errno
import re
import socket
import ssl

import pika
import pytest

from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.broker.faults import error_of
from exchange.broker.traffic.loop import ConnectionLoop
from exchange.broker.traffic.urls import parameters
from exchange.errors import BrokerUnavailable
from exchange.language import Language, Text
from tests import hostile_servers as servers
from tests.hostile_servers import hostile


@pytest.mark.parametrize(
    ("conduct", "scheme", "what", "remedy"),
    [
        (servers.answers(400, b"Bad Request"), "amqp", "does not speak AMQP", "15672"),
        (servers.hangs_up, "amqp", "does not speak AMQP", "15672"),
        (servers.no_http, "amqp", "does not speak AMQP", "15672"),
        (servers.no_http, "amqps", "TLS is spoken on one side only", "5671"),
        (servers.silent, "amqp", "does not answer", "rabbitmq-diagnostics"),
    ],
)
def test_whatever_listens_there_is_told_with_a_remedy_and_without_the_password(
    conduct: servers.Conduct, scheme: str, what: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(url: str, name: str) -> list[pika.URLParameters]:
        found = parameters(url, name)
        for one in found:
            one.stack_timeout = 1
        return found

    monkeypatch.setattr("exchange.broker.admin.errand.parameters", impatient)
    monkeypatch.setattr("exchange.broker.admin.probe.parameters", impatient)
    with hostile(conduct) as server:
        url = f"{scheme}://u:p%40SECRET@127.0.0.1:{server.port}/%2F"
        for ask in (lambda: errand(url, "test").__enter__(), lambda: server_version(url)):
            with pytest.raises(BrokerUnavailable, match=what) as caught:
                ask()
            assert remedy in caught.value.remedy
            assert "SECRET" not in caught.value.diagnostics()


@pytest.mark.parametrize(
    ("place", "what", "remedy"),
    [("no-such-host.invalid", "not known", "host"), ("127.0.0.1:1", "connection refused", "exchange up")],
)
def test_where_nothing_listens_it_is_told_as_that(
    place: str, what: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_ALLOW_PLAIN", "no-such-host.invalid")
    with pytest.raises(BrokerUnavailable, match=what) as caught, errand(f"amqp://u:p@{place}/", "test"):
        pass
    assert remedy in caught.value.remedy


def test_a_connection_that_was_closed_without_a_word_has_a_remedy_too() -> None:
    assert error_of(None, "the broker").remedy


@pytest.mark.parametrize(
    ("error", "chinese"),
    [
        (None, "连接已关闭"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"), "连接被拒绝"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "连接被对端重置"),
        (socket.gaierror(-2, "Name or service not known"), "无法解析主机名"),
        (ssl.SSLError(1, "wrong version number"), "只有一端使用 TLS"),
        (TimeoutError(), "未及时应答"),
        (pika.exceptions.IncompatibleProtocolError("x"), "不使用 AMQP"),
    ],
)
def test_a_reader_of_chinese_is_told_the_cause_and_the_remedy_in_chinese(
    error: BaseException | None, chinese: str
) -> None:
    found = error_of(error, Text("the broker at {url}", {"url": "amqp://x"}))
    told = found.text.written(Language.CHINESE)
    assert chinese in told
    remedy = found.remedy_text.written(Language.CHINESE)
    assert re.search("[一-鿿]", remedy)
    assert remedy != found.remedy


class ServedForAMoment:
    """Is served and at once no more, before anybody who waits for it could look: so does a batch that fails at once."""

    def __init__(self, url: str) -> None:
        self.loop = ConnectionLoop(url, "test:moment", self)

    def opened(self, connection: pika.SelectConnection) -> None:
        """Says both in one go."""
        self.loop.ready()
        self.loop.failing(BrokerUnavailable("its channel was closed"))

    def lost(self, reason: str) -> None:
        """Nothing is to be put away."""


def test_a_start_is_over_once_the_broker_has_served_whatever_fails_then(broker: NodeInfo) -> None:
    served = ServedForAMoment(broker.url)
    try:
        served.loop.start(patience=20)
        assert not served.loop.is_ready
    finally:
        served.loop.close()
