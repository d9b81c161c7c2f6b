"""Everything on record about one message: itself, what it answers and what answers it, who has signed for it, and whose
own system has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from exchange.envelope.document import clear_header
from exchange.errors import NotFound
from exchange.evidence.bundle.contents import BundleSubject, SubjectKind
from exchange.evidence.collecting.logs import add_handovers
from exchange.evidence.collecting.messages import add_messages
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.collecting.witnesses import add_witnesses
from exchange.messaging.documents import Documents
from exchange.messaging.records import StoredDocument
from exchange.schemas import CaseAddition, Forwarding, JointDocument, JointDraft, Notice
from exchange.store import Store
from exchange.store.transaction import Transaction

_KINDS = {
    Notice.KIND: SubjectKind.NOTICE,
    JointDraft.KIND: SubjectKind.JOINT,
    JointDocument.KIND: SubjectKind.JOINT,
}
_CARRIERS = frozenset({Forwarding.KIND, CaseAddition.KIND})
"""What encloses another message, as its own sender has signed it."""


def collect_document(
    parts: BundleParts, stores: Mapping[str, Store], message_id: str
) -> tuple[BundleSubject, tuple[str, ...]]:
    """Add a message with its conversation and receipts; return what it is, and who had any of it. Raises NotFound."""
    subject: BundleSubject | None = None
    had = []
    looked_at: dict[str, Transaction] = {}
    logged = []
    with ExitStack() as stack:
        for member, store in stores.items():
            tx = looked_at[member] = stack.enter_context(store.reading())
            those = tx[Documents].find(message_id)
            for conversation in dict.fromkeys(one.conversation_id for one in those):
                those += tx[Documents].of_conversation(conversation)
            if not those:
                continue
            had.append(member)
            add_messages(parts, tx, member, _once(those))
            if add_handovers(parts, tx, member, {(one.sender, one.message_id) for one in those}):
                logged.append(member)
            for one in those:
                _add_enclosed(parts, one)
                if one.message_id == message_id and subject is None:
                    kind = _KINDS.get(one.kind, SubjectKind.DOCUMENT)
                    subject = BundleSubject(kind=kind, id=message_id, of=one.sender)
        add_witnesses(parts, looked_at, logged)
    if subject is None:
        raise NotFound(
            "no message {id} is on record here",
            remedy="`exchange inbox` and `exchange find` list messages; `--as` names whose records are read",
            id=message_id,
        )
    return subject, tuple(had)


def _once(those: Iterable[StoredDocument]) -> list[StoredDocument]:
    found = {(one.sender, one.message_id): one for one in those}
    return sorted(found.values(), key=lambda one: (one.recorded_at, one.message_id))


def _add_enclosed(parts: BundleParts, carrier: StoredDocument) -> None:
    """What was passed on is a document of its own, and so are its receipts elsewhere."""
    if carrier.kind in _CARRIERS and carrier.enclosures:
        signed = carrier.enclosures[0]
        clear_header(signed)  # it was verified when it came; what has no header now is no message
        parts.document(signed, carrier.enclosures[1:])
