"""What a member's database says in the end, read a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from exchange.approval.rules.states import PartState
from exchange.approval.tables import case_file, part
from exchange.messaging.records import OutboxState
from exchange.messaging.register.records import RegisterSide
from exchange.messaging.register.tables import register
from exchange.messaging.tables import inbox, outbox_copy
from exchange.schemas import Document
from exchange.store.tables import journal

_PAGE = 2000


@dataclass(frozen=True, slots=True)
class PartEnd:
    """A department's part of a case in the end."""

    case_number: str
    department: str
    project: str
    state: PartState
    due_at: datetime | None
    escalated_at: datetime | None
    review_at: datetime | None
    opinion_id: str | None
    late_opinion_id: str | None


class RunEnd:
    """What one member has on record of a run."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def taken(self) -> Iterator[str]:
        """Yield the ids of the documents that came in, as often as they were accepted."""
        here = (inbox.c.kind == Document.KIND, inbox.c.accepted.is_(True))
        last = 0
        while rows := self._db.execute(
            select(inbox.c.id, inbox.c.message_id).where(*here, inbox.c.id > last).order_by(inbox.c.id).limit(_PAGE)
        ).all():
            yield from (row.message_id for row in rows)
            last = rows[-1].id

    def entered(self) -> Iterator[str]:
        """Yield the ids of the documents that came in, as often as they stand in the register."""
        query = select(register.c.message_id).where(register.c.direction == RegisterSide.RECEIVED)
        yield from self._db.execute(query.execution_options(yield_per=_PAGE)).scalars()

    def parts(self) -> Iterator[PartEnd]:
        """Yield all parts of all cases."""
        p = part.c
        query = select(
            p.case_number, p.department, case_file.c.project, p.state, p.due_at, p.escalated_at, p.review_at,
            p.opinion_id, p.late_opinion_id,
        ).join(case_file, case_file.c.number == p.case_number)  # fmt: skip
        for row in self._db.execute(query.execution_options(yield_per=_PAGE)):
            yield PartEnd(*row)

    def noted(self, event: str) -> Iterator[tuple[str, str]]:
        """Yield the case and detail of each entry of the journal of a kind."""
        query = select(journal.c.case_number, journal.c.detail).where(journal.c.event == event)
        for row in self._db.execute(query.execution_options(yield_per=_PAGE)):
            yield row.case_number, row.detail

    def confirmed(self, kind_of: str) -> Iterator[tuple[str, datetime]]:
        """Yield when the broker confirmed each message to an addressee, by the member's own clock."""
        c = outbox_copy.c
        query = select(c.message_id, c.sent_at).where(c.addressee == kind_of, c.sent_at.is_not(None))
        for row in self._db.execute(query.execution_options(yield_per=_PAGE)):
            yield row.message_id, row.sent_at

    def ended_badly(self) -> Iterator[tuple[str, str, str]]:
        """Yield the id, addressee and last error of copies that were abandoned or came back."""
        c = outbox_copy.c
        query = select(c.message_id, c.addressee, c.state, c.last_error).where(
            c.state.in_([OutboxState.FAILED, OutboxState.RETURNED])
        )
        for row in self._db.execute(query):
            yield row.message_id, row.addressee, f"{row.state}: {row.last_error or ''}"

    def copies(self) -> int:
        """Count the copies that the outbox holds."""
        return self._db.scalar(select(func.count()).select_from(outbox_copy)) or 0
