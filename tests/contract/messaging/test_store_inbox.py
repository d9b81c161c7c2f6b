"""The inbox records an id once; documents are kept as they came; what cannot be taken in is kept with its reason."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from time import process_time

import pytest

from exchange.errors import Conflict
from exchange.messaging import inbox as messaging_inbox
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import DeadLetter, InboxEntry, Known
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.messaging.rules.withholding import ARRIVED, OPENED, WITHHELD
from exchange.operations.systems.member.store import Leases
from exchange.store import Store
from exchange.telemetry.troubles import Troubles
from tests.contract.rows import LATER, NOW, PLANNING, TRANSPORT, US, dead_letter, entry, new_id, outgoing


def record(store: Store, *entries: InboxEntry) -> None:
    with store.transaction() as tx:
        tx[Inbox].record(entries, NOW)


def untaken(store: Store, limit: int = 50) -> list[str]:
    """What the department's own system would be given now; given back at once."""
    with store.transaction() as tx:
        return [document.message_id for document in tx[Leases].lease("look", limit, NOW, NOW)]


def test_what_is_on_record_is_known_by_sender_and_id_together(store: Store) -> None:
    ours = entry(PLANNING)
    namesake = entry(TRANSPORT, message_id=ours.header.message_id, signed=b"another")
    record(store, ours, namesake)
    mine, other = (PLANNING, ours.header.message_id), (TRANSPORT, ours.header.message_id)
    with store.reading() as tx:
        assert tx[Inbox].known([mine, (PLANNING, new_id())]) == {mine: Known(ours.digest, ours.receipt_id)}
        assert tx[Inbox].known([mine, other])[other] == Known(namesake.digest, namesake.receipt_id)
        assert tx[Inbox].known([]) == {}


def test_a_pair_recorded_before_raises_and_takes_its_whole_batch_back(store: Store) -> None:
    first, second = entry(), entry()
    record(store, first)
    with pytest.raises(Conflict):
        record(store, second, first)
    assert untaken(store) == [first.header.message_id]


def test_a_document_is_kept_as_it_came_with_its_enclosures(store: Store) -> None:
    came = entry(enclosures=(b"plan", b"", b"\x00" * 300_000))
    record(store, came)
    with store.reading() as tx:
        stored = tx[Documents].get(PLANNING, came.header.message_id)
        assert stored is not None
        assert (stored.signed, stored.enclosures, stored.direction) == (came.signed, came.enclosures, "received")
        assert tx[Documents].get(TRANSPORT, came.header.message_id) is None
        assert tx[Documents].get(PLANNING, new_id()) is None


def test_a_member_that_writes_to_itself_has_the_document_twice_under_one_id(store: Store) -> None:
    message = outgoing(US)
    received = entry(US, message_id=message.header.message_id, signed=message.signed)
    with store.transaction() as tx:
        tx[Outbox].add([message], NOW)
        tx[Inbox].record([received], NOW)
        assert {one.direction for one in tx[Documents].find(message.header.message_id)} == {"sent", "received"}
        found = tx[Documents].get(US, message.header.message_id)
    assert found is not None
    assert found.signed == message.signed


def test_documents_are_listed_newest_first_by_direction_and_kind(store: Store) -> None:
    received = [entry(), entry(kind="opinion"), entry()]
    record(store, *received)
    sent = outgoing()
    with store.transaction() as tx:
        tx[Outbox].add([sent], NOW)
    ids = [one.header.message_id for one in received]
    with store.reading() as tx:
        assert [d.message_id for d in tx[Documents].recent()] == [sent.header.message_id, *reversed(ids)]
        assert [d.message_id for d in tx[Documents].recent("received", "document")] == [ids[2], ids[0]]
        assert [d.message_id for d in tx[Documents].recent("received", limit=1)] == [ids[2]]


def test_documents_are_found_by_what_they_say_octet_by_octet(store: Store) -> None:
    said = [b'\x00\xff"HF_1%"\x00', b'\xff"hf_1%"', b'"HFx1y"', b'"HF_1%"', b'"HF\\_1%"']
    entries = [entry(signed=b"%d" % number + words) for number, words in enumerate(said)]
    record(store, *entries, entry(kind="opinion", signed=b'"HF_1%"'))
    ids = [one.header.message_id for one in entries]

    def found(words: bytes, since: datetime = NOW, until: datetime = NOW) -> list[str]:
        with store.reading() as tx:
            those = tx[Documents].with_words(words, "received", "document", since, until)
            return [one.message_id for one in those]

    assert found(b'"HF_1%"') == [ids[0], ids[3]]
    assert found(b"F\\_1") == [ids[4]]
    assert found(b'"HF_1%"', since=NOW + timedelta(seconds=1), until=LATER) == []
    assert found(b'"HF_1%"', until=NOW - timedelta(seconds=1)) == []


