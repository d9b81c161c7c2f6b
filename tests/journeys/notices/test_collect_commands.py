"""A form from the notice file to the spreadsheet, under the relay office's own cover, by commands alone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.broker.admin.node_info import NodeInfo
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run
from tests.unit.files.test_form_files import NOTICE

pytestmark = pytest.mark.broker

COVER = """
number = "合政办〔2026〕7号"
issuer = "合肥市人民政府办公室"
signatory = "李某"
body = "经市政府同意，现批转给你们，请认真贯彻执行。"
"""


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker, ("planning", "transport"), relay=True) as city:
        profile = city.settings.home / "departments" / "relay" / "profile.toml"
        profile.write_text(profile.read_text(encoding="utf-8") + '[notices]\ncover = "ask-all"\n', encoding="utf-8")
        for name in ("window", "planning", "transport", "relay"):
            city.serve(name)
        yield city


def test_a_form_is_issued_answered_and_collected_its_receipts_fetched_and_the_notice_recalled(
    city: ProcessDomain, tmp_path: Path
) -> None:
    notice, answers, table = (tmp_path / name for name in ("notice.toml", "answers.toml", "table.csv"))
    cover, relay = tmp_path / "cover.toml", ("--as", city.address("relay"))
    cover.write_text(COVER, encoding="utf-8")
    notice.write_text(NOTICE, encoding="utf-8")
    answers.write_text('pumps = 12\nlevel = "一级"\n', encoding="utf-8")
    planning = ("--as", city.address("planning"))

    def said(*words: str) -> Any:
        return json.loads(run(city, "notice", *words, "--json").stdout)

    assert "--act-by" in run(city, "notice", "send", str(notice), "--to", "all", code=2).stderr
    notice_id = said("send", str(notice), "--to", "all", "--act-by", "2099-03-20")["notice"]
    wait_until(lambda: bool(said("list", *relay)), 60.0, "the notice at the relay office")
    assert "waits for this level's cover" in run(city, "notice", "status", notice_id, *relay).stdout
    found = json.loads(run(city, "doctor", "--member", city.address("relay"), "--json").stdout)
    assert [one["level"] for one in found if "wait for a cover" in one["finding"]] == ["note"]
    assert "--without" in run(city, "notice", "cover", notice_id, code=2).stderr
    instruction = ("--instruction", str(cover), "--act-by")
    assert "later day" in run(city, "notice", "cover", notice_id, *instruction, "2099-03-21", code=2).stderr
    said("cover", notice_id, *instruction, "2099-03-18")
    wait_until(lambda: bool(said("list", *planning)), 60.0, "the notice at planning")
    text = said("show", notice_id, *planning)
    assert [(one["verb"], one["relay"]) for one in text["covers"]] == [("批转", city.address("relay"))]
    assert (text["act_by"], text["document"]["title"]) == ("2099-03-18", "关于报送防汛物资的通知")
    assert "关于批转《关于报送防汛物资的通知》的通知" in run(city, "notice", "show", notice_id, *planning).stdout
    shown = said("form", notice_id, *planning)
    assert [field["name"] for field in shown["form"]["fields"]] == ["pumps", "level"]
    assert "响应等级" in run(city, "notice", "form", notice_id, *planning).stdout
    refused = run(city, "notice", "answer", notice_id, "pumps=many", "colour=red", *planning, code=2).stderr
    assert "pumps: found text, expected a whole number in digits from 0 in 台" in refused
    assert "colour: found a field the form does not have" in refused

    said("answer", notice_id, "--file", str(answers), *planning)
    said("answer", notice_id, "pumps=13", "--file", str(answers), *planning)
    wait_until(lambda: said("collect", notice_id).get("sums") == {"pumps": "13"}, 60.0, "the correction")
    found = said("collect", notice_id, "--csv", str(table))
    assert not found["complete"]
    assert found["aggregate"]["missing"] == [city.address("transport")]
    on_screen = run(city, "notice", "collect", notice_id).stdout
    assert "answered 1/2" in on_screen
    assert city.address("transport") in on_screen
    assert table.read_bytes().startswith("\ufeff".encode())
    lines = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8-sig"), newline="")))
    assert ["answer", city.address("planning"), "13", "一级"] in lines
    assert ["missing", city.address("transport"), "", ""] in lines
    assert "is signed" in run(city, "notice", "sign", notice_id, *planning, code=4).stderr

    kept = tmp_path / "receipts"
    receipts = said("receipts", notice_id, "--out", str(kept))
    assert receipts["holds"], receipts
    states = {city.address("planning"): "signed", city.address("transport"): "has"}
    assert {one["authority"]: one["state"] for one in receipts["proved"]} == states
    assert said("verify", str(kept)) == receipts
    assert "all of it holds" in run(city, "notice", "receipts", notice_id, "--of", city.address("planning")).stdout
    assert "nor below" in run(city, "notice", "receipts", notice_id, "--of", "elsewhere.tax", code=2).stderr
    assert "holds no receipts" in run(city, "notice", "verify", str(tmp_path), code=3).stderr
    next((kept / "parts").iterdir()).unlink()
    assert "no answer yet" in run(city, "notice", "verify", str(kept), code=8).stdout

    assert said("recall", notice_id, "--reason", "附件有误")["status"]["state"] == "recalled"
    wait_until(lambda: said("status", notice_id)["over"], 60.0, "who had signed before the recall")
    told = said("status", notice_id)["at_recall"]
    level = city.address("planning").count(".") - 1
    assert told["signed_before"]["authorities"] == [{"authority": city.address("planning"), "level": level}]
    assert told["unsigned"]["authorities"] == [{"authority": city.address("transport"), "level": level}]
    assert "had signed before" in run(city, "notice", "status", notice_id).stdout
