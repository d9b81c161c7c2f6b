"""A member as the flow sees it, and one step of its work.

Window, department, monitor and relay office are the same kind of node: an identity, a store, a clock, a directory.
A `Step` is one transaction's worth: handlers change the store through it and say what is to be sent; `flush` signs,
seals and puts all of that into the outbox of the same transaction.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from exchange.clock import Clock
from exchange.directory import Lookup
from exchange.directory.addressing import home_of, hop_towards, queue_towards
from exchange.envelope import Identity, seal
from exchange.errors import NotFound
from exchange.machine.debts import Debts
from exchange.machine.logger import get_logger
from exchange.messaging.clock_watch import ClockWatch
from exchange.messaging.hints.logs import Beside
from exchange.messaging.observer import Observer
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import Outgoing, Parcel
from exchange.messaging.rules.intake import BEGINS
from exchange.messaging.rules.portals import check_addressees, check_written, may_write
from exchange.schemas import Body, Header, Matter, Role, Suite, Urgency
from exchange.store.journal import JournalEntry
from exchange.store.transaction import Store, Transaction
from exchange.workdays import WorkingCalendar

log = get_logger()


@dataclass
class Node:
    """All that a member's work depends on, handed in. Keys, directory and calendar are the only things that change."""

    identity: Identity
    directory: Lookup
    store: Store
    clock: Clock
    calendar: WorkingCalendar
    new_id: Callable[[], str]
    catalogue: Mapping[str, Matter] = field(default_factory=dict)
    suite: Suite = Suite.HYBRID
    newer: Callable[[], tuple[Identity, Lookup] | None] = lambda: None
    """Keys and directory that have come since they were last asked for."""
    hand_over: Callable[[Sequence[Parcel]], None] | None = None
    """Takes the copies of every committed step, where a dispatcher in this process wants them."""
    clock_watch: ClockWatch | None = None
    """Holds the clock against others, where it is the machine's own."""
    not_current: Callable[[], timedelta | None] = lambda: None
    """For how long, in real time, the directory is not known to be the present one; None while it is."""
    statement: Callable[[], bytes | None] = lambda: None
    """The latest statement of which directory is the present one."""
    take_statement: Callable[[bytes], None] = lambda data: None
    """Takes such a statement that came from elsewhere; one that proves nothing is passed over. Never raises."""
    audit_head: Callable[[], bytes | None] = lambda: None
    """The highest signed head of the domain's audit log that is known."""
    take_audit_head: Callable[[bytes], None] = lambda data: None
    """Takes such a head that came from elsewhere; one that proves nothing is passed over. Never raises."""
    newer_calendar: Callable[[Lookup], WorkingCalendar | None] = lambda directory: None
    """The calendar of working days, where it has become another since it was last asked for."""
    take_calendar: Callable[[bytes, Lookup], None] = lambda data, directory: None
    """Takes a signed calendar that came from elsewhere. Raises BadDirectory for one that does not count here."""
    intake: Callable[[], None] = lambda: None
    """Raises IntakeStopped while no new business is taken in: at doors. Whoever serves it finishes what has begun."""
    untold: Debts = field(default_factory=Debts)
    """Since when its monitors are to be told of deadlines that changed: they are at once where no round would do it."""
    observer: Observer = field(default_factory=Observer)
    """Hears of the work that is done."""
    beside: Beside = field(default_factory=Beside)
    """What of logs is to go beside messages, and has come beside them."""
    _renewing: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    def renew(self) -> None:
        """Take newer keys, a newer directory and calendar, where there are any. Safe from any thread, and cheap."""
        with self._renewing:
            found = self.newer()
            if found is not None:
                self.identity, self.directory = found
                log.info("member.renewed", node=self.address, directory=self.directory.version)
            calendar = self.newer_calendar(self.directory)
            if calendar is not None:
                self.calendar = calendar
                log.info("calendar.renewed", node=self.address, calendar=calendar.version)

    @property
    def address(self) -> str:
        """Return the member's own address."""
        return self.identity.address

    @property
    def domain(self) -> str:
        """Return the member's own domain."""
        return home_of(self.address)

    @property
    def monitors(self) -> tuple[str, ...]:
        """Return the addresses of all deadline monitors of the domain."""
        return tuple(member.address for member in self.directory.with_role(Role.MONITOR))

    def reachable(self, addresses: Sequence[str]) -> tuple[str, ...]:
        """Return those that can be sealed to; members leave the directory or are revoked while their cases go on.

        A portal can be reached by its window alone.
        """
        return tuple(
            address
            for address in addresses
            if self._in_tree(address)
            and self.directory.reachable(address, self.suite)
            and may_write(self.directory, self.address, address)
        )

    def has_role(self, address: str, role: Role) -> bool:
        """Tell whether a member of the own domain has a role; roles of other domains give no power here.

        Raises NotFound.
        """
        return role in self.directory.member(address).roles and address.rpartition(".")[0] == self.directory.domain

    def expect(self, addresses: Sequence[str]) -> None:
        """Check that all addressees can be written to. Raises NotFound, or Denied where a portal is at either end."""
        for address in addresses:
            if not self._in_tree(address):
                remedy = "write to it by another channel; levels are linked within one tree only"
                raise NotFound(
                    "{address} belongs to another tree than {domain}",
                    remedy=remedy,
                    address=address,
                    domain=self.domain,
                )
            self.directory.recipient(address, self.suite)
        check_addressees(self.directory, self.address, addresses)

    def _in_tree(self, address: str) -> bool:
        return hop_towards(self.domain, home_of(address)) is not None

    @contextmanager
    def step(self) -> Iterator[Step]:
        """Open one transaction: it commits when the block ends, with all that it sends in the outbox."""
        with ExitStack() as stack:
            step = Step(self, lambda: stack.enter_context(self.store.transaction()), self.clock.now())
            yield step
            step.flush()
        if self.hand_over is not None and step.parcels:
            self.hand_over(step.parcels)