def test_what_the_department_has_not_taken_is_handed_out_oldest_first_until_it_is_taken(store: Store) -> None:
    entries = [entry() for _ in range(3)]
    record(store, *entries)
    ids = [one.header.message_id for one in entries]
    assert untaken(store) == ids
    assert untaken(store, 2) == ids[:2]
    with store.transaction() as tx:
        assert tx[Inbox].take(PLANNING, ids[0], LATER)
        assert not tx[Inbox].take(PLANNING, ids[0], LATER)
        assert not tx[Inbox].take(TRANSPORT, ids[1], LATER)
    assert untaken(store) == ids[1:]


def test_receipts_and_what_was_sent_back_are_not_for_the_department(store: Store) -> None:
    wanted = entry()
    record(store, entry(kind="receipt", receipt_id=None), entry(accepted=False, reason="secret: 机密"), wanted)
    assert untaken(store) == [wanted.header.message_id]


def test_the_same_dead_letter_again_is_counted_and_not_kept_twice(store: Store) -> None:
    letter = dead_letter(message_id=new_id(), sender=PLANNING, kind="document")
    others = [dead_letter(reason_code="forged"), dead_letter(queue="another"), dead_letter(envelope=b"other bytes")]
    with store.transaction() as tx:
        tx[Inbox].dead([letter, letter, *others], NOW)
    with store.transaction() as tx:
        tx[Inbox].dead([letter], LATER)
        kept = tx[Inbox].dead_letters()
        assert tx[Inbox].counts()["dead"] == 4
    assert [one.attempts for one in kept] == [1, 1, 1, 3]
    assert (kept[-1].message_id, kept[-1].sender, kept[-1].envelope) == (letter.message_id, PLANNING, letter.envelope)


