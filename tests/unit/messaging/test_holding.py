"""What may rest, what a hold endangers, and when silence behind one counts for nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.rules.behind_holds import Danger, danger, hindrances
from exchange.approval.rules.states import CaseState, PartState
from exchange.clock import CST
from exchange.errors import CallerError, Conflict, Denied
from exchange.messaging.rules.holding import NEVER_HELD, Hold, check_hold
from exchange.operations.dead_letters.rules import check_reason, check_second, protects

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=CST)
PLANNING, WINDOW, MONITOR = "hefei.planning", "hefei.window", "hefei.monitor"
KINDS = ("consultation", "clearance", "reminder", "opinion", "receipt", "decision", "deemed-consent", "document")


def hold(addressee: str | None = PLANNING, kind: str | None = None, **fields: object) -> Hold:
    return Hold("h1", addressee, kind, "why", "li", **{"held_at": NOON, **fields})


@given(st.sampled_from([PLANNING, None]), st.sampled_from([*KINDS, None]), st.sampled_from(KINDS))
def test_whatever_is_held_opinions_and_receipts_pass(addressee: str | None, kind: str | None, sent: str) -> None:
    covers = hold(addressee, kind).covers(PLANNING, sent)
    assert covers == (sent not in NEVER_HELD and kind in (None, sent))


@pytest.mark.parametrize(
    ("addressee", "kind", "reason"),
    [
        (None, None, "why"),
        (None, "opinion", "why"),
        (None, "receipt", "why"),
        (None, "no-such", "why"),
        (PLANNING, None, " "),
    ],
)
def test_a_hold_names_something_that_may_rest_and_gives_a_reason(
    addressee: str | None, kind: str | None, reason: str
) -> None:
    with pytest.raises(CallerError):
        check_hold(addressee, kind, reason, KINDS)
    check_hold(PLANNING, "document", "why", KINDS)


@pytest.mark.parametrize(
    ("held", "state", "expected"),
    [
        (hold(), PartState.ISSUED, Danger.NOT_ASKED),
        (hold(), PartState.SIGNED, Danger.NOT_REMINDED),
        (hold(None, "reminder"), PartState.SIGNED, Danger.NOT_REMINDED),
        (hold(WINDOW), PartState.SIGNED, Danger.NO_EFFECT),
        (hold(MONITOR), PartState.SIGNED, Danger.NO_EFFECT),
        (hold(None, "deemed-consent"), PartState.SIGNED, Danger.NO_EFFECT),
        (hold("hefei.transport"), PartState.SIGNED, Danger.NONE),
        (hold(None, "document"), PartState.ISSUED, Danger.NONE),
    ],
)
def test_what_a_hold_endangers_is_said_in_words(held: Hold, state: PartState, expected: Danger) -> None:
    assert danger(held, PLANNING, state, WINDOW, [MONITOR]) is expected


@given(
    st.integers(-100, 100), st.one_of(st.none(), st.integers(0, 100)), st.integers(-50, 50), st.integers(1, 50),
    st.booleans(), st.sampled_from([None, "reminder", "consultation", "document"]),
)  # fmt: skip
def test_silence_counts_for_nothing_just_where_a_hold_stood_at_the_end_or_shortened_a_fixed_term(
    begins: int, lasts: int | None, starts: int, length: int, fixed: bool, kind: str | None
) -> None:
    held_at, started = NOON + timedelta(hours=begins), NOON + timedelta(hours=starts)
    due = started + timedelta(hours=length)
    released = None if lasts is None else held_at + timedelta(hours=lasts)
    found = hindrances([hold(kind=kind, held_at=held_at, released_at=released)], PLANNING, started, due, fixed)
    stood = held_at <= due and (released is None or released > due)
    shortened = fixed and released is not None and held_at <= started <= released + timedelta(days=1)
    assert bool(found) == (kind != "document" and (stood or shortened))


def test_no_hold_hinders_nothing() -> None:
    assert hindrances([], PLANNING, NOON, NOON, True) == []


def test_discarding_takes_a_reason_and_somebody_else() -> None:
    assert check_reason(" sent by a test ") == "sent by a test"
    with pytest.raises(CallerError):
        check_reason("  ")
    with pytest.raises(Conflict):
        check_second(None, "wang")
    with pytest.raises(Denied):
        check_second("Wang", "wang")
    check_second("li", "wang")


@given(st.sampled_from(CaseState), st.sampled_from(PartState))
def test_an_opinion_protects_its_department_until_its_part_is_settled(case: CaseState, part: PartState) -> None:
    settled = part in (PartState.ANSWERED, PartState.DEEMED, PartState.REFUSED, PartState.MOOT)
    closed = case in (CaseState.DECIDED, CaseState.BY_LAW, CaseState.WITHDRAWN)
    assert protects(case, part) == (not settled and not closed)
