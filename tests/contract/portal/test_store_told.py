"""Where applicants want to be told, and what is on its way to them, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from exchange.language import Language
from exchange.portal.records import DraftRow
from exchange.portal.states import DraftState
from exchange.portal.store import Drafts
from exchange.portal.told.records import ContactRow, PromiseReminder, WordRow
from exchange.portal.told.states import ContactState, ToldEvent, ToldWay, WordState
from exchange.portal.told.store import Contacts, Promises, WordsToTell
from exchange.store.transaction import Store
from tests.unit.facts import at

NOW = at("03-02")
NUMBER = "2026-7KQ4-M2XD"
CONTACT = ContactRow(
    "c1", NUMBER, ToldWay.MAIL, "wang@example.cn", Language.CHINESE, ContactState.ASKED, "token", None, NOW,
    NOW + timedelta(days=3),
)  # fmt: skip
WORD = WordRow("w1", "c1", NUMBER, ToldEvent.RECEIVED, WordState.WAITING, 0, NOW, NOW)


def test_nobody_is_told_before_it_is_confirmed_and_nothing_is_left_of_who_stops(store: Store) -> None:
    with store.transaction() as tx:
        contacts = tx[Contacts]
        contacts.add(CONTACT)
        contacts.keep(NUMBER, None)
        assert contacts.by_token("token") == contacts.get("c1") == CONTACT, "what is not confirmed ends as it was to"
        assert contacts.confirmed(NUMBER) == []
        assert [one.contact_id for one in contacts.ending(NOW + timedelta(days=3), 10)] == ["c1"]
        assert contacts.confirm("c1", "C-1", None)
        assert not contacts.confirm("c1", "C-1", None)
        assert [one.state for one in contacts.confirmed(NUMBER)] == [ContactState.CONFIRMED]
        assert contacts.number_of("C-1") == NUMBER
        assert contacts.ending(NOW + timedelta(days=3000), 10) == []
        contacts.keep(NUMBER, NOW)
        assert len(contacts.ending(NOW, 10)) == 1
        tx[WordsToTell].add(WORD)
        assert contacts.erase(["c1"]) == 1
        assert contacts.of(NUMBER) == []
        assert tx[WordsToTell].counts() == {}


def test_an_attempt_is_of_one_process_and_what_fails_is_due_again_later(store: Store) -> None:
    with store.transaction() as tx:
        tx[Contacts].add(CONTACT)
        words = tx[WordsToTell]
        assert words.add(WORD)
        assert not words.add(WORD), "the same event is noted once"
        [(found, contact)] = words.due(ToldWay.MAIL, NOW, 10)
        assert (found, contact) == (WORD, CONTACT)
        assert words.due(ToldWay.WEBHOOK, NOW, 10) == []
        assert words.claim(found, NOW + timedelta(minutes=1))
        assert not words.claim(found, NOW + timedelta(minutes=1))
        words.later("w1", "no answer in time", NOW + timedelta(seconds=5))
        assert words.due(ToldWay.MAIL, NOW, 10) == []
        [(again, _)] = words.due(ToldWay.MAIL, NOW + timedelta(seconds=5), 10)
        assert (again.attempts, again.last_error) == (1, "no answer in time")
        assert words.settle("w1", WordState.SENT, NOW)
        assert not words.settle("w1", WordState.ABANDONED, NOW)
        assert words.counts() == {"sent": 1}
        assert words.forget(NOW, 10) == 0
        assert words.forget(NOW + timedelta(days=1), 10) == 1


def test_drafts_that_end_soon_are_found_once_a_contact(store: Store) -> None:
    begun = DraftRow(NUMBER, DraftState.OPEN, "works", "1", "hash", "{}", NOW, NOW, NOW + timedelta(days=30))
    with store.transaction() as tx:
        tx[Drafts].add(begun)
        tx[Drafts].add(replace(begun, number="2026-AAAA-AAAA", filing_id="f1"))
        confirmed = replace(CONTACT, state=ContactState.CONFIRMED, ends_at=None)
        tx[Contacts].add(confirmed)
        tx[Contacts].add(replace(confirmed, contact_id="c2", number="2026-AAAA-AAAA", token="other"))
        assert tx[Contacts].of_ending_drafts(NOW + timedelta(days=30), 10) == []
        found = tx[Contacts].of_ending_drafts(NOW + timedelta(days=31), 10)
        assert [one.number for one in found] == [NUMBER], "what was handed in does not end"
        tx[WordsToTell].add(replace(WORD, event=ToldEvent.DRAFT_ENDING))
        assert tx[Contacts].of_ending_drafts(NOW + timedelta(days=31), 10) == []


def test_who_was_asked_is_counted_for_a_while_and_promises_are_replaced(store: Store) -> None:
    with store.transaction() as tx:
        tx[Contacts].asked(["a", "b"], NOW)
        tx[Contacts].asked(["a"], NOW + timedelta(hours=1))
        assert tx[Contacts].times_asked("a", NOW - timedelta(seconds=1)) == 2
        assert tx[Contacts].times_asked("a", NOW) == 1
        tx[Contacts].forget_asked(NOW)
        assert tx[Contacts].times_asked("b", NOW - timedelta(days=1)) == 0
        first = PromiseReminder(NUMBER, "plan", NOW, NOW + timedelta(days=3))
        tx[Promises].keep(NUMBER, [first, replace(first, material="map", remind_at=NOW + timedelta(days=1))])
        assert tx[Promises].due(NOW, 10) == [first]
        tx[Promises].forget(NUMBER, "plan")
        assert tx[Promises].due(NOW, 10) == []
        tx[Promises].keep(NUMBER, [])
        assert tx[Promises].due(NOW + timedelta(days=9), 10) == []
