"""No command shows a password of its settings: not where the URL is refused, nor in an unexpected error's details."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from exchange import cli
from exchange.cli.unexpected import tell_unexpected
from tests.unit.machine.test_urls import HOSTILE

URLS = {
    "EXCHANGE_BROKER_URL": "amqp://user:{}@broker.example/%2F",
    "EXCHANGE_MANAGEMENT_URL": "http://user:{}@broker.example:15672",
    "EXCHANGE_DATABASE_URL": "postgresql://user:{}@db.example/yizhan",
    "EXCHANGE_CLAIMS_URL": "s3://user:{}@bucket/prefix",
}
COMMANDS = (["doctor"], ["status"], ["init"], ["up"], ["diagnostics"], ["serve", "hefei.planning"], ["alerts", "list"])


@pytest.fixture(autouse=True)
def plain_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with these is their passwords."""
    monkeypatch.setenv("EXCHANGE_ALLOW_PLAIN", "broker.example, db.example")


def _run(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(sys, "argv", ["exchange", *arguments])
    monkeypatch.setattr(cli.logs, "keep_talking", lambda: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize("name", URLS)
@pytest.mark.parametrize("password", [word for word in HOSTILE if any(sign in word for sign in '@/?#[]\\ "')])
def test_a_url_whose_password_is_not_escaped_is_refused_by_every_command_and_not_shown(
    name: str, password: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "departments").mkdir()
    monkeypatch.setenv("EXCHANGE_HOME", str(tmp_path))
    monkeypatch.setenv(name, URLS[name].format(password))
    for command in COMMANDS[:2]:
        assert _run(command, monkeypatch) == 2
        told = capfd.readouterr()
        assert "SECRET" not in (told.out + told.err).replace("AWS_SECRET_ACCESS_KEY", "")
        assert "EXCHANGE_" in told.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_refuses_alike(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "departments").mkdir()
    monkeypatch.setenv("EXCHANGE_HOME", str(tmp_path))
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", "postgresql://user:p@SECRET@db.example/yizhan")
    assert _run(command, monkeypatch) == 2
    told = capfd.readouterr()
    assert "SECRET" not in (told.out + told.err).replace("AWS_SECRET_ACCESS_KEY", "")
    assert "%40" in told.err


def test_an_unexpected_error_is_one_line_and_its_details_are_kept_without_secrets(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "log").mkdir()
    env = {"EXCHANGE_HOME": str(tmp_path), "ALL_PROXY": "http://me:p%40SECRET@gate"}
    try:
        raise RuntimeError("at http://me:p@SECRET@gate and http://me:p%40SECRET@gate")
    except RuntimeError as error:
        tell_unexpected(error, env)
    told = capfd.readouterr().err
    assert told.count("\n") == 1
    assert "RuntimeError" in told
    (file,) = (tmp_path / "log").iterdir()
    assert str(file) in told
    kept = file.read_text()
    assert "Traceback" in kept
    assert "SECRET" not in kept + told
    assert file.stat().st_mode & 0o077 == 0


def test_the_net_catches_what_a_command_did_not_foresee(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setenv("EXCHANGE_HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("exchange.cli.domain.run.Settings.read", fail)
    assert _run(["doctor", "--json"], monkeypatch) == 1
    told = capfd.readouterr()
    assert '"error": "unexpected"' in told.out
    assert "Traceback" not in told.err
    assert "ZeroDivisionError" in told.err
