"""The consultation that a department was asked by, from its signed document on record."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from exchange.approval.department.records import DeskRow
from exchange.envelope import verify_signed
from exchange.envelope.opening import Authentic
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.schemas import Consultation, Opinion

FROM_BACKUP = "restore the department's database from its backup, or have the window put the case again"

_AT_MOST, _SHORT = 256, 16_384
"""Consultations that are remembered, and octets of each: mostly the department's rule asks for them at once."""


class ProvedLately:
    """Consultations that a member has proved a moment ago, by their very octets: those need not be proved again."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[tuple[str, str], Consultation] = OrderedDict()
        self._lock = threading.Lock()

    def remember(self, node: Node, proved: Authentic, body: Consultation) -> None:
        """Remember what was proved when it came in."""
        if len(proved.signed) > _SHORT:
            return
        with self._lock:
            self._bodies[node.address, proved.digest] = body
            if len(self._bodies) > _AT_MOST:
                self._bodies.popitem(last=False)

    def take(self, node: Node, signed: bytes) -> Consultation | None:
        """Return, once, what these octets say, if the member has proved them."""
        with self._lock:
            return self._bodies.pop((node.address, hashlib.sha256(signed).hexdigest()), None)


LATELY = ProvedLately()


def seen_as_asked(step: Step, row: DeskRow, opinion: Opinion) -> Opinion:
    """Return an opinion that says what its applicant may see of it, as the request to the department does."""
    stored = step.tx[Documents].get(row.window, row.request_id)
    if stored is None or b'"visible"' not in stored.signed:  # most say nothing of it, and need not be read again
        return opinion
    for part in consultation_of(step.node, stored).departments:
        if part.department == opinion.department:
            return opinion.model_copy(update={"visible": part.visible})
    return opinion


def consultation_of(node: Node, stored: StoredDocument | None) -> Consultation:
    """Return the consultation from its signed document on record. Raises NotFound."""
    if stored is None:
        raise NotFound("the consultation's document is not on record", remedy=FROM_BACKUP)
    body = LATELY.take(node, stored.signed) or verify_signed(stored.signed, node.directory).body
    if not isinstance(body, Consultation):
        raise NotFound("the document on record is not a consultation", remedy=FROM_BACKUP)
    return body
