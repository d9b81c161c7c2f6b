"""What a shell offers: commands, members and cases of the domain at hand, and nothing, without an error, elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.approval.window.submit import submit
from exchange.files.applications import read_application
from exchange.runtime.home import open_member
from exchange.runtime.settings import Home, Settings
from exchange.setup.init import init_files
from exchange.setup.new_city import example_application, make_city
from tests.warm import run_warm


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A domain with one case; nobody serves it, and there is no broker."""
    settings = Settings.read({}, home=tmp_path / "home")
    make_city(Home(settings.home), "wuhu")
    init_files(settings, lambda text: None)
    opened = open_member(settings, "wuhu.window")
    application, enclosures = read_application(example_application(Home(settings.home)), settings.clock)
    submit(opened.node, application, enclosures=enclosures)
    opened.store.close()
    return settings.home


def offered(home: Path, line: str) -> list[str]:
    """What is offered behind a line that has been typed so far."""
    asked = {"COMP_WORDS": line, "COMP_CWORD": str(line.count(" ")), "_EXCHANGE_COMPLETE": "complete_bash"}
    done = run_warm([], {"PATH": "/usr/bin:/bin", "EXCHANGE_HOME": str(home), **asked})
    assert done.stderr == ""
    return done.stdout.split()


def test_a_shell_is_offered_what_there_is(home: Path) -> None:
    begun = ["deployment", "decide", "deadline", "decline-supplement", "deliver", "dead", "demo", "desk"]
    assert offered(home, "exchange de") == begun
    assert offered(home, "exchange inbox --as wuhu.p") == ["wuhu.planning", "wuhu.portal"]
    (number,) = offered(home, "exchange status WUHU")
    assert number.endswith("-000001")
    assert offered(home, f"exchange decide {number[:6]}") == [number]


def test_where_there_is_no_domain_it_is_offered_nothing(tmp_path: Path) -> None:
    assert offered(tmp_path, "exchange inbox --as w") == []
    assert offered(tmp_path, "exchange status W") == []


def test_the_script_for_a_shell_is_shown_under_the_plain_name(tmp_path: Path) -> None:
    shown = run_warm(["--show-completion", "bash"], {"PATH": "/usr/bin:/bin"}, cwd=tmp_path).stdout
    assert "complete -o default -F _exchange_completion exchange" in shown
