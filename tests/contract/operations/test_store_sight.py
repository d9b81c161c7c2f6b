"""What operators look at, on both databases: lists page by page in their own order, counts that agree with the rule."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from cbor2 import CBORTag
from sqlalchemy import text

from exchange.approval.monitor.store import Watches
from exchange.approval.rules.forecast import Fate
from exchange.approval.rules.standing import RECENT, SETTLED_COLUMNS, BoardColumn, standing_of
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.store import Cases
from exchange.envelope import cbor
from exchange.errors import CallerError, NotFound
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.operations.records.store import Search
from exchange.operations.search.find import find_cases, find_messages, unsigned
from exchange.operations.search.rules import CHUNK, PAGE, Found, Query
from exchange.operations.search.terms import board, find_parts, upcoming
from exchange.operations.trace.stages import Mark, Stage, TraceFinding
from exchange.operations.trace.trail import messages_of_case, trace_message
from exchange.page_key import Key
from exchange.schemas import DefaultMode, SentReminder
from exchange.store import Store, open_store
from exchange.store.journal import JournalEntry
from exchange.workdays import ChinaCalendar
from tests.contract.rows import (
    LATER,
    NOW,
    PLANNING,
    TRANSPORT,
    US,
    WINDOW,
    case_row,
    dead_letter,
    entry,
    new_id,
    outgoing,
    part_row,
    signed_for,
    watch_row,
)
from tests.contract.store.test_store_plans import plans


def pages(read: Callable[[Key | None], Found[Any]]) -> list[Any]:
    """All rows of a list, page by page."""
    rows, key = [], None
    while True:
        found = read(key)
        assert len(found.rows) <= PAGE
        rows += found.rows
        if found.next is None:
            return rows
        assert key != found.next, "a page goes on from where it ended"
        key = found.next


def write(store: Store, number: int, **fields: Any) -> list[str]:
    ids = []
    for turn in range(number):
        message = outgoing(kind=fields.get("kind", "document"))
        with store.transaction() as tx:
            tx[Outbox].add([message], NOW + timedelta(seconds=turn // 3))
        ids.append(message.header.message_id)
    return ids


def test_messages_are_listed_newest_first_without_gaps_or_doubles_across_pages(store: Store) -> None:
    ids = write(store, 2 * PAGE + 7)
    write(store, 3, kind="receipt")
    found = pages(lambda key: find_messages({US: store}, Query(), key))
    assert [line.head.message_id for line in found] == list(reversed(ids))
    assert found[0].copies == {"written": 1}
    assert len(pages(lambda key: find_messages({US: store}, Query(kind="receipt"), key))) == 3
    assert len(pages(lambda key: find_messages({US: store}, Query(kind="all"), key))) == len(ids) + 3
    at = NOW + timedelta(seconds=10)
    early = pages(lambda key: find_messages({US: store}, Query(until=at), key))
    late = pages(lambda key: find_messages({US: store}, Query(since=at), key))
    assert [line.head.message_id for line in (*late, *early)] == list(reversed(ids))
    assert late[-1].head.recorded_at == at


def test_a_list_over_several_stores_is_one_list(sqlite_url: str, store: Store) -> None:
    other = open_store(sqlite_url + ".other", member="hefei.other")
    other.migrate()
    ids = [*write(store, PAGE), *write(other, PAGE)]
    found = pages(lambda key: find_messages({"hefei.us": store, "hefei.other": other}, Query(), key))
    other.close()
    assert sorted(line.head.message_id for line in found) == sorted(ids)
    times = [line.head.recorded_at for line in found]
    assert times == sorted(times, reverse=True)


def test_copies_that_are_not_signed_for_are_found_by_their_state_and_listed_oldest_first(store: Store) -> None:
    ids = write(store, CHUNK + 5)
    done, abandoned = outgoing(), outgoing()
    with store.transaction() as tx:
        tx[Outbox].add([done, abandoned], LATER)
        tx[Outbox].mark_signed([signed_for(done)], LATER)
        copy = tx[Outbox].waiting(abandoned.header.message_id, PLANNING)
        assert copy is not None
        tx[Outbox].mark_failed(copy.id, "unroutable: no such queue", LATER, None)
    failed = pages(lambda key: find_messages({US: store}, Query(state="failed"), key))
    assert [line.head.message_id for line in failed] == [abandoned.header.message_id]
    delivered = pages(lambda key: find_messages({US: store}, Query(state="delivered"), key))
    assert [line.head.message_id for line in delivered] == [done.header.message_id]
    waiting = pages(lambda key: unsigned({US: store}, "", key))
    assert [row.message_id for row in waiting] == [*ids, abandoned.header.message_id]
    with pytest.raises(CallerError, match="lost"):
        find_messages({US: store}, Query(state="lost"))
    with pytest.raises(CallerError, match="no member"):
        unsigned({US: store}, "hefei.nobody")


def test_a_rare_state_is_looked_for_in_bounded_pieces_and_found_in_the_end(store: Store) -> None:
    rare = outgoing()
    with store.transaction() as tx:
        tx[Outbox].add([rare], NOW - timedelta(days=1))
        copy = tx[Outbox].waiting(rare.header.message_id, PLANNING)
        assert copy is not None
        tx[Outbox].mark_sent([copy.id], NOW, LATER)
        tx[Outbox].add([outgoing() for _ in range(1_200)], NOW)
    first = find_messages({US: store}, Query(state="sent"))
    assert (first.rows, first.early) == ((), True)
    found = pages(lambda key: find_messages({US: store}, Query(state="sent"), key))
    assert [line.head.message_id for line in found] == [rare.header.message_id]


@pytest.mark.parametrize(("cases", "more"), [(5, False), (6, True)])
def test_a_part_of_a_number_shows_the_messages_of_some_cases_and_says_that_there_are_more(
    store: Store, cases: int, more: bool
) -> None:
    with store.transaction() as tx:
        for number in range(cases):
            row = case_row(f"HF-{number}", opened_at=NOW + timedelta(hours=number))
            tx[Cases].open(row, [part_row(PLANNING, row.number)])
            tx[Outbox].add([outgoing(conversation_id=row.conversation_id)], NOW)
    found = find_messages({WINDOW: store}, Query(number="F-"))
    assert (len(found.rows), found.early) == (5, more)
    assert find_messages({WINDOW: store}, Query(number="HF-0")).early is False


def test_cases_are_found_by_number_state_department_and_time(store: Store) -> None:
    with store.transaction() as tx:
        for turn in range(PAGE + 10):
            department = PLANNING if turn % 2 else TRANSPORT
            row = case_row(f"HF-{turn:03d}", opened_at=NOW + timedelta(hours=turn // 2))
            tx[Cases].open(row, [part_row(department, row.number)])
        tx[Cases].move("HF-007", {CaseState.OPEN}, CaseState.READY)
        tx[Cases].move("HF-007", {CaseState.READY}, CaseState.DECIDED)
    numbers = [f"HF-{turn:03d}" for turn in reversed(range(PAGE + 10))]

    def found(**fields: Any) -> list[str]:
        return [case.number for case in pages(lambda key: find_cases({WINDOW: store}, Query(**fields), key))]

    assert found() == numbers
    assert found(state="decided") == ["HF-007"]
    assert found(number="HF-007") == ["HF-007"]
    assert found(number="-007") == found(number="f-007") == ["HF-007"]
    assert found(number="F-00") == [f"HF-00{turn}" for turn in reversed(range(10))]
    assert found(number="%") == found(number="_") == [], "no patterns, only what is written"
    assert found(number="hf-00") == [f"HF-00{turn}" for turn in reversed(range(10))]
    assert found(member=PLANNING) == [number for number in numbers if int(number[-3:]) % 2]
    assert found(since=NOW + timedelta(hours=2), until=NOW + timedelta(hours=3)) == ["HF-005", "HF-004"]
    assert "applicant" not in str(find_cases({WINDOW: store}, Query()).rows)


def test_the_board_counts_and_lists_every_part_where_the_rule_says_it_stands(store: Store) -> None:
    chance = random.Random(7)
    wanted: Counter[tuple[str, BoardColumn]] = Counter()
    with store.transaction() as tx:
        for turn in range(300):
            state = chance.choice(list(PartState))
            start = NOW - timedelta(minutes=chance.randrange(0, 6_000))
            due = None if chance.random() < 0.1 else start + timedelta(minutes=chance.choice([10, 60, 3_000, 6_000]))
            begun = None if due is None or chance.random() < 0.1 else start
            department = chance.choice([PLANNING, TRANSPORT])
            part = part_row(department, f"HF-{turn:03d}", state=state, started_at=begun, due_at=due)
            tx[Cases].open(case_row(part.case_number), [part])
            standing = standing_of(state, begun, due, NOW)
            settled = standing in SETTLED_COLUMNS
            if standing is not None and not (settled and (due is None or due < NOW - RECENT)):
                wanted[department, standing] += 1
    windows, departments = {WINDOW: store}, [PLANNING, TRANSPORT]
    counted = board(windows, departments, NOW)
    for department in departments:
        for standing in BoardColumn:
            number = wanted[department, standing]
            assert counted[department].get(standing, 0) == number, (department, standing)
            listed = pages(lambda key, d=department, s=standing: find_parts(windows, [d], s, NOW, key))  # type: ignore[misc]
            assert len({part.case_number for part in listed}) == len(listed) == number, (department, standing)
            assert listed == sorted(listed, key=lambda part: (part.due_at is not None, part.due_at, part.case_number))
    both = pages(lambda key: find_parts(windows, departments, BoardColumn.RUNNING, NOW, key))
    assert len(both) == sum(wanted[one, BoardColumn.RUNNING] for one in departments)


def test_parts_that_are_due_at_one_moment_are_all_listed_once(store: Store) -> None:
    with store.transaction() as tx:
        for turn in range(PAGE):
            parts = [
                part_row(one, f"HF-{turn:03d}", state=PartState.SIGNED, started_at=NOW, due_at=LATER)
                for one in (PLANNING, TRANSPORT, US)
            ]
            tx[Cases].open(case_row(f"HF-{turn:03d}"), parts)
    found = pages(lambda key: find_parts({WINDOW: store}, [PLANNING, TRANSPORT, US], BoardColumn.RUNNING, NOW, key))
    assert len({(part.case_number, part.department) for part in found}) == len(found) == 3 * PAGE


def test_what_is_due_soon_is_foreseen_earliest_first_and_once_for_several_monitors(store: Store) -> None:
    soon = NOW + timedelta(days=1)
    with store.transaction() as tx:
        tx[Watches].put([watch_row(f"HF-{turn:03d}", due_at=soon) for turn in range(PAGE + 5)])
        escalates = watch_row("HF-900", due_at=soon)
        deadline = escalates.deadline.model_copy(update={"default": DefaultMode.NONE})
        tx[Watches].put([watch_row("HF-901", due_at=NOW + timedelta(days=30))])
        tx[Watches].put([type(escalates)(deadline, WINDOW, escalates.state, soon, False, LATER, "calendar 1")])
        tx[Watches].add_reminder("HF-900", PLANNING, SentReminder(message_id=new_id(), stage=50, at=NOW), NOW)
    monitors = {"hefei.monitor": store, "hefei.second": store}
    found = pages(lambda key: upcoming(monitors, ChinaCalendar(), NOW, timedelta(days=3), key))
    assert [one.row.deadline.case_number for one in found] == [f"HF-{turn:03d}" for turn in range(PAGE + 5)] + [
        "HF-900"
    ]
    assert found[-1].forecast.fate is Fate.ESCALATION
    assert any("no default is provided" in reason for reason in found[-1].forecast.reasons)


def test_a_message_is_traced_through_two_stores_and_what_is_not_verified_is_said(store: Store, sqlite_url: str) -> None:
    other = open_store(sqlite_url + ".other", member=PLANNING)
    other.migrate()
    message = outgoing()
    id = message.header.message_id
    with store.transaction() as tx:
        tx[Outbox].add([message], NOW)
        copy = tx[Outbox].waiting(id, PLANNING)
        assert copy is not None
        tx[Outbox].mark_failed(copy.id, "lost: the connection went away", NOW, LATER)
        tx.journal([JournalEntry(NOW, "consulted", "HF-1", id)])
        tx[Cases].open(case_row(conversation_id=message.header.conversation_id), [part_row()])
    with other.transaction() as tx:
        tx[Inbox].dead([dead_letter(message_id=id, sender=US, kind="document")], LATER)
    stores = {US: store, PLANNING: other}
    [found] = trace_message(stores, None, id)
    [case_message] = messages_of_case(stores, "HF-1")
    other.close()
    [way] = found.ways
    assert found.cases == ("HF-1",)
    assert found.findings == (TraceFinding.NO_SIGNATURE,), "these bytes are no document"
    assert TraceFinding.SET_ASIDE in way.findings
    assert way.failures[0].detail == "lost: the connection went away"
    assert way.stands.stage in (Stage.DISPATCHED, Stage.OPENED)
    assert {step.stage: step.mark for step in way.steps}[Stage.OPENED] is Mark.FAILED
    assert case_message.head.message_id == id


def test_a_key_that_names_no_row_is_refused(store: Store) -> None:
    for place in ("x", "9" * 30):
        with pytest.raises(CallerError, match="no place"):
            find_messages({US: store}, Query(), Key(NOW, US, place))


def test_an_unknown_id_is_told_apart_from_a_dead_letter(store: Store) -> None:
    id = new_id()
    with pytest.raises(NotFound, match="no message or case"):
        trace_message({US: store}, None, id)
    with store.transaction() as tx:
        tx[Inbox].dead([dead_letter(message_id=id)], NOW)
    with pytest.raises(NotFound, match="set aside"):
        trace_message({US: store}, None, id)
    with pytest.raises(NotFound, match="HF-9"):
        messages_of_case({US: store}, "HF-9")


KEY = Key(NOW, US, "0000000000000005")
PART_KEY = Key(NOW, US, f"HF-1 {PLANNING}")


@pytest.mark.parametrize(
    "work",
    [
        lambda sight: sight.heads(US, [new_id()]),
        lambda sight: sight.conversation(US, new_id()),
        lambda sight: sight.copies([new_id()]),
        lambda sight: sight.taken(US, new_id()),
        lambda sight: sight.aside(US, new_id()),
        lambda sight: sight.notes(US, new_id()),
        lambda sight: sight.desk_of(US, "HF-1", new_id()),
        lambda sight: sight.noted_messages("HF-1"),
        lambda sight: sight.case_conversation("HF-1"),
        lambda sight: sight.messages(US, "sent", "", None, KEY, 100),
        lambda sight: sight.messages(US, "sent", "", NOW, None, 100),
        lambda sight: sight.messages(US, "sent", "opinion", None, KEY, 100),
        lambda sight: sight.messages("hefei.zzz", "sent", "opinion", None, KEY, 100),
        lambda sight: sight.open_copies(US, KEY, 100, newest_first=True, ended=True),
        lambda sight: sight.open_copies(US, KEY, 100, newest_first=False, ended=False),
        lambda sight: sight.cases(US, None, None, Key(NOW, US, "HF-1"), 100),
        lambda sight: sight.cases(US, CaseState.OPEN, NOW, None, 100),
        lambda sight: sight.cases(US, None, None, None, 100, "F-1"),
        lambda sight: sight.case(US, "HF-1"),
        lambda sight: sight.consulted(PLANNING, ["HF-1", "HF-2"]),
        lambda sight: sight.parts(US, "HF-1"),
        lambda sight: sight.standing(US, PLANNING, BoardColumn.RUNNING, NOW, PART_KEY, 100),
        lambda sight: sight.standing(US, PLANNING, BoardColumn.OVERDUE, NOW, None, 100),
        lambda sight: sight.standing(US, PLANNING, BoardColumn.UNDATED, NOW, PART_KEY, 100),
        lambda sight: sight.standing(US, PLANNING, BoardColumn.DEEMED, NOW, PART_KEY, 100),
        lambda sight: sight.standings(NOW, [PLANNING, TRANSPORT]),
        lambda sight: sight.due_between(NOW, LATER, PART_KEY, 100),
        lambda sight: sight.unsigned_notices(20, 30),
    ],
)  # fmt: skip
def test_no_list_goes_through_a_whole_table_or_sorts_it(store: Store, work: Callable[[Any], Any]) -> None:
    with store.transaction() as tx:
        message = outgoing()
        tx[Outbox].add([message], NOW)
        tx[Inbox].record([entry()], NOW)
        tx[Cases].open(case_row(), [part_row(state=PartState.SIGNED, started_at=NOW, due_at=LATER)])
        tx[Watches].put([watch_row(due_at=NOW)])
        if store._engine.dialect.name == "postgresql":
            tx._db.execute(text("SET LOCAL enable_bitmapscan = off"))
    plan = plans(store, lambda tx: work(tx[Search]))
    tables = ("document", "outbox_copy", "outbox_message", "outbox_failure", "inbox", "dead_letter", "journal", "desk")
    tables += ("case_file", "part", "watch", "notice", "notice_reader")
    scanned = [t for t in tables if f"SCAN {t}'" in plan or f"Seq Scan on {t} " in plan]
    assert not scanned, plan


DOCUMENT = {"number": {"agency": "合建", "year": 2026, "serial": 12}, "title": "x"}
ORDER = {"number": {"agency": "合肥市人民政府令", "serial": 207}, "title": "x"}


def _bearing(body: dict[str, Any], tag: int = 18) -> bytes:
    """A signed message as far as its body goes."""
    return cbor.encode(CBORTag(tag, [b"", {}, json.dumps(body).encode(), new_id().encode()]))


def numbered(store: Store) -> dict[str, str]:
    """Message ids by kind, each bearing a document's number in its own way; one letter of another number."""
    messages = {
        "document": outgoing(kind="document"),
        "notice": outgoing(kind="notice"),
        "joint-draft": outgoing(kind="joint-draft"),
        "forwarding": outgoing(kind="forwarding", enclosures=(_bearing({"document": DOCUMENT}),)),
        "joint-document": outgoing(kind="joint-document", enclosures=(_bearing({"document": DOCUMENT}, 98),)),
        "other": outgoing(kind="document"),
    }
    bodies = {
        "document": DOCUMENT,
        "notice": {"document": DOCUMENT},
        "joint-draft": {"document": DOCUMENT},
        "other": ORDER,
    }
    with store.transaction() as tx:
        for turn, (kind, message) in enumerate(messages.items()):
            signed = _bearing(bodies.get(kind, {}))
            tx[Outbox].add([replace(message, signed=signed)], NOW + timedelta(seconds=turn))
    return {kind: message.header.message_id for kind, message in messages.items()}


