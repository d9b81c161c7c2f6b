"""Webhooks over TLS: to the address that was judged, under the name that was asked for, and nowhere else."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exchange.clock import monotonic
from exchange.machine.posting.webhooks import Poster
from tests import hostile_servers as servers
from tests.hostile_servers import hostile


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate for a name, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def receiver(pem: Path | None, answer: int = 204) -> Iterator[tuple[int, list[str]]]:
    """A server on this machine; its port, and the Host header of everything that was posted to it."""
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            hosts.append(self.headers["host"])
            self.send_response(answer)
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    http = HTTPServer(("127.0.0.1", 0), Handler)
    if pem is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        http.socket = context.wrap_socket(http.socket, server_side=True)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield http.server_port, hosts
    http.shutdown()
    http.server_close()


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path, "oa.example")


def poster(pem: Path | None = None) -> Poster:
    """One for which every name is this machine's."""
    trusted = ssl.create_default_context(cafile=str(pem)) if pem else None
    return Poster(("127.0.0.0/8",), lambda host, port: ["127.0.0.1"], trusted)


def test_the_certificate_must_be_that_of_the_name_though_the_address_is_fixed(pem: Path) -> None:
    with receiver(pem) as (port, hosts):
        assert poster(pem).post(f"https://oa.example:{port}/x", {}, b"{}") is None
        assert hosts == [f"oa.example:{port}"]
        for refusing, name in ((poster(pem), "another.example"), (poster(), "oa.example")):
            said = refusing.post(f"https://{name}:{port}/x", {}, b"{}")
            assert "certificate is not trusted" in (said or "")
        assert len(hosts) == 1


@pytest.mark.parametrize("answer", [301, 307, 308, 404, 500])
def test_anything_but_success_is_a_failure_and_redirects_are_not_followed(answer: int) -> None:
    with receiver(None, answer) as (port, hosts):
        assert poster().post(f"http://127.0.0.1:{port}/x", {}, b"{}") == f"HTTP {answer}"
        assert len(hosts) == 1


def test_a_receiver_that_is_not_there_is_a_failure() -> None:
    with receiver(None) as (port, _):
        pass
    assert poster().post(f"http://127.0.0.1:{port}/x", {}, b"{}") == "connection refused"


@pytest.mark.parametrize("conduct", [servers.silent, servers.drips_headers, servers.continues])
def test_a_receiver_that_does_not_answer_is_abandoned_after_the_time_of_one_attempt(conduct: servers.Conduct) -> None:
    began = monotonic()
    with hostile(conduct) as server:
        patient = Poster(("127.0.0.0/8",), lambda host, port: ["127.0.0.1"], seconds=0.5)
        assert "no whole answer" in (patient.post(server.url, {}, b"{}") or "")
    assert monotonic() - began < 10


@pytest.mark.parametrize("conduct", [servers.drips_body, servers.gigabytes, servers.gzip_bomb])
def test_what_a_receiver_says_beyond_its_status_is_not_read(conduct: servers.Conduct) -> None:
    began = monotonic()
    with hostile(conduct) as server:
        assert poster().post(server.url, {}, b"{}") is None
    assert monotonic() - began < 10
