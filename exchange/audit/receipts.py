"""One receipt out of a signed batch, with a proof that needs nothing but the directory, and shows no neighbour."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.audit.merkle import inclusion_path, root_from_path
from exchange.envelope import Trust, verify_signed
from exchange.envelope.strict import read_model
from exchange.errors import Forged, Malformed
from exchange.schemas import Receipt, ReceiptBatch, ReceiptProof


def prove_receipt(signed: bytes, leaves: Sequence[bytes], index: int) -> ReceiptProof:
    """Cut one receipt with its path out of a batch."""
    return ReceiptProof(
        receipt=leaves[index], index=index, size=len(leaves), path=inclusion_path(leaves, index), signed=signed
    )


def verify_receipt(proof: ReceiptProof, trust: Trust) -> Receipt:
    """Return a receipt whose signature, root and parties verify. Raises Malformed, Unsupported, Untrusted or Forged."""
    verified = verify_signed(proof.signed, trust)
    batch = verified.body
    if not isinstance(batch, ReceiptBatch):
        raise Malformed("receipt: what was signed is not a batch of receipts")
    if (
        proof.size != batch.size
        or root_from_path(proof.receipt, proof.index, proof.size, proof.path).hex() != batch.root
    ):
        raise Forged("receipt: not in the batch that was signed")
    receipt = read_model(Receipt, proof.receipt, "receipt")
    if receipt.receiver != verified.header.sender or batch.receiver != receipt.receiver:
        raise Forged("receipt: speaks for somebody else than its signer")
    if receipt.sender != batch.sender or receipt.sender not in verified.header.addressees:
        raise Forged("receipt: for somebody else's message")
    return receipt
