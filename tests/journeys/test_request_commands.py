"""Requests by commands alone: sent, listed, answered, shown; and what a wrong one is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.broker.node import NodeInfo
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


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as city:
        yield city


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
    assert "已批复 answered" in shown
    assert "关于经费的批复" in shown
    assert "已批复 answered" in run(city, "inbox", "--as", planning).stdout
