"""What the flow needs of a database: each table's verbs, and the transaction that holds them together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from exchange.flow.ports.api import GivenAnswers
from exchange.flow.ports.conservation import MessageFacts
from exchange.flow.ports.joint import Joints
from exchange.flow.ports.levels import Collections, Notices
from exchange.flow.ports.operating import Dead, Holds
from exchange.flow.ports.records import (
    CaseRow,
    DeadLetter,
    DeskRow,
    InboxEntry,
    JournalEntry,
    Known,
    OutboxView,
    Outgoing,
    Parcel,
    PartRow,
    Signed,
    StoredDocument,
    Unreceipted,
    WatchRow,
)
from exchange.flow.ports.sight import Sight
from exchange.rules.paging import Place
from exchange.rules.states import CaseState, DeskState, PartState, WatchState
from exchange.schemas import LedgerEntry, SentReminder


class Outbox(Protocol):
    """The only way out."""

    def add(self, messages: Sequence[Outgoing], now: datetime) -> None:
        """Writes documents, ciphertexts and copies; the copies are due at once. ``now`` is for the record."""

    def parcels(self, messages: Sequence[Outgoing]) -> list[Parcel]:
        """The copies of messages added in this transaction, as `due` would give them, without reading them back."""

    def due(self, now: datetime, limit: int, flying: Collection[int]) -> list[Parcel]:
        """Copies to publish now, urgent ones first, then in the order written; none whose id is in ``flying``.

        Ordinary ones that are due have a fifth of a full lot, however many urgent ones there are.
        Here and in ``again_at`` times are real time, whatever clock the node keeps: patience with a broker is real.
        """

    def next_due(self) -> datetime | None:
        """When the earliest waiting copy may be sent (again), of those that do not rest behind a hold."""

    def confirmed(self, queues: Sequence[str]) -> Mapping[str, int]:
        """How many copies of each queue are SENT; queues without any are left out."""

    def postpone(self, ids: Sequence[int], until: datetime) -> None:
        """SENT copies are due ``until``, without counting as sent again."""

    def hasten(self, at: datetime, queue: str | None = None) -> int:
        """SENT copies, of one queue or all, that were to be due later are due ``at``; how many. Not those at rest."""

    def mark_sent(self, ids: Sequence[int], now: datetime, again_at: datetime) -> None:
        """Confirmed by the broker: WRITTEN becomes SENT (or, needing no receipt, DELIVERED); else due ``again_at``."""

    def mark_failed(self, id: int, reason: str, now: datetime, again_at: datetime | None) -> None:
        """Records a failed attempt; ``again_at`` None gives up (FAILED) until an operator sends it again."""

    def mark_signed(self, receipts: Sequence[Signed], now: datetime) -> list[Signed]:
        """WRITTEN or SENT becomes DELIVERED or RETURNED where the digest is ours. Returns those it moved."""

    def resend(self, message_id: str, addressee: str | None, now: datetime) -> int:
        """Makes copies due at once, unless the addressee has signed for or returned them; the number of copies."""

    def waiting(self, message_id: str, addressee: str) -> Parcel | None:
        """One addressee's copy, if it is WRITTEN or SENT."""

    def rows(self, message_id: str) -> list[OutboxView]: ...

    def returned(self, since: datetime, kinds: Collection[str]) -> list[OutboxView]:
        """Copies of messages of these kinds that were sent back since then, in the order written."""

    def abandoned(self) -> list[OutboxView]:
        """FAILED copies, oldest first."""

    def unreceipted(self, addressee: str) -> list[Unreceipted]:
        """Copies for an addressee of which no receipt is on record; receipts themselves never have one."""

    def counts(self) -> dict[str, int]:
        """Copies by state."""

    def unsent(self) -> int:
        """Copies that have never gone out and do not rest behind a hold."""


class Inbox(Protocol):
    """Message ids recorded once."""

    def known(self, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Known]:
        """What is on record of these (sender, message id) pairs."""

    def record(self, entries: Sequence[InboxEntry], now: datetime) -> None:
        """Inserts the rows and their documents; a pair recorded before raises, which rolls the batch back."""

    def counts(self) -> dict[str, int]: ...

    def take(self, sender: str, message_id: str, now: datetime) -> bool:
        """The department's own system acknowledges; True if this call did it."""

    def dead(self, letters: Sequence[DeadLetter], now: datetime) -> None: ...

    def dead_letters(self, limit: int = 100) -> list[DeadLetter]:
        """Newest first; none that was discarded."""

    def dead_letter(self, id: str) -> DeadLetter | None:
        """One by its id; its ``first_at`` is when these bytes were first set aside, whatever for."""

    def revive(self, letter: DeadLetter) -> bool:
        """Its bytes have been taken in after all: they are no dead letter any more. True if this call did it."""

    def letters_of(self, message_ids: Collection[str]) -> list[DeadLetter]:
        """Dead letters under these message ids, oldest first."""

    def unhandled(self, sender: str, kind: str) -> list[DeadLetter]:
        """Dead letters that claim to be a sender's, of a kind, and whose message is not on record, oldest first.

        None that was discarded.
        """


class Documents(Protocol):
    """Signed documents, sent and received."""

    def get(self, sender: str, message_id: str) -> StoredDocument | None: ...

    def find(self, message_id: str) -> list[StoredDocument]:
        """By id alone (ids are unique only with their sender)."""

    def of_conversation(self, conversation_id: str, kind: str | None = None) -> list[StoredDocument]:
        """In the order recorded."""

    def named(self, conversation_id: str, kind: str) -> list[tuple[str, str]]:
        """Senders and message ids of a conversation's documents of one kind, in the order recorded."""

    def count(self, direction: str, kind: str) -> int: ...

    def recent(self, direction: str | None = None, kind: str | None = None, limit: int = 50) -> list[StoredDocument]:
        """Newest first."""


