"""`exchange prove` as a person types it: how it ends by what it has found, what it prints, and the report it writes."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from exchange.cli import app
from exchange.cli.trials import prove as command
from exchange.trials.prove.options import Options, ProofOutcome, Versions
from exchange.trials.prove.rules.faults import Fault, FaultKind
from exchange.trials.prove.rules.judgement import BreachFound, ProofBreach
from exchange.trials.prove.rules.measures import Passage, Passages, Struck

RIGHT = ProofOutcome(
    options=Options(documents=60, cases=12, faults=3, seed=7),
    versions=Versions("1.0", "RabbitMQ 4.0", True, "SQLite 3", "3.11", "a machine", "the nodes share one network"),
    began="2026-11-30T00:00:00+00:00", seconds=40.0, load_ended=20.0, calm=38.0, handed_in=60, completed=60, cases=12,
    messages=500, parts={"answered": 30, "deemed": 6}, in_time_at_the_edge=3, late=2, refusals=1,
    supervisors=0,
    struck=[
        Struck(Fault(1, 1.0, FaultKind.KILL_ROLE, "window", 0.0), at=1.0, lifted=1.0, recovered=3.5),
        Struck(Fault(2, 2.0, FaultKind.FREEZE_NODE, "node-1", 2.0), at=2.0, lifted=4.0, recovered=4.5),
        Struck(Fault(3, 3.0, FaultKind.DISK, "housing", 2.0), skipped="a small file system needs root"),
    ],
    passages=Passages([Passage(1.0, 3.5, "window", "housing"), Passage(4.0, 4.5, "housing", "window")]),
    found=[],
)  # fmt: skip
LOST = BreachFound(ProofBreach.LOST, "m-17", "window → housing")
TWICE = BreachFound(ProofBreach.DOUBLED, "m-18", "window → planning", "× 2")

Prover = Callable[..., Result]


@pytest.fixture
def prove(monkeypatch: pytest.MonkeyPatch) -> Iterator[Prover]:
    """The command where a run comes to what it is told."""
    before = signal.getsignal(signal.SIGTERM)

    def run(outcome: ProofOutcome, *arguments: str) -> Result:
        class Told:
            def __init__(self, folder: Path, options: Options, *_: object) -> None:
                self.options = options

            def run(self) -> ProofOutcome:
                return replace(outcome, options=self.options)

        monkeypatch.setattr(command, "Prove", Told)
        return CliRunner().invoke(app, ["prove", "--seed", "7", *arguments], env={"EXCHANGE_LANGUAGE": "en"})

    yield run
    signal.signal(signal.SIGTERM, before)


def test_it_ends_with_0_where_the_law_held_and_with_8_where_anything_broke_it(prove: Prover) -> None:
    assert prove(RIGHT).exit_code == 0
    for breach in ProofBreach:
        assert prove(replace(RIGHT, found=[BreachFound(breach, "m-17", "window")])).exit_code == 8


def test_it_says_what_held_what_broke_it_and_what_was_left_out(prove: Prover) -> None:
    held, broken = prove(RIGHT).output, prove(replace(RIGHT, found=[LOST, TWICE])).output
    assert "the law held" in held
    assert "✗" not in held
    assert "1 faults were left out" in held
    assert "the law did not hold" in broken
    assert "✗ lost: m-17 window → housing" in broken
    assert "✗ doubled: m-18 window → planning × 2" in broken


def test_the_report_has_seed_versions_law_figures_and_every_fault(prove: Prover, tmp_path: Path) -> None:
    assert prove(replace(RIGHT, found=[LOST]), "--report", str(tmp_path / "proof.html")).exit_code == 8
    data = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    assert (data["holds"], data["options"]["seed"], data["versions"]["broker"]) == (False, 7, "RabbitMQ 4.0")
    assert {breach for breach, number in data["law"].items() if number} == {"lost"}
    assert data["found"] == [{"breach": "lost", "what": "m-17", "who": "window → housing", "detail": ""}]
    assert [(one["kind"], one["skipped"]) for one in data["faults"]] == [
        ("kill-role", None), ("freeze-node", None), ("full-disk", "a small file system needs root"),
    ]  # fmt: skip
    assert data["recovery"] == {
        "kill-role": {"number": 1, "p50": 2.5, "p90": 2.5, "p99": 2.5, "p100": 2.5},
        "freeze-node": {"number": 1, "p50": 0.5, "p90": 0.5, "p99": 0.5, "p100": 0.5},
    }
    page = (tmp_path / "proof.html").read_text(encoding="utf-8")
    for told in ("the law did not hold", "m-17", "<svg", "1: window, 1.0 s", "a small file system needs root"):
        assert told in page


def test_a_machine_reads_the_same_as_the_file(prove: Prover, tmp_path: Path) -> None:
    told = prove(RIGHT, "--json", "--report", str(tmp_path / "proof"))
    assert json.loads(told.stdout[told.stdout.index("{") :]) == json.loads((tmp_path / "proof.json").read_text())
