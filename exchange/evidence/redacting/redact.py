"""Leaves out of a bundle's files what its reader may not see, and names what was left out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from exchange.envelope.document import enclosures_of, kind_declared, parse_body, payload_of
from exchange.errors import SenderError
from exchange.evidence.bundle.contents import BundleReader, WithheldFile, WithheldFor
from exchange.evidence.bundle.receipt_file import leaf_in
from exchange.evidence.proof.logs import ENTRIES, LOG
from exchange.evidence.proof.records import DOCUMENTS, ENCLOSURES, RECEIPTS
from exchange.evidence.redacting.rules import document_withheld, journal_withheld
from exchange.messaging.receipts import read_receipt
from exchange.schemas import MESSAGES, ReceiptBatch


@dataclass(frozen=True)
class Redacted:
    """What a reader gets."""

    files: Mapping[str, bytes]
    withheld: tuple[WithheldFile, ...]


def redact(files: Mapping[str, bytes], reader: BundleReader) -> Redacted:
    """Return the files that a reader gets, and those that it does not, by name, size and digest.

    Receipts stay, so that whoever lacks a document still has proof that these very bytes were signed for; but one that
    says why a document was sent back goes with it. No bytes that are left out stay under another name.
    """
    if reader is BundleReader.ALL:
        return Redacted(files, ())
    left_out = _documents(files, reader)
    gone = {_named(path): why for path, why in left_out.items()}
    shown = _shown(files, left_out) - gone.keys()
    for path, data in files.items():
        why = _other_withheld(path, data, reader, gone, shown)
        if why is not None:
            left_out[path] = why
    return Redacted(
        {path: data for path, data in files.items() if path not in left_out},
        tuple(_listed(path, files[path], why) for path, why in left_out.items()),
    )


def _documents(files: Mapping[str, bytes], reader: BundleReader) -> dict[str, WithheldFor]:
    found = {}
    for path, data in files.items():
        if _folder(path) == DOCUMENTS and (why := _document(data, reader)) is not None:
            found[path] = why
    return found


def _document(signed: bytes, reader: BundleReader) -> WithheldFor | None:
    try:
        kind = kind_declared(signed) or ""
        if kind == ReceiptBatch.KIND:
            return None  # it has no more than the root over receipts
        model = MESSAGES.get(kind)
        body = parse_body(model, payload_of(signed)) if model is not None else None
    except SenderError:
        body = None
    return document_withheld(reader, body)


def _shown(files: Mapping[str, bytes], left_out: Mapping[str, WithheldFor]) -> set[str]:
    """The digests of documents that stay, and of what they enclose."""
    found = set()
    for path, data in files.items():
        if _folder(path) == DOCUMENTS and path not in left_out:
            found |= {_named(path), *(one.hex() for one in _enclosed(data))}
    return found


def _enclosed(signed: bytes) -> tuple[bytes, ...]:
    try:
        return enclosures_of(signed)
    except SenderError:
        return ()


def _other_withheld(
    path: str, data: bytes, reader: BundleReader, gone: Mapping[str, WithheldFor], shown: set[str]
) -> WithheldFor | None:
    folder = _folder(path)
    if folder == ENCLOSURES and _named(path) not in shown:
        return gone.get(_named(path), WithheldFor.ATTACHMENT)
    if folder == RECEIPTS:
        receipt = read_receipt(leaf_in(data))
        return gone.get(receipt.digest) if receipt.reason else None
    return journal_withheld(reader) if folder == LOG and path.split("/")[2] == ENTRIES else None


def _folder(path: str) -> str:
    return path.partition("/")[0]


def _named(path: str) -> str:
    """The digest that a file is named after."""
    return path.rpartition("/")[2].partition(".")[0]


def _listed(path: str, data: bytes, why: WithheldFor) -> WithheldFile:
    return WithheldFile(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data), why=why)
