"""Dead letters are counted by cause, paged in order, and discarded without a row being lost."""

from __future__ import annotations

from datetime import timedelta

from exchange.approval.window.store import Cases
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import DeadLetter
from exchange.store import Store
from tests.contract.rows import LATER, NOW, PLANNING, dead_letter, new_id
from tests.contract.store.test_store_plans import plans


def keep(store: Store, *letters: DeadLetter) -> list[DeadLetter]:
    """Sets letters aside, one a second; as they are kept, oldest first."""
    with store.transaction() as tx:
        for number, letter in enumerate(letters):
            tx[Inbox].dead([letter], NOW + timedelta(seconds=number))
        return tx[Inbox].dead_letters()[::-1]


def some(count: int, **fields: object) -> list[DeadLetter]:
    return [dead_letter(envelope=new_id().encode(), message_id=new_id(), **fields) for _ in range(count)]


def test_causes_are_counted_by_reason_and_stage_with_their_first_and_last_time(store: Store) -> None:
    kept = keep(store, *some(3), *some(1, stage="handle"), *some(2, reason_code="forged"))
    with store.transaction() as tx:
        tx[Inbox].dead([kept[0]], LATER)
        tx[DeadLetters].propose(kept[0].serial, "li", "an old test", LATER)
        causes = {(one.reason_code, one.stage): one for one in tx[DeadLetters].causes()}
    assert {key: (one.letters, one.proposed) for key, one in causes.items()} == {
        ("malformed", "open"): (3, 1), ("forged", "open"): (2, 0), ("malformed", "handle"): (1, 0),
    }  # fmt: skip
    with store.reading() as tx:
        assert (
            tx[DeadLetters].count("malformed", "open"),
            tx[DeadLetters].count("malformed"),
            tx[DeadLetters].count("none"),
        ) == (3, 4, 0)
    assert (causes["malformed", "open"].first_at, causes["malformed", "open"].last_at) == (NOW, LATER)


def test_a_cause_is_gone_through_page_by_page_in_both_directions(store: Store) -> None:
    kept = keep(store, *some(5), *some(2, reason_code="forged"))[:5]
    ids = [one.id for one in kept]
    with store.reading() as tx:
        first = tx[DeadLetters].page("malformed", "open", limit=2)
        second = tx[DeadLetters].page("malformed", "open", below=first[-1].serial, limit=2)
        assert [one.id for one in (*first, *second)] == ids[:0:-1]
        assert tx[DeadLetters].page("malformed", "handle") == []
        oldest = tx[DeadLetters].batch("malformed", None, above=0, limit=2)
        rest = tx[DeadLetters].batch("malformed", None, above=oldest[-1].serial, limit=9)
        assert [one.id for one in (*oldest, *rest)] == ids


def test_a_discarded_letter_keeps_its_row_and_bytes_and_holds_up_nothing(store: Store) -> None:
    [letter, other] = keep(store, *some(2, sender=PLANNING, kind="opinion"))
    with store.transaction() as tx:
        assert not tx[DeadLetters].discard(letter.serial, "wang", NOW), "nobody has proposed it"
        assert tx[DeadLetters].propose(letter.serial, "li", "sent by a test", NOW)
        assert not tx[DeadLetters].propose(letter.serial, "zhao", "again", NOW)
        assert tx[DeadLetters].discard(letter.serial, "wang", LATER)
        assert not tx[DeadLetters].discard(letter.serial, "zhao", LATER)
        assert not tx[DeadLetters].withdraw(letter.serial)
        [kept] = tx[DeadLetters].discarded()
        assert (kept.digest, kept.proposed_by, kept.proposed_why) == (letter.digest, "li", "sent by a test")
        assert tx[Inbox].envelope_of(kept) == letter.envelope
        assert (kept.discarded_by, kept.discarded_at) == ("wang", LATER)
        assert [one.id for one in tx[Inbox].dead_letters()] == [other.id]
        assert [one.id for one in tx[Inbox].unhandled(PLANNING, "opinion")] == [other.id]
        assert tx[Inbox].counts()["dead"] == 1
        assert [one.letters for one in tx[DeadLetters].causes()] == [1]
        assert len(tx[DeadLetters].all(above=0, limit=9)) == 2


def test_a_proposal_can_be_taken_back_and_made_anew(store: Store) -> None:
    [letter] = keep(store, *some(1))
    with store.transaction() as tx:
        tx[DeadLetters].propose(letter.serial, "li", "why", NOW)
        assert tx[DeadLetters].withdraw(letter.serial)
        assert not tx[DeadLetters].withdraw(letter.serial)
        assert tx[Inbox].dead_letters() == [letter]
        assert tx[DeadLetters].propose(letter.serial, "zhao", "another why", NOW)


def test_the_same_bytes_again_do_not_bring_a_discarded_letter_back(store: Store) -> None:
    [letter] = keep(store, *some(1))
    with store.transaction() as tx:
        tx[DeadLetters].propose(letter.serial, "li", "why", NOW)
        tx[DeadLetters].discard(letter.serial, "wang", NOW)
        tx[Inbox].dead([letter], LATER)
        assert tx[Inbox].dead_letters() == []
        assert [(one.attempts, one.last_at) for one in tx[DeadLetters].discarded()] == [(2, LATER)]


def test_no_page_of_dead_letters_goes_through_the_whole_table(store: Store) -> None:
    assert "dead_letter_counts" in plans(store, lambda tx: tx[DeadLetters].causes())
    assert "SCAN dead_letter'" not in plans(store, lambda tx: tx[DeadLetters].count("malformed", "open"))
    paging = plans(
        store,
        lambda tx: (
            tx[DeadLetters].page("malformed", "open", below=9),
            tx[DeadLetters].batch("x", None, above=1, limit=2),
        ),
    )
    assert "dead_letter_cause" in paging
    rest = plans(
        store,
        lambda tx: (tx[Inbox].dead_letters(), tx[DeadLetters].discarded(), tx[Inbox].dead_letter("0" * 12),
                    tx[Inbox].revive(dead_letter(message_id="x")), tx[Cases].running(PLANNING, None, 50),
                    tx[Cases].running(None, None, 50)),
    )  # fmt: skip
    assert "SCAN dead_letter'" not in rest + paging
    assert "Seq Scan on" not in rest + paging
    assert "part_running" in rest
    assert "SCAN part'" not in rest
