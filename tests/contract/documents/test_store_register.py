"""The register gives every document one number of its year, once; readers of what is put round are marked once."""

from __future__ import annotations

from datetime import datetime

from exchange.clock import CST
from exchange.documents.rules.circulation import CirculationReader, CirculationState
from exchange.documents.store import Circulations
from exchange.messaging.register.records import RegisterEntry, RegisterSide
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
    with store.transaction() as tx:
        return tx[Register].enter(
            direction, at, PLANNING, message_id or new_id(), kind, "合规函〔2026〕3号", "关于路网资料的函", PLANNING
        )


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


def test_a_number_is_not_used_up_by_what_is_rolled_back(store: Store) -> None:
    try:
        with store.transaction() as tx:
            tx[Register].enter(
                RegisterSide.SENT,
                NOW,
                US,
                new_id(),
                DocumentKind.LETTER,
                "合规函〔2026〕3号",
                "关于路网资料的函",
                PLANNING,
            )
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
