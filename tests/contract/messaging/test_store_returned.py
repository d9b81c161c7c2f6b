"""What came back to a member, as its lists are read: the latest first, page by page, over two stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from exchange.documents.rules.handling import DocumentHandling, HandlingState
from exchange.documents.store import HANDLED, Handlings
from exchange.messaging.outbox import Outbox
from exchange.messaging.outbox_statements import IN_OUTBOX
from exchange.page_key import Key
from exchange.store import Store
from tests.contract.rows import NOW, PLANNING, US, new_id, outgoing, signed_for

BACK = {"accepted": False, "reason": "no such case"}


def test_copies_that_were_sent_back_are_read_latest_first_and_each_once(store: Store) -> None:
    messages = [outgoing(kind="document" if place % 5 else "notice") for place in range(11)]
    with store.transaction() as tx:
        tx[Outbox].add(messages, NOW)
        for place, message in enumerate(messages):
            if place:  # the first one has come to a good end
                tx[Outbox].mark_signed([signed_for(message, **BACK)], NOW + timedelta(minutes=place // 2))
        tx[Outbox].mark_signed([signed_for(messages[0])], NOW)
    wanted = [message.header.message_id for message in messages[1:] if message.header.kind == "document"][::-1]
    found: list[str] = []
    with store.reading() as tx:
        key: Key | None = None
        while rows := tx[Outbox].sent_back({"document"}, key, 3):
            found += [copy.message_id for _, copy in rows]
            number, last = rows[-1]
            assert last.returned_at is not None
            key = Key(last.returned_at, IN_OUTBOX, str(number))
        behind_a_handling = tx[Outbox].sent_back({"document"}, Key(NOW + timedelta(minutes=2), HANDLED, "f"), 60)
    assert found == wanted
    assert [copy.message_id for _, copy in behind_a_handling] == wanted[-4:], "of one moment copies come behind"


def test_what_was_filed_is_read_behind_the_place_of_a_copy_and_told_of_several_letters_at_once(store: Store) -> None:
    letters = [(PLANNING, new_id()) for _ in range(5)]
    done = DocumentHandling(US, HandlingState.FILED, NOW, "officer")
    with store.transaction() as tx:
        for place, letter in enumerate(letters):
            tx[Handlings].put(*letter, replace(done, handled_at=NOW + timedelta(minutes=place)))
        told = tx[Handlings].among([letters[1], (US, letters[2][1])], US)
        first = tx[Handlings].latest(HandlingState.FILED, None, 2)
        behind = tx[Handlings].latest(HandlingState.FILED, Key(NOW + timedelta(minutes=2), IN_OUTBOX, "7"), 60)
    assert list(told) == [letters[1]], "a letter is its sender's"
    assert [row[:2] for row in first] == letters[:2:-1]
    assert [row[:2] for row in behind] == letters[1::-1]
