"""A log that goes on from a backup, over both databases: its witnesses know it as restored, and no other as that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from exchange.audit.log.growth import HeadStanding
from exchange.audit.log.heads import open_log_head
from exchange.audit.log.restorations import LogRestoration, read_restoration, sign_restoration
from exchange.errors import Forged, Malformed, Untrusted
from exchange.evidence.proof.findings import FindingCode
from exchange.messaging.hints.logs import RESTORED
from exchange.messaging.log.checking import check_log
from exchange.messaging.log.restorations import LogRestorations
from exchange.messaging.log.restoring import RestoredNote, note_restored, noted_restored, tell_restored
from exchange.messaging.log.sealing import seal
from exchange.messaging.log.store import MemberLog
from exchange.messaging.log.tables import log_cosignature, log_head, log_tile, log_witness
from exchange.messaging.ports import Delivery
from exchange.operations.log_witnesses import against, held_in
from exchange.store.journal import JournalEntry
from exchange.store.tables import journal
from tests.contract.messaging.test_store_log_witnesses import (
    FIRE,
    KIN,
    NOW,
    VIEW,
    WINDOW,
    Peer,
    clock,
    fire,
    found_in_bundle,
    pass_on,
    rewritten,
    window,
    witnessed,
    wrote_to,
)

__all__ = ["clock", "fire", "window"]

TABLES = (journal, log_head, log_tile, log_witness, log_cosignature)
Copy = Mapping[str, Sequence[Mapping[str, Any]]]


def copied(peer: Peer) -> Copy:
    """What a backup has of a member's log."""
    with peer.node.store.reading() as tx:
        return {
            one.name: [dict(zip(one.columns.keys(), row, strict=True)) for row in tx._db.execute(select(one)).all()]
            for one in TABLES
        }


def put_back(peer: Peer, copy: Copy, *, told: bool = True) -> Peer:
    """The database is again what it was; a restoration is noted, as `exchange restore` does."""
    now = peer.clock.now() + timedelta(minutes=1)
    peer.clock.step_to(now)
    with peer.node.store.transaction() as tx:
        for one in TABLES:
            tx._db.execute(delete(one))
            if copy[one.name]:
                tx._db.execute(insert(one), copy[one.name])
        if told:
            note_restored(tx, RestoredNote("b" * 64, NOW, now))
    peer.clock.step_to(now + timedelta(minutes=1))
    return Peer(peer.node, peer.clock, peer.minutes)


def lines(peer: Peer, event: str) -> list[Mapping[str, Any]]:
    with peer.node.store.reading() as tx:
        return [entry.detail for entry in tx.recent_journal() if entry.event == event]


def turns(window: Peer, fire: Peer, number: int = 3) -> None:
    for _ in range(number):
        window.grow(1)
        witnessed(window, fire)


def restored(window: Peer, fire: Peer) -> Peer:
    """Witnessed with five entries sealed and one that is not, backed up, witnessed with more, put back."""
    wrote_to(window, FIRE)
    window.grow(5)
    witnessed(window, fire)
    with window.node.store.transaction() as tx:
        tx.journal([JournalEntry(window.clock.now(), "not sealed yet", None)])
    copy = copied(window)
    window.grow(9)
    witnessed(window, fire)
    return put_back(window, copy)


def test_a_restored_log_goes_on_and_its_witness_countersigns_it(window: Peer, fire: Peer) -> None:
    window = restored(window, fire)
    held = window.head.size
    assert tell_restored(window.node)
    assert not tell_restored(window.node)
    assert held == 5
    turns(window, fire)
    assert window.disputes == fire.disputes == []
    assert [(one.size, one.offered_at) for one in window.witnesses] == [(window.head.size, None)]
    with fire.node.store.reading() as tx:
        [found] = tx[LogRestorations].of(WINDOW)
        kept = tx._db.scalar(select(log_head.c.size).limit(1))
    assert (found.size, found.seen_size, found.lost) == (6, 15, 9)
    assert kept is None
    [gone] = lines(fire, "log-entries-lost")
    assert (gone["origin"], gone["size"], gone["held"]) == (WINDOW, 6, 15)
    [first] = lines(window, "log-restored")
    assert (first["size"], first["backup"]) == (6, "b" * 64)


def test_the_restored_member_knows_what_is_gone_once_a_witness_says_it(window: Peer, fire: Peer) -> None:
    window = restored(window, fire)
    tell_restored(window.node)
    window.grow(1)
    window.look()
    pass_on(window, fire, lose=True)
    with fire.node.store.reading() as tx:
        [(_, one)] = held_in(tx, FIRE)
    fire.node.beside.put(WINDOW, "yizhan-log-seen", one.cosignature.signed)
    pass_on(fire, window)
    window.look()
    with window.node.store.reading() as tx:
        [found] = tx[LogRestorations].of(WINDOW)
        assert against(tx, WINDOW, VIEW, [one], window.clock.now()) == []
    assert found.lost == 9
    assert window.disputes == []
    turns(window, fire)
    assert window.disputes == fire.disputes == []


def test_the_log_itself_holds_from_end_to_end(window: Peer, fire: Peer) -> None:
    window = restored(window, fire)
    seal(window.node)
    turns(window, fire)
    mark, broken = check_log(window.node.store, WINDOW, VIEW, whole=True)
    assert (broken, mark.size) == (None, window.head.size)


