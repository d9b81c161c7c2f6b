"""What was signed, from what somebody has: the signed file itself, or a paper with it inside."""

from __future__ import annotations

from exchange.paper.confined import TaskFailed, run_confined

LONGEST_PDF = 4 * 1024 * 1024
"""Octets of a paper that is looked into."""
_SECONDS = 10.0
"""Of a processor."""
_MEMORY = 1 << 29
_BEGINS = b"%PDF-"


def is_pdf(data: bytes) -> bool:
    """Return whether a file says that it is a PDF."""
    return data.startswith(_BEGINS)


def original_of(pdf: bytes) -> bytes | None:
    """Return the signed document in a paper; None where there is none, or the file cannot be read.

    Nothing but its signature says anything of it, whatever stands on the paper around it.
    """
    if len(pdf) > LONGEST_PDF:
        return None
    try:
        return run_confined("extract", pdf, (), _SECONDS, _MEMORY)
    except TaskFailed:
        return None