@dataclass(frozen=True)
class Draft:
    """A message that a step will sign and seal when it ends."""

    header: Header
    body: Body
    enclosures: tuple[bytes, ...]
    needs_receipt: bool


class Step:
    """What handlers work with inside one transaction."""

    def __init__(self, node: Node, begin: Callable[[], Transaction], now: datetime) -> None:
        self.node = node
        self._begin = begin
        self._tx: Transaction | None = None
        self.now = now
        self.changed_parts: dict[tuple[str, str], None] = {}
        """Parts of cases whose deadlines the monitors must hear of when the step ends, in order."""
        self.parcels: list[Parcel] = []
        """What this step has put into the outbox, once it is flushed; for a dispatcher in this process."""
        self._drafts: list[Draft] = []
        self._journal: list[JournalEntry] = []
        self._digests: dict[str | None, bytes | None] = {}
        """Of messages whose signed bytes are at hand, by their ids; None where two came under one id."""
        self._before_flush: list[Callable[[Step], None]] = []

    @property
    def tx(self) -> Transaction:
        """Return the step's transaction, begun when first needed: what only sends seals before it holds a lock."""
        # Not a cached_property: on Python 3.11 those of all steps share one lock, and this one waits for its turn.
        if self._tx is None:
            self._tx = self._begin()
        return self._tx

    def send(
        self,
        body: Body,
        addressees: Sequence[str],
        *,
        conversation_id: str | None = None,
        in_reply_to: str | None = None,
        urgency: Urgency = Urgency.ORDINARY,
        message_id: str | None = None,
        enclosures: Sequence[bytes] = (),
        needs_receipt: bool = True,
    ) -> str:
        """Plan a message to ``addressees`` and return its id; it is signed once and sealed once for all of them.

        An addressee that is revoked, or not listed any more, is left out, and the journal says so: the others must
        not be kept from what concerns them. Whoever cannot do without an addressee looks first.

        Raises Denied at a portal for anything but filings for its window, and IntakeStopped at a door for what begins
        something while no new business is taken in.
        """
        if body.KIND in BEGINS:
            self.node.intake()
        check_written(self.node.directory, self.node.address, body.KIND, addressees)
        message_id = message_id or self.node.new_id()
        reached = self.node.reachable(addressees)
        if len(reached) < len(addressees):
            left_out = [one for one in addressees if one not in reached]
            self.note("not-sent", None, message_id, kind=body.KIND, left_out=left_out)
        if not reached:
            return message_id
        header = Header(
            message_id=message_id,
            conversation_id=conversation_id or message_id,
            in_reply_to=in_reply_to,
            kind=body.KIND,
            sender=self.node.address,
            addressees=reached,
            urgency=urgency,
            created_at=self.now,
            suite=self.node.suite,
        )
        self._drafts.append(Draft(header, body, tuple(enclosures), needs_receipt))
        return message_id

    def note(self, event: str, case_number: str | None = None, message_id: str | None = None, **detail: Any) -> None:
        """Plan a line in the node's journal; never content, only facts about its handling."""
        self._journal.append(JournalEntry(self.now, event, case_number, message_id, detail))

    def at_hand(self, message_id: str, digest: str) -> None:
        """Have the journal's lines of this step about a message say of which signed bytes they are (SHA-256)."""
        named = bytes.fromhex(digest)
        self._digests[message_id] = named if self._digests.get(message_id, named) == named else None

    def deadline_changed(self, case_number: str, department: str, tell: Callable[[Step], None]) -> None:
        """Register ``tell``, to be called once before the step ends, after all its changes."""
        self.changed_parts[(case_number, department)] = None
        self.before_end(tell)

    def before_end(self, work: Callable[[Step], None]) -> None:
        """Have ``work`` done once before the step ends, after all that it does till then."""
        if work not in self._before_flush:
            self._before_flush.append(work)

    def flush(self) -> None:
        """Sign, seal and write everything planned. Called by `Node.step`."""
        while self._before_flush:
            self._before_flush.pop(0)(self)
        if self._drafts:
            sealed = [self._seal(draft) for draft in self._drafts]
            for message_id, digest in self.tx[Outbox].add(sealed, self.now).items():
                self.at_hand(message_id, digest)
            self._drafts = []
            if self.node.hand_over is not None:
                self.parcels += self.tx[Outbox].parcels(sealed)
        if self._journal:
            self.tx.journal(self._journal, self._digests)
            self._journal = []

    def _seal(self, draft: Draft) -> Outgoing:
        header = draft.header
        recipients = [self.node.directory.recipient(address, header.suite) for address in header.addressees]
        sealed = seal(header, draft.body, self.node.identity, recipients, draft.enclosures)
        own = self.node.domain
        ways = ((address, queue_towards(own, header.kind, address, header.urgency)) for address in header.addressees)
        queues = {address: queue for address, queue in ways if queue is not None}
        return Outgoing(
            header=header,
            signed=sealed.signed,
            enclosures=draft.enclosures,
            common=sealed.common,
            recipients=sealed.recipients,
            queues=queues,
            needs_receipt=draft.needs_receipt,
            body=draft.body,
        )


def new_id() -> str:
    """Return a random message id (UUID version 4)."""
    return str(uuid.uuid4())
