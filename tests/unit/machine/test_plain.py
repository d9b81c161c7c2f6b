"""Where connections may be without TLS: this machine, and hosts that somebody has named; nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.broker.traffic.urls import parameters
from exchange.errors import BadConfiguration
from exchange.machine.transport.plain import (
    check_database_protected,
    check_protected,
    hosts_of,
    unprotected,
    unprotected_databases,
)
from exchange.machine.transport.trust import TLS_AUTHORITY, broker_trust
from exchange.runtime.settings import Settings

FULL = "sslmode=verify-full&sslrootcert=/etc/ca.pem"


@pytest.mark.parametrize(
    ("url", "off"),
    [
        ("amqp://u:p@127.0.0.1:5672/v", []),
        ("amqp://u:p@[::1]:5672/v", []),
        ("amqp://u:p@localhost/v", []),
        ("amqps://u:p@mq.example.org/v", []),
        ("https://u:p@mq.example.org:15671", []),
        ("http://u:p@mq.example.org:15672", ["mq.example.org"]),
        ("amqp://u:p@mq.example.org/v", ["mq.example.org"]),
        ("amqp://u:p@127.0.0.1:5672,10.0.0.5:5672/v", ["10.0.0.5"]),
        ("amqp://u:p@[fd00::5]:5672,b/v", ["fd00::5", "b"]),
    ],
)
def test_what_leads_off_this_machine_without_tls_is_named(url: str, off: list[str]) -> None:
    assert unprotected(url) == off


@pytest.mark.parametrize(
    ("url", "env", "off"),
    [
        ("sqlite:////tmp/x.db", {}, []),
        ("postgresql://u@127.0.0.1/d", {}, []),
        ("postgresql://u@db.example/d", {}, ["db.example"]),
        ("postgresql+psycopg://u@db.example/d?sslmode=require", {}, ["db.example"]),
        ("postgresql://u@db.example/d?sslmode=verify-ca", {}, ["db.example"]),
        (f"postgresql://u@db.example/d?{FULL}", {}, []),
        ("postgresql://u@db.example/d", {"PGSSLMODE": "verify-full"}, []),
        ("postgresql://u@db.example/d?sslmode=disable", {"PGSSLMODE": "verify-full"}, ["db.example"]),
        ("postgresql:///d", {}, []),
        ("postgresql:///d", {"PGHOST": "db.example"}, ["db.example"]),
        ("postgresql:///d?host=/run/postgresql", {}, []),
        ("postgresql://%2Frun%2Fpostgresql/d", {}, []),
        ("postgresql:///d?host=127.0.0.1,db2.example", {}, ["db2.example"]),
        ("postgresql:///d?host=127.0.0.1:5432&host=db2.example:5432", {}, ["db2.example"]),
        ("postgresql:///d?hostaddr=::5", {}, ["::5"]),
        ("postgresql:///d?host=db2.example&host=127.0.0.1", {}, ["db2.example"]),
        ("postgresql://u@db1.example:5432,127.0.0.1:5433/d", {}, ["db1.example"]),
    ],
)
def test_a_database_is_spoken_to_by_verified_tls_or_on_this_machine(
    url: str, env: dict[str, str], off: list[str]
) -> None:
    assert unprotected_databases(url, env) == off


def test_what_is_not_named_is_refused_with_what_to_do_and_no_password() -> None:
    for check, url in (
        (check_protected, "amqp://u:SECRET@mq.example.org/v"),
        (check_database_protected, "postgresql://u:SECRET@mq.example.org/d"),
    ):
        with pytest.raises(BadConfiguration, match=r"mq\.example\.org without TLS") as caught:
            check("X", url, {"EXCHANGE_ALLOW_PLAIN": "mq.example.com"})
        assert "EXCHANGE_ALLOW_PLAIN" in caught.value.remedy
        assert "SECRET" not in caught.value.diagnostics()
        check("X", url, {"EXCHANGE_ALLOW_PLAIN": "other, MQ.example.org"})


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("EXCHANGE_BROKER_URL", "amqp://u:p@mq.example.org/v"),
        ("EXCHANGE_MANAGEMENT_URL", "http://mq.example.org:15672"),
        ("EXCHANGE_DATABASE_URL", "postgresql://db.example.org/d"),
    ],
)
def test_no_setting_leads_anywhere_without_tls_by_itself(
    name: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadConfiguration, match="without TLS"):
        Settings.read({name: url}, home=tmp_path)
    allowed = ",".join(hosts_of(url))
    monkeypatch.setenv("EXCHANGE_ALLOW_PLAIN", allowed)
    Settings.read({name: url, "EXCHANGE_ALLOW_PLAIN": allowed}, home=tmp_path)


def test_a_broker_s_name_is_verified_and_old_tls_is_not_spoken() -> None:
    (found,) = parameters("amqps://u:p@mq.example.org/v", "test")
    context = found.ssl_options.context
    assert (context.check_hostname, context.verify_mode.name) == (True, "CERT_REQUIRED")
    assert context.minimum_version.name == "TLSv1_2"
    assert found.ssl_options.server_hostname == "mq.example.org"


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    nothing = tmp_path / "none.pem"
    with pytest.raises(BadConfiguration, match=r"EXCHANGE_TLS_AUTHORITY: .*none\.pem holds no certificates"):
        broker_trust({TLS_AUTHORITY: str(nothing)})
    nothing.write_text("nothing")
    with pytest.raises(BadConfiguration, match="holds no certificates"):
        broker_trust({TLS_AUTHORITY: str(nothing)})
