"""The queue is the arbiter: what reached the broker in time wins, whoever was down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.broker.node import NodeInfo
from exchange.broker.probe import stamps_arrival
from exchange.flow.ports import CaseState, PartState
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain, stamps=stamps_arrival(broker.url))
    with city.local:
        city.matter(city.approver("transport", silent=True))
        yield city


def sent(city: City, name: str) -> bool:
    """Whether everything a member wrote has reached the broker."""
    with city.node(name).store.reading() as tx:
        return tx.outbox.counts().get("written", 0) == 0


def test_an_opinion_in_time_wins_though_the_window_was_down_and_the_default_waits_behind_it(city: City) -> None:
    case = city.submit()
    city.through(3)
    city.local.stop(city.address("window"))
    city.reply("transport", case, settle=False)
    wait_until(lambda: sent(city, "transport"), what="the opinion at the broker")
    city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: sent(city, "monitor"), what="the deemed consent at the broker")
    city.clock.step_to(city.clock.now() + timedelta(days=3))

    city.local.start(city.address("window"))
    city.local.settle()

    assert city.part(case, "transport").state is PartState.ANSWERED
    assert city.case(case).state is CaseState.DECIDED


def test_an_opinion_behind_the_default_is_late_though_the_window_was_down(city: City) -> None:
    case = city.submit()
    city.through(3)
    city.local.stop(city.address("window"))
    city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: sent(city, "monitor"), what="the deemed consent at the broker")
    city.reply("transport", case, settle=False)
    wait_until(lambda: sent(city, "transport"), what="the opinion at the broker")

    city.local.start(city.address("window"))
    city.local.settle()

    part = city.part(case, "transport")
    assert part.state is PartState.DEEMED
    assert part.late_opinion_id is not None


def test_a_monitor_that_was_down_lengthens_nobodys_term(city: City) -> None:
    case = city.submit()
    city.through(3)
    city.local.stop(city.address("monitor"))
    city.clock.step_to(city.clock.now() + timedelta(days=2))
    city.reply("transport", case, settle=True)
    assert city.part(case, "transport").state is PartState.SIGNED
    assert city.part(case, "transport").late_opinion_id is not None

    city.local.start(city.address("monitor"))
    city.step_to(city.clock.now())

    assert city.part(case, "transport").state is PartState.DEEMED


def test_a_default_that_an_extension_overtook_fires_on_the_new_term(city: City) -> None:
    from exchange.flow.deadlines import Amendment, amend
    from schemas import EntryKind

    case = city.submit()
    city.through(3)
    city.local.stop(city.address("window"))
    before = city.clock.now()
    amendment = Amendment(EntryKind.EXTEND, "复杂", ("行政许可法第四十二条",), city.address("window"), days=2)
    amend(city.window, case.number, city.address("transport"), amendment)
    city.step_to(before + timedelta(days=1), settle=False)
    wait_until(lambda: sent(city, "monitor"), what="the overtaken default at the broker")

    city.local.start(city.address("window"))
    city.local.settle()
    assert city.part(case, "transport").state is PartState.SIGNED

    city.through(5)
    assert city.part(case, "transport").state is PartState.DEEMED
