"""All rules of this room."""

from __future__ import annotations

from exchange.documents.attested.requests import REQUESTS_HELD
from exchange.documents.attested.ways import DOCUMENT_PAPERS, FORWARDS, HANDLINGS_HELD

DOCUMENT_ROWS = (REQUESTS_HELD, FORWARDS, HANDLINGS_HELD)
__all__ = ["DOCUMENT_PAPERS", "DOCUMENT_ROWS"]
