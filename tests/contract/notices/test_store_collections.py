"""What a relay office keeps of forms: the latest answer of each body, the newest aggregate of each level below."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from exchange.notices.forms.records import AggregateRow, AnswerRow, CollectionRow
from exchange.notices.forms.store import Collections
from exchange.store import Store
from tests.contract.rows import LATER, NOW, new_id

NOTICE = "11111111-1111-4111-8111-111111111111"
FIRE = "hefei.fire"


def answer(at: int = 0, proof: str = "a", body: str = FIRE, text: str = '{"values":[]}') -> AnswerRow:
    return AnswerRow(NOTICE, body, NOW + timedelta(microseconds=at), proof * 64, new_id(), text)


def opened(store: Store, *branches: str, changed: bool = True) -> CollectionRow:
    row = CollectionRow(NOTICE, '{"title":"防汛物资"}', changed=changed)
    with store.transaction() as tx:
        tx[Collections].open(row, branches)
    return row


def test_a_form_comes_back_as_it_was_kept(store: Store) -> None:
    row = opened(store, "hefei.luyang", "hefei.baohe")
    with store.reading() as tx:
        assert tx[Collections].get(NOTICE) == row
        assert tx[Collections].get(new_id()) is None
        assert tx[Collections].answers(NOTICE) == []
        assert tx[Collections].branches(NOTICE) == [
            AggregateRow(NOTICE, "hefei.baohe"),
            AggregateRow(NOTICE, "hefei.luyang"),
        ]


def test_what_changed_is_listed_until_it_is_told(store: Store) -> None:
    row = opened(store)
    with store.transaction() as tx:
        assert tx[Collections].changed(5) == [row]
        assert tx[Collections].changed(0) == []
        tx[Collections].told(NOTICE, 1)
        assert tx[Collections].changed(5) == []
        tx[Collections].touch(NOTICE)
        assert tx[Collections].changed(5) == [CollectionRow(NOTICE, row.form, serial=1, changed=True)]


def test_what_an_origin_or_a_reader_keeps_is_never_to_be_told(store: Store) -> None:
    opened(store, changed=False)
    with store.reading() as tx:
        assert tx[Collections].changed(5) == []


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_latest_signed_answer_holds_in_whatever_order_they_come(store: Store, order: tuple[int, ...]) -> None:
    rows = [answer(0, "f", text="first"), answer(1, "a"), answer(1, "b", text="holds"), answer(0, "c")]
    with store.transaction() as tx:
        for position in order:
            tx[Collections].take_answer(rows[position])
    with store.reading() as tx:
        assert tx[Collections].answers(NOTICE) == [rows[2]]


def test_an_answer_says_whether_it_was_news(store: Store) -> None:
    first, later = answer(0), answer(1)
    with store.transaction() as tx:
        assert tx[Collections].take_answer(first)
        assert not tx[Collections].take_answer(first)
        assert tx[Collections].take_answer(later)
        assert not tx[Collections].take_answer(first)
        assert tx[Collections].take_answer(answer(0, body="hefei.health"))
        assert [row.body for row in tx[Collections].answers(NOTICE)] == [FIRE, "hefei.health"]


def test_an_answers_text_comes_back_as_it_was(store: Store) -> None:
    row = AnswerRow(NOTICE, FIRE, LATER, "0" * 64, new_id(), '{"values":[{"name":"x","value":"“水泵”\\n\\u0000😀"}]}')
    with store.transaction() as tx:
        tx[Collections].take_answer(row)
        assert tx[Collections].answers(NOTICE) == [row]


def test_an_aggregate_is_taken_of_levels_that_were_asked_and_only_when_it_is_newer(store: Store) -> None:
    opened(store, "hefei.luyang")
    second = AggregateRow(NOTICE, "hefei.luyang", 2, "second")
    with store.transaction() as tx:
        assert tx[Collections].take_aggregate(second)
        assert not tx[Collections].take_aggregate(AggregateRow(NOTICE, "hefei.luyang", 2, "again"))
        assert not tx[Collections].take_aggregate(AggregateRow(NOTICE, "hefei.luyang", 1, "older"))
        assert not tx[Collections].take_aggregate(AggregateRow(NOTICE, "hefei.baohe", 1, "stranger"))
        assert tx[Collections].branches(NOTICE) == [second]
