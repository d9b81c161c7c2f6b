"""What a relay office shows for its count, verified: each original by its own signer, for this notice and no other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exchange.audit.merkle import tree_root
from exchange.audit.receipts import verify_receipt
from exchange.directory.hierarchy import relay_of
from exchange.envelope import Trust, unpack_leaves, verify_signed
from exchange.envelope.strict import read_model
from exchange.errors import Forged, Malformed, SenderError
from exchange.language import Text
from exchange.notices.evidence.rules import DomainEvidence
from exchange.notices.rules.tally import received, returned, signed_for
from exchange.schemas import (
    Forwarding,
    Reader,
    ReceiptOutcome,
    ReceiptProof,
    ReceiptsShown,
    Shown,
    ShownSort,
    SignOff,
)

LONGEST = 262_144
"""Bytes that one original may have."""


@dataclass(frozen=True)
class Subject:
    """The notice that receipts must be about: its id, and SHA-256 of what its origin signed."""

    notice_id: str
    digest: str


@dataclass(frozen=True)
class EvidencePart:
    """One part as it came, its signature verified: what it says, and the originals beside it."""

    signed: bytes
    enclosures: tuple[bytes, ...]
    body: ReceiptsShown
    originals: tuple[bytes, ...]
    forwardings: Mapping[str, bytes]
    """What receipts are of, by SHA-256."""


def read_page(signed: bytes, enclosures: Sequence[bytes], trust: Trust) -> EvidencePart:
    """Verify one part. Raises Malformed, Unsupported, Untrusted or Forged; nobody shows for another domain."""
    verified = verify_signed(signed, trust)
    body = verified.body
    if not isinstance(body, ReceiptsShown):
        raise Malformed("receipts: what was signed shows none")
    if verified.header.sender != relay_of(body.tally.domain):
        raise Forged(
            "receipts: {sender} does not speak for {domain}", sender=verified.header.sender, domain=body.tally.domain
        )
    if verified.enclosures != tuple(hashlib.sha256(one).digest() for one in enclosures):
        raise Forged("receipts: the enclosures are not those that were signed")
    return page_of(body, enclosures, signed)


def page_of(body: ReceiptsShown, enclosures: Sequence[bytes], signed: bytes = b"") -> EvidencePart:
    """Return one part, its originals unpacked; ``signed`` is empty for what is on record here. Raises Malformed."""
    originals = tuple(unpack_leaves(enclosures[0], LONGEST)) if enclosures else ()
    if len(originals) != len(body.shown) or len(enclosures) > 2:
        raise Malformed("receipts: not as many originals as are named")
    others = unpack_leaves(enclosures[1], LONGEST) if len(enclosures) == 2 else []
    forwardings = {hashlib.sha256(one).hexdigest(): one for one in others}
    return EvidencePart(signed, tuple(enclosures), body, originals, forwardings)


def account_of(pages: Sequence[EvidencePart], subject: Subject, trust: Trust) -> DomainEvidence:
    """Return what one domain has shown in answer to one request, in whatever order and how often its parts came."""
    first = min(pages, key=lambda page: (page.body.part, page.signed))
    common = _common(first)
    facts: dict[tuple[str, str | None], Reader] = {}
    faults = [] if all(_common(page) == common for page in pages) else [Text("its parts say different things")]
    for page in sorted(pages, key=lambda page: (page.body.part, page.signed)):
        for fact in _verified(page, subject, trust, faults):
            facts[(fact.address, fact.proof)] = fact
    body = first.body
    leaves = [bytes.fromhex(digest) for digest in (*body.proofs, *(r.root for r in body.branches if r.root))]
    return DomainEvidence(
        tally=body.tally,
        proofs=body.proofs,
        branches=body.branches,
        rebuilt=tree_root(leaves).hex() if leaves else None,
        whole={page.body.part for page in pages} >= set(range(1, body.parts + 1)),
        facts=tuple(facts.values()),
        faults=tuple(one for at, one in enumerate(faults) if one not in faults[:at]),
    )


def by_domain(pages: Iterable[EvidencePart]) -> dict[str, list[EvidencePart]]:
    """Group parts by the domain that shows them."""
    found: dict[str, list[EvidencePart]] = {}
    for page in pages:
        found.setdefault(page.body.tally.domain, []).append(page)
    return found


def verify_original(shown: Shown, original: bytes, page: EvidencePart, subject: Subject, trust: Trust) -> Reader:
    """Return the fact that one original proves.

    Raises a SenderError: not signed by that authority, of another notice, altered.
    """
    domain = page.body.tally.domain
    if shown.address.rpartition(".")[0] != domain:
        raise Forged("{address} is no authority of {domain}", address=shown.address, domain=domain)
    if shown.sort is ShownSort.SIGN_OFF:
        return _sign_off(shown.address, original, domain, subject, trust)
    return _receipt(shown.address, original, page.forwardings, domain, subject, trust)


def _common(page: EvidencePart) -> tuple[object, ...]:
    body = page.body
    return body.tally, body.proofs, body.branches, body.parts


def _verified(page: EvidencePart, subject: Subject, trust: Trust, faults: list[Text]) -> Iterator[Reader]:
    for shown, original in zip(page.body.shown, page.originals, strict=True):
        try:
            yield verify_original(shown, original, page, subject, trust)
        except SenderError as error:
            told = {"address": shown.address, "error": error}
            faults.append(Text("what is shown for {address} does not verify: {error}", told))


def _sign_off(address: str, original: bytes, domain: str, subject: Subject, trust: Trust) -> Reader:
    verified = verify_signed(original, trust)
    body = verified.body
    if not isinstance(body, SignOff):
        raise Malformed("not an answer to a notice")
    if verified.header.sender != address:
        raise Forged("signed by {sender}", sender=verified.header.sender)
    if verified.header.addressees != (relay_of(domain),):
        raise Forged("given to somebody else")
    if body.notice_id != subject.notice_id or body.digest != subject.digest:
        raise Forged("an answer to another notice")
    proof = hashlib.sha256(original).hexdigest()
    if body.accepted:
        return signed_for(address, body.at, proof)
    return returned(address, body.at, body.reason.strip(), proof)


def _receipt(
    address: str, original: bytes, forwardings: Mapping[str, bytes], domain: str, subject: Subject, trust: Trust
) -> Reader:
    try:
        receipt_proof = read_model(ReceiptProof, original, "receipt-proof")
    except Malformed:
        raise Malformed("not a receipt with its path") from None
    receipt = verify_receipt(receipt_proof, trust)
    if receipt.receiver != address or receipt.sender != relay_of(domain):
        raise Forged("a receipt of {receiver} for {sender}", receiver=receipt.receiver, sender=receipt.sender)
    if receipt.digest not in forwardings:
        raise Forged("what the receipt is of is not shown with it")
    verified = verify_signed(forwardings[receipt.digest], trust)
    passed = verified.body
    if not isinstance(passed, Forwarding) or verified.header.sender != relay_of(domain):
        raise Forged("a receipt of something that was not passed on there")
    if passed.notice_id != subject.notice_id or passed.digest != subject.digest:
        raise Forged("a receipt of another notice")
    if verified.header.message_id != receipt.message_id or address not in verified.header.addressees:
        raise Forged("a receipt of what was passed on to others")
    proof = hashlib.sha256(receipt_proof.receipt).hexdigest()
    if receipt.outcome is ReceiptOutcome.ACCEPTED:
        return received(address, receipt.signed_for_at, proof)
    return returned(address, receipt.signed_for_at, f"{receipt.reason_code}: {receipt.reason}", proof)
