"""The consultation that a department was asked by, from its signed document on record."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from exchange.approval.department.records import DeskRow
from exchange.approval.rules.second_person import expect_second_person
from exchange.envelope import verify_signed
from exchange.envelope.opening import Authentic
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.records import StoredDocument
from exchange.schemas import Consultation, Opinion
from exchange.schemas.consultation import ConsultedDepartment

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


def second_person_in(step: Step, row: DeskRow) -> bool:
    """Return whether whoever drafts the opinion on a case of the desk may not sign it."""
    part = _part_asked(step, row, row.acts_for or step.node.address)
    return part is not None and part.second_person


def as_asked(step: Step, row: DeskRow, opinion: Opinion) -> Opinion:
    """Return an opinion that says what its applicant may see of it, as the request to the department does.

    Raises BadOpinion where the request wants a second person, and the opinion does not name two.
    """
    part = _part_asked(step, row, opinion.department)
    if part is None:
        return opinion
    if part.second_person:
        expect_second_person(opinion)
    return opinion.model_copy(update={"visible": part.visible})


def _part_asked(step: Step, row: DeskRow, department: str) -> ConsultedDepartment | None:
    """What the request says of a department's opinion; None where it says nothing beside its term."""
    stored = step.tx[Documents].get(row.window, row.request_id)
    if stored is None or not any(word in stored.signed for word in _ASKED):
        return None
    parts = consultation_of(step.node, stored).departments
    return next((part for part in parts if part.department == department), None)


_ASKED = (b'"visible"', b'"second_person"')
"""What requests say of an opinion beside its term; most say nothing of it, and need not be read again."""


def wants_second_person(address: str, body: Consultation) -> bool:
    """Return whether a request wants a second person of the department that is asked here, or answered for."""
    own = [part for part in body.departments if body.copy_of is not None or part.department == address]
    return any(part.second_person for part in own)


def consultation_of(node: Node, stored: StoredDocument | None) -> Consultation:
    """Return the consultation from its signed document on record. Raises NotFound."""
    if stored is None:
        raise NotFound("the consultation's document is not on record", remedy=FROM_BACKUP)
    body = LATELY.take(node, stored.signed) or verify_signed(stored.signed, node.directory).body
    if not isinstance(body, Consultation):
        raise NotFound("the document on record is not a consultation", remedy=FROM_BACKUP)
    return body
