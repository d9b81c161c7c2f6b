"""Requests and joint documents by commands alone: sent, listed, answered, signed, shown; what a wrong one is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.agent import Agent
from exchange.joint.status import joints_here
from exchange.runtime.home import OpenedMember
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run

pytestmark = pytest.mark.broker

FILE = """
number = "合规〔2026〕12号"
kind = "{kind}"
issuer = "规划局"
signatory = "王某"
title = "关于经费的{kind}"
addressees = ["市人民政府"]
body = "需要测绘经费。"
"""


def paper(folder: Path, kind: str) -> str:
    path = folder / f"{kind}.toml"
    path.write_text(FILE.format(kind=kind), encoding="utf-8")
    return str(path)


def test_a_request_is_sent_listed_answered_and_shown(city: ProcessDomain, tmp_path: Path) -> None:
    for name in ("window", "planning"):
        city.serve(name)
    planning, window = city.address("planning"), city.address("window")
    refused = run(city, "send", paper(tmp_path, "函"), "--to", window, "--as", planning, code=2)
    assert "article 8(14)" in refused.stderr
    sent = run(city, "send", paper(tmp_path, "请示"), "--to", window, "--as", planning, "--json")
    request = json.loads(sent.stdout)["message_id"]

    def stands(name: str) -> str:
        inbox = json.loads(run(city, "inbox", "--as", city.address(name), "--json").stdout)
        return {one["request"]: one["state"] for one in inbox["requests"]}.get(request, "")

    wait_until(lambda: stands("window") == "received", 60, "the request")
    forward = ("forward", request, "--opinion", paper(tmp_path, "意见"), "--as", window)
    assert "0 superior offices" in run(city, *forward, code=3).stderr
    run(city, "send", paper(tmp_path, "批复"), "--to", planning, "--answers", request, "--as", window)
    wait_until(lambda: stands("planning") == "answered", 60, "the answer")
    shown = run(city, "show", request, "--as", planning).stdout
    assert "answered" in shown
    assert "关于经费的批复" in shown
    assert "answered" in run(city, "inbox", "--as", planning).stdout

    table = tmp_path / "register.csv"
    listed = run(city, "register", "--kind", "请示", "--csv", str(table), "--as", window, "--json").stdout
    (entry,) = json.loads(listed)
    assert (entry["direction"], entry["number"], entry["message_id"]) == ("received", 1, request)
    assert "合规〔2026〕12号" in table.read_text(encoding="utf-8-sig")
    run(city, "circulate", request, "--to", "主任", "--to", "副主任", "--officer", "收发室", "--as", window)
    read = json.loads(run(city, "circulate", request, "--read", "主任", "--as", window, "--json").stdout)
    assert [(one["officer"], one["state"]) for one in read["readers"]] == [("主任", "read"), ("副主任", "unread")]
    assert "put round to 副主任" in run(city, "show", request, "--as", window).stdout


def test_a_report_is_sent_back_written_anew_and_filed_by_commands(city: ProcessDomain, tmp_path: Path) -> None:
    for name in ("window", "planning"):
        city.serve(name)
    planning, window = city.address("planning"), city.address("window")
    back_with = ("--reason", "未附路网图", "--officer", "张三", "--as", window)

    def told(member: str, message: str, *, code: int = 0) -> dict[str, Any]:
        shown = run(city, "show", message, "--as", member, "--json", code=code).stdout
        return json.loads(shown)[0] if code == 0 else {}

    def has(message: str) -> bool:
        listed = run(city, "register", "--direction", "received", "--as", window, "--json").stdout
        return message in [one["message_id"] for one in json.loads(listed)]

    def send(*more: str) -> str:
        words = ("send", paper(tmp_path, "报告"), "--to", window, *more, "--as", planning, "--json")
        message: str = json.loads(run(city, *words).stdout)["message_id"]
        wait_until(lambda: has(message), 60, "the report")
        return message

    first = send()
    assert json.loads(run(city, "return", first, *back_with, "--json").stdout)["document_id"] == first
    wait_until(lambda: bool(told(planning, first)["handled"]), 60, "its return")
    (returned,) = told(planning, first)["handled"]
    assert (returned["by"], returned["state"], returned["reason"]) == (window, "returned", "未附路网图")
    assert "sent back before" in run(city, "return", first, *back_with, code=4).stderr
    second = send("--replaces", first)
    assert told(window, second)["replaces"] == first
    for officer in ("张三", "李四"):
        filed = json.loads(run(city, "file", second, "--officer", officer, "--as", window, "--json").stdout)
        assert (filed["state"], filed["officer"]) == ("filed", "张三"), "the first time counts"
    assert "it is filed" in run(city, "return", second, *back_with, code=4).stderr
    assert told(planning, second)["handled"] == [], "a mark of one office alone"


def test_a_joint_document_is_proposed_listed_signed_refused_withdrawn_and_shown(
    city: ProcessDomain, tmp_path: Path
) -> None:
    for name in ("planning", "transport"):
        city.serve(name)
    planning, transport, window = (city.address(name) for name in ("planning", "transport", "window"))

    led, asked = city.open("planning"), city.open("transport")

    def propose() -> str:
        words = ("propose", paper(tmp_path, "报告"), "--with", transport, "--to", window, "--as", planning, "--json")
        return str(json.loads(run(city, "joint", *words).stdout)["joint"])

    def reaches(joint: str, opened: OpenedMember, state: str) -> None:
        wait_until(
            lambda: {row.joint_id: row.state for row in joints_here(opened.node)[0]}.get(joint) == state, 60, state
        )

    first, second, third = propose(), propose(), propose()
    for joint in (first, second, third):
        reaches(joint, asked, "open")
    listed = json.loads(run(city, "joint", "list", "--as", transport, "--json").stdout)
    assert {one["joint"]: one["state"] for one in listed} == dict.fromkeys((first, second, third), "open")
    read = run(city, "joint", "show", first, "--as", transport).stdout
    assert all(word in read for word in ("关于经费的报告", "需要测绘经费", "has it", "signed", window))

    run(city, "joint", "sign", first, "--as", transport)
    reaches(first, led, "issued")
    reaches(first, asked, "issued")
    assert "is issued" in run(city, "joint", "refuse", first, "--reason", "x", "--as", transport, code=4).stderr
    run(city, "joint", "refuse", second, "--reason", "数据尚未核对", "--as", transport)
    run(city, "joint", "withdraw", third, "--reason", "文稿有误", "--as", planning)
    reaches(second, led, "refused")
    reaches(third, asked, "withdrawn")
    assert "数据尚未核对" in run(city, "joint", "show", second, "--as", planning).stdout

    found = json.loads(run(city, "joint", "show", first, "--as", planning, "--json").stdout)
    assert [one["state"] for one in found["signers"]] == ["signed", "signed"]
    with Agent.open(window, city.settings.home) as agent:
        (received,) = agent.receive(wait=60)
        assert received.joint is not None
        assert (received.joint.draft.document.title, received.joint.issued_on.isoformat()) == (
            "关于经费的报告",
            found["issued_on"],
        )
    shown = run(city, "show", first, "--as", window).stdout
    assert all(word in shown for word in ("Joint document", planning, transport, found["issued_on"], "关于经费的报告"))
    (item,) = json.loads(run(city, "show", found["message_id"], "--as", window, "--json").stdout)
    assert [one["by"] for one in item["joint"]["signatures"]] == [planning, transport]
    assert (item["fault"], item["joint"]["issued_on"]) == ("", found["issued_on"])
    for opened in (led, asked):
        opened.store.close()
