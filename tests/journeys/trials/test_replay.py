"""Logs of cases through the real path: the permit log, and made-up ones with every kind of event and every fate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.envelope.document import parse_body, payload_of
from exchange.messaging.documents import Documents
from exchange.schemas import EntryKind, Opinion
from exchange.trials.replay.file import read_replay
from exchange.trials.replay.log import EventKind
from exchange.trials.replay.result import Replayed, table
from exchange.trials.replay.run import Replay
from tests.plain_reckoning import reckon
from tests.real_input import real
from tests.synthetic_log import EVERY_FATE, synthetic_log

pytestmark = pytest.mark.broker


def replayed(path: Path, tmp_path: Path, broker: NodeInfo, cases: int | None = None) -> Replayed:
    return Replay(read_replay(path, cases), tmp_path / "run", broker).run(lambda done, total, virtual: None)


def disagreement(result: Replayed, text: str) -> list[object]:
    """Where the exchange and a reckoning that shares nothing with it differ."""
    plain, refused = reckon(text)
    found = {one.event.line: (one.found.fate, one.found.due) for one in result.consulted}
    said = {one.event.line for one in result.refused if one.sentence}
    rows: list[object] = [(line, plain[line], found[line]) for line in plain if plain[line] != found[line]]
    return rows + sorted(said ^ refused)


OF_C_7 = (
    "图纸不全，请补正", "a supplement of the file is asked for", "图纸已补", "the supplement of the file is there",
    "special procedure: expert-review; 现场踏勘", "踏勘结束", "符合规划",
)  # fmt: skip
"""The reasons of that case's acts: those that its log gives, and those of a replay where it gives none."""


def run_and_see(run: Replay, number: str) -> tuple[Replayed, list[str]]:
    """What came of a replay, and what the window has on record of a case at its last event."""
    said: list[str] = []
    return run.run(lambda done, total, _: said.extend(on_record(run, number)) if done == total else None), said


def on_record(run: Replay, number: str) -> Iterator[str]:
    """The reasons that the window has on record of a case, and what its journal says of supplements."""
    window = next(node for address, node in run.domain.nodes.items() if address.endswith(".window"))
    with window.store.reading() as tx:
        for part in tx[Cases].parts(number):
            yield from [part.reasons] if part.reasons else []
            for entry in tx[Cases].ledger(number, part.department):
                announced = tx[Documents].get(part.department, entry.notice or "")
                if entry.kind is EntryKind.STOP and announced is not None and announced.kind == Opinion.KIND:
                    yield parse_body(Opinion, payload_of(announced.signed)).reasons
                elif entry.kind is not EntryKind.START:
                    yield entry.reason
        told = ("clock-stopped", "procedure-ended", "promise-kept")
        yield from [entry.event for entry in tx.journal_of(number) if entry.event in told]


def test_a_sample_of_the_permit_cases_ends_as_it_must(tmp_path: Path, broker: NodeInfo) -> None:
    result = replayed(real("wabo/replay.csv"), tmp_path, broker, 40)
    assert result.lost == []
    assert result.agrees, (result.found, result.expected)
    assert result.found["deemed"] > 0
    assert result.found["refused"] == 0


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("through_portal", [False, True])
def test_all_permit_cases_end_as_they_must(tmp_path: Path, broker: NodeInfo, *, through_portal: bool) -> None:
    log = read_replay(real("wabo/replay.csv"))
    run = Replay(log, tmp_path / "run", broker, through_portal=through_portal)
    result = run.run(lambda done, total, virtual: None)
    lines = real("wabo/expected.txt").read_text().splitlines()
    counts = {name: int(number) for name, _, number in (line.partition(": ") for line in lines)}
    assert result.agrees
    assert result.filings == (len(log.applications) if through_portal else 0)
    assert result.found["consultations"] == counts["consultations"]
    assert result.found["in_time"] == counts["answered in time"]
    assert result.found["deemed_answered_late"] == counts["deemed, answered late"]
    assert result.found["deemed_never_answered"] == counts["deemed, never answered"]


def test_a_log_of_every_event_and_fate_ends_as_it_is_reckoned_apart(tmp_path: Path, broker: NodeInfo) -> None:
    path = tmp_path / "log.csv"
    path.write_text(EVERY_FATE, encoding="utf-8")
    run = Replay(read_replay(path), tmp_path / "run", broker)
    result, said = run_and_see(run, "c-7")
    assert sorted(said) == sorted([*OF_C_7, "clock-stopped", "clock-stopped", "procedure-ended", "procedure-ended"])
    assert disagreement(result, EVERY_FATE) == []
    assert result.agrees, result.differences
    assert result.filings == 2, "what was told to be missing, and completed, was filed at a portal"
    found = result.found
    assert all(found[fate] for fate in found), found
    assert {one.event.kind for one in result.refused} == set(EventKind) - {EventKind.SUBMIT}
    head, *rows = table(result)
    by_line = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert len(by_line) == found["consultations"] + found["refused"]
    assert by_line[2]["fate"] == by_line[2]["expected"] == "in-time"
    assert by_line[2]["due"] == by_line[2]["expected_due"] != ""
    assert all(by_line[2][column] for column in ("consultation_id", "opinion_id", "application"))
    assert not by_line[2]["deemed_id"]


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_large_log_made_up_by_chance_ends_as_it_is_reckoned_apart(
    seed: int, tmp_path: Path, broker: NodeInfo
) -> None:
    path, text = tmp_path / "log.csv", synthetic_log(seed, 300)
    path.write_text(text, encoding="utf-8")
    result = replayed(path, tmp_path, broker)
    assert disagreement(result, text) == []
    assert result.agrees, result.differences
    kinds = Counter(event.kind for event in read_replay(path).events)
    assert set(kinds) == set(EventKind)
    assert all(result.found.values()), result.found


def test_a_log_of_ten_years_is_replayed_to_its_last_term(tmp_path: Path, broker: NodeInfo) -> None:
    path = tmp_path / "log.csv"
    path.write_text(
        "at,case,event,department,days\n"
        "2007-01-04T09:00:00+08:00,c-1,submit,A,90\n"
        "2016-12-27T09:00:00+08:00,c-2,submit,A,20\n"
        "2016-12-28T09:00:00+08:00,c-2,stop,A,365\n"
        "2016-12-29T09:00:00+08:00,c-2,extend,A,365\n"
    )
    result = replayed(path, tmp_path, broker)
    assert [(one.found.fate, str(one.found.due)[:10]) for one in result.consulted] == [
        ("deemed", "2007-05-19"),
        ("deemed", "2019-12-31"),
    ]
    assert result.agrees


def test_every_event_and_fate_ends_so_through_a_portal_too(tmp_path: Path, broker: NodeInfo) -> None:
    path = tmp_path / "log.csv"
    path.write_text(EVERY_FATE, encoding="utf-8")
    run = Replay(read_replay(path), tmp_path / "run", broker, through_portal=True)
    result, said = run_and_see(run, "c-7")
    assert set(OF_C_7) <= set(said)
    assert said.count("promise-kept") == 2, "what was asked for has come from the portal"
    assert disagreement(result, EVERY_FATE) == []
    assert result.told_otherwise == 0
