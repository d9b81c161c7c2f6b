"""What the rules of this room look up: a notice's row, and what a forwarding carries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from exchange.envelope import Verified
from exchange.messaging.attested.contradiction import RowAt
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.notices.rules.covering import act_by_under
from exchange.notices.tables import notice, notice_copy, notice_reader
from exchange.schemas import Body, Cover, Forwarding, Notice, Recall
from exchange.store.rows import Row


@dataclass(frozen=True)
class CarriedNotice:
    """What an origin has signed, as one message has it."""

    sender: str
    message_id: str
    digest: str
    """SHA-256 of what the origin has signed."""
    body: Body
    covers: tuple[Cover, ...] = ()
    """Of the relay offices that the message has passed, its signer among them."""

    @property
    def act_by(self) -> str | None:
        """Until the end of which day it is to be dealt with, by the notice and its covers (ISO 8601)."""
        day = act_by_under(self.body, self.covers) if isinstance(self.body, Notice) else None
        return day.isoformat() if day is not None else None


def notice_row(view: RowsView, notice_id: str) -> Row | None:
    """Return the row of a notice."""
    return next(iter(view.rows.where(notice, "notice_id", (notice_id,))), None)


def notice_at(view: RowsView, notice_id: str) -> RowAt:
    """Return the name of a notice's row."""
    return RowAt(view.member, notice.name, notice_id)


def reader_row(view: RowsView, notice_id: str, address: str) -> Row | None:
    """Return the row of one of a relay office's own authorities."""
    return next(iter(view.rows.where(notice_reader, "address", (address,), notice_id=notice_id)), None)


def reader_at(view: RowsView, notice_id: str, address: str) -> RowAt:
    """Return the name of that row."""
    return RowAt(view.member, notice_reader.name, f"{notice_id} · {address}")


def carried(view: RowsView, paper: RecordedPaper) -> CarriedNotice | None:
    """Return what an origin has signed and a message carries: the message itself, or what it passes on.

    None where it carries nothing that verifies.
    """
    body, header = paper.body, paper.header
    if header is None or body is None:
        return None
    if not isinstance(body, Forwarding):
        return CarriedNotice(header.sender, header.message_id, paper.ref.digest, body)
    origin = view.enclosed(paper.enclosures[0]) if paper.enclosures else None
    if origin is None:
        return None
    stages = (view.enclosed(one) for one in paper.enclosures[1 + len(origin.enclosures) :])
    covers = [*_covers(stages), *([body.cover] if body.cover is not None else ())]
    digest = hashlib.sha256(paper.enclosures[0]).hexdigest()
    return CarriedNotice(origin.header.sender, origin.header.message_id, digest, origin.body, tuple(covers))


def _covers(stages: Iterator[Verified | None]) -> Iterator[Cover]:
    for stage in stages:
        if stage is not None and isinstance(stage.body, Forwarding) and stage.body.cover is not None:
            yield stage.body.cover


def came(view: RowsView, row: Row) -> Iterator[RecordedPaper]:
    """Yield the messages about a notice that came from its source: the notice, its reminders, its recall."""
    kinds = (Forwarding.KIND, Recall.KIND) if row["source"] != row["origin"] else (Notice.KIND, Recall.KIND)
    for kind in kinds:
        for sender, message_id in view.named(row["notice_id"], kind, row["source"]):
            paper = view.paper(sender, message_id)
            if paper is not None:
                yield paper


def brought(view: RowsView, row: Row) -> RecordedPaper | None:
    """Return the message by which a notice came to a reader or a relay office: the first that was taken in."""
    for paper in came(view, row):
        found = carried(view, paper)
        if found is not None and isinstance(found.body, Notice) and not view.sent_back(paper):
            return paper
    return None


def passed_on(view: RowsView, row: Row) -> list[str]:
    """Return the ids of the messages by which a relay office has passed a notice on."""
    sent = [message_id for _, message_id in view.named(row["notice_id"], Forwarding.KIND, view.member)]
    further = {one["message_id"] for one in view.rows.where(notice_copy, "message_id", sent)}
    return [one for one in sent if one == row["forwarding_id"] or one in further]
