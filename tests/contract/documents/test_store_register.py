"""The register gives every document one number of its year, once; readers of what is put round are marked once."""

from __future__ import annotations

from datetime import datetime

from exchange.clock import CST
from exchange.documents.rules.circulation import CirculationReader, CirculationState
from exchange.documents.store import Circulations
from exchange.messaging.register.records import UNNUMBERED, RegisterEntry, RegisterSide
from exchange.messaging.register.store import Register
from exchange.schemas import DocumentKind
from exchange.store import Store
from tests.contract.rows import LATER, NOW, PLANNING, US, new_id

LAST_OF_2026 = datetime(2026, 12, 31, 23, 59, 59, tzinfo=CST)
FIRST_OF_2027 = datetime(2027, 1, 1, tzinfo=CST)


def enter(
    store: Store,
    at: datetime,
    direction: RegisterSide = RegisterSide.RECEIVED,
    message_id: str = "",
    kind: DocumentKind = DocumentKind.LETTER,
) -> RegisterEntry:
    planned = draft(at, direction, PLANNING, message_id or new_id(), kind)
    with store.transaction() as tx:
        tx[Register].plan(planned)
        tx[Register].write()
    with store.reading() as tx:
        found = tx[Register].of(direction, PLANNING, planned.message_id)
    assert found is not None
    return found


def draft(at: datetime, direction: RegisterSide, sender: str, message_id: str, kind: DocumentKind) -> RegisterEntry:
    number, title = "合规函〔2026〕3号", "关于路网资料的函"
    return RegisterEntry(direction, at.year, UNNUMBERED, at, sender, message_id, kind, number, title, PLANNING)


def test_numbers_count_from_one_in_each_year_and_direction_and_are_given_once(store: Store) -> None:
    first, second = enter(store, LAST_OF_2026), enter(store, LAST_OF_2026)
    assert (first.year, first.number, second.number) == (2026, 1, 2)
    assert enter(store, LAST_OF_2026, RegisterSide.SENT).number == 1
    new_year = enter(store, FIRST_OF_2027)
    assert (new_year.year, new_year.number) == (2027, 1)
    assert enter(store, FIRST_OF_2027, message_id=first.message_id) == first, "again, even in another year"
    assert enter(store, LAST_OF_2026).number == 3
    with store.reading() as tx:
        assert tx[Register].of(RegisterSide.RECEIVED, PLANNING, first.message_id) == first
        assert tx[Register].of(RegisterSide.SENT, PLANNING, first.message_id) is None
        assert tx[Register].of(RegisterSide.RECEIVED, US, first.message_id) is None


def test_a_batch_is_numbered_in_its_order_each_direction_and_year_by_itself_and_nothing_twice(store: Store) -> None:
    before, ids = enter(store, LAST_OF_2026), [new_id() for _ in range(4)]
    received, sent = RegisterSide.RECEIVED, RegisterSide.SENT
    with store.transaction() as tx:
        for direction, at, id in [
            (received, LAST_OF_2026, ids[0]), (sent, LAST_OF_2026, ids[0]), (received, FIRST_OF_2027, ids[1]),
            (received, LAST_OF_2026, before.message_id), (received, LAST_OF_2026, ids[2]),
            (received, LAST_OF_2026, ids[0]), (received, FIRST_OF_2027, ids[3]),
        ]:  # fmt: skip
            tx[Register].plan(draft(at, direction, PLANNING, id, DocumentKind.LETTER))
        tx[Register].write()
        tx[Register].write()
    with store.reading() as tx:
        pages = [tx[Register].page(*where, None, 0, 9) for where in ((received, 2026), (received, 2027), (sent, 2026))]
    assert [[(one.message_id, one.number) for one in page] for page in pages] == [
        [(before.message_id, 1), (ids[0], 2), (ids[2], 3)], [(ids[1], 1), (ids[3], 2)], [(ids[0], 1)],
    ]  # fmt: skip


def test_a_number_is_not_used_up_by_what_is_rolled_back(store: Store) -> None:
    try:
        with store.transaction() as tx:
            tx[Register].plan(draft(NOW, RegisterSide.SENT, US, new_id(), DocumentKind.LETTER))
            tx[Register].write()
            raise InterruptedError
    except InterruptedError:
        pass
    assert enter(store, NOW, RegisterSide.SENT).number == 1


def test_a_year_is_paged_by_number_whole_or_of_one_kind(store: Store) -> None:
    kinds = (DocumentKind.LETTER, DocumentKind.NOTICE)
    for place in range(5):
        enter(store, NOW, kind=kinds[place % 2])
    with store.reading() as tx:
        register = tx[Register]
        page = register.page(RegisterSide.RECEIVED, NOW.year, None, 0, 3)
        rest = register.page(RegisterSide.RECEIVED, NOW.year, None, page[-1].number, 3)
        assert [one.number for one in (*page, *rest)] == [1, 2, 3, 4, 5]
        assert [one.number for one in register.page(RegisterSide.RECEIVED, NOW.year, kinds[1], 0, 9)] == [2, 4]
        latest, number = register.latest(RegisterSide.RECEIVED, NOW.year, kinds[0], 2)
        assert ([one.number for one in latest], number) == ([3, 5], 3)
        assert register.latest(RegisterSide.SENT, NOW.year, None, 2) == ([], 0)


def test_readers_stand_in_the_order_in_which_it_was_put_round_and_the_first_reading_counts(store: Store) -> None:
    message_id = new_id()
    with store.transaction() as tx:
        kept = tx[Circulations]
        kept.put(
            PLANNING, message_id, [CirculationReader("主任", "收发室", NOW), CirculationReader("副主任", "收发室", NOW)]
        )
        kept.put(PLANNING, message_id, [CirculationReader("科长", "主任", LATER)])
        kept.put(PLANNING, message_id, [])
        assert kept.mark_read(PLANNING, message_id, "副主任", NOW)
        assert not kept.mark_read(PLANNING, message_id, "副主任", LATER)
        assert not kept.mark_read(PLANNING, message_id, "nobody", LATER)
    with store.reading() as tx:
        found = tx[Circulations].readers(PLANNING, message_id)
        assert [one.officer for one in found] == ["主任", "副主任", "科长"]
        assert (found[1].state, found[1].read_at) == (CirculationState.READ, NOW)
        assert found[0].read_at is None
        assert tx[Circulations].readers(US, message_id) == []
