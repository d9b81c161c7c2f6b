"""The console's page of figures: the same tables as the command, and the CSV."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from exchange.approval.figures.counting import report_of
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.report.groups import Report
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.deadlines import matter_key
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.operations.domain_view import DomainView
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.home import open_member
from exchange.runtime.settings import Home
from tests.web.open_door import OpenDoor
from tests.web.window.wicket import make_home

MONDAY = datetime(2026, 3, 2, 10, tzinfo=CST)
MARCH = "since=2026-03-01&until=2026-03-31"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """The console of a domain whose window has decided one case."""
    settings = make_home(tmp_path)
    matter = load_catalogue(Home(settings.home).catalogue)["works"]
    asked: dict[str, Any] = {"issued_at": MONDAY, "started_at": MONDAY, "due_at": MONDAY + timedelta(days=4)}
    answered = {"state": PartState.ANSWERED, "answered_at": MONDAY + timedelta(days=2)}
    opened = open_member(settings, "hefei.window")
    with opened.store.transaction() as tx:
        tx.set_meta(matter_key("works", "1"), matter.model_dump_json())
        case = CaseRow(
            "C-1", "works", "1", CaseState.DECIDED, 1, b"{}", "热电公司", "管道", "0" * 36, MONDAY,
            decided_at=MONDAY + timedelta(days=3), outcome="grant",
        )  # fmt: skip
        parts = [PartRow("C-1", f"hefei.{name}", 1, **asked, **answered) for name in ("planning", "transport")]
        tx[Cases].open(case, parts)
    opened.store.close()
    with DomainView(settings) as view:
        yield TestClient(create_app(view, OpenDoor(), SECTIONS), headers={"accept-language": "en"})


@pytest.mark.parametrize(("by", "line"), [("department", "hefei.planning"), ("matter", "works"), ("month", "2026-03")])
def test_the_page_has_a_line_for_each_and_the_terms_of_2006(client: TestClient, by: str, line: str) -> None:
    page = client.get(f"/figures?{MARCH}&by={by}").text
    assert "16.0" in page, "two working days saved, at eight hours"
    assert "100.0 %" in page
    assert line in page or "planning" in page
    assert "热电公司" not in page


def test_the_file_has_each_department_matter_and_month(client: TestClient) -> None:
    answer = client.get(f"/figures.csv?{MARCH}")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(one["department"], one["asked"], one["case_cases"]) for one in lines] == [
        ("hefei.planning", "1", ""), ("hefei.transport", "1", ""), ("", "", "1"),
    ]  # fmt: skip


def test_days_without_anything_and_days_that_are_none_are_said(client: TestClient) -> None:
    assert "Nothing was put to a department" in client.get("/figures?since=2026-04-01&until=2026-04-02").text
    assert "2026-03-02" in client.get("/figures?since=yesterday").text
    assert "department, matter, month" in client.get("/figures?by=pigeon").text


def test_a_page_waits_for_no_long_count_and_shows_it_when_it_is_done(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slowly(*given: Any) -> Report:
        assert go_on.wait(20)
        return report_of(*given)

    monkeypatch.setattr("exchange.console.pages.figures.report_of", slowly)
    page = client.get(f"/figures?{MARCH}").text
    assert "Counting" in page
    assert 'data-again="10"' in page
    answer = client.get(f"/figures.csv?{MARCH}")
    assert answer.status_code == 409
    assert "are being counted" in answer.text
    go_on.set()
    page = client.get(f"/figures?{MARCH}").text
    assert "100.0 %" in page
    assert "Counted at" in page
    assert "data-again" not in page
