"""What holds of a store for all values, not only for those that somebody thought of."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.approval.monitor.store import Watches
from exchange.approval.rules.states import WatchState
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.messaging.inbox import Inbox
from exchange.store import Store, open_store
from exchange.store.codec import join, split
from exchange.store.types import printable
from tests.contract.rows import NOW, PLANNING, case_row, dead_letter, part_row, watch_row

_numbers = itertools.count()
RUNNING = WatchState.RUNNING


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One database for all examples; each example takes a case number of its own."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('properties') / 'store.db'}", member="hefei.us")
    store.migrate()
    yield store
    store.close()


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_enclosures_come_apart_as_they_were_put_together(parts: list[bytes]) -> None:
    assert split(join(parts)) == tuple(parts)


@settings(max_examples=30)
@given(st.datetimes(datetime(2000, 1, 2), datetime(2200, 12, 31), timezones=st.sampled_from([UTC, CST])))  # noqa: DTZ001
def test_every_instant_comes_back_exact(store: Store, moment: datetime) -> None:
    number = f"instant-{next(_numbers)}"
    with store.transaction() as tx:
        tx[Cases].open(case_row(number, opened_at=moment), [part_row(PLANNING, number)])
        case = tx[Cases].get(number)
    assert case is not None
    assert case.opened_at == moment


@given(st.text())
def test_made_printable_a_text_is_whole_but_for_what_cannot_be_kept(text: str) -> None:
    kept = printable(text)
    assert "\0" not in kept
    assert len(kept) == len(text)
    assert printable(kept) == kept
    kept.encode()


@settings(max_examples=30)
@given(st.text(max_size=255), st.binary(max_size=200))
def test_every_dead_letter_can_be_kept(store: Store, message_id: str, envelope: bytes) -> None:
    letter = dead_letter(message_id=message_id, envelope=envelope, queue=f"queue-{next(_numbers)}")
    with store.transaction() as tx:
        tx[Inbox].dead([letter, letter], NOW)
        kept = tx[Inbox].dead_letters(1)[0]
    assert (kept.envelope, kept.queue, kept.attempts) == (envelope, letter.queue, 2)


_events = st.one_of(
    st.tuples(st.just("put"), st.integers(1, 5), st.sampled_from([RUNNING, WatchState.CLOSED])),
    st.tuples(st.just("finish"), st.integers(1, 5), st.sampled_from([WatchState.DEEMED, WatchState.ESCALATED])),
)


@settings(max_examples=60)
@given(st.lists(_events, max_size=12))
def test_a_deadline_ends_where_the_rules_of_revision_put_it(
    store: Store, events: list[tuple[str, int, WatchState]]
) -> None:
    number, known = f"watch-{next(_numbers)}", None
    for what, revision, state in events:
        if what == "put":
            allowed = known is None or (revision > known[0] and RUNNING in (known[1], state))
        else:
            allowed = known == (revision, RUNNING)
        with store.transaction() as tx:
            if what == "put":
                done = tx[Watches].put([watch_row(number, revision=revision, state=state)]) == 1
            else:
                done = tx[Watches].finish(number, PLANNING, revision, state, NOW)
        assert done == allowed
        known = (revision, state) if allowed else known
    with store.reading() as tx:
        running = [row for row in tx[Watches].board(10_000) if row.deadline.case_number == number]
    assert [row.deadline.revision for row in running] == ([known[0]] if known and known[1] is RUNNING else [])
