"""One page of a list is looked through no further than a budget, and the next one begins where it ended."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.desk.basket import PAGE
from exchange.desk.looking import BUDGET, having, key_of, looked_through, place_of
from tests.unit.facts import at


@given(st.integers(0, 3 * BUDGET), st.integers(1, 200))
def test_pages_one_behind_another_show_every_row_that_fits_once(many: int, one_in: int) -> None:
    shown: list[int] = []
    begin, pages = 0, 0
    while True:
        found, last, early = looked_through(iter(range(begin, many)), lambda row: row % one_in == 0)
        assert len(found) <= PAGE
        assert not early or len(found) < PAGE
        shown, pages = [*shown, *found], pages + 1
        if last is None:
            break
        assert last >= begin, "each page goes on"
        assert last - begin < BUDGET
        begin = last + 1
    assert shown == list(range(0, many, one_in))


def test_words_are_looked_for_in_any_order_whatever_their_width_and_case() -> None:
    fits = having("ＨＦ-1  道路", str)
    assert fits("道路占用 hf-1")
    assert not fits("道路占用 hf-2")
    assert having("", str)("whatever")


def test_a_key_names_its_place_and_what_is_no_key_the_beginning() -> None:
    place = (at("03-02", "09:30"), "HF-1.2")
    assert place_of(key_of(place)) == place
    for text in ("", "x.1", "12", "1" * 17 + ".HF-1", "-5.HF-1", "１２.HF-1", "12."):
        assert place_of(text) is None
