"""The console's frame: pages, actions, headers, languages."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from exchange.console.app import create_app
from exchange.console.section import FormAction, Section, Visit
from exchange.console.sections import SECTIONS
from exchange.operations.domain_view import DomainView
from exchange.runtime.settings import Settings
from exchange.setup.init import init_files
from exchange.web.door.permissions import AccountRole, Action
from tests.processes import write_departments
from tests.web.open_door import TOKEN, OpenDoor


def _view(tmp_path: Path) -> DomainView:
    settings = Settings.read({}, home=tmp_path / "home")
    write_departments(tmp_path / "departments", "hefei", ["planning"])
    init_files(settings, lambda text: None, tmp_path / "departments")
    return DomainView(settings)


def test_pages_are_strict_with_browsers_and_speak_both_languages(tmp_path: Path) -> None:
    client = TestClient(create_app(_view(tmp_path), OpenDoor(), SECTIONS))
    chinese, english = client.get("/"), client.get("/?language=en")
    assert "总览" in chinese.text
    assert "Overview" in english.text
    assert "default-src 'none'" in chinese.headers["content-security-policy"]
    assert "Overview" in client.get("/").text, "the choice is kept"


def test_a_deed_needs_the_sessions_token_and_the_role_and_is_recorded_either_way(tmp_path: Path) -> None:
    done: list[str] = []

    def do(visit: Visit) -> str:
        done.append(visit.account.name)
        return "/?said=done"

    section = Section(actions=(FormAction("/repair", Action.REDRIVE, do, None),))
    door = OpenDoor()
    client = TestClient(create_app(_view(tmp_path), door, (*SECTIONS, section)), follow_redirects=False)
    assert "said=" in client.post("/repair", data={"token": "another"}).headers["location"]
    assert done == []
    assert client.post("/repair", data={"token": TOKEN}).headers["location"] == "/?said=done"
    door.who = type(door.who)("tester", AccountRole.OBSERVER)
    client.post("/repair", data={"token": TOKEN})
    assert done == ["tester"]
    assert [entry[3] for entry in door.recorded] == ["denied", "done", "denied"]
