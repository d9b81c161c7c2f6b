"""Pages of merged lists, keys in addresses, standings and forecasts: for all inputs, by their own definitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.rules.deadline import project
from exchange.approval.rules.defaults import obstacles
from exchange.approval.rules.derived_ids import reminder_id
from exchange.approval.rules.forecast import Fate, foresee
from exchange.approval.rules.reminders.stages import stage_moments
from exchange.approval.rules.standing import BoardColumn, standing_of, states_of
from exchange.approval.rules.states import PartState
from exchange.clock import CST
from exchange.errors import CallerError
from exchange.operations.search.rules import BUDGET, CHUNK, Found, merge, read_key, read_query, write_key
from exchange.page_key import Key
from exchange.schemas import DefaultMode, EntryKind, Exclusion, SentReminder
from exchange.workdays import ChinaCalendar
from tests.contract.rows import NOW, deadline, ledger_entry, new_id

CALENDAR = ChinaCalendar()
moments = st.integers(0, 10**15).map(lambda micros: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros))
keys = st.builds(Key, moments, st.sampled_from(["a.b", "a.c", "x"]), st.text(st.characters(codec="utf-8")))


@given(keys)
def test_a_key_comes_back_from_an_address_as_it_was(key: Key) -> None:
    assert read_key(write_key(key)) == key


@given(st.text())
def test_what_is_no_key_is_refused_and_nothing_else_happens(text: str) -> None:
    try:
        found = read_key(text)
    except CallerError:
        return
    assert found is None or text.count("~") >= 2


def _store(name: str, rows: Sequence[int], newest_first: bool):  # type: ignore[no-untyped-def]
    every = [(Key(NOW + timedelta(seconds=at), name, f"{place:04d}"), at) for place, at in enumerate(rows)]
    ordered = sorted(every, reverse=newest_first)

    def fetch(after: Key | None, limit: int) -> list[tuple[Key, int]]:
        behind = [one for one in ordered if after is None or (one[0] < after if newest_first else one[0] > after)]
        return behind[:limit]

    return fetch, lambda rows: [row % 3 != 0 for row in rows]


@given(st.lists(st.lists(st.integers(0, 50), max_size=40), max_size=4), st.integers(1, 9), st.booleans())
def test_pages_of_merged_lists_hold_every_wanted_row_once_and_in_order(
    stores: list[list[int]], page: int, newest_first: bool
) -> None:
    sources = [_store(f"s{number}", rows, newest_first) for number, rows in enumerate(stores)]
    found: list[int] = []
    key: Key | None = None
    while True:
        part: Found[int] = merge(sources, key, newest_first=newest_first, page=page)
        found += part.rows
        assert len(part.rows) == page or part.next is None
        if part.next is None:
            break
        key = part.next
    wanted = [row for rows in stores for row in rows if row % 3]
    assert found == sorted(wanted, reverse=newest_first)


def test_a_page_looks_through_a_bounded_number_of_rows_and_says_where_it_stopped() -> None:
    fetch, _ = _store("s", range(3 * BUDGET), True)
    looked = []

    def counted(after: Key | None, limit: int) -> list[tuple[Key, int]]:
        looked.append(limit)
        return fetch(after, limit)

    found = merge([(counted, lambda rows: [row == 5 for row in rows])], None)
    assert (found.rows, found.early) == ((), True)
    assert sum(looked) <= BUDGET + CHUNK
    assert found.next is not None


def test_days_of_a_query_are_whole_days_in_china_and_a_wrong_one_is_named() -> None:
    query = read_query({"since": "2026-03-02", "until": "2026-03-02", "direction": "received", "number": " HF-1 "})
    assert query.since == datetime(2026, 3, 2, tzinfo=CST)
    assert query.until == datetime(2026, 3, 3, tzinfo=CST)
    assert (query.received, query.number) == (True, "HF-1")
    with pytest.raises(CallerError, match="until"):
        read_query({"until": "2026-02-30"})


@given(st.sampled_from(PartState), st.none() | moments, st.none() | moments, moments)
def test_a_part_stands_in_one_column_that_its_state_allows(
    state: PartState, started: datetime | None, due: datetime | None, now: datetime
) -> None:
    found = standing_of(state, started, due, now)
    if found is None:
        assert state in (PartState.PLANNED, PartState.ANSWERED, PartState.MOOT)
        return
    assert state in states_of(found)
    if found is BoardColumn.OVERDUE:
        assert due is not None
        assert now > due


@given(moments, st.integers(1, 10**9), st.integers(0, 100))
def test_the_columns_change_at_half_at_nine_tenths_and_behind_the_end(start: datetime, tens: int, percent: int) -> None:
    term = timedelta(microseconds=100 * tens)
    found = standing_of(PartState.SIGNED, start, start + term, start + term * percent / 100)
    wanted = BoardColumn.RUNNING if percent < 50 else BoardColumn.PAST_HALF if percent < 90 else BoardColumn.PAST_MOST
    assert found is wanted
    behind = standing_of(PartState.SIGNED, start, start + term, start + term + timedelta(microseconds=1))
    assert behind is BoardColumn.OVERDUE


@given(
    st.sampled_from(DefaultMode),
    st.booleans(),
    st.lists(st.sampled_from(Exclusion), max_size=2, unique=True),
    st.booleans(),
    st.integers(0, 10_000),
    st.booleans(),
)
def test_a_forecast_is_what_the_monitor_would_find_at_the_end_of_the_term(
    mode: DefaultMode, complete: bool, excluded: list[Exclusion], stopped: bool, minutes: int, reminded: bool
) -> None:
    ledger = (ledger_entry(), *([ledger_entry(EntryKind.STOP, NOW, basis=("45",))] if stopped else ()))
    state = deadline(default=mode, file_complete=complete, exclusions=tuple(excluded), ledger=ledger)
    projection = project(state, CALENDAR)
    now = NOW + timedelta(minutes=minutes)
    began, due_at = projection.started_at, projection.due_at
    own_id = reminder_id(state.case_number, state.department, 50, began, due_at) if began and due_at else new_id()
    sent = [SentReminder(message_id=own_id, stage=50, at=NOW + timedelta(hours=1))] if reminded else []
    found = foresee(state, projection, sent, CALENDAR, now)
    if projection.due_at is None:
        assert found.fate is Fate.NOTHING
        return
    then = max(projection.due_at, now) + timedelta(seconds=1)
    stand = obstacles(state, projection, sent, then)
    late_reminder = "no reminder went out within the term"
    if now <= stage_moments(state, projection, CALENDAR)[90]:
        stand = [one for one in stand if one != late_reminder]
    if now < projection.due_at:
        assert {*found.reasons} ^ {*stand} <= {late_reminder}
        assert found.fate is Fate.ESCALATION, "without evidence nothing is defaulted"
    assert bool(found.reasons) == (found.fate in (Fate.ESCALATION, Fate.NOTHING))
