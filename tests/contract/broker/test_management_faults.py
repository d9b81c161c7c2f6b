"""What answers where the management API should, and is none: told with its remedy, in time."""

from __future__ import annotations

import pytest

from exchange.broker.admin.management import ManagementClient
from exchange.broker.faults import DENIED
from exchange.clock import monotonic
from exchange.errors import BadConfiguration, BrokerError
from tests import hostile_servers as servers
from tests.hostile_servers import hostile

BROKER = "amqp://admin:p%40SECRET@127.0.0.1:5672/"


@pytest.mark.parametrize(
    ("conduct", "what"),
    [
        (servers.answers(200, b"<html>Welcome</html>"), "is no management API"),
        (servers.answers(200, b'{"not": "a list"}', "application/json"), "is no management API"),
        (servers.answers(200, b'["not", "records"]', "application/json"), "is no management API"),
        (servers.answers(502, b"<html>Bad Gateway</html>"), "cannot answer now (502)"),
        (servers.redirects, "cannot answer now (307)"),
        (servers.answers(401), "denies this account"),
        (servers.answers(404), "refuses GET"),
        (servers.silent, "no whole answer within 1 s"),
        (servers.drips_headers, "no whole answer within 1 s"),
        (servers.drips_body, "no whole answer within 1 s"),
        (servers.gigabytes, "does not answer"),
        (servers.no_http, "not HTTP"),
        (servers.hangs_up, "broke the connection off"),
    ],
)
def test_whatever_answers_there_is_told_with_a_remedy_and_without_the_password(
    conduct: servers.Conduct, what: str
) -> None:
    began = monotonic()
    with hostile(conduct) as server:
        url = f"http://admin:p%40SECRET@127.0.0.1:{server.port}"
        with ManagementClient(url, BROKER, timeout=1.0) as management, pytest.raises(BrokerError) as caught:
            management.queues()
    assert what in str(caught.value)
    assert caught.value.remedy
    assert "SECRET" not in caught.value.diagnostics()
    assert (caught.value.code == DENIED) == ("denies" in what)
    assert monotonic() - began < 10


def test_tls_where_none_is_spoken_and_an_address_that_is_none() -> None:
    with hostile(servers.answers(200)) as server:
        url = f"https://127.0.0.1:{server.port}"
        with ManagementClient(url, BROKER, timeout=5) as management, pytest.raises(BrokerError, match="one side only"):
            management.queues()
    with pytest.raises(BadConfiguration) as caught:
        ManagementClient("http://admin:p@SECRET@127.0.0.1:1/", BROKER)
    assert "SECRET" not in caught.value.diagnostics()


def test_the_account_goes_there_and_no_proxy_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(servers.answers(200, b"[]", "application/json")) as server, hostile(servers.answers(418)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("all_proxy", proxy.url)
        with ManagementClient(f"http://127.0.0.1:{server.port}", BROKER, timeout=5) as management:
            assert management.queues() == []
        assert not proxy.asked
        assert b"authorization: Basic YWRtaW46cEBTRUNSRVQ=" in server.asked[0]
