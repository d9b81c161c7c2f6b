"""Members that run twice: one serves, the other stands by; whoever was overtaken writes nothing more."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.log.checking import check_log
from exchange.operations.domain_view import DomainView
from exchange.operations.health.snapshots import SnapshotTaker
from tests.journeys.city import wait_until
from tests.postgres import own_database
from tests.processes import ProcessDomain, run
from tests.standing_pairs import both, says, served_by, stand_by

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str, postgres_url: str) -> Iterator[ProcessDomain]:
    """A small domain on PostgreSQL, one department of which is served by nobody yet."""
    with own_database(postgres_url) as url, ProcessDomain(tmp_path, domain, broker, database_url=url) as city:
        yield city


def serving_of(city: ProcessDomain, name: str) -> dict[str, Any]:
    """What `exchange serving` says of a member."""
    every = json.loads(run(city, "serving", "--json").stdout)
    return next(one for one in every if one["member"] == city.address(name))


def test_when_who_serves_is_killed_or_ends_the_other_goes_on_within_seconds(city: ProcessDomain) -> None:
    for name in ("monitor", "transport", "planning"):
        city.serve(name)
    active, other = both(city, "window")
    city.submit(1)
    wait_until(lambda: city.decided() == 1, 90, "the first decision")
    wait_until(lambda: bool(serving_of(city, "window")["standbys"]), 60, "the note of who stands by")
    window = serving_of(city, "window")
    assert window["served"]
    assert [one["unfit"] for one in window["standbys"]] == [""]
    assert "nobody has stood by" not in run(city, "doctor").stdout
    active.kill()
    says(city, "window", "second", "member.serving")
    found = served_by(city, "window")
    assert found is not None
    assert found.pid == other.pid
    with DomainView(city.settings) as view, closing(SnapshotTaker(view)) as taker:
        (seen,) = (one for one in taker.take().members if one.address == city.address("window"))
    assert seen.active == found
    assert seen.standbys == ()
    assert seen.facts is not None
    assert seen.facts.lone.total_seconds() > 0
    city.submit(1)
    wait_until(lambda: city.decided() == 2, 90, "the second decision")
    again = stand_by(city, "window", "third")
    says(city, "window", "third", "standby.waiting")
    other.send_signal(signal.SIGTERM)
    assert other.wait(60) == 0
    says(city, "window", "third", "member.serving")
    city.submit(1)
    wait_until(lambda: city.decided() == 3, 90, "the third decision")
    again.send_signal(signal.SIGTERM)
    assert again.wait(60) == 0


@pytest.mark.drill  # the broker gives up the frozen process's consumers after twenty seconds and more
def test_a_frozen_process_finds_out_before_it_writes_and_the_log_has_one_history(city: ProcessDomain) -> None:
    for name in ("window", "monitor", "transport"):
        city.serve(name)
    active, other = both(city, "planning")
    city.submit(1)
    wait_until(lambda: city.decided() == 1, 90, "the first decision")
    active.send_signal(signal.SIGSTOP)
    city.submit(1)
    says(city, "planning", "second", "member.serving")
    wait_until(lambda: city.decided() == 2, 90, "the second decision")
    active.send_signal(signal.SIGCONT)
    assert active.wait(90) == 11
    found = served_by(city, "planning")
    assert found is not None
    assert found.pid == other.pid
    city.submit(1)
    wait_until(lambda: city.decided() == 3, 90, "the third decision")
    wait_until(lambda: city.undelivered() == 0, 60, "all receipts")
    opened = city.open("planning")
    mark, broken = check_log(opened.store, opened.node.address, opened.node.directory, whole=True)
    assert mark.size > 0
    assert broken is None
    opened.store.close()
