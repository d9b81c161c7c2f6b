"""`exchange check-consent`: a deemed consent is reckoned anew from its signed bytes, on record or from a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import typer

from exchange.approval.rules.deadline import project
from exchange.audit import prove_receipt, tree_root
from exchange.cli import app
from exchange.clock import AcceleratedClock, SteppedClock, format_clock
from exchange.envelope import pack_leaves
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.receipts import proof_digest
from exchange.runtime.home import open_member
from exchange.runtime.settings import Home, Settings
from exchange.schemas import (
    Body,
    DeadlineNotice,
    DeadlineState,
    DeemedConsent,
    DefaultMode,
    Exclusion,
    Receipt,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptProof,
)
from exchange.setup.init import init_files
from tests.processes import write_departments
from tests.unit.facts import CALENDAR, ID, at, deadline, deemed_on, reminder, start

COMMANDS: Any = typer.main.get_command(app)


@dataclass
class Town:
    """A domain's folder, without a broker: what its members sign stands in their databases."""

    settings: Settings
    clock: SteppedClock

    def signed(self, who: str, to: str, body: Body, *enclosures: bytes, case: str | None = None) -> bytes:
        """A member's message as it stands on its record; noted in the case's journal where one is named."""
        opened = open_member(self.settings, f"hefei.{who}")
        try:
            with opened.node.step() as step:
                message_id = step.send(body, (f"hefei.{to}",), enclosures=enclosures)
                if case is not None:
                    step.note("deemed", case, message_id)
            with opened.store.reading() as tx:
                stored = tx[Documents].get(opened.node.address, message_id)
        finally:
            opened.store.close()
        assert stored is not None
        return stored.signed

    def evidence(self, department: str = "planning") -> ReceiptProof:
        """A department's receipt for the request."""
        receipt = Receipt(
            message_id=ID, digest="0" * 64, sender="hefei.window", receiver=f"hefei.{department}",
            outcome=ReceiptOutcome.ACCEPTED, arrived_at=self.clock.now(), signed_for_at=self.clock.now(),
        )  # fmt: skip
        leaves = [receipt.model_dump_json().encode()]
        batch = ReceiptBatch(
            root=tree_root(leaves).hex(), size=1, receiver=receipt.receiver, sender=receipt.sender, at=self.clock.now()
        )
        return prove_receipt(self.signed(department, "window", batch, pack_leaves(leaves)), leaves, 0)

    def run(self, *words: str) -> int:
        """The command, in this process; its exit code."""
        try:
            return int(COMMANDS.main([*words, "--home", str(self.settings.home)], standalone_mode=False) or 0)
        except typer.Exit as ended:
            return ended.exit_code


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder, clock = tmp_path_factory.mktemp("town"), SteppedClock(at("03-02"))
    write_departments(folder / "departments", "hefei", ["planning", "transport"])
    settings = Settings(folder / "home", None, None, None, clock)
    init_files(settings, lambda text: None, folder / "departments")
    later = AcceleratedClock(datetime.now(UTC), at("03-12"), 1)
    Home(settings.home).clock.write_text(format_clock(later))  # for the command
    return Town(settings, clock)


@pytest.fixture(scope="module")
def silence(town: Town) -> DeadlineState:
    """A term of five days from Monday, which planning let pass."""
    town.clock.step_to(at("03-02", "10:00"))
    return deadline(
        start("03-02"), evidence=town.evidence(), department="hefei.planning", lead="hefei.window", case_number="C-1"
    )


def consent(state: DeadlineState, *, reminded: str = "03-05", **fields: Any) -> DeemedConsent:
    due_at = project(state, CALENDAR).due_at
    assert due_at is not None
    assert state.evidence is not None
    fields = {"receipt_digest": proof_digest(state.evidence), **fields}
    return deemed_on(state, fields.pop("due_at", due_at), reminder(reminded), **fields)


@pytest.mark.parametrize(
    ("spoil", "who", "day", "complaint"),
    [
        (lambda s, t: consent(s), "monitor", "03-06", "the term is not over"),
        (lambda s, t: consent(s), "window", "03-11", "is not a monitor"),
        (lambda s, t: consent(s, reminded="03-10"), "monitor", "03-11", "no reminder went out within the term"),
        (lambda s, t: consent(s, due_at=at("03-06", "24:00")), "monitor", "03-11", "does not follow from the ledger"),
        (lambda s, t: consent(s, mode=DefaultMode.REFUSAL), "monitor", "03-11", "not the one that the matter"),
        (lambda s, t: consent(s, receipt_digest="1" * 64), "monitor", "03-11", "not the one that is cited"),
        (
            lambda s, t: consent(s.model_copy(update={"evidence": t.evidence("transport")})),
            "monitor", "03-11", "for another request",
        ),
        (
            lambda s, t: consent(s.model_copy(update={"exclusions": (Exclusion.LIFE_SAFETY,)})),
            "monitor", "03-11", "excluded: life-safety",
        ),
        (lambda s, t: DeadlineNotice(deadlines=(s,)), "monitor", "03-11", "not a deemed consent"),
    ],
)  # fmt: skip
def test_each_thing_that_it_rests_on_is_missed_where_it_is_wrong(
    town: Town,
    silence: DeadlineState,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[DeadlineState, Town], Body],
    who: str,
    day: str,
    complaint: str,
) -> None:
    town.clock.step_to(at(day))
    file = tmp_path / "one.cose"
    file.write_bytes(town.signed(who, "transport", spoil(silence, town)))
    assert town.run("check-consent", str(file)) == 8
    assert complaint in " ".join(capsys.readouterr().out.split())


def test_what_a_monitor_signed_is_verified_written_and_verified_again_from_the_file(
    town: Town, silence: DeadlineState, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.clock.step_to(at("03-11"))
    town.signed("monitor", "window", consent(silence), case="C-1")
    assert town.run("check-consent", "C-1", "--as", "hefei.monitor", "--out", str(tmp_path / "out")) == 0
    assert "✓ verified" in " ".join(capsys.readouterr().out.split())
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "C-1.hefei.planning.hefei.monitor.cose"
    assert town.run("check-consent", str(file), "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["verified"], told["department"], told["monitor"]) == (True, "hefei.planning", "hefei.monitor")
    assert told["due_at"] == "2026-03-10T00:00:00+08:00"
    file.write_bytes(file.read_bytes().replace(b"hefei.planning", b"hefei.plannimg"))
    assert town.run("check-consent", str(file), "--json") == 8
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["verified"], told["code"]) == (False, "forged")


def test_a_case_without_one_says_who_has_them(town: Town) -> None:
    with pytest.raises(NotFound, match="no deemed consent in case C-9") as refused:
        town.run("check-consent", "C-9")
    assert "exchange status" in refused.value.remedy
