"""Large attachments: left in a store that anybody may keep, as parts that only the document's readers can open."""

from exchange.claims.fetch import fetch, is_at, opened_parts
from exchange.claims.objects import ClaimStore, open_claim_store
from exchange.claims.place import parse_place
from exchange.claims.removing import parts_of, remove
from exchange.claims.upload import Begun, Progress, upload

__all__ = [
    "Begun",
    "ClaimStore",
    "Progress",
    "fetch",
    "is_at",
    "open_claim_store",
    "opened_parts",
    "parse_place",
    "parts_of",
    "remove",
    "upload",
]
