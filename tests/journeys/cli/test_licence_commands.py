"""Licences by commands alone: issued on a decided case, shown, checked, renewed, changed, revoked, cancelled."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from exchange.paper.originals import original_of
from tests.journeys.city import wait_until
from tests.journeys.commands import application
from tests.processes import ProcessDomain, run

pytestmark = pytest.mark.broker

BY = ("--officer", "李四", "--reasons", "因故")


def test_a_licence_from_issuing_to_its_cancellation(city: ProcessDomain, tmp_path: Path) -> None:
    city.serve_all()
    case = json.loads(run(city, "submit", application(tmp_path), "--json").stdout)["case"]
    wait_until(lambda: city.decided() == 1, 60, "the decision")
    wanted = ("--permits", "=占用慢车道", "--until", "2099-12-31", "--json")
    issued = json.loads(run(city, "licence", "issue", case, "--officer", "李四", *wanted).stdout)
    number, code = issued["licence"], issued["code"]
    assert number in run(city, "licence", "issue", case, "--officer", "李四", code=4).stderr, "issued once"
    assert number in run(city, "licence", "list").stdout
    file = tmp_path / "licence.cose"
    shown = run(city, "licence", "show", number, "--save", str(file)).stdout
    assert "热电公司" in shown
    assert "李四" not in shown
    kept = json.loads(run(city, "licence", "show", number, "--json").stdout)
    assert (kept["standing"], kept["valid_until"], kept["code"]) == ("valid", "2099-12-31", code)
    assert kept["publish_by"] is not None
    paper = tmp_path / "licence.pdf"
    said = run(city, "show", issued["message_id"], "--pdf", "-o", str(paper), "--json").stdout
    assert json.loads(said)["file"] == str(paper)
    assert original_of(paper.read_bytes()) == file.read_bytes()
    page = PdfReader(paper).pages[0].extract_text()
    assert "占用慢车道" in page
    assert code[:4] in page
    run(city, "show", issued["message_id"], "--pdf", code=2)

    planning = ("--as", city.address("planning"))
    wait_until(lambda: number in run(city, "licence", "list", *planning).stdout, 60, "its arrival", every=0.3)
    assert "=占用慢车道" in run(city, "show", case, *planning).stdout
    checked = json.loads(run(city, "licence", "check", "--file", str(file), *planning, "--json").stdout)
    assert (checked["result"], checked["licence"]["holder"]) == ("valid", "热***"), "no code of an organisation"
    assert "✓" in run(city, "licence", "check", number, code.lower()).stdout
    run(city, "licence", "check", number, "0000-0000-0000-0000", code=8)
    run(city, "licence", "check", number, code=2)
    *begin, last = file.read_bytes()
    file.write_bytes(bytes([*begin, last ^ 1]))
    assert (
        json.loads(run(city, "licence", "check", "--file", str(file), "--json", code=8).stdout)["result"] == "not-ours"
    )

    asking = ("--purpose", "核实占道许可", "--basis", "行政许可法第三十三条", *planning, "--json")
    query = json.loads(run(city, "licence", "query", number, *asking).stdout)["query"]
    answers = ("licence", "answers", query, *planning)
    wait_until(lambda: number in run(city, *answers).stdout, 60, "the window's answer", every=0.3)
    (asked,) = json.loads(run(city, "licence", "asked", number, "--json").stdout)
    assert (asked["asker"], asked["purpose"]) == (city.address("planning"), "核实占道许可")
    assert number in run(city, "licence", "recheck", number, code=3).stderr, "no renewal of it has arisen by law"

    run(city, "licence", "renew", number, "--until", "2099-12-31", *BY, code=4)
    run(city, "licence", "change", number, *BY, code=2)
    run(city, "licence", "change", number, *BY, "--holder", "新公司", code=2)
    run(city, "licence", "change", number, *BY, "--holder", "新公司=91340100MA2RTLCW7X")
    table = list(csv.reader(io.StringIO(run(city, "licence", "register").stdout.removeprefix("\ufeff"))))
    assert [row[:3] for row in table[1:]] == [[number, "新公司", "91340100MA2RTLCW7X"]]
    assert table[1][4] == "'=占用慢车道"
    run(city, "licence", "revoke", number, *BY)
    assert "✗" in run(city, "licence", "check", number, code, code=8).stdout
    run(city, "licence", "renew", number, "--until", "2100-12-31", *BY, code=4)
    run(city, "licence", "cancel", number, *BY)
    public = json.loads(run(city, "licence", "register", "json").stdout)["licences"]
    assert [(one["number"], one["standing"]) for one in public] == [(number, "cancelled")]
    assert [entry["change"] for entry in public[0]["entries"]] == ["changed", "revoked", "cancelled"]
    feed = run(city, "licence", "register", "atom", "--base", "https://window.example.cn").stdout
    assert number in feed
    run(city, "licence", "register", "atom", code=2)
