"""One receipt out of a signed batch, with a proof that needs nothing but the directory, and shows no neighbour."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.audit.merkle import leaf_hash, path_within, root_from_path, root_of
from exchange.envelope import Trust, Verified, verify_signed
from exchange.envelope.strict import read_model
from exchange.errors import Forged, Malformed
from exchange.schemas import Receipt, ReceiptBatch, ReceiptProof


class ReceiptTree:
    """A batch from which receipts are cut; its hashes are made once, however many that are."""

    def __init__(self, signed: bytes, leaves: Sequence[bytes]) -> None:
        self._signed = signed
        self._leaves = leaves
        self._hashes = [leaf_hash(leaf) for leaf in leaves]
        self._roots: dict[tuple[int, int], bytes] = {}

    def prove(self, index: int) -> ReceiptProof:
        """Cut one receipt with its path. Raises ValueError where there is none of that number."""
        size = len(self._leaves)
        path = path_within(self._root, index, size)
        return ReceiptProof(receipt=self._leaves[index], index=index, size=size, path=path, signed=self._signed)

    def _root(self, begin: int, end: int) -> bytes:
        found = self._roots.get((begin, end))
        if found is None:
            found = self._roots[begin, end] = root_of(self._hashes[begin:end])
        return found


def prove_receipt(signed: bytes, leaves: Sequence[bytes], index: int) -> ReceiptProof:
    """Cut one receipt with its path out of a batch."""
    return ReceiptTree(signed, leaves).prove(index)


def verify_receipt(proof: ReceiptProof, trust: Trust) -> Receipt:
    """Return a receipt whose signature, root and parties verify. Raises Malformed, Unsupported, Untrusted or Forged."""
    return receipt_within(proof, verify_signed(proof.signed, trust))


def receipt_within(proof: ReceiptProof, verified: Verified) -> Receipt:
    """Return a receipt of a batch that is verified already. Raises Malformed or Forged where it is none of it."""
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
