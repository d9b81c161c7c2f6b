"""What the flow needs from the outside, as interfaces and plain records: a store and a broker.

The contract in prose. All work of one step happens inside one `Store.transaction`; leaving it normally commits,
an exception rolls everything back. Every change of state is one guarded UPDATE that reports whether it happened.
The broker side moves bytes: it confirms, returns or loses a parcel, and hands over deliveries in queue order; a
delivery is acknowledged only when the function it was given to has returned.
"""

from exchange.flow.ports.broker import (
    Delivery,
    OnBatch,
    OnResults,
    Publication,
    Publisher,
    PublishOutcome,
    PublishResult,
)
from exchange.flow.ports.conservation import FactPage, FactStream, MessageFacts
from exchange.flow.ports.joint import JointRow, Joints, JointSignatureRow
from exchange.flow.ports.levels import (
    AggregateRow,
    AnswerRow,
    BranchRow,
    CollectionRow,
    Collections,
    NoticeRow,
    Notices,
    ReaderRow,
)
from exchange.flow.ports.observer import Observer, Observers
from exchange.flow.ports.operating import Dead, Holds
from exchange.flow.ports.records import (
    CaseRow,
    DeadCause,
    DeadLetter,
    DeskRow,
    InboxEntry,
    JournalEntry,
    Known,
    OutboxState,
    OutboxView,
    Outgoing,
    Parcel,
    PartRow,
    Signed,
    StoredDocument,
    Unreceipted,
    WatchRow,
)
from exchange.flow.ports.store import (
    Cases,
    Desk,
    Documents,
    Inbox,
    Outbox,
    Store,
    Transaction,
    Watches,
)
from exchange.rules.holding import Hold
from exchange.rules.states import CaseState, PartState, WatchState

__all__ = [
    "AggregateRow",
    "AnswerRow",
    "BranchRow",
    "CaseRow",
    "CaseState",
    "Cases",
    "CollectionRow",
    "Collections",
    "Dead",
    "DeadCause",
    "DeadLetter",
    "Delivery",
    "Desk",
    "DeskRow",
    "Documents",
    "FactPage",
    "FactStream",
    "Hold",
    "Holds",
    "Inbox",
    "InboxEntry",
    "JointRow",
    "JointSignatureRow",
    "Joints",
    "JournalEntry",
    "Known",
    "MessageFacts",
    "NoticeRow",
    "Notices",
    "Observer",
    "Observers",
    "OnBatch",
    "OnResults",
    "Outbox",
    "OutboxState",
    "OutboxView",
    "Outgoing",
    "Parcel",
    "PartRow",
    "PartState",
    "Publication",
    "PublishOutcome",
    "PublishResult",
    "Publisher",
    "ReaderRow",
    "Signed",
    "Store",
    "StoredDocument",
    "Transaction",
    "Unreceipted",
    "WatchRow",
    "WatchState",
    "Watches",
]
