"""A real broker that speaks TLS: by its authority, under its name and in its time it is spoken to, else not."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.broker.admin.errand import errand
from exchange.broker.admin.management import ManagementClient
from exchange.broker.private.node import PrivateNode
from exchange.broker.traffic.urls import credentials
from exchange.clock import RealClock
from exchange.errors import BrokerUnavailable
from exchange.machine.transport.trust import TLS_AUTHORITY
from exchange.setup.transport.trial_tls import TrialTls

pytestmark = pytest.mark.broker


@dataclass(frozen=True)
class TlsBroker:
    """A private node that listens with TLS, too, under the name localhost."""

    trial: TrialTls
    account: tuple[str, str]
    port: int
    management: int

    def url(self, host: str = "localhost", port: int | None = None) -> str:
        """Its AMQP URL."""
        return f"amqps://{self.account[0]}:{self.account[1]}@{host}:{port or self.port}/%2F"

    def management_url(self, host: str = "localhost") -> str:
        """The URL of its management API."""
        return f"https://{self.account[0]}:{self.account[1]}@{host}:{self.management}"


def free_ports(number: int) -> list[int]:
    found = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports: list[int] = [one.getsockname()[1] for one in found]
    for one in found:
        one.close()
    return ports


@pytest.fixture(scope="module")
def tls_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsBroker]:
    folder = tmp_path_factory.mktemp("tls")
    trial = TrialTls(folder / "tls", "tests")
    trial.make({"broker": ("localhost",)}, RealClock().now())
    port, management = free_ports(2)
    conf = folder / "node" / "conf.d"
    conf.mkdir(parents=True)
    files = {
        "cacertfile": trial.authority,
        "certfile": trial.folder / "broker.crt",
        "keyfile": trial.folder / "broker.key",
    }
    lines = [f"listeners.ssl.1 = 127.0.0.1:{port}", "ssl_options.verify = verify_none",
             "ssl_options.versions.1 = tlsv1.2", "ssl_options.versions.2 = tlsv1.3",
             "management.ssl.ip = 127.0.0.1", f"management.ssl.port = {management}"]  # fmt: skip
    lines += [f"{room}.{name} = {path}" for room in ("ssl_options", "management.ssl") for name, path in files.items()]
    (conf / "tls.conf").write_text("\n".join(lines) + "\n")
    node = PrivateNode(folder / "node")
    try:
        account = credentials(node.start(print).url)
        assert account is not None
        yield TlsBroker(trial, account, port, management)
    finally:
        node.stop()


@contextmanager
def presenting(trial: TrialTls, name: str) -> Iterator[int]:
    """A server that does nothing but present a certificate; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trial.folder / f"{name}.crt", trial.folder / f"{name}.key")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    taken, _ = server.accept()
                    with suppress(OSError), taken, context.wrap_socket(taken, server_side=True) as wrapped:
                        wrapped.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def refusal(url: str) -> BrokerUnavailable:
    with pytest.raises(BrokerUnavailable, match="certificate is not trusted") as caught, errand(url, "test"):
        pass
    return caught.value


def refused(management_url: str, tls_broker: TlsBroker) -> None:
    with (
        ManagementClient(management_url, tls_broker.url()) as management,
        pytest.raises(BrokerUnavailable, match="certificate is not trusted"),
    ):
        management.read("/api/whoami")


def test_the_authority_that_is_named_is_trusted(tls_broker: TlsBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TLS_AUTHORITY, str(tls_broker.trial.authority))
    with errand(tls_broker.url(), "test"):
        pass
    with ManagementClient(tls_broker.management_url(), tls_broker.url()) as management:
        assert management.read("/api/whoami")["name"] == tls_broker.account[0]


def test_no_other_authority_is_trusted(tls_broker: TlsBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert TLS_AUTHORITY in refusal(tls_broker.url()).remedy, "the machine's own store does not know it"
    another = TrialTls(tmp_path / "tls", "another")
    another.make({"broker": ("localhost",)}, RealClock().now())
    monkeypatch.setenv(TLS_AUTHORITY, str(another.authority))
    assert TLS_AUTHORITY in refusal(tls_broker.url()).remedy
    refused(tls_broker.management_url(), tls_broker)


def test_another_name_than_in_its_certificate_is_not_it(tls_broker: TlsBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TLS_AUTHORITY, str(tls_broker.trial.authority))
    found = refusal(tls_broker.url("127.0.0.1"))
    assert "127.0.0.1" in str(found)
    assert "made anew with the name" in found.remedy
    refused(tls_broker.management_url("127.0.0.1"), tls_broker)


def test_a_certificate_whose_time_is_over_is_told_as_that(
    tls_broker: TlsBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = TrialTls(tmp_path / "tls", "old")
    trial.make({"broker": ("localhost",)}, RealClock().now() - timedelta(days=30), days=10)
    monkeypatch.setenv(TLS_AUTHORITY, str(trial.authority))
    with presenting(trial, "broker") as port:
        found = refusal(tls_broker.url(port=port))
    assert "expired" in str(found)
    assert "renewed" in found.remedy


def test_what_speaks_no_tls_is_told_as_that(tls_broker: TlsBroker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TLS_AUTHORITY, str(tls_broker.trial.authority))
    with socket.create_server(("127.0.0.1", 0)) as plain:
        port = plain.getsockname()[1]
        answering = threading.Thread(target=_answers_amqp, args=(plain,), daemon=True)
        answering.start()
        with (
            pytest.raises(BrokerUnavailable, match="TLS is spoken on one side only"),
            errand(tls_broker.url(port=port), "test"),
        ):
            pass
        answering.join(10)


def _answers_amqp(server: socket.socket) -> None:
    taken, _ = server.accept()
    with suppress(OSError), taken:
        taken.recv(8)
        taken.sendall(b"AMQP\x00\x00\x09\x01")
