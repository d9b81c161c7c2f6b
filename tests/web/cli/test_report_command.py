"""The command `exchange report`, as a person types it, over a window's record."""

from __future__ import annotations

import csv
import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.figures.counting import report
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.deadlines import matter_key
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.errors import Denied
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.home import open_member
from exchange.runtime.settings import Home, Settings
from exchange.schemas import EntryKind, LedgerEntry, Verdict
from tests.warm import run_warm
from tests.web.window.wicket import make_home

MARCH = ("--from", "2026-03-01", "--to", "2026-03-31")


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=CST)


def case(number: str, decided: int | None, **fields: Any) -> CaseRow:
    closed = {"state": CaseState.DECIDED, "decided_at": at(decided), "outcome": "grant"} if decided else {}
    facts: dict[str, Any] = {"state": CaseState.OPEN, **closed, **fields}
    return CaseRow(
        number, "works", "1", stage=1, application=b"{}", applicant="热电公司", project="=1+1",
        conversation_id="0" * 36, opened_at=at(2), **facts,
    )  # fmt: skip


def parts(number: str, answered: int | None, **silent: Any) -> list[PartRow]:
    asked: dict[str, Any] = {"issued_at": at(2), "started_at": at(2)}
    first = {"state": PartState.ANSWERED, "answered_at": at(answered), "verdict": Verdict.AGREE} if answered else {}
    return [
        PartRow(number, "hefei.planning", 1, **{"state": PartState.SIGNED, **asked, "due_at": at(10, 0), **first}),
        PartRow(number, "hefei.transport", 1, **{"state": PartState.DEEMED, **asked, "due_at": at(6, 0), **silent}),
    ]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A domain whose window has three cases on record, of which two are decided."""
    settings = make_home(tmp_path)
    matter = load_catalogue(Home(settings.home).catalogue)["works"]
    opened = open_member(settings, "hefei.window")
    with opened.store.transaction() as tx:
        tx.set_meta(matter_key("works", "1"), matter.model_dump_json())
        tx[Cases].open(case("C-1", 6), parts("C-1", 5, deemed_at=at(6, 0), reminded_at=at(4)))
        tx[Cases].open(case("C-2", 16), parts("C-2", 13, deemed_at=at(6, 0)))
        tx[Cases].open(case("C-3", None), parts("C-3", None, state=PartState.SIGNED))
        tx[Cases].open(case("C-4", None, state=CaseState.WITHDRAWN), parts("C-4", 3, deemed_at=at(6, 0)))
        tx[CaseClocks].promise_over("C-2", at(13))
        stop = LedgerEntry(kind=EntryKind.STOP, at=at(9), days=2, reason="x", actor="hefei.planning", basis=("y",))
        start = LedgerEntry(kind=EntryKind.START, at=at(2), reason="x", actor="hefei.planning")
        tx[Cases].add_entries("C-2", "hefei.planning", [start, stop])
    opened.store.close()
    return settings.home


def typed(home: Path, *words: str, language: str = "en") -> Any:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
    return run_warm(["report", *words], {**kept, "EXCHANGE_HOME": str(home), "EXCHANGE_LANGUAGE": language})


def test_a_report_is_told_in_the_terms_of_2006_and_by_duties(home: Path) -> None:
    found = json.loads(typed(home, *MARCH, "--by", "department", "--json").stdout)
    assert found["programme"] == {"cases": 2, "mean_days": 7.0, "hours_faster": 24.0, "deemed_consents": 2}
    planning, transport = found["duties"]
    assert (planning["asked"], planning["in_time"], planning["late"], planning["share_in_time"]) == (3, 1, 1, 0.3333)
    assert (planning["half_within_days"], planning["nine_of_ten_within_days"]) == (3, 6), "three days stood still"
    assert (transport["defaulted"], transport["reminded"], transport["half_within_days"]) == (2, 1, 3)
    (cases,) = found["cases"]
    assert (cases["promised"], cases["promise_kept"], cases["no_reasons"], cases["decided_in_time"]) == (2, 1, 1, 2)
    assert "热电公司" not in json.dumps(found, ensure_ascii=False), "figures name nobody"


def test_tables_csv_and_picture_say_the_same_in_both_languages(home: Path, tmp_path: Path) -> None:
    table, picture = tmp_path / "march.csv", tmp_path / "march.svg"
    said = typed(home, *MARCH, "--csv", str(table), "--svg", str(picture)).stdout
    assert "24.0" in said
    assert "33.3 %" in said
    assert "比串联快" in typed(home, *MARCH, "--by", "month", language="zh").stdout
    with table.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["month"], line["matter"], line["department"], line["asked"]) for line in lines] == [
        ("2026-03", "works", "hefei.planning", "3"), ("2026-03", "works", "hefei.transport", "3"),
        ("2026-03", "works", "", ""),
    ]  # fmt: skip
    assert lines[2]["case_hours_faster"] == "24.0"
    drawn = ElementTree.fromstring(picture.read_text(encoding="utf-8"))
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}tspan")]
    assert "33.3 %" in texts
    assert "24.0" in texts


def test_of_nothing_there_is_no_figure(home: Path) -> None:
    april = ("--from", "2026-04-01", "--to", "2026-04-30")
    assert "nothing was put to a department" in typed(home, *april).stdout
    assert json.loads(typed(home, *april, "--json").stdout)["programme"]["mean_days"] is None


def test_days_the_wrong_way_round_and_mixed_options_are_refused_with_a_remedy(home: Path) -> None:
    for words in (("--from", "2026-03-31", "--to", "2026-03-01"), ("--ahead", "3", "--by", "month")):
        refused = typed(home, *words)
        assert refused.returncode != 0
        assert any(remedy in refused.stderr for remedy in ("give the first day first", "give --ahead alone"))


def test_a_dry_run_without_terms_says_so(home: Path) -> None:
    assert "no term ends within 3 days" in typed(home, "--ahead", "3").stdout


def test_only_a_window_has_figures(home: Path) -> None:
    settings = Settings.read({}, home=home)
    opened = open_member(settings, "hefei.planning")
    with pytest.raises(Denied):
        report(opened.node, date(2026, 3, 1), date(2026, 3, 2))
    opened.store.close()
