"""Taking the signed original out of a paper, in a process of its own: the PDF may be anybody's, and made to harm."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from pypdf import PdfReader

DONE, FAILED = 0, 3
ORIGINAL = "original.cose"
_LOOKED_AT = 50
"""Attachments, at most; a paper has one."""
_LONGEST = 2_200_000
"""Octets of an original: what a signed document has at most, and its signatures."""


def pages_in(pdf: bytes) -> int:
    """Return how many pages a PDF has; none where it cannot be read."""
    try:
        return len(PdfReader(io.BytesIO(pdf)).pages)
    except (Exception, RecursionError, MemoryError):
        return 0


def extract(asked: bytes, folders: Sequence[Path]) -> tuple[int, bytes]:
    """Return the original in a PDF; that there is none is a failure like any other."""
    try:
        attached = islice(PdfReader(io.BytesIO(asked)).attachment_list, _LOOKED_AT)
        found = next((one.content for one in attached if one.name == ORIGINAL), None)
    except (Exception, RecursionError, MemoryError):  # whatever a stranger's file brings a reader to
        found = None
    return (FAILED, b"") if found is None or len(found) > _LONGEST else (DONE, found)
