"""A portal that was taken over: whatever it signs, and by whichever way it comes, it has no more than an applicant has.

The members share the broker's account here, which would let it all through: what stops it is the product alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock
from exchange.directory.addressing import queue_for
from exchange.envelope import envelope_for, seal
from exchange.errors import Denied
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step, new_id
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.messaging.tables import inbox
from exchange.notices.issue import check_audience
from exchange.runtime.work import work_for
from exchange.schemas import Body, Document, Filing, FilingReceipt, Header, Opinion, Role, Urgency
from exchange.trials.local import LocalDomain, Seat
from tests.faults.messaging.test_hostile_input import push
from tests.journeys.city import MONDAY, City, wait_until
from tests.unit.examples import EXAMPLES

pytestmark = pytest.mark.broker

FILING: Any = EXAMPLES[Filing.KIND]
DOCUMENT: Any = EXAMPLES[Document.KIND]
ROLES = {"window": Role.WINDOW, "other": Role.WINDOW, "fire": Role.DEPARTMENT, "portal": Role.PORTAL}


@dataclass
class Town(City):
    """A city with a portal, and what its window and its portal have taken in."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    """Who took which message."""

    def take(self, step: Step, incoming: Incoming, body: Body) -> None:
        """Handle a filing, or what a window says of one."""
        self.taken.append((step.node.address.rpartition(".")[2], incoming.message_id))

    def forge(self, writer: str, reader: str, body: Body, queue: str | None = None) -> str:
        """Sign and seal with a member's key, and put it into a queue past all that the sender's side refuses."""
        header = Header(
            message_id=(message_id := new_id()), conversation_id=message_id, kind=body.KIND,
            sender=self.address(writer), addressees=(self.address(reader),), created_at=self.clock.now(),
        )  # fmt: skip
        recipients = [self.node(writer).directory.recipient(header.addressees[0], header.suite)]
        sealed = seal(header, body, self.node(writer).identity, recipients)
        envelope = envelope_for(sealed.common, sealed.recipients[header.addressees[0]])
        push(self, queue or queue_for(body.KIND, header.addressees[0], Urgency.ORDINARY), envelope)
        return message_id

    def fate(self, reader: str, writer: str, message_id: str) -> str:
        """The code under which it went back; empty where it was taken in."""
        key = (self.address(writer), message_id)

        def row() -> Any:
            with self.node(reader).store.reading() as tx:
                found = tx[Inbox]._db.execute(select(inbox).where(inbox.c.message_id == message_id)).first()
                return found if key in tx[Inbox].known([key]) else None

        wait_until(lambda: row() is not None, what="the message's arrival")
        return (row().reason or "").partition(":")[0]

    def receipt(self) -> FilingReceipt:
        """What the window says of it."""
        receipt: Any = EXAMPLES[FilingReceipt.KIND]
        told: FilingReceipt = receipt.model_copy(update={"received_at": self.clock.now()})
        return told

    def filing(self) -> Filing:
        """A filing of this moment."""
        filing: Filing = FILING.model_copy(update={"at": self.clock.now()})
        return filing


def make_town(folder: Path, info: NodeInfo, domain: str, *, accounts: bool) -> Town:
    """A town that is not yet served; with accounts its window and its portal note what they take, and do no more."""
    seats: dict[str, Seat] = {}
    town = Town(LocalDomain(folder, domain, info, clock := SteppedClock(MONDAY), seats, accounts=accounts), clock)
    town.local.periodic = False
    for name, role in ROLES.items():
        work = work_for((role,))
        if accounts:
            work.handlers |= {Filing.KIND: town.take, FilingReceipt.KIND: town.take}
        seats[town.address(name)] = Seat((role,), work, town.address("window") if role is Role.PORTAL else None)
    return town


@pytest.fixture
def town(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[Town]:
    with (made := make_town(tmp_path, broker, domain, accounts=False)).local:
        yield made


def test_with_its_own_account_a_portal_files_and_is_answered(tmp_path: Path, broker: NodeInfo, domain: str) -> None:
    if broker.management_url is None:
        pytest.skip("accounts need EXCHANGE_MANAGEMENT_URL")
    town = make_town(tmp_path, broker, domain, accounts=True)
    with town.local:
        for writer, reader, body in (("portal", "window", town.filing()), ("window", "portal", town.receipt())):
            with town.node(writer).step() as step:
                message_id = step.send(body, [town.address(reader)])
            town.wake(writer)
            town.local.settle()
            assert (reader, message_id) in town.taken
            with town.node(writer).store.reading() as tx:
                assert [row.state for row in tx[Outbox].rows(message_id)] == [OutboxState.DELIVERED]


@pytest.mark.parametrize(
    ("writer", "reader", "code"),
    [("portal", "other", "not-yours"), ("fire", "window", "not-entitled"), ("other", "window", "not-entitled"),
     ("portal", "fire", "unsupported")],
)  # fmt: skip
def test_a_filing_is_taken_of_the_windows_own_portal_and_of_nobody_else(
    town: Town, writer: str, reader: str, code: str
) -> None:
    forged = town.forge(writer, reader, town.filing())
    assert town.fate(reader, writer, forged) == code


@pytest.mark.parametrize("reader", ["fire", "window", "other"])
def test_nothing_else_that_a_portal_signs_is_taken_by_anybody(town: Town, reader: str) -> None:
    forged = town.forge("portal", reader, DOCUMENT)
    assert town.fate(reader, "portal", forged) == "not-entitled"


def test_an_opinion_that_a_portal_signs_goes_back_from_the_queue_of_opinions(town: Town) -> None:
    opinion = EXAMPLES[Opinion.KIND].model_copy(update={"department": town.address("fire"),
                                                        "decided_on": town.clock.now().date()})  # fmt: skip
    forged = town.forge("portal", "window", opinion)
    assert town.fate("window", "portal", forged) == "not-entitled"


def test_what_others_write_to_a_portal_is_set_aside_and_nobody_is_answered(town: Town) -> None:
    town.forge("fire", "portal", DOCUMENT)

    def letters() -> list[str]:
        with town.node("portal").store.reading() as tx:
            return [one.reason_code for one in tx[Inbox].dead_letters()]

    wait_until(lambda: letters() != [], what="the dead letter")
    assert letters() == ["not-entitled"]
    with town.node("portal").store.reading() as tx:
        assert tx[Outbox].next_due() is None


@pytest.mark.parametrize(
    ("writer", "reader", "body"),
    [("portal", "fire", FILING), ("portal", "other", FILING), ("portal", "window", DOCUMENT)],
)
def test_a_portal_writes_nothing_else_in_the_first_place(town: Town, writer: str, reader: str, body: Body) -> None:
    node = town.node(writer)
    with pytest.raises(Denied), node.step() as step:
        step.send(body, [town.address(reader)])
    with node.store.reading() as tx:
        assert tx[Outbox].next_due() is None


def test_nobody_but_its_window_writes_to_a_portal_and_no_notice_names_one(town: Town) -> None:
    portal = town.address("portal")
    town.window.expect([portal])
    for name in ("fire", "other"):
        node = town.node(name)
        assert node.reachable([portal, town.address("window")]) == (town.address("window"),)
        with pytest.raises(Denied, match="online window"):
            node.expect([portal])
        with pytest.raises(Denied, match="online window"):
            check_audience(node, f"all, {portal}")
