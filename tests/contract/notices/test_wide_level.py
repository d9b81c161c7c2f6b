"""A level with more bodies than a message can address: each gets the notice once, and is counted and proved once.

Real keys, envelopes and databases; what is in the outboxes is carried to its addressees by hand, to those that matter.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.audit import tree_root
from exchange.clock import RealClock
from exchange.directory import Authority, Lookup, load_directory
from exchange.envelope import Identity, envelope_for, pack_leaves, seal
from exchange.messaging.arrival import OwnTime
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.ports import Delivery
from exchange.messaging.receive import Receiver
from exchange.messaging.records import Parcel
from exchange.notices.counting import tell
from exchange.notices.evidence.ask import Gathering, ask_receipts
from exchange.notices.issue import issue_notice, recall, remind
from exchange.notices.status import notice_status
from exchange.runtime.work import Work, work_for
from exchange.schemas import (
    MAX_ADDRESSEES,
    MAX_SHOWN,
    Document,
    DocumentKind,
    DocumentNumber,
    Forwarding,
    Header,
    Notice,
    ReaderState,
    Receipt,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptsShown,
    Role,
    Suite,
)
from exchange.store import open_store
from exchange.workdays import ChinaCalendar

BODIES = tuple(f"wide.b{number:03}" for number in range(300))
OFFICE, RELAY = "wide.office", "wide.relay"
SIGNING, RECEIVING = (BODIES[0], BODIES[299]), (BODIES[1], BODIES[298])
"""Bodies that are there, in the first message and in the last: some sign for what comes, some only receive it."""


class Post:
    """Members of one domain, and the letters between them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        now = RealClock().now()
        authority = Authority.open_or_create(folder / "authority", "wide", now)
        self.identities = {one: authority.certify(one, now) for one in (OFFICE, RELAY, *BODIES)}
        roles = {OFFICE: (Role.WINDOW,), RELAY: (Role.RELAY,)}
        members = [
            authority.member(identity, one, one, roles.get(one, (Role.DEPARTMENT,)))
            for one, identity in self.identities.items()
        ]
        path = folder / "directory.cose"
        authority.publish(path, members, now, now + timedelta(days=365))
        self._directory: Lookup = load_directory(path.read_bytes(), authority.certificate, now, 0)
        self.letters: list[Parcel] = []
        self.kinds: dict[str, set[str]] = {}
        self.nodes: dict[str, Node] = {}
        self._receivers: dict[str, Receiver] = {}
        for address in (OFFICE, RELAY, *SIGNING, *RECEIVING):
            self._open(self.identities[address], address in SIGNING)

    def _open(self, identity: Identity, signs: bool) -> None:
        address = identity.address
        store = open_store(f"sqlite:///{self._folder / address}.db", member=address)
        store.migrate()
        self._stack.callback(store.close)
        node = Node(
            identity, self._directory, store, RealClock(), ChinaCalendar(), lambda: str(uuid.uuid4()),
            suite=Suite.CLASSICAL, hand_over=self.letters.extend,
        )  # fmt: skip
        work: Work = work_for(self._directory.member(address).roles, sign_at_once=signs)
        self.nodes[address] = node
        self._receivers[address] = Receiver(
            node, work.handlers, OwnTime(RealClock().now(), RealClock()), work.on_signed
        )

    def receipts_of_absent(self, copies: list[Parcel]) -> None:
        """Brings the relay office receipts of everybody else that something was passed on to, all at once."""
        deliveries = []
        for copy in copies:
            if copy.kind != Forwarding.KIND or copy.addressee in self._receivers:
                continue
            with self.nodes[RELAY].store.reading() as tx:
                passed = tx[Documents].get(RELAY, copy.message_id)
            assert passed is not None
            envelope = self._receipt(self.identities[copy.addressee], copy.message_id, passed.signed)
            deliveries.append(Delivery(f"{RELAY}.inbox", envelope, None, None, {}, False, None, False))
        self._receivers[RELAY].on_batch(deliveries)

    def _receipt(self, signer: Identity, message_id: str, passed: bytes) -> bytes:
        now = RealClock().now()
        leaf = Receipt(
            outcome=ReceiptOutcome.ACCEPTED, message_id=message_id, sender=RELAY, receiver=signer.address,
            digest=hashlib.sha256(passed).hexdigest(), arrived_at=now, signed_for_at=now,
        ).model_dump_json().encode()  # fmt: skip
        root = tree_root([leaf]).hex()
        batch = ReceiptBatch(root=root, size=1, receiver=signer.address, sender=RELAY, at=now)
        id = str(uuid.uuid4())
        header = Header(
            message_id=id, conversation_id=id, kind=batch.KIND, sender=signer.address, addressees=(RELAY,),
            created_at=now, suite=Suite.CLASSICAL,
        )  # fmt: skip
        recipient = self._directory.recipient(RELAY, Suite.CLASSICAL)
        sealed = seal(header, batch, signer, [recipient], [pack_leaves([leaf])])
        return envelope_for(sealed.common, sealed.recipients[RELAY])

    def carry(self) -> list[Parcel]:
        """Brings everything to whoever is there, until nobody writes any more; all copies that there were."""
        carried: list[Parcel] = []
        while self.letters or tell(self.nodes[RELAY]):
            letters, self.letters[:] = list(self.letters), []
            carried += letters
            for letter in letters:
                if letter.addressee in self._receivers:
                    body = envelope_for(letter.common, letter.recipient)
                    delivery = Delivery(letter.queue, body, letter.message_id, None, {}, False, None, False)
                    self._receivers[letter.addressee].on_batch([delivery])
        return carried


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    with ExitStack() as stack:
        yield Post(tmp_path_factory.mktemp("wide"), stack)


