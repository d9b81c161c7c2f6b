"""The documents and receipts of a bundle, each verified by itself, and found by whom they are of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from exchange.audit import receipt_within
from exchange.envelope import Trust, Verified, verify_signed
from exchange.errors import ExchangeError
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.bundle.receipt_file import read_receipt_file
from exchange.evidence.proof.arrivals import arrived_from
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.trusting import BundleTrust
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import Body, Receipt, ReceiptBatch, ReceiptOutcome
from exchange.schemas.instants import CLOCK_SKEW

B = TypeVar("B", bound=Body)

DOCUMENTS, ENCLOSURES, RECEIPTS = "documents", "enclosures", "receipts"
_SUFFIX = ".cose"


@dataclass(frozen=True)
class ProvedDocument:
    """A document whose signature verifies."""

    digest: str
    """SHA-256 of the signed bytes: what a receipt names."""
    signed: bytes = field(repr=False)
    verified: Verified = field(repr=False)

    @property
    def key(self) -> tuple[str, str]:
        """By what a receipt names it: an id is unique with its sender."""
        return self.verified.header.sender, self.verified.header.message_id


@dataclass(frozen=True)
class ProvedRecords:
    """Everything in a bundle that verifies, and what was found on the way."""

    documents: Mapping[tuple[str, str], ProvedDocument]
    receipts: Mapping[tuple[str, str], tuple[Receipt, ...]]
    """By sender and id of the message that they are for."""
    findings: tuple[EvidenceFinding, ...]
    case: str | None = None
    """The number of the case that is judged: of what names another one `of` yields nothing."""
    _sorted: dict[type[Body], list[ProvedDocument]] = field(default_factory=dict, repr=False, compare=False)
    """By kind: every part of a case asks for the same."""

    @property
    def not_proved(self) -> set[str]:
        """Return the files that do not hold: nothing follows from what they say."""
        faults = (FindingCode.DOCUMENT_NOT_VERIFIED, FindingCode.RECEIPT_NOT_VERIFIED, FindingCode.FILE_CHANGED)
        return {one.about for one in self.findings if one.code in faults}

    def within(self, number: str) -> ProvedRecords:
        """Return them for judging a case: what is of another counts neither for nor against anybody."""
        return replace(self, case=number, _sorted={})

    def of(self, model: type[B]) -> Iterator[tuple[ProvedDocument, B]]:
        """Yield the documents of a kind, in the order in which they say they were signed."""
        if model not in self._sorted:
            found = [
                one for one in self.documents.values() if isinstance(one.verified.body, model) and self._is_in(one)
            ]
            self._sorted[model] = sorted(found, key=lambda one: (one.verified.header.created_at, one.digest))
        for one in self._sorted[model]:
            body: Any = one.verified.body
            yield one, body

    def _is_in(self, document: ProvedDocument) -> bool:
        said = getattr(document.verified.body, "case_number", None)
        return self.case is None or said in (None, self.case)

    def returned(self, document: ProvedDocument) -> bool:
        """Return whether somebody has sent these very bytes back: nobody there has taken it for anything."""
        those = self.receipts.get(document.key, ())
        return any(one.digest == document.digest and one.outcome is ReceiptOutcome.RETURNED for one in those)

    def receipt(self, document: ProvedDocument, receiver: str) -> Receipt | None:
        """Return a member's receipt for these very bytes; the earliest of several."""
        found = [one for one in self.receipts.get(document.key, ()) if one.receiver == receiver]
        same = [one for one in found if one.digest == document.digest]
        return min(same, key=lambda one: one.signed_for_at, default=None)


def read_records(bundle: Bundle, trust: BundleTrust) -> ProvedRecords:
    """Verify every document and receipt of a bundle."""
    findings: list[EvidenceFinding] = []
    signatures = _Signatures(trust.directory)
    signed = {path.removesuffix(_SUFFIX): data for path, data in bundle.under(DOCUMENTS)}
    receipts: dict[tuple[str, str], list[Receipt]] = {}
    for path, data in bundle.under(RECEIPTS):
        try:
            proof = read_receipt_file(data, signed)
            receipt = receipt_within(proof, signatures.verified(proof.signed))
        except ExchangeError as error:
            findings.append(_fault(FindingCode.RECEIPT_NOT_VERIFIED, "/".join((RECEIPTS, path)), error))
            continue
        receipts.setdefault((receipt.sender, receipt.message_id), []).append(receipt)
    same: dict[tuple[str, str], list[ProvedDocument]] = {}
    for digest, data in signed.items():
        found = _document(digest, data, signatures)
        if isinstance(found, EvidenceFinding):
            findings.append(found)
        elif not isinstance(found.verified.body, ReceiptBatch):
            same.setdefault(found.key, []).append(found)
    documents = {key: _signed_for(those, receipts.get(key, ())) for key, those in same.items()}
    records = ProvedRecords(documents, {key: tuple(those) for key, those in receipts.items()}, ())
    findings += [_twice(those[0]) for those in same.values() if len(those) > 1]
    for one in documents.values():
        findings += [*_enclosures(one, bundle), *_held_against(one, records)]
    findings += _both_ways(records)
    return ProvedRecords(records.documents, records.receipts, tuple(findings))


