"""What a notice says, to whoever has it: the origin's document, with all covers in front of it, every signature
verified anew from the bytes on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.envelope import verify_signed
from exchange.errors import NotFound, Returned
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.notices.origin import Covered, unpack
from exchange.notices.records import NoticeRow
from exchange.notices.store import Notices
from exchange.schemas import Forwarding, Notice


@dataclass(frozen=True)
class NoticeText:
    """A notice with its covers, as they were signed."""

    row: NoticeRow
    notice: Notice
    signed_at: datetime
    """When its origin signed it."""
    covers: tuple[Covered, ...]
    """The highest level's first."""


def notice_text(node: Node, notice_id: str) -> NoticeText:
    """Return the text of a notice.

    Raises NotFound for a notice that is not on record, Returned or another SenderError for one that is not valid
    any more.
    """
    with node.store.reading() as tx:
        row = tx[Notices].get(notice_id)
        if row is None:
            raise NotFound(
                "no notice {notice_id} here", remedy="`exchange notice list` shows them", notice_id=notice_id
            )
        own = tx[Documents].get(node.address, row.forwarding_id)
        stored = own or tx[Documents].get(row.source, row.forwarding_id)
    if stored is None:
        raise NotFound(
            "the text of notice {notice_id} is not on record", remedy="ask its origin for it", notice_id=notice_id
        )
    came = verify_signed(stored.signed, node.directory)
    if isinstance(came.body, Notice):
        return NoticeText(row, came.body, came.header.created_at, ())
    if isinstance(came.body, Forwarding):
        found = unpack(node, came.header, came.body, stored.enclosures)
        if isinstance(found.body, Notice):
            return NoticeText(row, found.body, found.header.created_at, found.covers)
    raise Returned("this is no notice", code="wrong-kind", remedy="ask its origin for it")
