"""What a lane hands over: in which order after an earlier channel ended with some in hand, and of hostile messages."""

from __future__ import annotations

import struct
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pika import spec
from pika.exceptions import InvalidFrameError
from pika.spec import Basic, BasicProperties

from exchange.broker.traffic.keeping_up import ReadSpan
from exchange.broker.traffic.lane import Catch, ConsumedQueue, Lane, Raw
from exchange.broker.traffic.wakeup import Wakeup
from exchange.broker.traffic.wire import GatheringConnection


def _raw(name: int, tag: int, redelivered: bool, stamp: int | None) -> Raw:
    method = Basic.Deliver(delivery_tag=tag, redelivered=redelivered, routing_key="to.a.b.from.a.c")
    headers = {} if stamp is None else {"timestamp_in_ms": stamp}
    return method, BasicProperties(headers=headers), str(name).encode(), ReadSpan(0.0, 0.0)


def _names(catch: Catch, trust_stamp: bool) -> tuple[list[int], int]:
    deliveries, tag = catch.take("q", 100, trust_stamp)
    return [int(delivery.body) for delivery in deliveries], tag


def _catch(raws: list[Raw], backlog: int = 0) -> Catch:
    return Catch(None, backlog, deque(raws))  # type: ignore[arg-type]


def test_what_was_given_out_before_stands_before_what_was_not_and_one_tag_acknowledges_all() -> None:
    catch = _catch([_raw(3, 1, False, None), _raw(0, 2, True, None), _raw(1, 3, True, None), _raw(2, 4, True, None)], 1)
    assert catch.may_be_out_of_order
    assert _names(catch, trust_stamp=False) == ([0, 1, 2, 3], 4)
    assert not catch.may_be_out_of_order


@given(st.permutations(range(6)), st.integers(0, 6))
def test_by_their_stamps_they_come_in_the_order_of_arrival_whatever_order_they_came_back_in(
    order: list[int], given_out: int
) -> None:
    back = [_raw(name, tag, True, 1000 + name) for tag, name in enumerate([n for n in order if n < given_out], 1)]
    rest = [_raw(name, 10 + name, False, 1000 + name) for name in range(given_out, 6)]
    names, _ = _names(_catch([*rest[:1], *back, *rest[1:]]), trust_stamp=True)
    assert names == list(range(6))


def test_a_lane_that_begins_with_an_empty_queue_waits_for_nobody() -> None:
    assert not _catch([_raw(0, 1, False, None)]).may_be_out_of_order


@pytest.mark.parametrize(
    "field",
    [
        b"T" + (10**12).to_bytes(8, "big"),
        b"T" + b"\xff" * 8,
        b"d" + struct.pack(">d", float("nan")),
        b"d" + struct.pack(">d", float("inf")),
        b"Z",
    ],
    ids=["year-33658", "year-without-end", "nan", "infinity", "unknown-type"],
)
def test_a_message_whose_properties_cannot_be_read_comes_without_them(field: bytes) -> None:
    headers = b"\x01k" + field
    properties = b"\x20\x00" + len(headers).to_bytes(4, "big") + headers
    payload = struct.pack(">HHQ", spec.Basic.INDEX, 0, 5) + properties
    wire = struct.pack(">BHL", spec.FRAME_HEADER, 3, len(payload)) + payload + bytes([spec.FRAME_END])
    connection = GatheringConnection.__new__(GatheringConnection)
    connection._frame_buffer = wire + b"rest"
    consumed, found = connection._read_frame()
    assert (consumed, found.channel_number, found.body_size) == (len(wire), 3, 5)
    assert found.properties.headers is None
    assert found.properties.user_id is None


def test_only_content_headers_may_be_unreadable() -> None:
    connection = GatheringConnection.__new__(GatheringConnection)
    connection._frame_buffer = struct.pack(">BHL", 9, 0, 0) + bytes([spec.FRAME_END])
    with pytest.raises(InvalidFrameError):
        connection._read_frame()


def test_what_a_sender_wrote_in_no_utf_8_is_read_as_text() -> None:
    method = Basic.Deliver(delivery_tag=1, exchange="documents", routing_key=b"to.q.from.\xff.from.a.c")
    hostile = BasicProperties(message_id=b"\xff", user_id=b"a\xff")
    (found,), _ = _catch([(method, hostile, b"x", ReadSpan(0.0, 0.0))]).take("q", 1, False)
    assert (found.message_id, found.user_id) == ("\ufffd", "a\ufffd")
    assert found.carriage is not None
    assert not found.carriage.straight


def test_a_lane_whose_consumer_is_not_confirmed_has_dealt_with_nothing() -> None:
    lane = Lane(ConsumedQueue("q"), Wakeup(), lambda error: None)
    lane.catch = _catch([])
    for _ in range(5):
        lane.tick()
    assert lane.done_until is None
    lane.consuming = True
    for _ in range(5):
        lane.tick()
    assert lane.done_until is not None
