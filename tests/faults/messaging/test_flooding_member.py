"""A member that floods another: with what proves nobody, and with more than its share; the others are not kept waiting.

The accounts are the members' own, so that everything comes by an account that the broker vouches for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pika.spec import BasicProperties

from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.traffic.topology import DOCUMENTS, routing_key
from exchange.clock import RealClock, monotonic
from exchange.documents.rules.numbers import parse_number
from exchange.documents.send import send_document
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import new_id
from exchange.messaging.quotas.breakers import BreakerRow, Breakers
from exchange.messaging.rules.breaker import Breach, BreakerState, SenderLimits
from exchange.schemas import Document, DocumentKind
from tests.contract.traffic import left_in
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo) -> Iterator[City]:
    if broker.management_url is None:
        pytest.skip("accounts need EXCHANGE_MANAGEMENT_URL")
    city = make_city(tmp_path, broker, f"f{new_id()[:8]}", departments=("planning", "transport", "fire"), accounts=True)
    with city.local:
        yield city


def limit(city: City, limits: SenderLimits) -> None:
    """What planning takes of one account; before anything has come."""
    city.local.members[city.address("planning")]._gate._limits = limits


def flood(city: City, name: str, count: int, octets: int = 3000) -> None:
    """By a member's account, what is no envelope at all."""
    receiver, account = city.address("planning"), city.address(name)
    with errand(city.local.link(account).url, "flood") as member:
        said = BasicProperties(delivery_mode=2, user_id=account)
        for number in range(count):
            key = routing_key(f"{receiver}.inbox", account)
            member.channel.basic_publish(DOCUMENTS, key, f"{number} ".encode() * (octets // 5), said)


def send(city: City, name: str, number: int = 1) -> str:
    letter = Document(
        number=parse_number(f"合规函〔2026〕{number}号"), kind=DocumentKind.LETTER, issuer="局", title="函",
        body="正文", date=None,
    )  # fmt: skip
    message_id = send_document(city.node(name), letter, [city.address("planning")])
    city.wake(name)
    return message_id


def taken(city: City, name: str, ids: list[str]) -> int:
    with city.node("planning").store.reading() as tx:
        return len(tx[Inbox].known([(city.address(name), one) for one in ids]))


def breaker(city: City, name: str) -> BreakerRow | None:
    with city.node("planning").store.reading() as tx:
        return next((one for one in tx[Breakers].every() if one.source == city.address(name)), None)


def look(city: City) -> None:
    """The member's round; its own comes with its tick, which these tests do not wait for."""
    node = city.node("planning")
    city.local.members[node.address]._gate.look(node)


def is_open(city: City, name: str) -> bool:
    found = breaker(city, name)
    return found is not None and found.state is BreakerState.OPEN


def test_what_proves_nobody_is_kept_out_by_who_brought_it_and_the_others_go_on(city: City) -> None:
    limit(city, SenderLimits(unproved=50))
    flood(city, "transport", 1500)
    began = monotonic()
    honest = send(city, "fire")
    wait_until(lambda: taken(city, "fire", [honest]) == 1, what="the honest sender's document")
    assert monotonic() - began < 25, "it waited behind the flood"
    wait_until(lambda: left_in(city.local.info.url, f"{city.address('window')}.inbox") == 0, what="the flood's end")
    wait_until(lambda: is_open(city, "transport"), what="the breaker on record")
    found = breaker(city, "transport")
    assert found is not None
    assert found.breach is Breach.UNPROVED
    assert breaker(city, "fire") is None
    with city.node("planning").store.reading() as tx:
        letters = tx[Inbox].dead_letters(5000)
    assert len(letters) < 400, "most of it was not even opened"
    assert all(len(one.envelope) <= 1024 and one.octets > 1100 for one in letters), "and of what was, the first KiB"

    refused = send(city, "transport")
    wait_until(lambda: left_in(city.local.info.url, f"{city.address('window')}.inbox") == 0, what="its message taken")
    assert taken(city, "transport", [refused]) == 0
    with city.node("planning").store.transaction() as tx:
        assert tx[Breakers].close(city.address("transport"), "wang", RealClock().now())
    look(city)
    accepted: list[str] = []

    def let_in() -> bool:
        accepted.append(send(city, "transport"))
        return taken(city, "transport", accepted) > 0

    wait_until(let_in, what="the account let in by somebody's word")
    found = breaker(city, "transport")
    assert found is not None
    assert (found.state, found.closed_by) == (BreakerState.CLOSED, "wang")


def test_of_a_flood_of_good_messages_all_arrive_in_the_end_and_another_sender_does_not_wait_for_them(
    city: City,
) -> None:
    limit(city, SenderLimits(rate=20, burst=20, pause=1.0))
    sender = city.local.members[city.address("transport")].dispatcher
    sender._receipt_patience = sender._waiting._look_every = timedelta(seconds=0.5)
    many = [send(city, "transport", number) for number in range(1, 121)]
    honest = send(city, "fire")
    wait_until(lambda: taken(city, "fire", [honest]) == 1, what="the other sender's document")
    wait_until(lambda: breaker(city, "transport") is not None, what="the breaker on record")
    found = breaker(city, "transport")
    assert found is not None
    assert found.breach is Breach.RATE
    wait_until(lambda: taken(city, "transport", many) == len(many), what="every one of the flood")
    look(city)
    wait_until(lambda: not is_open(city, "transport"), what="the breaker closed by itself")
