"""What is too much for one message goes in several: nothing is lost, doubled or put out of order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.messaging.rules.splitting import groups, parts
from exchange.schemas import MAX_ADDRESSEES


@given(st.lists(st.integers(), max_size=1200), st.integers(1, 300))
def test_everybody_is_in_exactly_one_group_in_order_and_there_are_no_more_groups_than_needed(
    things: list[int], most: int
) -> None:
    found = groups(things, most)
    assert [one for group in found for one in group] == things
    assert all(1 <= len(group) <= most for group in found)
    assert len(found) == -(-len(things) // most)


def test_a_level_of_three_hundred_needs_two_messages() -> None:
    assert [len(group) for group in groups(range(300), MAX_ADDRESSEES)] == [256, 44]


@given(st.lists(st.integers(0, 200), max_size=300), st.integers(1, 20), st.integers(1, 500))
def test_parts_hold_everything_once_within_their_bounds(sizes: list[int], most: int, room: int) -> None:
    cut = parts(sizes, most, room)
    assert cut
    assert [place for places in cut for place in places] == list(range(len(sizes)))
    for places in cut:
        assert len(places) <= most
        assert len(places) == 1 or sum(sizes[place] for place in places) <= room
    assert all(cut) or not sizes


@given(st.lists(st.integers(0, 200), min_size=1, max_size=300), st.integers(1, 20), st.integers(1, 500))
def test_a_part_ends_only_where_the_next_thing_would_not_fit(sizes: list[int], most: int, room: int) -> None:
    cut = parts(sizes, most, room)
    for places, following in pairwise(cut):
        full = len(places) == most
        assert full or sum(sizes[place] for place in places) + sizes[following[0]] > room


def test_room_for_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="room for one"):
        groups([1], 0)
    with pytest.raises(ValueError, match="room for one"):
        parts([1], 0, 10)