class _Signatures:
    """What was signed, each verified once: a batch is a document, and there are many receipts in it."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._found: dict[bytes, Verified | ExchangeError] = {}

    def verified(self, signed: bytes) -> Verified:
        """Verify a signed document. Raises as `verify_signed`."""
        if signed not in self._found:
            try:
                self._found[signed] = verify_signed(signed, self._trust)
            except ExchangeError as error:
                self._found[signed] = error
        found = self._found[signed]
        if isinstance(found, ExchangeError):
            raise found
        return found


def _signed_for(those: Sequence[ProvedDocument], receipts: Sequence[Receipt]) -> ProvedDocument:
    """Of several documents that somebody signed under one id, the one that others have signed for."""
    named = {one.digest for one in receipts}
    return next((one for one in those if one.digest in named), those[0])


def _document(digest: str, data: bytes, signatures: _Signatures) -> ProvedDocument | EvidenceFinding:
    path = "/".join((DOCUMENTS, digest + _SUFFIX))
    if hashlib.sha256(data).hexdigest() != digest:
        words = Text("{path}: the file does not bear the digest of what it holds", {"path": path})
        return EvidenceFinding(Weight.CONTRADICTION, FindingCode.FILE_CHANGED, path, words)
    try:
        return ProvedDocument(digest, data, signatures.verified(data))
    except ExchangeError as error:
        return _fault(FindingCode.DOCUMENT_NOT_VERIFIED, path, error)


def _fault(code: FindingCode, path: str, error: ExchangeError) -> EvidenceFinding:
    return EvidenceFinding(Weight.CONTRADICTION, code, path, Text("{path}: {why}", {"path": path, "why": error.text}))


def _twice(document: ProvedDocument) -> EvidenceFinding:
    sender, message_id = document.key
    words = Text("{sender} has signed two different documents under the id {id}", {"sender": sender, "id": message_id})
    return EvidenceFinding(Weight.CONTRADICTION, FindingCode.DOCUMENT_TWICE, message_id, words)


def _enclosures(document: ProvedDocument, bundle: Bundle) -> Iterator[EvidenceFinding]:
    """What was signed as enclosed is named by digest; without its bytes its content is not proved."""
    withheld = {one.path for one in bundle.contents.withheld}
    for digest in document.verified.enclosures:
        path = "/".join((ENCLOSURES, digest.hex()))
        data = bundle.files.get(path)
        if data is None and path not in withheld:
            words = Text("an enclosure of {id} is not in the bundle: {digest}",
                         {"id": document.key[1], "digest": digest.hex()})  # fmt: skip
            yield EvidenceFinding(Weight.MISSING, FindingCode.ENCLOSURE_MISSING, document.key[1], words)
        elif data is not None and hashlib.sha256(data).digest() != digest:
            words = Text("{path}: the file does not bear the digest of what it holds", {"path": path})
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.FILE_CHANGED, path, words)


def _held_against(document: ProvedDocument, records: ProvedRecords) -> Iterator[EvidenceFinding]:
    """Every receipt for a document is for its bytes, and was not signed before the document says it was."""
    said = document.verified.header.created_at
    for receipt in records.receipts.get(document.key, ()):
        named = {"receiver": receipt.receiver, "sender": receipt.sender, "id": receipt.message_id,
                 "at": moment_text(receipt.signed_for_at), "said": moment_text(said),
                 "arrived": moment_text(receipt.arrived_at)}  # fmt: skip
        if receipt.digest != document.digest:
            words = Text("{receiver} has signed for other bytes of {id} than those of {sender} in the bundle", named)
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.RECEIPT_OF_OTHER_BYTES, receipt.message_id, words)
        elif _cannot_be(receipt, said):
            words = Text("{receiver} has had {id} at {arrived} and signed for it at {at}, and {sender} dates it {said}",
                         named)  # fmt: skip
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.DATED_WRONGLY, receipt.message_id, words)
        elif receipt.outcome is ReceiptOutcome.RETURNED:
            words = Text("{receiver} has sent {id} of {sender} back", named)
            yield EvidenceFinding(Weight.PROVED, FindingCode.RETURNED, receipt.message_id, words, receipt.signed_for_at)
        else:
            words = Text("{receiver} has signed for {id} of {sender}", named)
            yield EvidenceFinding(Weight.PROVED, FindingCode.RECEIVED, receipt.message_id, words, receipt.signed_for_at)


def _both_ways(records: ProvedRecords) -> Iterator[EvidenceFinding]:
    """Who has taken a message cannot send the same bytes back, nor the other way round."""
    outcomes: dict[tuple[str, str, str, str], set[ReceiptOutcome]] = {}
    for those in records.receipts.values():
        for one in those:
            outcomes.setdefault((one.receiver, one.sender, one.message_id, one.digest), set()).add(one.outcome)
    for (receiver, sender, message_id, _), found in outcomes.items():
        if len(found) > 1:
            words = Text("{receiver} has signed both that it took {id} of {sender} and that it sent it back",
                         {"receiver": receiver, "sender": sender, "id": message_id})  # fmt: skip
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.RECEIPTS_DIFFER, message_id, words)


def _cannot_be(receipt: Receipt, said: datetime) -> bool:
    """Whether it was there or signed for before it was signed, by its own word, or signed for before it was there."""
    first = min(receipt.signed_for_at, arrived_from(receipt))
    return first < said - CLOCK_SKEW or receipt.arrived_at > receipt.signed_for_at + CLOCK_SKEW
