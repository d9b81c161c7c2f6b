"""Looking at a file before it is kept, whichever way it came: what it is by its content, and what a scanner says."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.portal.uploads.kinds import kind_of
from exchange.portal.uploads.scanning import Scan, ScannerPlace, scan

CLAMD = "clamd"
"""The scanner that found nothing, as it is recorded with a file."""


@dataclass(frozen=True)
class LookedAt:
    """What was found out about a file."""

    media_type: str
    scanned: str
    """What looked for malware in it; empty where nothing did."""


def look_at(place: ScannerPlace | None, data: bytes) -> LookedAt:
    """Return what a file is. Raises BadFile for what is empty, locked, of no kind that is taken, or harmful."""
    kind = kind_of(data)
    return LookedAt(kind, "" if scan(place, data) is Scan.NOT_SCANNED else CLAMD)
