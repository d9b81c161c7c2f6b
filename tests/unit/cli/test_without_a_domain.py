"""Before there is a domain, every command that needs one says so first, and how one is made; help is there always."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from exchange.cli import app
from exchange.errors import NoDomain
from exchange.operations.health.checkups.doctor import examine, examine_member
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.home import need_domain
from exchange.runtime.settings import Home, Settings

NEED_NONE = {
    "init",
    "deployment",
    "up",
    "doctor",
    "demo",
    "replay",
    "prove",
    "schema",
    "alerts secret",
    "plan",
    "verify",
    "restore",
    "tls",
}
"""They make a domain, or look for one themselves, or have nothing to do with any."""

EXCHANGE: Any = typer.main.get_command(app)


def _commands(group: Any, *above: str) -> Iterator[str]:
    for name, inner in group.commands.items():
        if hasattr(inner, "commands"):
            yield from _commands(inner, *above, name)
        else:
            yield " ".join((*above, name))


@pytest.mark.parametrize("command", [name for name in _commands(EXCHANGE) if name not in NEED_NONE])
def test_a_command_says_that_there_is_no_domain_before_anything_else(command: str, tmp_path: Path) -> None:
    with pytest.raises(NoDomain, match=f"no domain here: {tmp_path / 'none'}") as refused:
        EXCHANGE.main([*command.split(), "--home", str(tmp_path / "none")], standalone_mode=False)
    assert refused.value.exit_code == 6
    assert "exchange init" in refused.value.remedy
    assert not list(tmp_path.iterdir())


def test_help_needs_no_domain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXCHANGE_HOME", str(tmp_path))
    assert EXCHANGE.main(["decide", "--help"], standalone_mode=False) == 0
    assert "Usage" in capsys.readouterr().out


def test_departments_alone_are_no_domain_yet(tmp_path: Path) -> None:
    (tmp_path / "departments").mkdir()
    with pytest.raises(NoDomain, match="departments only"):
        need_domain(Home(tmp_path))


@pytest.mark.parametrize("look", [examine, lambda settings: examine_member(settings, "hefei.planning")])
def test_the_doctor_finds_that_there_is_none_and_nothing_else(
    look: Callable[[Settings], list[Finding]], tmp_path: Path
) -> None:
    (finding,) = look(Settings.read({}, home=tmp_path / "none"))
    assert finding.level == "bad"
    assert (finding.finding, finding.remedy) == (f"no domain here: {tmp_path / 'none'}", NoDomain.remedy)
