"""A flood in a window's queue of opinions: what another sends behind it is in time by its arrival, and the disk lasts.

The queue is not gated (`exchange.messaging.quotas.gate`): all of it is opened, however long that takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pika.spec import BasicProperties

from exchange.approval.rules.states import PartState
from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import stamps_arrival
from exchange.broker.traffic.topology import DOCUMENTS, routing_key
from exchange.messaging.inbox import KEPT_OF_UNPROVED, MOST_UNPROVED, Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.quotas.breakers import Breakers
from tests.contract.traffic import left_in
from tests.journeys.city import City, make_city, wait_until

pytestmark = [pytest.mark.broker, pytest.mark.drill]

JUNK, OCTETS = MOST_UNPROVED + 1000, 8000
"""Messages of transport's account that are no envelopes, 88 MB of them, and octets of one."""
ROOM = 4 * KEPT_OF_UNPROVED * MOST_UNPROVED
"""Octets by which the window's database may grow: what is kept of each, with its row and indexes; not what came."""


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    if broker.management_url is None:
        pytest.skip("accounts need EXCHANGE_MANAGEMENT_URL")
    city = make_city(tmp_path, broker, domain, stamps=stamps_arrival(broker.url), accounts=True)
    with city.local:
        city.matter(city.approver("planning", silent=True), city.approver("transport", days=20))
        yield city


def flood(city: City) -> None:
    """By transport's account, into the window's queue of opinions."""
    account, queue = city.address("transport"), f"{city.address('window')}.opinions"
    with errand(city.local.link(account).url, "flood") as member:
        said = BasicProperties(delivery_mode=2, user_id=account)
        for number in range(JUNK):
            body = f"{number:7} ".encode() * (OCTETS // 8)
            member.channel.basic_publish(DOCUMENTS, routing_key(queue, account), body, said)
    wait_until(lambda: left_in(city.local.info.url, queue) == JUNK, 240, "the flood in the queue")


def sent(city: City, name: str) -> bool:
    with city.node(name).store.reading() as tx:
        return tx[Outbox].counts().get("written", 0) == 0


def test_ten_thousand_pieces_of_junk_before_it_make_no_opinion_late_and_fill_no_disk(city: City) -> None:
    case, window = city.submit(), city.address("window")
    city.through(3)
    city.local.stop(window)
    store = city.local.folder / "members" / window / "store.db"
    before = sum(file.stat().st_size for file in store.parent.glob("store.db*"))
    flood(city)
    city.reply("planning", case, settle=False)
    wait_until(lambda: sent(city, "planning"), what="the opinion behind the flood, within its term")
    city.step_to(city.clock.now() + timedelta(days=1), settle=False)
    wait_until(lambda: sent(city, "monitor"), what="the deemed consent behind it")
    city.clock.step_to(city.clock.now() + timedelta(days=3))

    city.local.start(window)
    wait_until(lambda: left_in(city.local.info.url, f"{window}.opinions") == 0, 240, "the flood's end", every=0.5)
    city.local.settle()

    part = city.part(case, "planning")
    assert (part.state, part.late_opinion_id) == (PartState.ANSWERED, None)
    with city.window.store.reading() as tx:
        kept, standing = tx[Inbox].counts()["dead"], tx[Breakers].every()
    assert kept == MOST_UNPROVED + 1, "and one that stands for all further ones"
    assert [one.shed for one in standing] == [0], "its breaker keeps nothing out of this queue"
    assert sum(file.stat().st_size for file in store.parent.glob("store.db*")) - before < ROOM < JUNK * OCTETS / 2
