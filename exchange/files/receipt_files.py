"""Receipts on disk: everything that a count's evidence rests on, as it came, to be verified again at any time.

A folder holds ``notice.cose`` (what the origin signed), ``request.json`` (what was asked for), ``tally.cose`` (what
the own relay office had told, if it had), ``parts/`` (every part that was shown: a CBOR array of its signed bytes and
enclosures) and ``originals/`` (each authority's own signature alone, for whoever wants just that).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from exchange.directory.hierarchy import domain_of, relay_of
from exchange.envelope import Trust, pack_leaves, unpack_leaves, verify_signed
from exchange.envelope.strict import read_model
from exchange.errors import FileUnusable, Forged, Malformed, NotFound
from exchange.machine.files import make_folder, write_secret
from exchange.notices.evidence.ask import Kept, evidence_of
from exchange.notices.evidence.originals import EvidencePart, Subject, read_page
from exchange.notices.evidence.rules import Evidence
from exchange.schemas import Notice, ReceiptsRequest, ShownSort, Tally

_LARGEST = 8_000_000
_NOTICE, _REQUEST, _TALLY, _PARTS, _ORIGINALS = "notice.cose", "request.json", "tally.cose", "parts", "originals"


def write_receipts(folder: Path, kept: Kept) -> int:
    """Write a request's evidence into a folder; returns how many originals. What is there already is written anew.

    Raises FileUnusable.
    """
    for name in (_PARTS, _ORIGINALS):
        make_folder(folder / name)
    for path, content in receipts_by_name(kept):
        write_secret(folder / path, content)
    return sum(len(page.originals) for page in kept.pages)


def receipts_by_name(kept: Kept) -> Iterator[tuple[str, bytes]]:
    """Yield the files of such a folder, each by its path within."""
    yield _NOTICE, kept.notice
    yield _REQUEST, kept.request.model_dump_json().encode()
    if kept.tally is not None:
        yield _TALLY, kept.tally
    for page in kept.pages:
        yield from _page_by_name(page)


def verify_receipts(folder: Path, trust: Trust) -> tuple[ReceiptsRequest, Evidence]:
    """Verify what a folder proves, by the directories known now, which keep old certificates and revocations.

    Raises NotFound for a folder without receipts, FileUnusable, Malformed, Untrusted or Forged for what does
    not verify.
    """
    if not (folder / _REQUEST).exists():
        raise NotFound(
            "{folder} holds no receipts", remedy="`exchange notice receipts ID --out FOLDER` writes them", folder=folder
        )
    try:
        notice, asked = (folder / _NOTICE).read_bytes(), (folder / _REQUEST).read_bytes()
        tally = (folder / _TALLY).read_bytes() if (folder / _TALLY).exists() else None
        files = [path.read_bytes() for path in sorted((folder / _PARTS).glob("*.cbor"))]
    except OSError as error:
        raise FileUnusable(
            "{filename}: {reason}", remedy="make it readable", filename=error.filename, reason=error.strerror
        ) from error
    request = _request(asked)
    subject = _subject(notice, request, trust)
    told = _told(tally, request, trust) if tally is not None else None
    return request, evidence_of(request, subject, _pages(files, request, trust), told, trust)


def _page_by_name(page: EvidencePart) -> Iterator[tuple[str, bytes]]:
    yield f"{_PARTS}/{page.body.tally.domain}-{page.body.part:04}.cbor", pack_leaves([page.signed, *page.enclosures])
    for shown, original in zip(page.body.shown, page.originals, strict=True):
        ending = "cose" if shown.sort is ShownSort.SIGN_OFF else "receipt.json"
        yield f"{_ORIGINALS}/{shown.address}.{ending}", original


def _request(data: bytes) -> ReceiptsRequest:
    try:
        return read_model(ReceiptsRequest, data, ReceiptsRequest.KIND)
    except Malformed:
        raise Malformed(
            "{request} does not follow its schema", remedy="write the receipts out anew", request=_REQUEST
        ) from None


def _subject(notice: bytes, request: ReceiptsRequest, trust: Trust) -> Subject:
    verified = verify_signed(notice, trust)
    if not isinstance(verified.body, Notice) or verified.header.message_id != request.notice_id:
        raise Forged(
            "{notice} is not the notice that was asked about", remedy="write the receipts out anew", notice=_NOTICE
        )
    return Subject(request.notice_id, hashlib.sha256(notice).hexdigest())


def _told(tally: bytes, request: ReceiptsRequest, trust: Trust) -> Tally:
    verified = verify_signed(tally, trust)
    body = verified.body
    if not isinstance(body, Tally) or verified.header.sender != relay_of(domain_of(request.asker)):
        raise Forged("{tally} is not what the relay office of the one who asked has told", tally=_TALLY)
    return body


def _pages(files: Sequence[bytes], request: ReceiptsRequest, trust: Trust) -> list[EvidencePart]:
    found = []
    for data in files:
        signed, *enclosures = unpack_leaves(data, _LARGEST)
        page = read_page(signed, enclosures, trust)
        if page.body.request_id != request.request_id:  # of an earlier request, written into the same folder
            continue
        found.append(page)
    return found
