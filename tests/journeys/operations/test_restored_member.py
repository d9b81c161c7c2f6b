"""A member that is put back from a backup, amid a domain that went on: rehearsed by commands, with real processes."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.log.restorations import KeptRestoration, LogRestorations
from exchange.messaging.log.store import MemberLog
from exchange.messaging.log.witnesses import Witnesses
from tests.journeys.city import wait_until
from tests.postgres import own_database
from tests.processes import ProcessDomain, run
from tests.warm import run_warm

pytestmark = [pytest.mark.broker, pytest.mark.drill]


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    if request.param == "sqlite":
        with ProcessDomain(tmp_path, domain, broker) as made:
            yield made
        return
    with (
        own_database(request.getfixturevalue("postgres_url")) as url,
        ProcessDomain(tmp_path, domain, broker, database_url=url) as made,
    ):
        yield made


def settled(town: ProcessDomain, cases: int) -> None:
    wait_until(lambda: town.decided() == cases and town.undelivered() == 0, 90, f"{cases} cases decided and signed for")


def another_case(town: ProcessDomain) -> bool:
    """Heads go beside messages, and a look whether there is a new one is due every fifteen seconds."""
    cases = town.decided()
    town.submit(1)
    wait_until(lambda: town.decided() == cases + 1, 90, "another case decided")
    return True


def stop(town: ProcessDomain, name: str) -> None:
    """In good order: what is left of its journal is sealed."""
    town.served[name].send_signal(signal.SIGTERM)
    town.served[name].wait(60)


def serve(town: ProcessDomain, name: str) -> None:
    town.serve(name)
    wait_until(lambda: town.is_served(name), 60, f"{name} being served")


def length(town: ProcessDomain, name: str) -> int:
    with town._store_of(name).reading() as tx:
        newest = tx[MemberLog].newest()
    return newest.size if newest is not None else 0


def held(town: ProcessDomain) -> int:
    """How long a log of planning the window has seen."""
    with town._store_of("window").reading() as tx:
        found = tx[Witnesses].held(town.address("planning"))
    return found.size if found is not None else 0


def told(town: ProcessDomain, name: str) -> list[KeptRestoration]:
    with town._store_of(name).reading() as tx:
        return tx[LogRestorations].of(town.address("planning"))


def answers(town: ProcessDomain) -> Counter[str]:
    """How many opinions of planning count, by case."""
    with town._store_of("window").reading() as tx:
        cases = [case.number for case in tx[Cases].recent(limit=100)]
        parts = [tx[Cases].part(number, town.address("planning")) for number in cases]
    return Counter(part.case_number for part in parts if part is not None and part.opinion_id is not None)


def test_a_member_restored_amid_a_domain_that_went_on(town: ProcessDomain, tmp_path: Path) -> None:
    planning, window = town.address("planning"), town.address("window")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("a passphrase of the tests\n", encoding="utf-8")
    told_by = ("--passphrase-file", str(passphrase))
    town.serve_all()
    wait_until(lambda: all(map(town.is_served, town.names)), 90, "all members being served")
    first = town.submit(1)
    settled(town, 1)
    made = json.loads(run(town, "backup", "-o", str(tmp_path / "backup"), *told_by, "--json").stdout)
    kept = next(one for one in made["databases"] if one["member"] == planning)

    # The domain goes on; what is in planning's log by then the window has seen.
    town.submit(1)
    settled(town, 2)
    stop(town, "planning")
    gone = length(town, "planning")
    assert gone > kept["last_entry"] > 0
    serve(town, "planning")
    wait_until(lambda: another_case(town) and held(town) >= gone, 120, "the window seeing a longer log", every=1.0)
    cases = town.decided()
    before = answers(town)
    stop(town, "planning")

    keys = ("--keys", made["keys"], *told_by)
    run(town, "restore", made["folder"], *keys, "--member", planning, code=6)
    town._watched.pop("planning").close()
    run(town, "restore", made["folder"], *keys, "--member", planning, "--replace")
    serve(town, "planning")
    wait_until(lambda: bool(told(town, "planning")), 60, "planning saying that it was restored")
    [restoration] = told(town, "planning")
    assert restoration.size < gone

    knows = lambda: another_case(town) and any(one.lost > 0 for one in told(town, "window"))  # noqa: E731
    wait_until(knows, 120, "the window knowing that the log was restored, and what is gone", every=1.0)
    for name in ("window", "planning"):
        with town._store_of(name).reading() as tx:
            assert tx[Witnesses].disputes() == []
    assert gone - restoration.size <= max(one.lost for one in told(town, "window"))
    run(town, "log", planning, "--check")

    # Nothing is doubled, and what planning does not know any more is named.
    now = answers(town)
    assert {case: now[case] for case in before} == before
    assert set(now.values()) == {1}
    place = {"EXCHANGE_BROKER_URL": town.info.url, "EXCHANGE_MANAGEMENT_URL": town.info.management_url or ""}
    lost = {("not-taken", window, planning), ("nowhere", window, planning), ("invented", planning, window)}

    def named() -> bool:
        done = run_warm(("reconcile", "--no-rows", "--settle", "1", "--json"), {**town.environment(), **place})
        found = {(one["fault"], one["sender"], one["member"]) for one in json.loads(done.stdout)["differences"]}
        return done.returncode == 8 and found == lost

    wait_until(named, 90, "what is lost being named")
    assert cases >= 2

    # The bundle of the case that the backup has is still verified, and says that the log was restored.
    bundle = tmp_path / "case.zip"
    run(town, "evidence", first[0], "-o", str(bundle))
    authority = town.settings.home / "authority" / "authority.der"
    done = run_warm(("verify", str(bundle), "--trust", str(authority), "--json"), town.environment())
    report: dict[str, Any] = json.loads(done.stdout)
    codes = {one["code"]: one["weight"] for one in report["findings"]}
    assert codes["log-restored"] == "claimed"
    assert "contradiction" not in codes.values()
