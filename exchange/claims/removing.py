"""Removal: the parts of an attachment that nobody names any more are taken out of the store."""

from __future__ import annotations

from exchange.claims.objects import ClaimStore
from exchange.claims.upload import part_name
from exchange.envelope.chunks import ChunkStream
from exchange.schemas.claim import ClaimCheck


def parts_of(claim: ClaimCheck) -> int:
    """Return of how many objects an attachment is made in the store."""
    return ChunkStream.of(claim).parts


def remove(object_key: str, parts: int, store: ClaimStore) -> None:
    """Remove an attachment's parts; those that are gone already are no fault. Raises ClaimStoreUnavailable."""
    for part in range(parts):
        store.delete(part_name(object_key, part))
    store.tidy(object_key)
