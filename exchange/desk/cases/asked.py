"""A consultation on the desk with all that is on record of it, read in one go."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.approval.department.desk import ANSWERABLE
from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import terms_of
from exchange.approval.rules.department_term import DeskTerm
from exchange.desk.seen import mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.operations.trace.dossier import Filed, dossier
from exchange.schemas import Body, Consultation, Decision, Opinion
from exchange.schemas.consultation import ConsultedDepartment


@dataclass(frozen=True)
class AskedCase:
    """One consultation."""

    row: DeskRow
    letters: tuple[Filed, ...]
    """All messages of the case, in the order recorded."""
    request: Filed | None
    """The one by which the department was asked; None where it is not on record any more, or does not verify."""
    term: DeskTerm | None
    """How its term stands; None where nobody waits for an answer, or its documents do not tell."""

    @property
    def consultation(self) -> Consultation | None:
        """Return what was asked, as it was signed."""
        body = _body(self.request) if self.request is not None else None
        return body if isinstance(body, Consultation) else None

    @property
    def opinion(self) -> Opinion | None:
        """Return what this department has answered, as it was signed; None before, or once it is recalled."""
        found = (_body(one) for one in self.letters if one.stored.message_id == self.row.opinion_id)
        return next((body for body in found if isinstance(body, Opinion)), None)

    @property
    def decision(self) -> Decision | None:
        """Return the lead's decision that was told here last; None where none was."""
        told = [_body(one) for one in self.letters if one.stored.sender == self.row.window]
        return next((body for body in reversed(told) if isinstance(body, Decision)), None)

    def own(self, address: str) -> ConsultedDepartment | None:
        """Return what the consultation says of the department in whose name is answered here."""
        name, asked = self.row.acts_for or address, self.consultation
        return next((one for one in asked.departments if one.department == name), None) if asked is not None else None

    @property
    def mark(self) -> str:
        """Return what forms of this case bear (`exchange.desk.seen`)."""
        return mark_of(*facts_of(self.row))


def _body(letter: Filed) -> Body | None:
    return letter.verified.body if letter.verified is not None else None


def facts_of(row: DeskRow) -> tuple[object, ...]:
    """Return what changes when somebody acts on a consultation; reminders and terms change nothing of it."""
    return (
        row.window, row.case_number, row.consultation_id, row.state, row.opinion_id, row.recall_id, row.cleared,
        row.acts_for, row.supplement_until, row.holder,
    )  # fmt: skip


def asked_case(visit: DeskVisit, number: str) -> AskedCase:
    """Read a consultation. Raises NotFound."""
    node = visit.node
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(number)
        terms = terms_of(node, tx, (row,)) if row is not None and row.state in ANSWERABLE else {}
    if row is None:
        raise NotFound(
            "case {case_number} is not on the desk of {address}",
            remedy="the inbox lists what is waiting here",
            case_number=number,
            address=node.address,
        )
    letters = tuple(dossier(node, number))
    return AskedCase(row, letters, next(filter(lambda one: _asks(row, one), letters), None), terms.get(number))


def _asks(row: DeskRow, letter: Filed) -> bool:
    found = letter.stored.sender == row.window and letter.stored.message_id == row.request_id
    return found and letter.verified is not None and isinstance(letter.verified.body, Consultation)
