"""Who brought a message, and by which way: what is accepted, what goes back, and what is nobody's word."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pika.spec import Basic, BasicProperties

from exchange.broker.traffic.topology import routing_key
from exchange.broker.traffic.vouching import NO_VOUCHING, Vouching, carriage_of, vouching_of
from exchange.clock import CST, RealClock
from exchange.errors import Forged
from exchange.messaging.arrival import OwnTime
from exchange.messaging.ports import CameWithin, Delivery
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.messaging.rules.carriage import EXPIRED, Carriage, check_bringer, check_passing, fault_of
from exchange.schemas import MESSAGES, DeemedConsent, Document, Escalation, Header, Opinion, Queue

NOON = datetime(2026, 3, 2, 12, tzinfo=CST)
WINDOW, TRANSPORT = "hefei.window", "hefei.transport"
OPINIONS = f"{WINDOW}.opinions"
OLD, NEW = Vouching(True, deaths=False, priorities=False), Vouching(True, deaths=True, priorities=True)


def header(kind: str = Opinion.KIND, sender: str = TRANSPORT, at: datetime = NOON) -> Header:
    id = "11111111-1111-4111-8111-111111111111"
    return Header(
        message_id=id, conversation_id=id, kind=kind, sender=sender, addressees=(WINDOW,), created_at=at
    )  # fmt: skip


@pytest.mark.parametrize(
    ("account", "user_id", "signer", "fits"),
    [
        (TRANSPORT, TRANSPORT, TRANSPORT, True),
        (TRANSPORT, None, TRANSPORT, True),
        (None, TRANSPORT, TRANSPORT, True),
        (None, None, TRANSPORT, False),
        ("hefei.planning", None, TRANSPORT, False),
        ("hefei.planning", TRANSPORT, TRANSPORT, False),
        (TRANSPORT, "hefei.planning", TRANSPORT, False),
        ("link.anhui", TRANSPORT, TRANSPORT, False),
        ("hefei.relay", "hefei.relay", TRANSPORT, False),
        ("hefei.relay", "hefei.relay", "anhui.office", True),
        ("link.anhui", "hefei.relay", "anhui.office", False),
        (TRANSPORT, "hefei.relay", "anhui.office", False),
    ],
)
def test_only_the_signers_own_account_brings_a_message(
    account: str | None, user_id: str | None, signer: str, fits: bool
) -> None:
    def check() -> None:
        check_bringer(Carriage(account), user_id, header(sender=signer), "hefei", accounts=True)

    if fits:
        check()
        return
    with pytest.raises(Forged) as caught:
        check()
    assert signer in str(caught.value)
    assert account is None or account in str(caught.value) or str(user_id) in str(caught.value)


def test_without_accounts_nobody_is_asked_for_one() -> None:
    check_bringer(Carriage(None), None, header(), "hefei", accounts=False)
    assert fault_of(Carriage(None), None, header(), OPINIONS, accounts=False) is None


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_kind_is_taken_from_its_own_queue_alone(kind: str) -> None:
    arbiter = MESSAGES[kind].QUEUE is Queue.OPINIONS
    for queue, is_arbiter in ((OPINIONS, True), (f"{WINDOW}.inbox", False), (f"{WINDOW}.inbox.urgent", False)):
        fault = fault_of(Carriage(TRANSPORT), TRANSPORT, header(kind), queue, accounts=True)
        assert (fault is None) is (arbiter is is_arbiter), (kind, queue)
        assert fault is None or fault.code == "wrong-queue"


def code_of(carriage: Carriage, user_id: str | None, kind: str = Opinion.KIND) -> str | None:
    queue = OPINIONS if kind != Document.KIND else f"{WINDOW}.inbox"
    fault = fault_of(carriage, user_id, header(kind), queue, accounts=True)
    return None if fault is None else fault.code


def test_what_left_out_its_account_or_came_as_a_copy_goes_back() -> None:
    assert code_of(Carriage(TRANSPORT), None) == "no-user-id"
    assert code_of(Carriage(TRANSPORT, straight=False), TRANSPORT, Document.KIND) == "copied"


def test_a_priority_takes_an_opinion_nowhere_and_a_monitors_word_back() -> None:
    assert code_of(Carriage(TRANSPORT, overtook=True), TRANSPORT) is None
    assert code_of(Carriage(TRANSPORT, overtook=True), TRANSPORT, DeemedConsent.KIND) == "out-of-turn"


def arrival(delivery: dict[str, Any], at: datetime = NOON) -> Arrival:
    judge = OwnTime(NOON - timedelta(days=3), RealClock())
    fields = {"queue": OPINIONS, "redelivered": False, "backlog": True, "carriage": Carriage(TRANSPORT)} | delivery
    made = Delivery(body=b"", message_id=None, user_id=None, headers={}, stamp=None, **fields)
    return judge.judge(made, header(at=at), NOON + timedelta(hours=9))


def test_nothing_arrives_before_it_was_signed() -> None:
    assert arrival({}).earliest == NOON
    assert arrival({}, NOON - timedelta(days=30)).earliest == NOON - timedelta(days=3)
    ahead = arrival({}, NOON + timedelta(days=1))
    assert ahead.earliest == ahead.latest == NOON + timedelta(hours=9)


@pytest.mark.parametrize(
    "delivery",
    [
        {"queue": f"{WINDOW}.inbox"},
        {"queue": f"{WINDOW}.inbox.urgent", "redelivered": True},
        {"carriage": Carriage(TRANSPORT, overtook=True)},
        {"carriage": Carriage(TRANSPORT, died_of=EXPIRED), "backlog": False},
    ],
)
def test_out_of_its_place_it_arrived_when_it_was_taken(delivery: dict[str, Any]) -> None:
    found = arrival(delivery)
    assert found.earliest == found.latest == NOON + timedelta(hours=9)


def test_what_its_reader_had_not_time_for_may_have_come_since_it_last_had() -> None:
    came = CameWithin(NOON + timedelta(hours=1), NOON + timedelta(hours=7))
    found = arrival({"backlog": False, "came": came})
    assert (found.earliest, found.latest) == (came.earliest, came.latest)
    assert arrival({"backlog": False, "came": came}, NOON + timedelta(hours=2)).earliest == NOON + timedelta(hours=2)
    ahead = arrival({"backlog": False, "came": CameWithin(came.earliest, NOON + timedelta(days=1))})
    assert ahead.latest == NOON + timedelta(hours=9)
    overtaking = arrival({"backlog": False, "came": came, "queue": f"{WINDOW}.inbox"})
    assert overtaking.earliest == overtaking.latest == NOON + timedelta(hours=9)


@pytest.mark.parametrize("kind", [DeemedConsent.KIND, Escalation.KIND])
def test_what_is_said_of_silence_is_bounded_by_no_date_of_its_sender(kind: str) -> None:
    known = NOON - timedelta(days=3)
    judge, ahead = OwnTime(known, RealClock()), header(kind, at=NOON + timedelta(hours=3))
    came = CameWithin(NOON + timedelta(hours=1), NOON + timedelta(hours=7))
    waited = Delivery(OPINIONS, b"", None, None, {}, False, None, True, carriage=Carriage(TRANSPORT))
    fresh = replace(waited, backlog=False, came=came)
    assert judge.judge(waited, ahead, NOON + timedelta(hours=9)).earliest == known
    assert judge.judge(fresh, ahead, NOON + timedelta(hours=9)).earliest == came.earliest


@pytest.mark.parametrize("died_of", ["delivery_limit", "rejected", "unknown"])
def test_what_a_queue_gave_up_may_have_come_long_before(died_of: str) -> None:
    assert arrival({"carriage": Carriage(TRANSPORT, died_of=died_of), "backlog": False}).earliest == NOON


def test_an_arrival_begins_no_earlier_than_a_moment_and_ends_where_it_ended() -> None:
    found = Arrival(NOON, NOON + timedelta(hours=2), ArrivalSource.BROKER)
    assert found.not_before(None) == found.not_before(NOON - timedelta(days=1)) == found
    assert found.not_before(NOON + timedelta(hours=1)).earliest == NOON + timedelta(hours=1)
    assert found.not_before(NOON + timedelta(hours=3)).earliest == found.latest


# --- what the broker says --------------------------------------------------------------------------------------------


def carried(
    key: str, exchange: str = "documents", vouching: Vouching = NEW, **said: Any
) -> tuple[str | None, Carriage]:
    method = Basic.Deliver(delivery_tag=1, exchange=exchange, routing_key=key)
    return carriage_of(OPINIONS, method, BasicProperties(**said), vouching)


def test_the_sender_in_the_key_of_this_queue_is_the_account() -> None:
    assert carried(routing_key(OPINIONS, TRANSPORT)) == (None, Carriage(TRANSPORT))
    assert carried(routing_key(OPINIONS, TRANSPORT), vouching=NO_VOUCHING) == (None, Carriage(None))


@pytest.mark.parametrize(
    ("key", "headers"),
    [
        (routing_key("hefei.transport.inbox", TRANSPORT), {}),
        (routing_key(f"{OPINIONS}.from.hefei.planning", TRANSPORT), {}),
        (routing_key(OPINIONS, TRANSPORT), {"CC": [routing_key("x", TRANSPORT)]}),
        (routing_key(OPINIONS, TRANSPORT), {"CC": []}),
    ],
)
def test_what_names_another_queue_or_several_is_a_copy_by_that_account(key: str, headers: dict[str, Any]) -> None:
    _, carriage = carried(key, headers=headers)
    assert carriage == Carriage(TRANSPORT, straight=False)


def test_what_an_administrator_puts_back_names_no_account() -> None:
    assert carried(OPINIONS, "redeliver")[1] == carried(OPINIONS, "")[1] == Carriage(None)
    assert not carried("x", "redeliver")[1].straight


def death(sender: str, reason: str = "expired") -> dict[str, Any]:
    return {"x-death": [{"queue": OPINIONS, "reason": reason, "routing-keys": [routing_key(OPINIONS, sender)]}]}


def test_who_sent_what_a_queue_gave_up_is_believed_where_the_note_is_all_the_brokers() -> None:
    assert carried(WINDOW, "dead", NEW, headers=death(TRANSPORT)) == (OPINIONS, Carriage(TRANSPORT, died_of=EXPIRED))
    assert carried(WINDOW, "dead", OLD, headers=death(TRANSPORT)) == (OPINIONS, Carriage(None, died_of=EXPIRED))


@pytest.mark.parametrize("headers", [{}, {"x-death": 3}, {"x-death": []}, {"x-death": [3]}, {"x-death": [{}]}])
def test_a_death_without_a_note_is_one_nevertheless(headers: dict[str, Any]) -> None:
    assert carried(WINDOW, "dead", headers=headers) == (None, Carriage(None, died_of="unknown"))


def test_a_senders_own_note_of_a_death_is_none() -> None:
    assert carried(routing_key(OPINIONS, TRANSPORT), headers=death("hefei.b")) == (None, Carriage(TRANSPORT))


@pytest.mark.parametrize(("vouching", "priority", "overtook"), [(NEW, 9, True), (NEW, 4, False), (OLD, 9, False)])
def test_a_priority_overtakes_where_queues_obey_it(vouching: Vouching, priority: int, overtook: bool) -> None:
    assert carried(routing_key(OPINIONS, TRANSPORT), vouching=vouching, priority=priority)[1].overtook is overtook


@pytest.mark.parametrize(
    ("version", "modern"),
    [
        (b"3.10.8", False),
        ("3.13.7", False),
        (b"4.0.5", True),
        ("4.3.6", True),
        (b"", False),
        ("?", False),
        (None, False),
    ],
)
def test_an_unknown_version_is_believed_nothing(version: bytes | str | None, modern: bool) -> None:
    said = {} if version is None else {"version": version}
    assert vouching_of(said, accounts=True) == Vouching(True, deaths=modern, priorities=modern)
    assert vouching_of(None, accounts=False) == NO_VOUCHING


# --- in transit ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "account", "user_id", "signer", "fits"),
    [
        ("anhui.hefei", "link.anhui.hefei", "anhui.hefei.planning", "anhui.hefei.planning", True),
        ("anhui.hefei", "link.anhui.hefei", "anhui.hefei.relay", "anhui.hefei.shushan.office", True),
        ("anhui.hefei", "link.anhui.hefei", None, "anhui.hefei.planning", False),
        ("anhui.hefei", "link.anhui.hefei", "anhui.hefei.relay", "anhui.hefei.planning", False),
        ("anhui.hefei", "link.anhui.hefei", "anhui.hefei.shushan.office", "anhui.hefei.shushan.office", False),
        ("anhui.hefei", "link.anhui.hefei", "anhui.hefei.police", "anhui.hefei.planning", False),
        ("anhui.hefei", "link.anhui.hefei", "anhui.hefei.planning", "anhui.office", False),
        ("anhui.hefei", "link.anhui.hefei", "anhui.wuhu.planning", "anhui.wuhu.planning", False),
        (None, "anhui.office", "anhui.office", "anhui.office", True),
        (None, "anhui.office", None, "anhui.window", False),
    ],
)
def test_a_link_brings_what_was_signed_behind_it_and_by_whoever_signed_it(
    link: str | None, account: str, user_id: str | None, signer: str, fits: bool
) -> None:
    def check() -> None:
        check_passing(Carriage(account), user_id, header(Document.KIND, signer), "anhui", link, accounts=True)

    if fits:
        check()
    else:
        with pytest.raises(Forged, match=signer):
            check()


def test_a_copy_goes_no_further() -> None:
    with pytest.raises(Forged, match="copy"):
        check_passing(Carriage(None, straight=False), None, header(), "anhui", "anhui.hefei", accounts=False)
