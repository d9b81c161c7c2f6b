"""What a replay shows and writes: the comparison, the first ten differences, a row for each result, the time left."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime, timedelta

import pytest
from rich.console import Console

from exchange.cli.trials import replay_view
from exchange.clock import CST
from exchange.machine.spreadsheet import csv_text
from exchange.trials.replay.fates import Ending, ReplayFate
from exchange.trials.replay.log import EventKind, ReplayEvent
from exchange.trials.replay.result import COLUMNS, Consulted, Refused, Replayed, table

AT = datetime(2026, 3, 2, 9, tzinfo=CST)
DUE = datetime(2026, 3, 10, tzinfo=CST)


def event(line: int, kind: EventKind = EventKind.SUBMIT) -> ReplayEvent:
    return ReplayEvent(line, AT, f"c-{line}", kind, "规划[局]")


def consulted(line: int, found: ReplayFate | None, expected: ReplayFate, due: datetime | None = DUE) -> Consulted:
    ids = {"consultation_id": f"ask-{line}", "opinion_id": f"say-{line}", "deemed_id": f"deem-{line}"}
    return Consulted(event(line), f"c-{line}", Ending(found, due), Ending(expected, DUE), **ids)


def replayed(*results: Consulted | Refused, doubled: int = 0) -> Replayed:
    return Replayed(
        consulted=[one for one in results if isinstance(one, Consulted)],
        refused=[one for one in results if isinstance(one, Refused)],
        events=20, messages=90, seconds=4.0, dead_letters=0, undelivered=0, doubled=doubled,
    )  # fmt: skip


def shown(result: Replayed, monkeypatch: pytest.MonkeyPatch) -> str:
    text = io.StringIO()
    monkeypatch.setattr(replay_view, "console", Console(file=text, width=160))
    replay_view.report(result, as_json=False)
    return text.getvalue()


OTHERWISE = replayed(
    *(consulted(line, ReplayFate.DEEMED, ReplayFate.IN_TIME) for line in range(101, 109)),
    consulted(130, ReplayFate.IN_TIME, ReplayFate.IN_TIME),
    consulted(112, None, ReplayFate.DEEMED),
    Refused(event(109, EventKind.STOP), "its clock stands still", expected=False),
    Refused(event(110, EventKind.EXTEND), None, expected=True),
    Refused(event(111, EventKind.REPLY), "it was withdrawn", expected=True),
    consulted(113, ReplayFate.IN_TIME, ReplayFate.IN_TIME, DUE + timedelta(days=1)),
)


def test_the_first_ten_differences_are_shown_in_the_order_of_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(OTHERWISE, monkeypatch)
    assert "12 differences" in text
    for line in range(101, 111):
        assert f"c-{line} " in text
    for line in (111, 112, 113, 130):
        assert f"c-{line}" not in text, "it agrees, or comes behind the first ten"
    assert "规划[局]" in text
    assert "its clock stands still" in text
    assert "otherwise than it must be" in text


def test_what_agrees_is_shown_without_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    text = shown(replayed(consulted(2, ReplayFate.IN_TIME, ReplayFate.IN_TIME)), monkeypatch)
    assert "differences" not in text
    assert "otherwise" not in text
    assert "as it must be" in text


@pytest.mark.parametrize("doubled", [0, 1])
def test_what_was_doubled_is_no_agreement(doubled: int) -> None:
    assert replayed(consulted(2, ReplayFate.IN_TIME, ReplayFate.IN_TIME), doubled=doubled).agrees == (not doubled)


def test_json_counts_all_differences_and_gives_the_first_ten(capsys: pytest.CaptureFixture[str]) -> None:
    replay_view.report(OTHERWISE, as_json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["agrees"], told["different"], len(told["differences"])) == (False, 12, 10)
    assert told["lost"] == 1
    assert (told["found"]["refused"], told["expected"]["refused"]) == (2, 2)
    assert told["differences"][0] == {
        "line": 101, "case": "c-101", "event": "submit", "department": "规划[局]", "at": "2026-03-02T09:00:00+08:00",
        "fate": "deemed", "expected": "in-time",
        "due": "2026-03-10T00:00:00+08:00", "expected_due": "2026-03-10T00:00:00+08:00", "application": "c-101",
        "consultation_id": "ask-101", "opinion_id": "say-101", "deemed_id": "deem-101",
    }  # fmt: skip


def test_the_file_has_a_row_for_each_consultation_and_each_refused_event() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(table(OTHERWISE)).removeprefix("\ufeff"))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["line"] for row in rows] == [*map(str, range(101, 114)), "130"]
    by_line = {int(row["line"]): row for row in rows}
    assert (by_line[109]["fate"], by_line[109]["expected"]) == ("refused", "accepted")
    assert (by_line[110]["fate"], by_line[110]["expected"]) == ("accepted", "refused")
    assert (by_line[111]["fate"], by_line[111]["said"]) == ("refused", "it was withdrawn")
    assert (by_line[112]["fate"], by_line[112]["expected"]) == ("", "deemed")
    assert by_line[113]["due"] == "2026-03-11T00:00:00+08:00"


def test_progress_says_every_tenth_how_much_time_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now, said = [100.0], list[str]()
    monkeypatch.setattr(replay_view, "errors", Console(file=io.StringIO(), force_terminal=False))
    monkeypatch.setattr(replay_view, "monotonic", lambda: now[0])
    monkeypatch.setattr(replay_view, "say", said.append)
    with replay_view.progress(1000) as update:
        for done in range(1, 1001):
            now[0] += 0.5
            update(done, 1000, "2026-03-02")
    assert len(said) == 10
    assert said[0] == "100 of 1,000 events, 2 a second, 2026-03-02; about 7:30 left"
    assert said[-1].endswith("about 0:00 left")


def test_a_terminal_shows_a_bar_with_rate_and_virtual_day(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr(replay_view, "errors", Console(file=text, force_terminal=True, width=160))
    with replay_view.progress(2) as update:
        update(1, 2, "2026-03-02")
        update(2, 2, "2026-03-03")
    assert "2/2" in text.getvalue()
    assert "/s · " in text.getvalue()
    assert "2026-03-03" in text.getvalue()