@pytest.mark.parametrize(
    "part", ["合建〔2026〕12号", "12号", "合建", "2026〕12", "[2026] 12", "［2026］１２", "〔2026〕"]
)
def test_documents_notices_and_joint_documents_are_found_by_any_part_of_their_number(store: Store, part: str) -> None:
    ids = numbered(store)
    found = pages(lambda key: find_messages({US: store}, Query(number=part), key))
    expected = [ids[kind] for kind in ("joint-document", "forwarding", "joint-draft", "notice", "document")]
    assert [line.head.message_id for line in found] == expected


def test_a_number_that_no_document_has_is_said(store: Store) -> None:
    ids = numbered(store)
    assert [line.head.message_id for line in find_messages({US: store}, Query(number="令第207")).rows] == [ids["other"]]
    for number in ("合建〔2025〕", "%", "_"):
        with pytest.raises(NotFound):
            find_messages({US: store}, Query(number=number))


def test_many_documents_of_one_number_are_listed_page_by_page_by_an_index_of_numbers(store: Store) -> None:
    with store.transaction() as tx:
        for turn in range(PAGE * 2 + 3):
            tx[Outbox].add([replace(outgoing(), signed=_bearing(DOCUMENT))], NOW + timedelta(seconds=turn // 3))
    found = pages(lambda key: find_messages({US: store}, Query(number="12号"), key))
    assert len({line.head.message_id for line in found}) == len(found) == PAGE * 2 + 3
    plan = plans(store, lambda tx: tx[Search].numbered(US, "12号", None, None, 10))
    assert "document_numbered" in plan, plan


def test_documents_from_before_numbers_were_kept_get_theirs_by_the_migration(store: Store) -> None:
    ids = numbered(store)
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE document SET number = NULL"))
        before = connection.execute(text("SELECT signed FROM document ORDER BY id")).all()
    with pytest.raises(NotFound):
        find_messages({US: store}, Query(number="12号"))
    migration = import_module("exchange.store.migrations.versions.0021_documents_are_found_by_number")
    with store._engine.begin() as connection:
        migration._fill(connection)
        assert connection.execute(text("SELECT signed FROM document ORDER BY id")).all() == before
    assert len(find_messages({US: store}, Query(number="12号")).rows) == len(ids) - 1
