"""What a window writes of a case is of one that it has put here: of another window's it is returned, and what comes
before the request itself waits for that.
"""

from __future__ import annotations

from exchange.approval.department.store import DepartmentDesk
from exchange.errors import Returned
from exchange.messaging.aside.early import wait_a_day
from exchange.messaging.documents import Documents
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.schemas import Consultation


def expect_put(step: Step, incoming: Incoming, case_number: str, consultation_id: str | None = None) -> None:
    """Raise Returned where a message is about a case that another window has put here, and Early where it is about a
    request that has not come: the one that it names, or any of its case.

    A request that was returned has come as well.
    """
    row = step.tx[DepartmentDesk].get(case_number)
    if row is not None and row.window != incoming.sender:
        raise Returned(
            "case {case_number} is another window's",
            code="not-yours",
            remedy="its own window writes of it",
            case_number=case_number,
        )
    expect_come(step, incoming, case_number, consultation_id)


def expect_come(step: Step, incoming: Incoming, case_number: str, consultation_id: str | None = None) -> None:
    """Raise Early for a message, of whomsoever, about a request that has not come and may still come."""
    row = step.tx[DepartmentDesk].get(case_number)
    if row is not None and consultation_id in (None, row.consultation_id):
        return
    documents = step.tx[Documents]
    if consultation_id is not None and documents.find(consultation_id):
        return
    conversation = incoming.opened.header.conversation_id
    if row is None and any(sender == incoming.sender for sender, _ in documents.named(conversation, Consultation.KIND)):
        return
    wait_a_day(step, incoming, case_number)
