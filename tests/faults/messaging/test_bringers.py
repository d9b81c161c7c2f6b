"""Who brought it: whatever key has signed a message, whatever it claims, the account that brought it answers for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pika.spec import BasicProperties

from exchange.approval.records import CaseRow
from exchange.approval.rules.states import PartState
from exchange.approval.window.set_aside import opinion_set_aside
from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.traffic.topology import DOCUMENTS, routing_key
from exchange.errors import BadTopology, CallerError
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import new_id
from exchange.messaging.records import DeadLetter, envelope_digest
from exchange.operations.dead_letters import domain as dead
from exchange.operations.dead_letters.redrive import redrive
from exchange.schemas import Verdict
from tests.faults.messaging.test_hostile_input import sealed_opinion
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    if broker.management_url is None:
        pytest.skip("accounts need EXCHANGE_MANAGEMENT_URL")
    folder: Path = tmp_path_factory.mktemp("bringers")
    city = make_city(folder, broker, f"b{new_id()[:8]}", accounts=True)
    with city.local:
        city.matter(city.approver("transport", silent=True), city.approver("planning", days=20))
        yield city


def objection(city: City, case: CaseRow, message_id: str) -> bytes:
    """Transport's own opinion, signed with its own key."""
    opinion = city.opinion("transport", case, Verdict.DISAGREE, reasons="车流量过大", basis=("第三十二条",))
    return sealed_opinion(city, "transport", opinion, message_id=message_id)


def bring(city: City, account: str, body: bytes, key: str | None = None, **properties: Any) -> None:
    """Publish by a member's own account to the window's queue of opinions, or under another key."""
    name = city.address(account)
    with errand(city.local.link(name).url, "test") as member:
        member.channel.confirm_delivery()
        named = key or routing_key(f"{city.address('window')}.opinions", name)
        said = BasicProperties(delivery_mode=2, **properties)
        member.channel.basic_publish(DOCUMENTS, named, body, said, mandatory=True)


def letters(city: City, body: bytes) -> list[DeadLetter]:
    with city.window.store.reading() as tx:
        return [one for one in tx[Inbox].dead_letters(1000) if one.digest == envelope_digest(body)]


def letter_of(city: City, body: bytes) -> DeadLetter:
    wait_until(lambda: bool(letters(city, body)), what="the dead letter")
    [letter] = letters(city, body)
    return letter


def returned(city: City, message_id: str) -> str:
    """The reason with which it went back."""
    key = (city.address("transport"), message_id)

    def reason() -> str | None:
        with city.window.store.reading() as tx:
            found = tx[Inbox].known([key]).get(key)
            assert found is None or found.receipt_id is not None
            return None if found is None else next(one.reason for one in entries(city) if one.message_id == message_id)

    wait_until(lambda: reason() is not None, what="the receipt")
    return reason() or ""


def entries(city: City) -> list[Any]:
    from sqlalchemy import select

    from exchange.messaging.tables import inbox

    with city.window.store.reading() as tx:
        return list(tx[Inbox]._db.execute(select(inbox)))


@pytest.mark.parametrize("user_id", [None, "planning"])
def test_what_anothers_account_brings_is_forged_whatever_key_has_signed_it(city: City, user_id: str | None) -> None:
    case, id = city.submit(), new_id()
    body = objection(city, case, id)
    bring(city, "planning", body, user_id=city.address(user_id) if user_id else None)
    letter = letter_of(city, body)
    assert (letter.reason_code, letter.key_sender) == ("forged", city.address("planning"))
    assert (letter.sender, letter.pretends, letter.vouched) == (city.address("transport"), True, False)
    assert city.address("planning") in letter.reason
    assert city.address("transport") in letter.reason
    assert city.part(case, "transport").state is PartState.SIGNED
    with city.window.store.reading() as tx:
        assert not opinion_set_aside(tx, city.window, case.number, city.address("transport"))
    with pytest.raises(CallerError, match="forged"):
        redrive(city.window, {}, None, letter.id)

    bring(city, "transport", body, user_id=city.address("transport"))
    wait_until(lambda: city.part(case, "transport").state is PartState.ANSWERED, what="the opinion of the department")


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_a_copy_under_anothers_name_names_its_writer_where_the_broker_lets_it_through(city: City, header: str) -> None:
    case, id = city.submit(), new_id()
    body = objection(city, case, id)
    stolen = routing_key(f"{city.address('window')}.opinions", city.address("transport"))
    own = routing_key(f"{city.address('planning')}.inbox", city.address("planning"))
    try:
        bring(city, "planning", body, own, headers={header: [stolen]})
    except BadTopology as refusal:
        assert "403" in str(refusal)  # noqa: PT017 newer brokers check every key
        assert letters(city, body) == []
    else:
        letter = letter_of(city, body)
        assert (letter.reason_code, letter.key_sender) == ("forged", city.address("planning"))
    assert city.part(case, "transport").state is PartState.SIGNED


@pytest.mark.parametrize(
    ("properties", "code"), [({}, "no-user-id"), ({"user_id": "transport", "headers": {"CC": ["x"]}}, "copied")]
)
def test_its_own_senders_mistake_goes_back_with_what_to_do(city: City, properties: dict[str, Any], code: str) -> None:
    case, id = city.submit(), new_id()
    body = objection(city, case, id)
    if "CC" in properties.get("headers", {}):
        own = routing_key(f"{city.address('window')}.inbox", city.address("transport"))
        properties = {"user_id": city.address("transport"), "headers": {"CC": [own]}}
    bring(city, "transport", body, **properties)
    assert returned(city, id).startswith(code)
    assert city.part(case, "transport").state is PartState.SIGNED


def test_junk_is_named_after_the_account_that_brought_it_and_never_after_whom_it_claims(city: City) -> None:
    case = city.submit()
    honest = objection(city, case, new_id())
    framing = honest[:-20] + bytes(20)
    junk = b"\x00" * 700 + new_id().encode()
    bring(city, "planning", framing)
    bring(city, "planning", junk)
    for body, claimed in ((framing, city.address("transport")), (junk, None)):
        letter = letter_of(city, body)
        assert (letter.account, letter.sender) == (city.address("planning"), claimed)
    bring(city, "transport", framing, user_id=city.address("transport"))
    wait_until(lambda: len(letters(city, framing)) == 2, what="a letter of its own by another account")
    assert {one.account for one in letters(city, framing)} == {city.address("planning"), city.address("transport")}


def test_every_export_says_by_whose_account_a_letter_came(city: City) -> None:
    body = b"\x01" * 300 + new_id().encode()
    bring(city, "planning", body, user_id=city.address("planning"))
    id = letter_of(city, body).id
    rows = list(dead.exported(city.address("window"), city.window.store))
    [told] = [json.loads(line) for line in dead.as_json_lines(rows) if json.loads(line)["id"] == id]
    assert told["key_sender"] == told["broker_user"] == city.address("planning")
    head, *lines = dead.as_csv(rows)
    assert "key_sender,broker_user" in head
    [line] = [one for one in lines if id in one]
    assert line.count(city.address("planning")) == 2
