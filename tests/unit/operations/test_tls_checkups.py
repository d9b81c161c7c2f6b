"""What the doctor says of TLS: what ends soon, and where somebody has allowed connections without it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from exchange.clock import RealClock
from exchange.machine.transport.trust import TLS
from exchange.operations.health.checkups.tls import plain, trial
from exchange.runtime.settings import Settings
from exchange.setup.transport.trial_tls import TrialTls


@pytest.mark.parametrize(
    ("age", "days", "level", "said"),
    [(0, 90, None, ""), (70, 90, "note", "ends in 19 days"), (91, 90, "bad", "has expired")],
)
def test_a_certificate_is_told_of_before_it_ends(
    age: int, days: int, level: str | None, said: str, tmp_path: Path
) -> None:
    made_at = RealClock().now() - timedelta(days=age)
    TrialTls(tmp_path / TLS, "tests").make({"broker": ("localhost",)}, made_at, days)
    found = list(trial(Settings.read({}, home=tmp_path)))
    assert [(one.level, said in one.finding) for one in found] == ([(level, True)] if level else [])
    assert all("exchange tls" in one.remedy and "broker.crt" in one.finding for one in found)


def test_where_connections_go_without_tls_is_named_and_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_ALLOW_PLAIN", "mq.example")
    env = {
        "EXCHANGE_ALLOW_PLAIN": "mq.example, db.example",
        "EXCHANGE_BROKER_URL": "amqp://u:SECRET@mq.example/v",
        "EXCHANGE_MANAGEMENT_URL": "http://127.0.0.1:15672",
        "EXCHANGE_DATABASE_URL": "postgresql://u:SECRET@db.example/d",
    }
    found = [one.finding for one in plain(Settings.read(env, home=tmp_path))]
    assert [one.split(" without TLS")[0] for one in found] == [
        "EXCHANGE_BROKER_URL leads to mq.example", "EXCHANGE_DATABASE_URL leads to db.example",
    ]  # fmt: skip
    assert "SECRET" not in "".join(found)
    assert list(plain(Settings.read({}, home=tmp_path))) == []
