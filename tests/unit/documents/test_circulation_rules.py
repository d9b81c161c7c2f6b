"""A document that is put round within an authority: to whom, each once, and who has read it."""

from __future__ import annotations

from datetime import datetime

import pytest

from exchange.clock import CST
from exchange.documents.rules.circulation import (
    LONGEST_NAME,
    MOST_OFFICERS,
    CirculationReader,
    named,
    reader_of,
    to_add,
)
from exchange.errors import CallerError, NotFound

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)


def test_officers_are_named_once_in_the_order_given() -> None:
    assert named([" 主任 ", "副主任", "主任"]) == ("主任", "副主任")
    composed, taken_apart = "\u00e9", "e\u0301"
    assert named([composed, taken_apart]) == (composed,)


@pytest.mark.parametrize("names", [[], [""], [" \n"], ["a\nb"], ["a\0"], ["长" * (LONGEST_NAME + 1)]])
def test_who_cannot_be_named_is_refused(names: list[str]) -> None:
    with pytest.raises(CallerError):
        named(names)


def test_it_goes_to_those_only_who_do_not_have_it_and_never_to_too_many() -> None:
    present = [CirculationReader("主任", "收发室", NOW)]
    assert to_add(present, ["主任", "副主任"]) == ("副主任",)
    assert to_add(present, ["主任"]) == ()
    many = [f"科员{number}" for number in range(MOST_OFFICERS)]
    assert len(to_add([], many)) == MOST_OFFICERS
    with pytest.raises(CallerError):
        to_add(present, many)


def test_only_to_whom_it_was_put_round_has_read_it() -> None:
    present = [CirculationReader("主任", "收发室", NOW)]
    assert reader_of(present, " 主任") is present[0]
    with pytest.raises(NotFound):
        reader_of(present, "副主任")
