"""Clicks that are not taken back ask first, by a page that works without scripts: what will happen, to how many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.console.sections import SECTIONS
from exchange.runtime.draining import drained
from tests.web.open_door import TOKEN
from tests.web.town import Town

ACTIONS = [action for section in SECTIONS for action in section.actions]

HARMLESS = {
    "/accounts/make", "/accounts/subjects", "/accounts/{name}/release", "/accounts/{name}/unlock",
    "/account/password", "/alerts/test", "/dead/{member}/redrive",
    "/dead/{member}/letters/{id}/propose-discard", "/dead/{member}/letters/{id}/propose-release",
    "/dead/{member}/letters/{id}/withdraw-discard", "/holds/release",
    "/tokens/new", "/webhooks/enable",
}  # fmt: skip
"""What makes something, gives something back, or can be taken back by the button beside it. Whoever adds an action puts
it here, or has it ask."""


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    found = Town(tmp_path)
    yield found
    found.view.close()


def test_every_deed_either_asks_or_is_known_to_be_harmless() -> None:
    assert {action.path for action in ACTIONS if action.ask is None} == HARMLESS
    destructive = re.compile("discard|redrive-all|drain|hold$|revoke|delete|lock$|disable|purge|reset|role")
    for action in ACTIONS:
        if destructive.search(action.path) and not re.search("unlock|propose|withdraw", action.path):
            assert action.ask is not None, action.path


def _ask(town: Town, path: str, **fields: str) -> str:
    """The page with the question, with nothing recorded as done."""
    before = list(town.door.recorded)
    referer = {"referer": "http://testserver/dead/hefei.transport?code=x"}
    answer = town.client.post(path, data={"token": TOKEN, **fields}, headers=referer)
    assert answer.status_code == 200, answer.headers
    assert list(town.door.recorded) == before
    for name, value in fields.items():
        assert f'name="{name}" value="{value}"' in answer.text
    assert 'name="sure" value="yes"' in answer.text
    assert 'name="back" value="/dead/hefei.transport?code=x"' in answer.text
    return answer.text


def test_draining_and_holding_say_what_they_endanger_and_do_nothing_before_they_are_confirmed(town: Town) -> None:
    page = _ask(town, "/holds/drain", member="hefei.monitor", reason="a new disk")
    assert "no deadline is watched" in page
    assert drained(town.view.store("hefei.monitor")) is None
    assert "0 open consultations" in _ask(town, "/holds/hold", what="hefei.transport", reason="why")
    assert "Nothing is held" in town.get("/holds")
    town.post("/holds/drain", member="hefei.monitor", reason="a new disk")
    assert drained(town.view.store("hefei.monitor")) is not None


def test_redriving_all_says_how_many(town: Town) -> None:
    town.set_aside(3)
    page = _ask(town, "/dead/hefei.transport/redrive-all", code="ZeroDivisionError", stage="handle")
    assert "3 dead letters of hefei.transport" in page
    assert "Redrive 3" in page


def test_what_cannot_be_asked_about_goes_back_to_its_page_with_the_reason(town: Town) -> None:
    answer = town.client.post(
        "/holds/drain", data={"token": TOKEN, "member": "nobody", "reason": "x"},
        headers={"referer": "http://testserver/holds"},
    )  # fmt: skip
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/holds?said=")


def test_the_way_back_never_leads_elsewhere(town: Town) -> None:
    data = {"token": TOKEN, "member": "nobody", "reason": "x", "sure": "yes", "back": "https://evil.example/x"}
    answer = town.client.post("/holds/drain", data=data)
    assert answer.headers["location"].startswith("/x?said=")
    data = {"token": TOKEN, "member": "hefei.monitor", "reason": "x", "back": "//evil.example/x"}
    assert "evil" not in town.client.post("/holds/drain", data=data).text
