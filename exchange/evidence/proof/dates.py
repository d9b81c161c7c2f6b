"""What documents say of time, held against each other: no message is older than one that it names.

Receivers send back what dates itself otherwise than its own body; whoever has all the keys need not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.errors import Implausible
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.naming import statements_of
from exchange.evidence.proof.records import ProvedDocument, ProvedRecords
from exchange.language import Text
from exchange.messaging.rules.moments import check_moments, moment_text, precedes
from exchange.schemas import Acceptance, Decision


def date_findings(records: ProvedRecords) -> Iterator[EvidenceFinding]:
    """Yield documents that cannot have been signed when they say, but for those that somebody has sent back."""
    dated = {message_id: one.verified.header.created_at for (_, message_id), one in records.documents.items()}
    for document in records.documents.values():
        if not records.returned(document):
            yield from _moments(document)
            yield from _older(document, dated)


def _moments(document: ProvedDocument) -> Iterator[EvidenceFinding]:
    """Its body says when it was signed as its header does."""
    body, signed_at = document.verified.body, document.verified.header.created_at
    sender, message_id = document.key
    try:
        check_moments(body, signed_at)
    except Implausible as error:
        words = Text("{sender}'s {id}: {why}", {"sender": sender, "id": message_id, "why": error.text})
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.DATED_WRONGLY, message_id, words)
    if isinstance(body, Decision) and precedes(body.decided_at, signed_at):
        words = Text("{sender} has decided at {said}, it says, and signed that at {at}",
                     {"sender": sender, "said": moment_text(body.decided_at),
                      "at": moment_text(signed_at)})  # fmt: skip
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.DECISION_DATED_BACK, message_id, words)


def _older(document: ProvedDocument, dated: dict[str, datetime]) -> Iterator[EvidenceFinding]:
    """Ids are drawn by chance: nobody names one that is not there yet. What a decision counts is looked at with it."""
    body, at = document.verified.body, document.verified.header.created_at
    names = {name for one in statements_of(body) for name in one.names}
    if isinstance(body, Decision):
        return
    if isinstance(body, Acceptance):
        names, at = {body.filing_id}, min(at, body.accepted_from or at)
    for name in sorted(name for name in names if name in dated and precedes(at, dated[name])):
        named = {"sender": document.key[0], "id": document.key[1], "other": name, "said": moment_text(at),
                 "at": moment_text(dated[name])}  # fmt: skip
        words = Text("{sender} dates {id} {said}, before {other}, which it names and which is of {at}", named)
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.DATED_WRONGLY, document.key[1], words)
