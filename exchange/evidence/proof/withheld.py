"""What was left out for a bundle's reader: what receipts prove of it by its digest, and what cannot be examined.

Whatever was withheld might be just what would prove, or refute, something else. So nothing that hangs on it is called
proved, missing or a contradiction: it is called not examined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from functools import cached_property

from exchange.directory import Lookup
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.records import DOCUMENTS, RECEIPTS, ProvedRecords
from exchange.evidence.proof.words import REASONS
from exchange.language import NamedText, Text
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import Receipt, ReceiptOutcome


@dataclass(frozen=True)
class WithheldRecords:
    """The documents that were left out, and what is known of them."""

    named: Mapping[str, tuple[Receipt, ...]]
    """Receipts for each, by the document's digest; of one without any nobody knows whose it is."""
    lacks_receipts: bool
    """Whether receipts were left out, too."""

    @cached_property
    def _senders(self) -> frozenset[str]:
        return frozenset(one.sender for those in self.named.values() for one in those)

    @cached_property
    def _has_nobodys(self) -> bool:
        """Whether of one of them nobody knows whose it is."""
        return not all(self.named.values())

    def may_have(self, *senders: str) -> bool:
        """Return whether something that was left out may be of these members; of anybody, where none is named."""
        return bool(self.named) and (not senders or self._has_nobodys or not self._senders.isdisjoint(senders))

    @property
    def last_signed_for(self) -> datetime | None:
        """When the last of them was signed for: it was signed by then."""
        return max((one.signed_for_at for those in self.named.values() for one in those), default=None)


def withheld_in(bundle: Bundle, records: ProvedRecords) -> WithheldRecords:
    """Return what a bundle names as withheld, by the receipts that verify."""
    left_out = bundle.contents.withheld
    named: dict[str, list[Receipt]] = {one.sha256: [] for one in left_out if one.path.startswith(f"{DOCUMENTS}/")}
    for those in records.receipts.values():
        for receipt in those:
            if receipt.digest in named:
                named[receipt.digest].append(receipt)
    return WithheldRecords(
        {digest: tuple(those) for digest, those in named.items()},
        any(one.path.startswith(f"{RECEIPTS}/") for one in left_out),
    )


def withheld_findings(bundle: Bundle, records: ProvedRecords, withheld: WithheldRecords) -> Iterator[EvidenceFinding]:
    """Yield what was left out, what proves that it is there all the same, and what is neither there nor named."""
    for one in bundle.contents.withheld:
        words = Text("{path}: withheld from this reader: {why}",
                     {"path": one.path, "why": NamedText(REASONS[one.why])})  # fmt: skip
        yield EvidenceFinding(Weight.WITHHELD, FindingCode.FILE_WITHHELD, one.path, words)
        if one.path.startswith(f"{DOCUMENTS}/") and not withheld.named[one.sha256]:
            words = Text("{path}: no receipt is for it, so nothing shows that it was ever signed or sent",
                         {"path": one.path})  # fmt: skip
            yield EvidenceFinding(Weight.CLAIMED, FindingCode.WITHHELD_UNPROVED, one.path, words)
    listed = {one.path for one in bundle.contents.files}
    for key, those in records.receipts.items():
        for receipt in those if key not in records.documents else ():
            if receipt.digest in withheld.named:
                yield _by_digest(receipt)
            elif f"{DOCUMENTS}/{receipt.digest}.cose" not in listed:
                words = Text("{receiver} has signed for {id} of {sender}, which is neither in the bundle nor named as "
                             "withheld", _told(receipt))  # fmt: skip
                yield EvidenceFinding(Weight.MISSING, FindingCode.DOCUMENT_MISSING, receipt.message_id, words)


