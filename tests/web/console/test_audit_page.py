"""The audit log by account and time, page by page, and as a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

from exchange.audit.acting import acting_source
from exchange.web.door.permissions import AccountRole
from tests.web.house import NOON, House


def _filled(house: House) -> None:
    for day in range(3):
        for number in range(40):
            house.gate.record("otto" if number % 2 else "olga", "redrive", f"/dead/{day}-{number}", "done")
        house.step(timedelta(days=1))


def test_entries_are_found_by_account_and_day_on_every_page_and_in_the_file(house: House) -> None:
    _filled(house)
    visitor = house.signed_in(AccountRole.SECURITY)
    second = f"{NOON + timedelta(days=1):%Y-%m-%d}"
    page = visitor.http.get(f"/audit?account=otto&since={second}&until={second}").text
    assert "/dead/1-39" in page
    assert all(other not in page for other in ("/dead/0-39", "/dead/2-39", "/dead/1-38"))
    first = visitor.http.get(f"/audit?since={second}").text
    assert f"since={second}&amp;before=" in first, "the next page keeps the filter"
    file = visitor.http.get(f"/audit.csv?account=otto&since={second}&until={second}")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row["what"] for row in rows] == [f"/dead/1-{number}" for number in range(39, 0, -2)]
    lines = visitor.http.get(f"/audit.jsonl?account=otto&since={second}").text.splitlines()
    assert len(lines) == 40
    assert json.loads(lines[0])["account"] == "otto"


def test_a_day_that_is_none_is_said_and_gives_no_file(house: House) -> None:
    visitor = house.signed_in(AccountRole.SECURITY)
    assert "2026-03-02" in visitor.http.get("/audit?since=yesterday&language=en").text
    assert visitor.http.get("/audit.csv?since=yesterday").status_code == 409


def test_the_log_is_exported_by_those_who_may_read_it_alone(house: House) -> None:
    assert house.signed_in(AccountRole.OPERATOR).http.get("/audit.csv").status_code == 403


def test_each_entry_says_where_it_came_from_on_the_page_and_in_the_file(house: House) -> None:
    house.gate.record("otto", "redrive", "/by-command", "done")
    visitor = house.signed_in(AccountRole.SECURITY)
    origin = acting_source().origin
    page = visitor.http.get("/audit?source=command-line").text
    assert "/by-command" in page
    assert f'command line <span class="dim">{origin}</span>' in page
    assert "/sign-in</code>" not in page
    assert 'web <span class="dim">testclient</span>' in visitor.http.get("/audit?source=web").text
    file = visitor.http.get("/audit.csv?source=command-line").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file)))
    assert [(row["what"], row["source"], row["origin"]) for row in rows] == [("/by-command", "command-line", origin)]
    first = json.loads(visitor.http.get("/audit.jsonl?source=web").text.splitlines()[-1])
    assert (first["what"], first["origin"], first["version"]) == ("/sign-in", "testclient", "2")


def test_a_source_that_is_none_is_said(house: House) -> None:
    visitor = house.signed_in(AccountRole.SECURITY)
    assert "command-line" in visitor.http.get("/audit?source=pigeon&language=en").text
    assert visitor.http.get("/audit.csv?source=pigeon").status_code == 409
