"""A supplementary review: after a default, once, for as long as the review that did not come; told of in its order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.rules.after.supplement import (
    NINE,
    OF_A_FIXED_TERM,
    TO_REMIND,
    TO_TELL,
    check_supplement,
    longest,
    next_step,
    why_not_until,
)
from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.clock import CST
from exchange.errors import Returned
from exchange.schemas import Term
from exchange.workdays import ChinaCalendar

MONDAY = date(2026, 3, 2)
END = datetime(2026, 3, 7, tzinfo=CST)


@dataclass(frozen=True)
class Part:
    state: PartState = PartState.DEEMED
    late_opinion_id: str | None = None
    supplement_id: str | None = None


def test_it_may_take_as_many_working_days_as_the_term_had() -> None:
    assert (longest(Term(days=5)), longest(Term(fixed=END))) == (5, OF_A_FIXED_TERM)
    calendar = ChinaCalendar()
    assert why_not_until(date(2026, 3, 9), MONDAY, 5, calendar) is None, "the weekend is not counted"
    assert "until 2026-03-09" in str(why_not_until(date(2026, 3, 10), MONDAY, 5, calendar))
    assert why_not_until(MONDAY, MONDAY, 5, calendar) is None
    assert "is over" in str(why_not_until(MONDAY - timedelta(days=1), MONDAY, 5, calendar))


@pytest.mark.parametrize("state", sorted(set(PartState) - BY_SILENCE))
def test_there_is_none_without_a_default(state: PartState) -> None:
    with pytest.raises(Returned) as refused:
        check_supplement(CaseState.OPEN, Part(state))
    assert refused.value.code == "no-default"


def test_it_is_announced_once_before_its_result_and_not_where_nothing_is_asked_any_more() -> None:
    for case_state in (CaseState.OPEN, CaseState.READY, CaseState.DECIDED):
        check_supplement(case_state, Part())
    for case_state, part, code in (
        (CaseState.WITHDRAWN, Part(), "case-closed"),
        (CaseState.DECIDED, Part(supplement_id="a"), "already-announced"),
        (CaseState.DECIDED, Part(late_opinion_id="a"), "already-answered"),
    ):
        with pytest.raises(Returned) as refused:
            check_supplement(case_state, part)
        assert refused.value.code == code


@given(
    st.lists(st.integers(0, 60 * 24 * 8), min_size=1, max_size=12).map(sorted), st.sampled_from([TO_REMIND, TO_TELL])
)
def test_whenever_one_looks_it_is_reminded_of_once_at_most_and_told_once_when_it_is_over(
    minutes: list[int], told: int
) -> None:
    left: int | None = told
    done: list[int] = []
    for minute in minutes:
        now = END - timedelta(days=5) + timedelta(minutes=minute)
        step = next_step(END, left, now) if left is not None else None
        if step is None:
            continue
        done.append(step)
        assert now > END if step == TO_TELL else END - NINE <= now <= END
        left = None if step == TO_TELL else TO_TELL
    assert done in ([], [TO_REMIND], [TO_TELL], [TO_REMIND, TO_TELL])
    assert (TO_TELL in done) == (END - timedelta(days=5) + timedelta(minutes=minutes[-1]) > END)
