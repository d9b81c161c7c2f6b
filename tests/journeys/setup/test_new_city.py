"""A city of one's own, as it is made: its application goes through to a decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import CallerError, Conflict
from exchange.runtime.settings import Home
from exchange.runtime.supervision.running import running
from exchange.setup.new_city import example_application, make_city
from tests.conftest import delete_queues
from tests.journeys.city import wait_until
from tests.warm import run_warm


@pytest.mark.drill
@pytest.mark.broker
def test_the_application_of_a_new_city_goes_through_to_a_decision(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    home = Home(tmp_path / "home")
    environment = {"PATH": "/usr/bin:/bin", "EXCHANGE_HOME": str(home.root), "EXCHANGE_BROKER_URL": broker.url}
    if broker.management_url:
        environment["EXCHANGE_MANAGEMENT_URL"] = broker.management_url

    def typed(*words: str) -> str:
        done = run_warm(words, environment, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    made = typed("init", "--new", domain)
    assert f"exchange submit {example_application(home)}" in made
    assert "new city" not in typed("init", "--new", domain), "it is there already"
    try:
        typed("up", "--detach", "--no-console")
        accepted = typed("submit", str(example_application(home)))
        number = next(word.strip(";") for word in accepted.split() if word.strip(";").endswith("-000001"))
        wait_until(lambda: "confirm" in typed("status", number), 60, "a prepared decision")
        typed("decide", number, "--confirm", "--officer", "张主任")
        assert '"outcome": "grant"' in typed("status", number, "--json")
        typed("doctor")
    finally:
        run_warm(["down"], environment)
        delete_queues(broker, f"{domain}.")
    assert running(home) is None


@pytest.mark.parametrize("city", ["", "Wuhu", "芜湖", "wu hu", "wuhu.", ".wuhu", "wuhu/x", "../x", "a" * 64])
def test_a_name_that_no_address_can_begin_with_is_refused(city: str, tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="cannot be the name"):
        make_city(Home(tmp_path), city)
    assert not list(tmp_path.iterdir())


def test_departments_that_are_there_are_never_written_over(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert make_city(home, "anhui.wuhu")
    profile = home.departments / "window" / "profile.toml"
    profile.write_text(profile.read_text(encoding="utf-8").replace("综合窗口", "一窗通办"), encoding="utf-8")
    assert not make_city(home, "anhui.wuhu")
    assert "一窗通办" in profile.read_text(encoding="utf-8")
    with pytest.raises(Conflict):
        make_city(home, "hefei")