def _by_digest(receipt: Receipt) -> EvidenceFinding:
    at, about = receipt.signed_for_at, receipt.message_id
    if receipt.outcome is ReceiptOutcome.RETURNED:
        words = Text("{receiver} has sent {id} of {sender} back, which is withheld", _told(receipt))
        return EvidenceFinding(Weight.PROVED, FindingCode.RETURNED, about, words, at)
    words = Text("{receiver} has signed at {at} for {id} of {sender}, which is withheld: proved by its digest alone "
                 "is that it had these very bytes, and not what they say", _told(receipt))  # fmt: skip
    return EvidenceFinding(Weight.PROVED, FindingCode.RECEIVED_BY_DIGEST, about, words, at)


def _told(receipt: Receipt) -> dict[str, object]:
    return {"receiver": receipt.receiver, "sender": receipt.sender, "id": receipt.message_id,
            "at": moment_text(receipt.signed_for_at)}  # fmt: skip


class _Whose(StrEnum):
    """Whose documents, left out, might bear on a finding."""

    LEADS = auto()
    UNDECIDED = auto()
    """The lead's, where no decision is in the bundle: a later ledger of the term may be among them."""
    DEPARTMENTS = auto()
    """Of the department that it is about, or a substitute."""
    ANYBODYS = auto()
    RECEIPTS = auto()


_HANGS_ON: Mapping[FindingCode, _Whose] = {
    FindingCode.SUBJECT_MISSING: _Whose.LEADS,
    FindingCode.DECISION_MISSING: _Whose.LEADS,
    FindingCode.TERM_MISSING: _Whose.LEADS,
    FindingCode.NEVER_ASKED: _Whose.LEADS,
    FindingCode.TERM: _Whose.UNDECIDED,
    FindingCode.OPINION_IN_TIME: _Whose.UNDECIDED,
    FindingCode.OPINION_LATE: _Whose.UNDECIDED,
    FindingCode.OPINION_MISSING: _Whose.DEPARTMENTS,
    FindingCode.SILENCE_LAWFUL: _Whose.DEPARTMENTS,
    FindingCode.OPINION_DROPPED: _Whose.DEPARTMENTS,
    FindingCode.SILENCE_AGAINST_OPINION: _Whose.DEPARTMENTS,
    FindingCode.SILENCE_MISSING: _Whose.ANYBODYS,
    FindingCode.OPINION_COUNTED_LATE: _Whose.ANYBODYS,
    FindingCode.ASKED_WITHOUT_RECEIPT: _Whose.RECEIPTS,
    FindingCode.OPINION_WITHOUT_RECEIPT: _Whose.RECEIPTS,
    FindingCode.RECEIPT_MISSING: _Whose.RECEIPTS,
}
"""An opinion that its department has recalled is rightly not counted, and the recall may have been left out."""


def as_examined(
    found: list[EvidenceFinding], withheld: WithheldRecords, lead: str, directory: Lookup
) -> Iterator[EvidenceFinding]:
    """Yield findings as they are, but for those that what was left out may change."""
    decided = any(one.code is FindingCode.DECISION for one in found)
    for one in found:
        if _is_open(one, withheld, lead, directory, decided=decided):
            words = Text("not examined to the end, since something was withheld that may bear on it; "
                         "by what is there: {found}", {"found": one.text})  # fmt: skip
            yield EvidenceFinding(Weight.WITHHELD, FindingCode.NOT_EXAMINED, one.about, words)
        else:
            yield one


def _is_open(one: EvidenceFinding, withheld: WithheldRecords, lead: str, directory: Lookup, *, decided: bool) -> bool:
    whose = _HANGS_ON.get(one.code)
    if whose is None:
        return False
    if whose is _Whose.RECEIPTS:
        return withheld.lacks_receipts
    if whose is _Whose.UNDECIDED:
        return not decided and withheld.may_have(lead)
    if whose is _Whose.DEPARTMENTS:
        acting = (each.substitute for each in directory.directory.substitutions if each.department == one.about)
        return withheld.may_have(one.about, *acting)
    return withheld.may_have(lead) if whose is _Whose.LEADS else withheld.may_have()
