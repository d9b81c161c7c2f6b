"""Several hosts and TLS: each certificate is checked against the authority, and against the name it is had by."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exchange.broker.admin.errand import errand
from exchange.broker.admin.probe import server_version
from exchange.broker.admin.provision import provision
from exchange.broker.private.node import PrivateNode
from exchange.broker.private.ports import free_port
from exchange.errors import BrokerUnavailable
from exchange.messaging.ports import PublishOutcome
from tests.contract.traffic import publications, publishing

pytestmark = pytest.mark.broker

NOW = datetime.datetime.now(datetime.UTC)


class Authority:
    """Issues certificates of servers, for a trial."""

    def __init__(self, folder: Path, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._folder = folder
        self.file = folder / f"{name}.pem"
        certificate = self._build(self._name, self._key).add_extension(x509.BasicConstraints(True, None), True)
        self.file.write_bytes(certificate.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, address: str) -> tuple[Path, Path]:
        """The certificate and the key of a server at an address."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        certificate = self._build(name, key).add_extension(names, False).sign(self._key, hashes.SHA256())
        where = self._folder / f"{address}.crt", self._folder / f"{address}.key"
        where[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        where[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return where

    def _build(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - datetime.timedelta(days=1))
            .not_valid_after(NOW + datetime.timedelta(days=30))
        )


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Authority, Authority]]:
    """A node that speaks TLS with a certificate for 127.0.0.1: its URL without host, its authority, and another."""
    folder = tmp_path_factory.mktemp("tls")
    authority, stranger = Authority(folder, "authority"), Authority(folder, "stranger")
    certificate, key = authority.issue("127.0.0.1")
    port = free_port(None)
    node = PrivateNode(folder / "node")
    extra = folder / "node" / "conf.d"
    extra.mkdir(parents=True)
    (extra / "tls.conf").write_text(
        f"listeners.ssl.1 = 127.0.0.1:{port}\nssl_options.cacertfile = {authority.file}\n"
        f"ssl_options.certfile = {certificate}\nssl_options.keyfile = {key}\n"
    )
    info = node.start(print)
    account = info.url.partition("://")[2].partition("@")[0]
    provision(info.url, ["city.a"], [], print, settle=0.0)
    yield f"amqps://{account}@{{host}}:{port}/%2F", authority, stranger
    node.stop()


def test_a_broker_is_had_by_tls_from_whichever_host_answers(
    secured: tuple[str, Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, authority, _ = secured
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    several = url.format(host=f"127.0.0.1:{free_port(None)},127.0.0.1")
    assert server_version(several)
    with errand(several, "test") as visitor:
        assert visitor.queue_exists("city.a.inbox")
    with publishing(several, "city.b") as (publisher, fates):
        publisher.publish(publications("city.a.inbox", 20))
        assert fates.outcomes(20) == {PublishOutcome.CONFIRMED}


@pytest.mark.parametrize("which", ["stranger", "none"])
def test_a_certificate_of_an_authority_that_is_not_trusted_is_refused(
    secured: tuple[str, Authority, Authority], which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _, stranger = secured
    if which == "stranger":
        monkeypatch.setenv("SSL_CERT_FILE", str(stranger.file))
    for ask in (lambda url: errand(url, "test").__enter__(), server_version):
        with pytest.raises(BrokerUnavailable, match="ertificate") as caught:
            ask(url.format(host="127.0.0.1"))
        assert "SSL_CERT_FILE" in caught.value.remedy


def test_a_certificate_of_another_name_is_refused_though_its_authority_is_trusted(
    secured: tuple[str, Authority, Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, authority, _ = secured
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert ssl.create_default_context().check_hostname
    for ask in (lambda url: errand(url, "test").__enter__(), server_version):
        with pytest.raises(BrokerUnavailable, match="ertificate"):
            ask(url.format(host="localhost"))
