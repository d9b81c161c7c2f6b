"""What a member's database holds of a sender, and which case each of it belongs to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from exchange.approval.rules.states import BY_SILENCE
from exchange.approval.tables import TO_REVIEW, case_file, part
from exchange.messaging.tables import document, inbox, outbox_copy, outbox_message
from exchange.store.tables import journal

_d, _i, _c, _m = document.c, inbox.c, outbox_copy.c, outbox_message.c
_f, _p, _j = case_file.c, part.c, journal.c


@dataclass(frozen=True)
class HeldDocument:
    """A document of the sender in one member's database."""

    message_id: str
    conversation_id: str
    kind: str
    number: str | None
    recorded_at: datetime
    signed: bytes
    arrived_at: datetime | None
    """The latest moment at which it can have arrived."""
    case_number: str | None


class HeldDocuments:
    """Reads them within a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of_sender(self, sender: str, since: datetime) -> list[HeldDocument]:
        """Return what was taken in of a sender since a moment, oldest first. Receipts are told by `signed_for`."""
        query = (
            select(
                _d.message_id, _d.conversation_id, _d.kind, _d.number, _d.recorded_at, _d.signed,
                _i.arrived_latest, _f.number.label("case_number"),
            )
            .outerjoin(inbox, (_i.sender == _d.sender) & (_i.message_id == _d.message_id))
            .outerjoin(case_file, _f.conversation_id == _d.conversation_id)
            .where(_d.sender == sender, _d.direction == "received", _d.recorded_at >= since, _d.kind != "receipt")
            .order_by(_d.id)
        )  # fmt: skip
        return [HeldDocument(*row) for row in self._db.execute(query)]

    def signed_for(self, sender: str, since: datetime) -> list[HeldDocument]:
        """Return what the sender has signed for since a moment: each of our documents beside the receipt's bytes."""
        query = (
            select(
                _c.message_id, _m.conversation_id, _m.kind, _d.number, _d.recorded_at, _d.signed,
                _i.arrived_latest, _f.number.label("case_number"),
            )
            .join(document, (_d.message_id == _c.receipt_id) & (_d.sender == sender) & (_d.direction == "received"))
            .join(outbox_message, _m.message_id == _c.message_id)
            .outerjoin(inbox, (_i.sender == _d.sender) & (_i.message_id == _d.message_id))
            .outerjoin(case_file, _f.conversation_id == _m.conversation_id)
            .where(_c.addressee == sender, _d.recorded_at >= since)
            .order_by(_c.id)
        )  # fmt: skip
        return [HeldDocument(*row) for row in self._db.execute(query)]

    def noted(self, event: str, message_ids: Collection[str]) -> set[str]:
        """Return those of these messages that the journal has the event of."""
        query = select(_j.message_id).where(_j.event == event, _j.message_id.in_(list(message_ids)))
        return {str(one) for one in self._db.scalars(query)}

    def parts_of(self, message_ids: Collection[str]) -> list[tuple[str, str]]:
        """Return the parts of cases, by case and department, that rest on one of these messages.

        An opinion that answers it, or the request whose receipt its deemed consent cites; none that is to be reviewed
        already.
        """
        ids = list(message_ids)
        cited = _p.consultation_id.in_(ids) & _p.state.in_(BY_SILENCE)
        query = select(_p.case_number, _p.department).where(_p.opinion_id.in_(ids) | cited, ~TO_REVIEW)
        return [(str(number), str(department)) for number, department in self._db.execute(query)]
