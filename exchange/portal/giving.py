"""The files of one's own, given back: from the draft, or decrypted part by part from the claim store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from exchange.claims import ClaimStore, opened_parts
from exchange.errors import NotFound
from exchange.messaging.node import Node
from exchange.portal.large_files import claim_of
from exchange.portal.records import DraftFile
from exchange.portal.store import Drafts


def content_of(node: Node, claims: Callable[[], ClaimStore], number: str, file: DraftFile) -> Iterator[bytes]:
    """Return a file's content, piece by piece; the first piece is there before anything is given out.

    Raises NotFound, ClaimMissing or ClaimStoreUnavailable.
    """
    if file.claim is not None:
        parts = opened_parts(claim_of(file.claim), claims())
        return chain([next(parts)], parts)
    with node.store.reading() as tx:
        content = tx[Drafts].content(number, file.file_id)
    if content is None:
        raise NotFound("there is no such file any more", remedy="look at the page again")
    return iter((content,))
