"""What goes into a bundle, each part once, under the path that its bytes give it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from exchange.evidence.bundle.receipt_file import receipt_file
from exchange.evidence.proof.records import DOCUMENTS, ENCLOSURES, RECEIPTS
from exchange.schemas import ReceiptProof


class BundleParts:
    """Files of a bundle that is being made."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def document(self, signed: bytes, enclosures: Iterable[bytes] = ()) -> None:
        """Add a signed document with what it encloses."""
        self.files[f"{DOCUMENTS}/{_digest(signed)}.cose"] = signed
        for one in enclosures:
            self.files[f"{ENCLOSURES}/{_digest(one)}"] = one

    def receipt(self, proof: ReceiptProof) -> None:
        """Add one receipt, and the batch in which it was signed; the batch's other receipts are not shown."""
        self.document(proof.signed)
        data = receipt_file(proof)
        self.files[f"{RECEIPTS}/{_digest(data)}.cbor"] = data

    def paper(self, folder: str, data: bytes, suffix: str = ".cose") -> None:
        """Add a signed paper by which others are verified."""
        self.files[f"{folder}/{_digest(data)}{suffix}"] = data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
