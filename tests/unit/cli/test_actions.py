"""Every command that changes something is in the audit log, or it stands written why it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer

from exchange.cli import app
from exchange.cli.actions import COMMAND_ACTIONS, action_of, told_of
from exchange.cli.recorded import call_recorded
from exchange.errors import Conflict
from exchange.language.action_names import ACTIONS
from exchange.operations.audit.store import AuditLog
from exchange.operations.domain_view import DomainView
from exchange.runtime.settings import Home, Settings

ROOT = Path(__file__).parents[3]

BY_THEMSELVES = frozenset({
    "dead", "hold", "release", "drain", "revoke", "token new", "token revoke", "console",
    "authority renew", "authority replace", "authority accept", "desk",
})  # fmt: skip
"""Commands that say more of what they do than what they were called with."""

UNRECORDED: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "doctor", "schema", "status", "check-consent", "inbox", "show", "holds", "top", "trace", "find",
            "reconcile", "authority show", "joint list", "joint show", "notice status", "notice list",
            "notice show",
            "notice form", "notice collect", "notice verify", "domain list", "token list", "alerts list",
            "filing list", "filing show", "filing follow", "hearing list",
            "licence list", "licence show", "licence register", "licence check",
            "licence answers", "licence asked", "licence recheck",
            "calendar show", "calendar check", "substitute list", "stand-in list", "register", "report", "matters",
            "verify", "serving", "plan",
        ),
        "only looks",
    ),
    "alerts secret": "prints a secret that is nowhere else",
    "serve": "a member's process: what it does is in its own record, and its start in its log",
    "window": "pages for the public: what is done on them is in the portal's own record",
    "deployment": "writes files that nobody runs by yet",
    "demo": "has a domain of its own",
    "replay": "has a domain of its own",
    "prove": "has a domain of its own",
}  # fmt: skip
"""Commands without an entry, and why."""


def leaves(command: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every command with its words; groups only as their members."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name in command.commands:
        yield from leaves(command.commands[name], f"{path} {name}".strip())


COMMANDS: Mapping[str, Any] = dict(leaves(typer.main.get_command(app)))


def test_every_command_has_an_entry_or_a_reason() -> None:
    kinds = [*COMMAND_ACTIONS, *BY_THEMSELVES, *UNRECORDED]
    assert sorted(kinds) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMAND_ACTIONS)
def test_what_an_action_tells_are_parameters_of_its_command_and_no_content(command: str) -> None:
    action = COMMAND_ACTIONS[command]
    named = {*action.told, *action.unless, *action.only}
    assert named <= {one.name for one in COMMANDS[command].params}
    assert not named & {"reason", "reasons", "conditions", "instruction", "opinion", "values", "basis"}
    assert command.replace(" ", ".") in ACTIONS


def test_those_that_record_by_themselves_do() -> None:
    for command in BY_THEMSELVES:
        module = COMMANDS[command].callback.__module__
        text = (ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8")
        assert any(does in text for does in ("recorded(", "reset_from_here(", "link_from_here(")), command


def test_some_only_look_when_called_in_one_way() -> None:
    assert action_of("keys", {"retire_": False}) is None
    assert action_of("keys", {"retire_": True}) is not None
    assert action_of("link", {"neighbour": "anhui", "status": True}) is None
    assert action_of("status", {}) is None


def test_an_entry_tells_values_and_named_options() -> None:
    given = {"case": "2026-1", "verdict": None, "as_": "hefei.planning", "officer": "Li", "reasons": "never"}
    assert told_of(COMMAND_ACTIONS["reply"], given) == "2026-1 as=hefei.planning officer=Li"
    assert told_of(COMMAND_ACTIONS["decide"], {"case": "2026-1", "confirm": True}) == "2026-1 confirm"


def entries(settings: Settings) -> list[tuple[str, str, str, str]]:
    with DomainView(settings) as view, view.console.reading() as tx:
        return [(one.action, one.what, one.outcome, one.source) for one in tx[AuditLog].entries()]


def test_what_a_command_does_is_recorded_failed_or_not_and_nothing_where_there_is_no_domain(tmp_path: Path) -> None:
    settings = Settings.read({"EXCHANGE_HOME": str(tmp_path)}, tmp_path)

    def well(**given: Any) -> str:
        return "well"

    def fails(**given: Any) -> None:
        raise Conflict("moved on", remedy="look again")

    def ends(**given: Any) -> None:
        raise typer.Exit(8)

    given = {"case": "2026-1", "home": tmp_path}
    assert call_recorded("withdraw", well, given) == "well"
    assert not Home(tmp_path).members.exists(), "no domain, no log"
    Home(tmp_path).directory.parent.mkdir(parents=True, exist_ok=True)
    Home(tmp_path).directory.write_bytes(b"")
    call_recorded("withdraw", well, given)
    with pytest.raises(Conflict):
        call_recorded("withdraw", fails, given)
    with pytest.raises(typer.Exit):
        call_recorded("withdraw", ends, given)
    call_recorded("up", well, {"home": tmp_path})
    assert entries(settings) == [
        ("withdraw", "2026-1", "done", "command-line"),
        ("withdraw", "2026-1", Conflict("x", remedy="y").code, "command-line"),
        ("withdraw", "2026-1", "exit-8", "command-line"),
        ("up", "", "begun", "command-line"),
    ]