def issue(post: Post) -> str:
    """A notice to all three hundred."""
    document = Document(
        number=DocumentNumber(agency="通", year=2026, serial=1),
        kind=DocumentKind.NOTICE,
        issuer="办公室",
        title="关于做好防汛工作的通知",
        body="各部门要切实做好防汛工作。",
        date=date(2026, 6, 1),
    )
    return issue_notice(post.nodes[OFFICE], Notice(document=document, audience="departments"))


@pytest.fixture(scope="module")
def issued(post: Post) -> tuple[str, list[Parcel]]:
    """A notice to all three hundred, and every copy of a message on its way."""
    return issue(post), post.carry()


def forwardings(copies: list[Parcel]) -> dict[str, list[str]]:
    """Whom each forwarding went to."""
    found: dict[str, list[str]] = {}
    for copy in copies:
        if copy.kind == Forwarding.KIND:
            found.setdefault(copy.message_id, []).append(copy.addressee)
    return found


def test_three_hundred_bodies_get_a_notice_in_two_messages_each_in_one_of_them(
    issued: tuple[str, list[Parcel]],
) -> None:
    sent = forwardings(issued[1])
    assert sorted(len(addressees) for addressees in sent.values()) == [300 - MAX_ADDRESSEES, MAX_ADDRESSEES]
    assert sorted(one for addressees in sent.values() for one in addressees) == sorted(BODIES)


def test_receipts_and_answers_from_either_message_count_once_a_body(
    post: Post, issued: tuple[str, list[Parcel]]
) -> None:
    found = notice_status(post.nodes[OFFICE], issued[0])
    assert found is not None
    (count,) = found.counts
    assert (count.meant, count.has, count.signed, count.returned) == (300, 4, 2, 0)
    assert len(found.unsigned) + found.unsigned_more == 298


def test_each_of_them_is_proved_by_what_it_signed(post: Post, issued: tuple[str, list[Parcel]]) -> None:
    request = ask_receipts(post.nodes[OFFICE], issued[0])
    post.carry()
    found = Gathering(post.nodes[OFFICE], request).look()
    assert found.holds, found
    assert {one.address: one.state for one in found.proved} == {
        **dict.fromkeys(SIGNING, ReaderState.SIGNED),
        **dict.fromkeys(RECEIVING, ReaderState.HAS),
    }


def test_a_reminder_and_a_recall_reach_all_of_them_too(post: Post, issued: tuple[str, list[Parcel]]) -> None:
    notice_id = issued[0]
    remind(post.nodes[OFFICE], notice_id)
    reminded = forwardings(post.carry())
    assert sorted(one for some in reminded.values() for one in some) == sorted(set(BODIES) - set(SIGNING))
    recall(post.nodes[OFFICE], notice_id, "附件有误")
    recalled = forwardings(post.carry())
    assert sorted(one for some in recalled.values() for one in some) == sorted(BODIES)
    found = notice_status(post.nodes[OFFICE], notice_id)
    assert found is not None
    assert found.over
    assert found.at_recall is not None
    assert found.at_recall.signed_before.names == SIGNING
    assert found.at_recall.unsigned.names == RECEIVING
    assert found.at_recall.not_arrived.number == 296
    (count,) = found.counts
    assert (count.meant, count.has, count.signed, count.returned) == (300, 4, 2, 0)


def test_receipts_of_all_of_them_are_counted_once_and_shown_in_parts(post: Post) -> None:
    notice_id = issue(post)
    copies = post.carry()
    post.receipts_of_absent(copies)
    post.receipts_of_absent(copies)
    post.carry()
    found = notice_status(post.nodes[OFFICE], notice_id)
    assert found is not None
    (count,) = found.counts
    assert (count.meant, count.has, count.signed, count.returned) == (300, 300, 2, 0)
    gathering = Gathering(post.nodes[OFFICE], ask_receipts(post.nodes[OFFICE], notice_id))
    parts = [copy for copy in post.carry() if copy.kind == ReceiptsShown.KIND]
    assert len(parts) == -(-300 // MAX_SHOWN)
    evidence = gathering.look()
    assert evidence.holds
    assert tuple(one.address for one in evidence.proved) == BODIES