class Cases(Protocol):
    """Cases and their parts at a window."""

    def open(self, case: CaseRow, parts: Sequence[PartRow]) -> None: ...

    def get(self, number: str) -> CaseRow | None: ...

    def recent(self, state: CaseState | None = None, limit: int = 50) -> list[CaseRow]: ...

    def awaiting(self, until: datetime, after: Place | None, limit: int) -> list[CaseRow]:
        """Cases that may wait for their lead, those first that have been open longest: ready ones, open ones of which
        a part was escalated, or put to its department before ``until`` and not signed for, and decided ones that are
        to be reviewed. For `exchange.rules.paging.every`."""

    def running(self, department: str | None, after: PartRow | None, limit: int) -> list[PartRow]:
        """Parts that are issued or signed for, of one department or all, those due first before those without a due;
        behind one of them. For `exchange.rules.paging.every`."""

    def parts(self, number: str) -> list[PartRow]: ...

    def part(self, number: str, department: str) -> PartRow | None: ...

    def parts_of_messages(self, message_ids: Collection[str]) -> list[PartRow]:
        """Parts whose consultation or clearance is one of these messages."""

    def move(self, number: str, before: Collection[CaseState], after: CaseState, **fields: Any) -> bool:
        """One guarded UPDATE; ``fields`` are columns of CaseRow. True if this call moved it."""

    def move_part(
        self, number: str, department: str, before: Collection[PartState], after: PartState, **fields: Any
    ) -> bool:
        """One guarded UPDATE that also adds one to ``revision``; True if this call moved it."""

    def ledger(self, number: str, department: str) -> list[LedgerEntry]: ...

    def add_entries(self, number: str, department: str, entries: Sequence[LedgerEntry]) -> None:
        """Appends; entries are never changed."""

    def counts(self) -> dict[str, int]:
        """Parts by state, ``late`` for those with a late opinion, and cases by ``case-<state>``."""


class Watches(Protocol):
    """Open deadlines at a monitor."""

    def put(self, rows: Sequence[WatchRow]) -> int:
        """Inserts, or replaces one of a lower revision that is still RUNNING; how many took effect."""

    def due(self, now: datetime, limit: int) -> list[WatchRow]:
        """RUNNING rows whose ``next_at`` has come, earliest first; cost follows what is due, not what is open."""

    def next_at(self) -> datetime | None: ...

    def postpone(self, case_number: str, department: str, revision: int, next_at: datetime | None) -> None: ...

    def reminders(self, case_number: str, department: str) -> list[SentReminder]: ...

    def add_reminder(self, case_number: str, department: str, reminder: SentReminder, term_began: datetime) -> bool:
        """False if that stage has fired within the term that began then; an earlier term's is replaced."""

    def finish(self, case_number: str, department: str, revision: int, after: WatchState, now: datetime) -> bool:
        """RUNNING at this revision becomes ``after``; one guarded UPDATE."""

    def outdated(self, calendar: str, limit: int) -> list[WatchRow]:
        """RUNNING rows projected with another calendar."""

    def reproject(self, row: WatchRow) -> bool:
        """Takes over the row's projection (due, provisional, next look, calendar) where revision and RUNNING hold."""

    def board(self, limit: int = 100) -> list[WatchRow]: ...

    def counts(self) -> dict[str, int]: ...


class Desk(Protocol):
    """Consultations at a department."""

    def put(self, rows: Sequence[DeskRow]) -> None: ...

    def get(self, case_number: str) -> DeskRow | None: ...

    def by_opinion(self, message_id: str) -> DeskRow | None:
        """The row that this opinion of ours answered."""

    def page(self, state: DeskState, after: Place | None, limit: int) -> list[DeskRow]:
        """Those of one state, that which came first first, behind a place; for `exchange.rules.paging.every`."""

    def recent(self, limit: int = 100) -> list[DeskRow]: ...

    def move(self, case_number: str, before: Collection[DeskState], after: DeskState, **fields: Any) -> bool:
        """One guarded UPDATE; ``fields`` are columns of DeskRow. True if this call moved it."""

    def counts(self) -> dict[str, int]: ...


class Transaction(Protocol):
    """All tables of a node within one transaction."""

    @property
    def outbox(self) -> Outbox: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def watches(self) -> Watches: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def collections(self) -> Collections: ...
    @property
    def joints(self) -> Joints: ...
    @property
    def dead(self) -> Dead: ...
    @property
    def holds(self) -> Holds: ...
    @property
    def sight(self) -> Sight: ...
    @property
    def message_facts(self) -> MessageFacts: ...
    @property
    def answers(self) -> GivenAnswers: ...

    def journal(self, entries: Sequence[JournalEntry]) -> None: ...

    def journal_of(self, case_number: str) -> list[JournalEntry]: ...

    def recent_journal(self, limit: int = 200) -> list[JournalEntry]:
        """The last lines of the journal, oldest first."""

    def get_meta(self, key: str) -> str | None: ...

    def set_meta(self, key: str, value: str) -> None: ...


class Store(Protocol):
    """A node's database."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Writes; commits on leaving. Raises DatabaseUnavailable when the database cannot be reached or written.

        One at a time a node: what a step has read holds until it ends.
        """

    def reading(self) -> AbstractContextManager[Transaction]:
        """Reads only; never blocks a writer."""

    def try_writing(self, octets: int) -> None:
        """Writes so many octets, commits, and takes them away again. Raises as `transaction` does."""

    def mark(self) -> object | None:
        """Differs, as a rule, after a commit by whatever process, and is cheap to ask; None where there is none.

        Two commits within the grain of a file's times may leave the same mark: look anyway, now and then.
        """
