"""A domain served twice over a PostgreSQL pair: the primary dies or is frozen under load, and comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import DatabaseUnavailable
from exchange.messaging.log.checking import check_log
from tests.journeys.city import wait_until
from tests.postgres_pair import Follower, Pair, pair
from tests.processes import ProcessDomain
from tests.standing_pairs import PAIR, says, stand_by
from tests.warm import run_warm

pytestmark = pytest.mark.broker


@pytest.fixture
def servers() -> Iterator[Pair]:
    with pair() as found:
        yield found


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str, servers: Pair) -> Iterator[ProcessDomain]:
    """A small domain whose members each have a second process that stands by."""
    servers.wait_for_commits(servers.first)
    with ProcessDomain(tmp_path, domain, broker, ("planning",), database_url=servers.url) as city:
        for which in PAIR:
            for name in city.names:
                stand_by(city, name, which)
            for name in city.names:
                says(city, name, which, "member.serving" if which == PAIR[0] else "standby.waiting")
        yield city


def submit(city: ProcessDomain) -> str:
    """Hands in one application, as often as it takes: the database may be away."""
    found: list[str] = []

    def handed_in() -> bool:
        try:
            found.extend(city.submit(1))
        except DatabaseUnavailable:
            return False
        return True

    wait_until(handed_in, 90, "an application to be taken")
    return found[0]


def decided(city: ProcessDomain, numbers: list[str]) -> bool:
    """Whether all these cases are decided."""
    try:
        with city._store_of("window").reading() as tx:
            return all(tx[Cases].get(number).decided_at is not None for number in numbers)
    except DatabaseUnavailable:
        return False


def fail_over(servers: Pair, new: Follower) -> None:
    """Promotes the standby of a primary that is gone."""
    new.promote()
    servers.alone(new)


def rejoin(servers: Pair, old: Follower, primary: Follower) -> None:
    """Has an old primary follow the new one, and commits wait for it again."""
    old.rewind(primary)
    old.start()
    servers.wait_for_commits(primary)


def settle(city: ProcessDomain, numbers: list[str]) -> None:
    """All cases are decided, all copies signed for, nothing is lost or doubled, and each log has one history."""
    wait_until(lambda: decided(city, numbers), 120, "the decisions")

    def nothing_owed() -> bool:
        try:
            return city.undelivered() == 0
        except DatabaseUnavailable:
            return False

    wait_until(nothing_owed, 120, "all receipts")
    broker = {"EXCHANGE_BROKER_URL": city.info.url, "EXCHANGE_MANAGEMENT_URL": city.info.management_url or ""}
    done = run_warm(["reconcile", "--json"], {**city.environment(), **broker})
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["verdict"] == "balanced"
    for name in city.names:
        opened = city.open(name)
        _, broken = check_log(opened.store, opened.node.address, opened.node.directory, whole=True)
        assert broken is None
        opened.store.close()


@pytest.mark.drill
def test_a_primary_that_is_killed_is_followed_by_its_standby_and_comes_back(city: ProcessDomain, servers: Pair) -> None:
    numbers = [submit(city) for _ in range(3)]
    servers.first.kill()
    fail_over(servers, servers.second)
    numbers += [submit(city) for _ in range(3)]
    settle(city, numbers)
    rejoin(servers, servers.first, servers.second)
    numbers += [submit(city) for _ in range(2)]
    servers.second.stop()
    fail_over(servers, servers.first)
    numbers += [submit(city) for _ in range(2)]
    settle(city, numbers)
