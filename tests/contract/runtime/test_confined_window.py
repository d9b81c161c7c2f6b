"""The process of the public window, which strangers reach: it has the portal's keys and records, and nobody else's."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.cli.domain.window_child import NAME, WindowChild
from exchange.machine.files import write_file
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.supervise import Supervisor
from exchange.setup.init import init_files
from tests.contract.runtime.test_confined_member import TRANSPORT, Taken, kept
from tests.processes import write_departments

PORTAL = "t.portal"

SERVES = """
from exchange.window import serve

def take_over(app, place, state, ready, stopped, *further):
    # in the place of what would listen, with the portal's keys and records open
    answer_what_is_asked()

serve.serve_face = take_over
sys.argv = ["exchange", "window"]
main()
"""

__all__ = ["kept"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A domain of a few members, with a portal."""
    folder = tmp_path / "departments"
    write_departments(folder, "t", ("planning", "transport"), portal=True)
    settings = Settings.read({"EXCHANGE_HOME": str(tmp_path / "home")})
    init_files(settings, lambda text: None, folder)
    return settings


@pytest.mark.usefixtures("kept")
def test_a_public_window_that_is_taken_over_reaches_no_other_secret(settings: Settings) -> None:
    home = Home(settings.home)
    home.node.mkdir()
    (home.node / "cookie").write_text("secret")
    secrets = [
        home.keys(TRANSPORT) / "signing.key", home.keys("t.window") / "decryption.json",
        home.database_file(TRANSPORT), home.database_file("t.window"), home.authority / "authority.key",
        home.freshness_key / "freshness.key", home.node / "cookie", f"/proc/{os.getpid()}/environ",
    ]  # fmt: skip
    taken = Taken(settings, SERVES)
    asked = [("read", str(path)) for path in secrets]
    asked += [(what, str(home.database_file("t.window"))) for what in ("write", "truncate", "replace")]
    asked += [(what, str(home.directory)) for what in ("write", "truncate", "replace")]
    asked += [("make", str(place)) for place in (home.root, home.public, home.departments, home.members)]
    found = taken.ask(asked)
    assert [(one, how) for one, how in zip(asked, found, strict=True) if how != "PermissionError"] == []
    own = [("read", str(home.keys(PORTAL) / "signing.key")), ("read", str(home.directory)),
           ("make", str(home.member(PORTAL))), ("make", str(home.claims))]  # fmt: skip
    assert taken.ask(own) == ["done"] * 4
    assert "member.confined" in taken.end()


def test_it_is_started_with_a_members_settings_and_is_told_no_administrators(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXCHANGE_ALLOW_PLAIN", "broker, database")
    monkeypatch.setenv("EXCHANGE_BROKER_URL", "amqp://admin:secret@broker/v")
    monkeypatch.setenv("EXCHANGE_MANAGEMENT_URL", "http://admin:secret@broker:15672")
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", "postgresql://admin:secret@database/exchange")
    write_file(Home(settings.home).database_account(PORTAL), '{"user": "m_portal", "password": "its own"}')
    supervisor = Supervisor(lambda text: None, {"EXCHANGE_HOME": str(settings.home)})
    WindowChild(replace(settings, database_url=os.environ["EXCHANGE_DATABASE_URL"]), supervisor, PORTAL)
    told = supervisor.children[NAME].surroundings
    assert not {"EXCHANGE_BROKER_URL", "EXCHANGE_MANAGEMENT_URL"} & {*told.plain, *told.secret}
    assert told.secret["EXCHANGE_DATABASE_URL"] == "postgresql://database/exchange"
