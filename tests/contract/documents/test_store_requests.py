"""Requests and drains are rows with guarded moves; those that were in the journal and in meta are carried over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, text

from exchange.documents.records import RequestForward, RequestRow
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.documents.store import Requests
from exchange.messaging.drains.store import Drains
from exchange.messaging.rules.drain_states import DrainState
from exchange.paging import every
from exchange.runtime.draining import Drain, Left, ask_drain, drain_in, drained, lift_drain, note_left
from exchange.store import Store, migrate
from exchange.store.engine import writing
from exchange.store.tables import journal
from exchange.transitions import ForbiddenTransition
from tests.contract.rows import LATER, NOW, PLANNING, TRANSPORT, US, new_id

REVISION_BEFORE = "0021"


def came(**fields: object) -> RequestRow:
    """A request that came."""
    id = new_id()
    row = RequestRow(id, RequestSeat.ASKED, RequestState.OPEN, NOW, PLANNING, TRANSPORT, id, "a" * 64, (TRANSPORT,))
    return replace(row, **fields)


def test_a_request_comes_back_as_it_was_put_and_is_opened_once(store: Store) -> None:
    row = came()
    with store.transaction() as tx:
        assert tx[Requests].open(row)
        assert not tx[Requests].open(replace(row, origin=US))
    with store.reading() as tx:
        assert tx[Requests].get(row.request_id) == row
        assert tx[Requests].get(new_id()) is None
        assert tx[Requests].count() == 1


def test_a_request_is_answered_once_and_stays_so_when_word_of_a_forward_comes_late(store: Store) -> None:
    row = came()
    answer = {"answered_by": US, "answer_id": new_id(), "answered_at": LATER}
    with store.transaction() as tx:
        tx[Requests].open(row)
        assert tx[Requests].move(row.request_id, {RequestState.OPEN}, RequestState.ANSWERED, **answer)
        assert not tx[Requests].move(row.request_id, {RequestState.OPEN}, RequestState.FORWARDED)
        with pytest.raises(ForbiddenTransition):
            tx[Requests].move(row.request_id, {RequestState.ANSWERED}, RequestState.OPEN)
        assert tx[Requests].get(row.request_id) == replace(row, state=RequestState.ANSWERED, **answer)


def test_forwards_are_kept_in_their_order_one_for_each_body(store: Store) -> None:
    row = came()
    forwards = [RequestForward(row.request_id, by, to, new_id(), NOW) for by, to in ((US, PLANNING), (PLANNING, "a.b"))]
    with store.transaction() as tx:
        assert all(tx[Requests].pass_on(one) for one in forwards)
        assert not tx[Requests].pass_on(replace(forwards[0], passed_to="a.c"))
        assert tx[Requests].forwards(row.request_id) == forwards


@pytest.mark.parametrize("size", [1, 2, 5])
def test_requests_of_one_seat_and_state_are_gone_through_page_by_page(store: Store, size: int) -> None:
    rows = [came(recorded_at=NOW + timedelta(minutes=minutes)) for minutes in (2, 0, 0, 1)]
    with store.transaction() as tx:
        for row in (*rows, came(state=RequestState.ANSWERED), came(seat=RequestSeat.ORIGIN)):
            tx[Requests].open(row)
        fetch = lambda after, most: tx[Requests].page(RequestSeat.ASKED, RequestState.OPEN, after, most)  # noqa: E731
        assert list(every(fetch, lambda row: row.place, size)) == sorted(rows, key=lambda row: row.place)
        assert tx[Requests].recent(1) == [rows[0]]


def test_one_wish_to_drain_stands_until_it_is_lifted_and_another_may_follow(store: Store) -> None:
    first = ask_drain(store, "ops", "新磁盘", NOW)
    assert ask_drain(store, "somebody", "another reason", LATER) == first == drained(store)
    left = note_left(store, LATER)
    with store.reading() as tx:
        assert drain_in(tx) == (first, left)
        row = tx[Drains].standing()
    assert row is not None
    assert (row.state, row.stopped_at) == (DrainState.STOPPED, LATER)
    assert lift_drain(store, "ops", LATER)
    assert not lift_drain(store, "ops", LATER)
    assert drained(store) is None
    assert ask_drain(store, "ops", "once more", LATER) == drained(store) == Drain("ops", LATER.isoformat(), "once more")


def back_to_the_revision_before(store: Store) -> None:
    """The tables as the release before had them."""
    config = Config()
    config.set_main_option("script_location", str(migrate._FOLDER))
    with writing(store._engine) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, REVISION_BEFORE)


def test_what_the_journal_said_of_requests_is_found_in_their_rows(store: Store) -> None:
    back_to_the_revision_before(store)
    asked, passed, own, answered = (new_id() for _ in range(4))
    lines = [
        ("request-received", asked, asked, {"origin": PLANNING, "source": PLANNING, "digest": "a" * 64, "path": []}),
        ("request-sent", own, own, {"to": US}),
        ("request-received", passed, new_id(), {"origin": PLANNING, "source": TRANSPORT, "digest": "b" * 64,
                                                "path": [TRANSPORT]}),
        ("request-forwarded", passed, new_id(), {"by": US, "to": "a.b"}),
        ("request-forwarded", own, new_id(), {"by": US, "to": "a.b"}),
        ("request-sent", answered, answered, {"to": US}),
        ("request-answered", answered, new_id(), {"by": US}),
        ("request-forwarded", answered, new_id(), {"by": TRANSPORT, "to": US}),
        ("decided", "HF-1", new_id(), {}),
    ]  # fmt: skip
    with writing(store._engine) as connection, connection.begin():  # with the columns that the journal had then
        for minute, (event, id, message_id, facts) in enumerate(lines):
            line = {"at": NOW + timedelta(minutes=minute), "event": event, "case_number": id, "message_id": message_id}
            connection.execute(insert(journal).values(**line, detail=json.dumps(facts)))
    store.migrate()
    with store.reading() as tx:
        assert tx[Requests].count() == 4
        assert tx[Requests].get(asked) == RequestRow(
            asked, RequestSeat.ASKED, RequestState.OPEN, NOW, PLANNING, PLANNING, asked, "a" * 64
        )
        assert tx[Requests].get(passed) == RequestRow(
            passed, RequestSeat.ASKED, RequestState.FORWARDED, NOW + timedelta(minutes=2), PLANNING, TRANSPORT,
            lines[2][2], "b" * 64, (TRANSPORT,),
        )  # fmt: skip
        assert tx[Requests].forwards(passed) == [
            RequestForward(passed, US, "a.b", lines[3][2], NOW + timedelta(minutes=3))
        ]
        assert tx[Requests].get(own) == RequestRow(
            own, RequestSeat.ORIGIN, RequestState.FORWARDED, NOW + timedelta(minutes=1)
        )
        assert tx[Requests].get(answered) == RequestRow(
            answered, RequestSeat.ORIGIN, RequestState.ANSWERED, NOW + timedelta(minutes=5), answered_by=US,
            answer_id=lines[6][2], answered_at=NOW + timedelta(minutes=6),
        )  # fmt: skip
        assert [one.passed_by for one in tx[Requests].forwards(answered)] == [TRANSPORT]


@pytest.mark.parametrize("left", [None, Left(1, 2, 3)])
def test_that_a_member_is_drained_is_found_in_its_row(store: Store, left: Left | None) -> None:
    back_to_the_revision_before(store)
    wish = Drain("王芳", NOW.isoformat(), "换磁盘")
    kept = {"drain": {"by": wish.by, "at": wish.at, "reason": wish.reason}, "drain-left": left and vars_of(left)}
    with store.transaction() as tx:
        for key, value in kept.items():
            tx.set_meta(key, json.dumps(value, ensure_ascii=False) if value else "")
    store.migrate()
    with store.reading() as tx:
        assert drain_in(tx) == (wish, left)
        assert (tx.get_meta("drain"), tx.get_meta("drain-left")) == (None, None)


def test_a_member_whose_drain_was_lifted_is_not_drained_after_it(store: Store) -> None:
    back_to_the_revision_before(store)
    with store.transaction() as tx:
        tx.set_meta("drain", "")
        tx.set_meta("drain-left", "")
    store.migrate()
    assert drained(store) is None
    with store._engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM meta WHERE key LIKE 'drain%'")) == 0


def vars_of(left: Left) -> dict[str, int]:
    """As JSON kept it."""
    return {"unsent": left.unsent, "unanswered": left.unanswered, "at_rest": left.at_rest}
