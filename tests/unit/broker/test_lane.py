"""The order in which a lane hands over what a broker gave out, after an earlier channel ended with some in hand."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st
from pika.spec import Basic, BasicProperties

from exchange.broker.traffic.lane import Catch, Raw


def _raw(name: int, tag: int, redelivered: bool, stamp: int | None) -> Raw:
    method = Basic.Deliver(delivery_tag=tag, redelivered=redelivered, routing_key="to.a.b.from.a.c")
    headers = {} if stamp is None else {"timestamp_in_ms": stamp}
    return method, BasicProperties(headers=headers), str(name).encode()


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