def test_dead_letters_are_listed_newest_first(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(4):
            tx[Inbox].dead([dead_letter(envelope=bytes([number]))], NOW + timedelta(seconds=number))
        assert [letter.envelope for letter in tx[Inbox].dead_letters(2)] == [b"\x03", b"\x02"]


@pytest.mark.parametrize("hostile", ["a\x00b", "x" * 255, "\U0001f4dc" * 63, ""])
def test_a_dead_letter_is_kept_whatever_its_sender_wrote_into_the_message_id(store: Store, hostile: str) -> None:
    with store.transaction() as tx:
        tx[Inbox].dead([dead_letter(message_id=hostile, reason=f"bad id {hostile}")], NOW)
    with store.reading() as tx:
        [kept] = tx[Inbox].dead_letters()
    assert kept.envelope == dead_letter().envelope
    assert kept.reason.startswith("bad id")


def test_a_dead_letter_is_found_by_its_id_with_the_moment_its_bytes_first_came(store: Store) -> None:
    with store.transaction() as tx:
        tx[Inbox].dead([dead_letter(reason_code="untrusted")], NOW)
        tx[Inbox].dead([dead_letter(reason_code="ValueError"), dead_letter(envelope=b"other bytes")], LATER)
        other, later, _ = tx[Inbox].dead_letters()
        assert (later.first_at, later.last_at) == (LATER, LATER)
        found = tx[Inbox].dead_letter(later.id)
        assert found is not None
        assert (found.reason_code, found.first_at) == ("ValueError", NOW)
        assert tx[Inbox].dead_letter(later.id[:-1]) is None
        assert tx[Inbox].dead_letter("") is None
        assert tx[Inbox].revive(found)
        assert not tx[Inbox].revive(found)
        assert tx[Inbox].dead_letters() == [other]


def test_a_dead_letter_keeps_when_it_first_arrived_and_is_found_by_its_message(store: Store) -> None:
    first, later = Arrival(NOW, LATER, ArrivalSource.OWN), Arrival(LATER, LATER, ArrivalSource.OWN)
    letter = dead_letter(message_id=new_id(), sender=PLANNING, kind="opinion", arrival=first)
    unknown = dead_letter(envelope=b"other bytes")
    with store.transaction() as tx:
        tx[Inbox].dead([letter, replace(letter, arrival=later), unknown], NOW)
    with store.reading() as tx:
        [kept] = tx[Inbox].letters_of([letter.digest, "0" * 64])
        assert (kept.arrival, kept.digest, kept.attempts) == (first, letter.digest, 2)
        assert (kept.envelope, kept.whole, tx[Inbox].envelope_of(kept)) == (b"", False, letter.envelope)
        assert tx[Inbox].letters_of([]) == []
        assert [one.arrival for one in tx[Inbox].dead_letters()] == [None, first]


def test_letters_of_a_sender_are_unhandled_until_their_message_is_on_record(store: Store) -> None:
    ids = [new_id() for _ in range(2)]
    letters = [dead_letter(message_id=one, sender=PLANNING, kind="opinion", envelope=one.encode()) for one in ids]
    others = [dead_letter(message_id=new_id(), sender=who, kind=kind, envelope=who.encode() + kind.encode())
              for who, kind in ((TRANSPORT, "opinion"), (PLANNING, "document"))]  # fmt: skip
    with store.transaction() as tx:
        tx[Inbox].dead([*letters, *others], NOW)
        assert [one.message_id for one in tx[Inbox].unhandled(PLANNING, "opinion")] == ids
    record(store, entry(PLANNING, message_id=ids[0], kind="opinion"), entry(TRANSPORT, message_id=ids[1]))
    with store.reading() as tx:
        assert [one.message_id for one in tx[Inbox].unhandled(PLANNING, "opinion")] == [ids[1]]


def test_of_what_proves_nobody_the_beginning_is_kept_with_its_digest_and_it_holds_up_nothing(store: Store) -> None:
    forged = dead_letter(
        message_id=new_id(), sender=PLANNING, kind="opinion", envelope=b"x" * 100_000, unproved=True
    )  # fmt: skip
    proved = replace(forged, envelope=b"y" * 100_000, unproved=False)
    with store.transaction() as tx:
        tx[Inbox].dead([forged, forged, proved], NOW)
        [waiting] = tx[Inbox].unhandled(PLANNING, "opinion")
        assert tx[Inbox].envelope_of(waiting) == proved.envelope
        kept = tx[Inbox].dead_letters()[1]
        assert (len(kept.envelope), kept.octets, kept.whole, kept.attempts) == (1024, 100_000, False, 2)
        assert kept.digest == forged.digest == hashlib.sha256(forged.envelope).hexdigest()
        assert tx[Inbox].revive(replace(forged)), "the same bytes, taken in after all, take it off the list"
        assert [one.digest for one in tx[Inbox].dead_letters()] == [proved.digest]


def test_of_what_proves_nobody_so_many_are_kept_and_the_rest_is_counted_by_account(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messaging_inbox, "MOST_UNPROVED", 5)
    with store.transaction() as tx:
        for number in range(30):
            account = PLANNING if number % 2 else TRANSPORT
            junk = dead_letter(message_id=new_id(), envelope=b"%d" % number, unproved=True, key_sender=account)
            tx[Inbox].dead([junk], NOW)
        tx[Inbox].dead([dead_letter(envelope=b"may be proved some day")], NOW)
        kept = tx[Inbox].dead_letters()
    more = {one.key_sender: one.attempts for one in kept if "than are kept" in one.reason}
    assert len(kept) == 5 + 2 + 1
    assert more == {PLANNING: 13, TRANSPORT: 12}


WHOLE = [(WITHHELD, ARRIVED), *((code, OPENED) for code in ("untrusted", "unsupported", "clock", "malformed"))]
"""What is kept whole by its sender's doing; of the last, what its proved signer has got wrong without an id."""


@pytest.mark.parametrize(("most", "octets"), [(5, 10_000), (100, 50)])
@pytest.mark.parametrize(("code", "stage"), WHOLE)
def test_of_what_is_kept_whole_there_is_so_much_of_a_sender_and_the_rest_still_holds_up_a_default(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int, octets: int, code: str, stage: str
) -> None:
    monkeypatch.setattr(messaging_inbox, "MOST_WHOLE", most)
    monkeypatch.setattr(messaging_inbox, "MOST_WHOLE_OCTETS", octets)
    arrival = Arrival(NOW, NOW, ArrivalSource.BROKER)

    def letters(sender: str, number: int) -> list[DeadLetter]:
        return [
            dead_letter(
                reason_code=code, stage=stage, message_id=None if code == "malformed" else new_id(),
                sender=sender, kind="opinion", envelope=b"%010d" % (start + one), arrival=arrival,
            )
            for start in (100 * len(sender),) for one in range(number)
        ]  # fmt: skip

    flood, honest = letters(PLANNING, 30), letters(TRANSPORT, 3)
    with store.transaction() as tx:
        tx[Inbox].dead(flood[:20], NOW)
        for one in (*flood[20:], *flood[:3]):
            tx[Inbox].dead([one], LATER)
        tx[Inbox].dead(honest, NOW)
        found = tx[Inbox].unhandled(PLANNING, "opinion")
        beyond = tx[Troubles].withheld_beyond()
        assert len(tx[Inbox].unhandled(TRANSPORT, "opinion")) == 3, "nobody else loses anything"
    assert len([one for one in found if not one.stands_for_more]) == 5
    [more] = [one for one in found if one.stands_for_more]
    assert (more.attempts, more.arrival) == (25, arrival)
    assert (beyond.number, beyond.first) == (1, (PLANNING,))


def test_what_holds_up_a_consent_is_found_without_reading_what_was_forged(store: Store) -> None:
    letters = [
        dead_letter(message_id=new_id(), sender=PLANNING, kind="opinion", envelope=b"%06d" % number, unproved=True)
        for number in range(3000)
    ]
    with store.transaction() as tx:
        tx[Inbox].dead(letters, NOW)
    began = process_time()
    with store.reading() as tx:
        for _ in range(100):
            assert tx[Inbox].unhandled(PLANNING, "opinion") == []
    assert process_time() - began < 2.0
