"""When a confirmed copy is to be taken to lie in its queue: not sent again there, always where it may be lost."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.messaging.rules.repetition import BACKLOG, QueueDepth, lies_there

SOON = timedelta(seconds=30)
counts = st.integers(0, 1000)
ages = st.timedeltas(timedelta(), timedelta(days=30))


@given(own=st.integers(1, 1000), others=counts, age=ages)
def test_a_drained_members_queue_never_holds_a_copy_twice_however_long_that_lasts(
    own: int, others: int, age: timedelta
) -> None:
    assert lies_there(QueueDepth(own + others, 0), own, age)


@given(own=st.integers(1, 1000), lost=st.integers(1, 1000), age=ages)
def test_what_nobody_took_and_is_not_there_is_sent_again(own: int, lost: int, age: timedelta) -> None:
    assert not lies_there(QueueDepth(max(0, own - lost), 0), own, age)


@given(consumers=counts, own=counts, age=ages, passes_on=st.booleans())
def test_nothing_lies_in_an_empty_queue(consumers: int, own: int, age: timedelta, passes_on: bool) -> None:
    assert not lies_there(QueueDepth(0, consumers), own, age, passes_on=passes_on)


@given(messages=st.integers(1, 1000), consumers=st.integers(1, 9), own=counts, passes_on=st.booleans())
def test_a_queue_that_is_worked_off_is_given_its_time_and_no_more(
    messages: int, consumers: int, own: int, passes_on: bool
) -> None:
    depth = QueueDepth(messages, consumers)
    assert lies_there(depth, own, SOON, passes_on=passes_on)
    assert not lies_there(depth, own, BACKLOG, passes_on=passes_on)


@given(messages=st.integers(1, 1000), own=counts, age=ages)
def test_a_link_that_is_down_holds_what_it_holds_though_more_has_passed(
    messages: int, own: int, age: timedelta
) -> None:
    assert lies_there(QueueDepth(messages, 0), own, age, passes_on=True)


@given(own=counts, age=ages)
def test_of_a_queue_that_cannot_be_seen_nothing_is_assumed(own: int, age: timedelta) -> None:
    assert not lies_there(None, own, age)
