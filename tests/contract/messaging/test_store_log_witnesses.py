"""Members witness each other's logs over both databases: what grows is countersigned, two histories are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import delete

from exchange.audit.log.cosignatures import read_cosignature, sign_cosignature
from exchange.audit.log.growth import HeadStanding, offer, read_offer
from exchange.audit.log.heads import open_log_head
from exchange.clock import SteppedClock
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.collecting.logs import add_log
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.collecting.witnesses import add_witnesses
from exchange.evidence.proof.findings import FindingCode
from exchange.evidence.proof.logs import read_logs
from exchange.evidence.proof.witnesses import seen_logs, witness_findings
from exchange.messaging.hints.logs import HEAD, SEEN
from exchange.messaging.log.sealing import seal
from exchange.messaging.log.store import KeptHead, MemberLog
from exchange.messaging.log.tables import log_cosignature, log_head, log_tile
from exchange.messaging.log.witnesses import LogDispute, LogWitness, Witnesses
from exchange.messaging.log.witnessing import Witnessing
from exchange.messaging.node import Node, new_id
from exchange.messaging.ports import Delivery
from exchange.schemas import ReceiptBatch, Role, Suite
from exchange.store import Store, open_store
from exchange.store.journal import JournalEntry
from exchange.store.tables import journal
from tests.corpus.kin import Kin
from tests.corpus.world import NOW
from tests.property.seat import CALENDAR

KIN = Kin("p", {"window": Role.WINDOW, "fire": Role.DEPARTMENT, "police": Role.DEPARTMENT, "portal": Role.PORTAL})
VIEW = KIN.view()
CASE = "H-1"
WINDOW, FIRE, POLICE = "p.window", "p.fire", "p.police"


@dataclass
class Peer:
    """A member with its round, whose clock steps on by a minute for every look."""

    node: Node
    clock: SteppedClock
    minutes: float = 0
    round: Witnessing = field(init=False)

    def __post_init__(self) -> None:
        self.round = Witnessing(lambda: 60.0 * self.minutes)

    def grow(self, count: int = 3, event: str = "e") -> KeptHead:
        """Write to the journal, and seal that."""
        with self.node.store.transaction() as tx:
            tx.journal([JournalEntry(self.node.clock.now(), event, CASE)] * count)
        seal(self.node)
        return self.head

    @property
    def head(self) -> KeptHead:
        with self.node.store.reading() as tx:
            found = tx[MemberLog].newest()
        assert found is not None
        return found

    def look(self) -> int:
        self.minutes += 1
        self.clock.step_to(self.clock.now() + timedelta(minutes=1))
        return self.round.look(self.node)

    @property
    def disputes(self) -> list[LogDispute]:
        with self.node.store.reading() as tx:
            return tx[Witnesses].disputes()

    @property
    def witnesses(self) -> list[LogWitness]:
        with self.node.store.reading() as tx:
            return tx[Witnesses].all()

    def noted(self) -> list[str]:
        with self.node.store.reading() as tx:
            return [entry.detail["standing"] for entry in tx.recent_journal() if entry.event == "log-disputed"]


def wrote_to(peer: Peer, *addresses: str) -> None:
    """Something went to these, the last one last."""
    for address in addresses:
        body = ReceiptBatch(root="0" * 64, size=1, receiver=peer.node.address, sender=address, at=NOW)
        with peer.node.step() as step:
            step.send(body, (address,), needs_receipt=False)


def pass_on(one: Peer, other: Peer, *, lose: bool = False) -> dict[str, bytes]:
    """A message goes from one to the other."""
    beside = dict(one.node.beside.headers(other.node.address))
    if not lose:
        other.node.beside.hear([Delivery("q", b"", None, None, beside, False, None, False)])
    return beside


def peer(store: Store, name: str, clock: SteppedClock) -> Peer:
    return Peer(Node(KIN[name], VIEW, store, clock, CALENDAR, new_id, suite=Suite.CLASSICAL), clock)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture
def window(store: Store, clock: SteppedClock) -> Peer:
    return peer(store, "window", clock)


@pytest.fixture
def fire(tmp_path: Path, clock: SteppedClock) -> Iterator[Peer]:
    with open_store(f"sqlite:///{tmp_path / 'fire.db'}", member=FIRE) as store:
        store.migrate()
        yield peer(store, "fire", clock)


def witnessed(window: Peer, fire: Peer) -> None:
    """One turn: the window shows its head, fire countersigns it, and that comes back."""
    window.look()
    pass_on(window, fire)
    fire.look()
    pass_on(fire, window)
    window.look()


def test_heads_are_countersigned_one_after_the_other(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    first = window.grow(5)
    witnessed(window, fire)
    assert [(one.address, one.size, one.offered_at) for one in window.witnesses] == [(FIRE, 5, None)]
    for count in (3, 260, 1):
        window.grow(count)
        witnessed(window, fire)
    assert [one.size for one in window.witnesses] == [window.head.size]
    assert window.head.size == 269
    with window.node.store.reading() as tx:
        [newest] = tx[Witnesses].witnessed_by()
        covering = tx[Witnesses].cosignature(FIRE, 4)
        assert tx[Witnesses].cosignature(POLICE, 1) is None
    assert covering is not None
    found = read_cosignature(newest.signed, VIEW)
    assert (found.head.signed, found.body.witness, newest.size) == (window.head.signed, FIRE, 269)
    # of those within an hour the first and the newest stay
    assert read_cosignature(covering.signed, VIEW).head.signed == first.signed
    assert window.disputes == fire.disputes == []
    assert window.look() == fire.look() == 0


def test_the_first_two_that_are_written_to_are_chosen_and_stay(window: Peer) -> None:
    window.grow()
    window.look()
    assert window.witnesses == []
    wrote_to(window, FIRE)
    window.grow()
    window.look()
    assert [one.address for one in window.witnesses] == [FIRE]
    wrote_to(window, "p.portal", POLICE)
    window.grow()
    window.look()
    assert [one.address for one in window.witnesses] == [FIRE, POLICE]
    assert all(one.offered_at is not None for one in window.witnesses)


def test_a_head_goes_once_and_once_a_minute_at_most(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow()
    window.look()
    assert set(window.node.beside.headers(FIRE)) == {HEAD}
    window.look()
    assert window.node.beside.headers(FIRE) == {}
    window.grow()
    window.minutes += 1
    window.round.look(window.node)
    window.grow()
    window.minutes += 0.5
    window.round.look(window.node)
    shown, _ = read_offer(window.node.beside.headers(FIRE)[HEAD])
    assert open_log_head(shown).head.size == window.head.size - 3


def test_what_was_lost_on_the_way_is_made_good_by_the_next_head(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    for lost in ("head", "answer"):
        window.grow()
        window.look()
        pass_on(window, fire, lose=lost == "head")
        fire.look()
        pass_on(fire, window, lose=True)
    [waits] = window.witnesses
    assert (waits.size, waits.offered_at is not None) == (0, True)
    window.grow()
    witnessed(window, fire)  # it is shown without a proof from what is held, and fire says what it holds
    window.grow()
    witnessed(window, fire)
    assert [(one.size, one.offered_at) for one in window.witnesses] == [(window.head.size, None)]
    assert window.disputes == fire.disputes == []


def test_who_withholds_what_leads_to_its_heads_counts_as_unwitnessed(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(5)
    witnessed(window, fire)
    for _ in range(2):
        window.grow(4)
        window.look()
        head, _ = read_offer(window.node.beside.headers(FIRE)[HEAD])
        fire.node.beside.hear([Delivery("q", b"", None, None, {HEAD: offer(head, b"")}, False, None, False)])
        fire.look()
        pass_on(fire, window)
        window.look()
        [waits] = window.witnesses
        assert (waits.size, waits.offered_at is not None) == (5, True)
    with window.node.store.reading() as tx:
        assert tx[Witnesses].lag(window.clock.now() + timedelta(days=15)) > timedelta(days=15)
    window.grow(1)
    witnessed(window, fire)
    assert [(one.size, one.offered_at) for one in window.witnesses] == [(window.head.size, None)]
    assert window.disputes == fire.disputes == []


def rewritten(window: Peer, entries: int) -> None:
    """Somebody with database and key has written the log anew, with other entries."""
    with window.node.store.transaction() as tx:
        for table in (journal, log_head, log_tile):
            tx._db.execute(delete(table))
    for _ in range(entries):
        window.grow(1, "other")


def test_a_history_written_anew_is_proved_by_its_own_signature(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(5)
    witnessed(window, fire)
    rewritten(window, 7)
    for _ in range(2):
        window.grow(1, "other")
        witnessed(window, fire)
    [found] = fire.disputes
    assert (found.origin, found.standing, found.witness) == (WINDOW, HeadStanding.FORKED, FIRE)
    assert open_log_head(found.held).head.size == 5
    assert found.growth
    assert fire.noted() == ["forked"]
    [own] = window.disputes
    assert (own.origin, own.standing, own.witness) == (WINDOW, HeadStanding.FORKED, FIRE)
    assert window.noted() == ["forked"]
    assert window.witnesses[0].offered_at is not None


def test_an_older_database_is_told_by_its_witness_and_by_itself(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(9)
    witnessed(window, fire)
    rewritten(window, 4)
    with window.node.store.transaction() as tx:
        tx[Witnesses].holds(FIRE, 0, answered=True)  # the older one knew of no witness's word
    window = Peer(window.node, window.clock, window.minutes)
    witnessed(window, fire)
    assert [(one.standing, one.witness) for one in fire.disputes] == [(HeadStanding.SHORTER, FIRE)]
    assert [(one.standing, one.witness) for one in window.disputes] == [(HeadStanding.SHORTER, FIRE)]
    assert window.noted() == fire.noted() == ["shorter"]


def test_what_proves_nothing_changes_nothing(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(5)
    witnessed(window, fire)
    window.grow(4)
    window.look()
    head, growth = read_offer(window.node.beside.headers(FIRE)[HEAD])
    other = sign_cosignature(KIN["police"], window.head.signed, NOW)
    for data in (
        b"", b"\xff" * 40, offer(head, b""), offer(head, growth[:-1]), offer(head, growth[:-20] + bytes(20)),
        offer(head[:-1] + bytes([head[-1] ^ 1]), growth), offer(b"", growth),
    ):  # fmt: skip
        fire.node.beside.hear([Delivery("q", b"", None, None, {HEAD: data, SEEN: data}, False, None, False)])
        assert fire.look() == 0
    window.node.beside.hear([Delivery("q", b"", None, None, {SEEN: other}, False, None, False)])
    window.look()
    assert [one.size for one in window.witnesses] == [5]
    assert fire.disputes == window.disputes == []
    fire.node.beside.hear([Delivery("q", b"", None, None, {HEAD: offer(head, growth)}, False, None, False)])
    assert fire.look() == 1


def test_headers_of_other_kinds_and_sizes_are_not_kept(fire: Peer) -> None:
    for value in ("text", 7, None, b"x" * 20_000):
        fire.node.beside.hear([Delivery("q", b"", None, None, {HEAD: value}, False, None, False)])
    assert fire.node.beside.heard() == []


def found_in_bundle(*looked_at: Peer) -> tuple[list[FindingCode], list[str]]:
    """What a verifier finds of the window's log in a bundle that is made from these members' records."""
    parts = BundleParts()
    with ExitStack() as stack:
        transactions = {one.node.address: stack.enter_context(one.node.store.reading()) for one in looked_at}
        add_log(parts, transactions[WINDOW], WINDOW, CASE, ())
        add_witnesses(parts, transactions, [WINDOW])
    bundle = Bundle(cast(Any, None), parts.files)
    found = [*read_logs(bundle, VIEW).findings, *witness_findings(seen_logs(bundle, VIEW))]
    return [one.code for one in found], [str(one.text) for one in found]


def test_a_bundle_has_what_covers_its_entries_first(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    for _ in range(3):
        window.grow(300)
        witnessed(window, fire)
    window.grow(2)
    codes, texts = found_in_bundle(window, fire)
    assert codes == [FindingCode.LOGGED, FindingCode.WITNESSED]
    assert "900 entries" in texts[1]
    assert "900 of the entries here" in texts[1]
    assert found_in_bundle(window)[0] == codes


def test_a_bundle_of_a_history_written_anew_shows_both(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(5)
    witnessed(window, fire)
    rewritten(window, 7)
    assert found_in_bundle(window, fire)[0] == [FindingCode.LOGGED, FindingCode.LOG_FORKED]
    witnessed(window, fire)
    witnessed(window, fire)
    with window.node.store.transaction() as tx:
        tx._db.execute(delete(log_cosignature))
    assert found_in_bundle(window)[0] == [FindingCode.LOGGED, FindingCode.LOG_FORKED]


def test_a_bundle_of_a_log_that_was_cut_off_shows_the_longer_one(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(9)
    witnessed(window, fire)
    window.clock.step_to(window.clock.now() + timedelta(hours=1))
    rewritten(window, 4)
    assert found_in_bundle(window, fire)[0] == [FindingCode.LOGGED, FindingCode.LOG_CUT]


def test_what_is_seen_while_a_bundle_is_made_is_left_to_the_next(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(5)
    witnessed(window, fire)
    with window.node.store.reading() as before:
        before[MemberLog].newest()
        window.grow(3)
        witnessed(window, fire)
        parts = BundleParts()
        with fire.node.store.reading() as tx:
            add_log(parts, before, WINDOW, CASE, ())
            add_witnesses(parts, {WINDOW: before, FIRE: tx}, [WINDOW])
    bundle = Bundle(cast(Any, None), parts.files)
    assert [one.code for one in witness_findings(seen_logs(bundle, VIEW))] == [FindingCode.WITNESSED]


def test_what_people_have_settled_begins_anew(window: Peer, fire: Peer) -> None:
    wrote_to(window, FIRE)
    window.grow(9)
    witnessed(window, fire)
    rewritten(window, 4)
    window = Peer(window.node, window.clock, window.minutes)
    for one in (window, fire):
        with one.node.store.transaction() as tx:
            tx[Witnesses].settle(WINDOW, one.clock.now(), own=one is window)
    witnessed(window, fire)
    window.grow(9)
    witnessed(window, fire)
    assert window.disputes == fire.disputes == []
    assert [(one.size, one.offered_at) for one in window.witnesses] == [(window.head.size, None)]
