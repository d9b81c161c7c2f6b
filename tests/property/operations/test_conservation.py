"""The reconciliation: lawful histories balance, and whatever is lost, doubled or invented is named."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exchange.approval.rules.states import CaseState, PartState
from exchange.operations.reconciliation.books import Balance, BalanceVerdict, Books, Unread
from exchange.operations.reconciliation.facts import (
    LAWS,
    BalanceTerm,
    CopyFact,
    DeadFact,
    DifferenceKind,
    Fact,
    Law,
    MessageFact,
    PartFact,
)
from exchange.operations.reconciliation.laws import judge
from tests.property.histories import MEMBERS, History, closed, copy, histories, taken

ID = "11111111-1111-4111-8111-111111111111"


def named(balance: Balance) -> set[str]:
    return {difference.message_id for difference in balance.differences}


@given(histories(), st.lists(st.sampled_from(MEMBERS), max_size=3))
def test_any_lawful_history_balances_also_with_messages_that_come_twice(history: History, again: list[str]) -> None:
    balance = closed(history.facts, history.depths + Counter(again))
    assert balance.verdict is BalanceVerdict.BALANCED, balance.differences
    for law, (whole, parts) in LAWS.items():
        assert balance.counts.get(whole, 0) == sum(balance.counts.get(part, 0) for part in parts), law


@given(histories(), st.data())
def test_whatever_is_lost_is_named(history: History, data: st.DataObject) -> None:
    losable = [place for place in range(len(history.facts)) if place not in history.silent]
    assume(losable)
    place = data.draw(st.sampled_from(losable))
    left = [*history.facts[:place], *history.facts[place + 1 :]]
    balance = closed(left, history.depths)
    assert balance.verdict is BalanceVerdict.DIFFERS
    assert history.facts[place].message_id in named(balance)


@given(histories(), st.data())
def test_what_a_queue_has_lost_is_named_among_what_should_lie_in_it(history: History, data: st.DataObject) -> None:
    queues = [address for address, depth in history.depths.items() if depth]
    assume(queues)
    address = data.draw(st.sampled_from(queues))
    balance = closed(history.facts, history.depths - Counter([address]))
    assert {(one.fault, one.member) for one in balance.differences} == {(DifferenceKind.NOWHERE, address)}
    assert len(balance.differences) == history.depths[address]
    assert balance.gap(Law.DISPATCHED) == 1


@given(histories(), st.data())
def test_whatever_is_doubled_is_named(history: History, data: st.DataObject) -> None:
    doubles = [
        fact for fact in history.facts if not isinstance(fact, DeadFact) and fact.sender in MEMBERS
    ]  # a message may have died of several causes
    assume(doubles)
    fact = data.draw(st.sampled_from(doubles))
    balance = closed([*history.facts, fact], history.depths)
    assert balance.verdict is BalanceVerdict.DIFFERS
    assert fact.message_id in named(balance)


@given(histories(), st.data())
def test_whatever_is_invented_is_named(history: History, data: st.DataObject) -> None:
    sender, member = data.draw(st.sampled_from(MEMBERS)), data.draw(st.sampled_from(MEMBERS))
    part = PartFact(ID, sender, member, "HF-9", PartState.ISSUED, CaseState.OPEN, False)
    fact: Fact = data.draw(
        st.sampled_from([taken(ID, sender, member), copy(ID, sender, member, "written", sent=False), part])
    )
    balance = closed([*history.facts, fact], history.depths)
    assert balance.verdict is BalanceVerdict.DIFFERS
    assert named(balance) == {ID}


def written(*copies: CopyFact, consults: bool = False) -> list[Fact]:
    return [MessageFact(ID, MEMBERS[3], consults, f"digest {ID}", len(copies)), *copies]


def faults(*facts: Fact) -> list[DifferenceKind]:
    return [difference.fault for difference in closed(facts, Counter()).differences]


def test_what_is_marked_as_settled_needs_a_receipt_that_is_on_record_and_says_so() -> None:
    there, here = taken(ID, MEMBERS[3], MEMBERS[0]), copy(ID, MEMBERS[3], MEMBERS[0], "delivered")
    assert faults(*written(here), there) == []
    assert faults(*written(here._replace(receipt_id=None)), there) == [DifferenceKind.UNPROVEN]
    assert faults(*written(here._replace(receipt_kept=False)), there) == [DifferenceKind.RECEIPT_LOST]
    assert faults(*written(here), there._replace(accepted=False)) == [DifferenceKind.CONTRADICTED]
    assert faults(*written(here), there._replace(digest="another")) == [DifferenceKind.ALTERED]
    assert faults(*written(here), there._replace(receipt_written=False)) == [DifferenceKind.RECEIPT_UNWRITTEN]


def test_an_answer_that_is_not_on_record_is_named_with_its_case() -> None:
    here = copy(ID, MEMBERS[3], MEMBERS[0], "delivered")
    for state in (PartState.ANSWERED, PartState.DEEMED, PartState.REFUSED):
        part = PartFact(ID, MEMBERS[3], MEMBERS[0], "HF-1", state, CaseState.OPEN, False)
        balance = closed([*written(here, consults=True), taken(ID, MEMBERS[3], MEMBERS[0]), part], Counter())
        assert [(one.fault, one.case_number) for one in balance.differences] == [(DifferenceKind.ANSWER_LOST, "HF-1")]


def test_a_consultation_that_was_sent_back_counts_as_returned_until_the_lead_decides_without_it() -> None:
    here = copy(ID, MEMBERS[3], MEMBERS[0], "returned")
    inbox = taken(ID, MEMBERS[3], MEMBERS[0], accepted=False)
    for case_state, term in ((CaseState.OPEN, BalanceTerm.RETURNED), (CaseState.DECIDED, BalanceTerm.MOOT)):
        part = PartFact(ID, MEMBERS[3], MEMBERS[0], "HF-1", PartState.ESCALATED, case_state, False)
        balance = closed([*written(here, consults=True), inbox, part], Counter())
        assert balance.verdict is BalanceVerdict.BALANCED
        assert balance.counts[term] == balance.counts[BalanceTerm.ISSUED] == 1


def test_nothing_is_called_lost_or_balanced_where_the_broker_was_not_asked() -> None:
    books = Books()
    books.enter(ID, judge(written(copy(ID, MEMBERS[3], MEMBERS[0], "sent")), MEMBERS))
    balance = books.balance(None, [Unread("broker", "away")])
    assert (balance.verdict, balance.differences) == (BalanceVerdict.UNKNOWN, ())
    assert books.balance({}).verdict is BalanceVerdict.DIFFERS


def test_a_second_look_at_a_message_takes_the_place_of_the_first() -> None:
    books = Books()
    books.enter(ID, judge(written(copy(ID, MEMBERS[3], MEMBERS[0], "sent")), MEMBERS))
    assert books.unsettled({}) == [ID]
    assert books.unsettled({MEMBERS[0]: 1}) == books.unsettled(None) == []
    books.enter(
        ID, judge([*written(copy(ID, MEMBERS[3], MEMBERS[0], "sent")), taken(ID, MEMBERS[3], MEMBERS[0])], MEMBERS)
    )
    balance = books.balance({})
    assert balance.verdict is BalanceVerdict.BALANCED
    assert balance.counts[BalanceTerm.TAKEN] == balance.counts[BalanceTerm.WRITTEN] == 1


def test_beyond_what_is_kept_by_name_differences_are_still_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.operations.reconciliation.books.KEPT", 1)
    lost, other = copy(ID, MEMBERS[3], MEMBERS[0], "sent"), ID.replace("1", "2")
    books = Books()
    books.enter(ID, judge(written(lost), MEMBERS))
    books.enter(other, judge([lost._replace(message_id=other)], MEMBERS))
    balance = books.balance({})
    assert balance.verdict is BalanceVerdict.DIFFERS
    assert (named(balance), balance.unnamed) == ({ID}, 2), "a message that is gone from the outbox, and nowhere else"