def test_what_is_written_before_the_member_is_served_is_no_part_of_the_backup(window: Peer, fire: Peer) -> None:
    window = restored(window, fire)
    with window.node.store.transaction() as tx:
        tx.journal([JournalEntry(window.clock.now(), "by a command", None)])
    tell_restored(window.node)
    with window.node.store.reading() as tx:
        [found] = tx[LogRestorations].of(WINDOW)
        assert noted_restored(tx) is None
    assert found.size == 6
    turns(window, fire)
    assert window.disputes == fire.disputes == []


def test_a_witness_that_the_backup_did_not_know_of_is_shown_what_it_needs(window: Peer, fire: Peer) -> None:
    """It holds a head that is as long as the one that it is shown, with other entries."""
    wrote_to(window, FIRE)
    window.grow(5)
    copy = copied(window)
    window.grow(3)
    witnessed(window, fire)
    window = put_back(window, copy)
    tell_restored(window.node)
    window.grow(2)
    assert window.head.size == 8
    witnessed(window, fire)
    turns(window, fire)
    assert window.disputes == fire.disputes == []
    with fire.node.store.reading() as tx:
        assert [one.lost for one in tx[LogRestorations].of(WINDOW)] == [3]


def test_an_empty_log_may_be_restored(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    copy = copied(window)
    window.grow(4)
    witnessed(window, fire)
    window = put_back(window, copy)
    wrote_to(window, FIRE)
    tell_restored(window.node)
    turns(window, fire)
    assert window.disputes == fire.disputes == []
    with fire.node.store.reading() as tx:
        [found] = tx[LogRestorations].of(WINDOW)
    assert (found.size, found.seen_size) == (0, 4)


def test_a_bundle_tells_what_is_gone_and_contradicts_nothing(window: Peer, fire: Peer) -> None:
    window = restored(window, fire)
    tell_restored(window.node)
    found, words = found_in_bundle(window, fire)
    assert found == [FindingCode.LOGGED, FindingCode.LOG_RESTORED, FindingCode.WITNESSED]
    assert "of the 15 that it had signed before, those from 6 on are not in it any more" in words[1]
    turns(window, fire)
    found, words = found_in_bundle(window, fire)
    assert found[:2] == [FindingCode.LOGGED, FindingCode.LOG_RESTORED]
    assert {*found[2:]} == {FindingCode.WITNESSED}
    assert any(f"{window.head.size} entries" in one for one in words[2:])


def test_a_log_may_be_restored_twice(window: Peer, fire: Peer) -> None:
    window = restored(window, fire)
    tell_restored(window.node)
    copy = copied(window)
    turns(window, fire)
    window = put_back(window, copy)
    tell_restored(window.node)
    turns(window, fire)
    assert window.disputes == fire.disputes == []
    with fire.node.store.reading() as tx:
        assert [one.size for one in tx[LogRestorations].of(WINDOW)][:1] == [6]
        assert len(tx[LogRestorations].of(WINDOW)) == 2


def test_an_older_database_without_a_word_is_told_as_before(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(5)
    witnessed(window, fire)
    copy = copied(window)
    window.grow(9)
    witnessed(window, fire)
    window = put_back(window, copy, told=False)
    turns(window, fire, 1)
    assert [one.standing for one in fire.disputes] == [HeadStanding.SHORTER]
    assert not tell_restored(window.node)


def test_a_restoration_covers_no_history_that_is_rewritten(window: Peer, fire: Peer) -> None:
    """What the backup had, too, is changed: the log does not begin with what its member says that it goes on from."""
    window = restored(window, fire)
    tell_restored(window.node)
    rewritten(window, 8)
    turns(window, fire, 2)
    assert [one.standing for one in fire.disputes] != []
    assert lines(fire, "log-entries-lost") == []


def test_a_restoration_covers_nothing_that_is_cut_off_later(window: Peer, fire: Peer) -> None:
    window = restored(window, fire)
    tell_restored(window.node)
    copy = copied(window)
    turns(window, fire)
    window.grow(20)
    witnessed(window, fire)
    window = put_back(window, copy, told=False)
    turns(window, fire, 1)
    assert [one.standing for one in fire.disputes] == [HeadStanding.SHORTER]


def statement(**changes: Any) -> LogRestoration:
    told = {"origin": WINDOW, "size": 5, "root": "0" * 64, "backup": "1" * 64, "backed_up_at": NOW, "restored_at": NOW}
    return LogRestoration(**{**told, **changes})


def test_only_the_member_itself_says_it_and_not_of_the_future(fire: Peer) -> None:
    signed = sign_restoration(KIN["window"], statement())
    assert read_restoration(signed, VIEW, NOW).body.size == 5
    for wrong in (
        sign_restoration(KIN["police"], statement()),
        sign_restoration(KIN["window"], statement(backed_up_at=NOW + timedelta(seconds=1))),
        sign_restoration(KIN["window"], statement(restored_at=NOW + timedelta(hours=1))),
        signed[:-1] + bytes([signed[-1] ^ 1]),
        fire.grow().signed,
        b"",
    ):
        with pytest.raises((Forged, Malformed, Untrusted)):
            read_restoration(wrong, VIEW, NOW)
        fire.node.beside.hear([Delivery("q", b"", None, None, {RESTORED: wrong}, False, None, False)])
    fire.look()
    with fire.node.store.reading() as tx:
        assert tx[LogRestorations].all() == []
        newest = tx[MemberLog].newest()
    assert newest is not None
    assert open_log_head(newest.signed).head.origin == FIRE
