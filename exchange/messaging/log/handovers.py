"""Handing over: that a member's own system has a message, or did not say so in time, as the member's journal tells it.

The journal is sealed by the member's log, so that what stands here is signed by the member, and cannot be changed
later without being found out.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import StringConstraints
from sqlalchemy import Connection, bindparam, select

from exchange.envelope.strict import read_model
from exchange.errors import Malformed
from exchange.schemas.base import Address, Digest, Title, Wire
from exchange.store.journal import JournalEntry
from exchange.store.tables import journal

_j = journal.c
_WHAT = "line of a journal about handing over"
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)
_AT_ONCE = 500
"""Messages of which a database is asked at once."""


class HandoverEvent(StrEnum):
    """What a journal says of it."""

    DONE = "handed-over"
    """The member's own system has acknowledged the message."""
    FAILED = "handover-failed"
    """The own system had the message on lease, and did not acknowledge it before the lease was over."""


class HandoverWay(StrEnum):
    """By which way the own system takes messages."""

    API = "api"
    """The REST API, with a token."""
    LIBRARY = "library"
    """The Python library, on the member's own machine."""


class HandingSystem(Wire):
    """Which system it is that has a message in hand."""

    TITLE: ClassVar[Title] = ("部门系统", "Department system")

    way: HandoverWay
    name: Annotated[str, StringConstraints(max_length=100)] = ""
    """Of its token, as whoever made that has named it; empty of the library."""
    token_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{0,64}$")] = ""
    """The public part of the token; the secret part is nowhere."""


class HandoverDetail(Wire):
    """What a line of a journal says besides its moment, its event and the message's id."""

    TITLE: ClassVar[Title] = ("交付记录", "Line about handing over")

    sender: Address
    digest: Digest
    """SHA-256 of the message as it was signed."""
    system: HandingSystem | None = None
    """None of what failed: who had it is not on record."""


@dataclass(frozen=True, slots=True)
class Handover:
    """One line of a journal about it."""

    event: HandoverEvent
    at: datetime
    """When it was acknowledged; of one that failed, when it was found that its lease was over."""
    sender: str
    message_id: str
    digest: str
    """SHA-256 of the message as it was signed."""
    system: HandingSystem | None
    """None of one that failed: who had it is not on record."""


_TOLD = (
    select(_j.at, _j.event, _j.message_id, _j.detail)
    .where(_j.message_id.in_(bindparam("ids", expanding=True)), _j.event.in_(list(HandoverEvent)))
    .order_by(_j.id)
)


def handover_line(one: Handover) -> JournalEntry:
    """Return the line of a journal. It belongs into the transaction in which the inbox learns of it."""
    told = HandoverDetail(sender=one.sender, digest=one.digest, system=one.system)
    return JournalEntry(one.at, one.event.value, None, one.message_id, told.model_dump(mode="json", exclude_none=True))


class Handovers:
    """What a journal says of handing over, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of(self, message_ids: Collection[str]) -> list[Handover]:
        """Return what the journal says of these messages, in order; nothing of a line that cannot be read."""
        found: list[Handover] = []
        wanted = list(dict.fromkeys(message_ids))
        for begin in range(0, len(wanted), _AT_ONCE):
            for row in self._db.execute(_TOLD, {"ids": wanted[begin : begin + _AT_ONCE]}):
                try:
                    found.append(read_handover(row.event, row.at, row.message_id, row.detail))
                except Malformed:
                    continue  # its member's log says whether somebody has changed it
        return found


def is_handover(event: str) -> bool:
    """Return whether a journal's event is about handing over."""
    return event in set(HandoverEvent)


def read_handover(event: str, at: datetime, message_id: str | None, detail: str) -> Handover:
    """Read a line of a journal for which `is_handover` holds. Raises Malformed."""
    told = read_model(HandoverDetail, detail.encode(), _WHAT)
    kind = HandoverEvent(event)
    if message_id is None or not _ID.fullmatch(message_id) or (kind is HandoverEvent.DONE) is not bool(told.system):
        raise Malformed("line of a journal about handing over: a part is missing")
    return Handover(kind, at, told.sender, message_id, told.digest, told.system)
