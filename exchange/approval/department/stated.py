"""An applicant's statement at a department that is still to answer: kept as the portal signed it."""

from __future__ import annotations

import hashlib

from exchange.approval.department.desk import own_desk
from exchange.approval.department.store import DepartmentDesk
from exchange.envelope import verify_signed
from exchange.errors import Returned, SenderError
from exchange.messaging.checks import expect, require_role, returned_for
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.schemas import Body, CaseStatement, FilingStatement, Role


def handlers() -> dict[str, Handler]:
    """Return the message handler of a department for statements of applicants."""
    return {CaseStatement.KIND: take_shown}


def take_shown(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in what an applicant has stated: the enclosed document is the portal's own, word for word."""
    shown = expect(body, CaseStatement)
    require_role(step, incoming, Role.WINDOW)
    own_desk(step, incoming, shown.case_number)
    if step.tx[DepartmentDesk].get(shown.case_number) is None:
        raise Returned(
            "case {case_number} is not on the desk of {address}",
            code="not-consulted",
            remedy="show it to the departments that are asked",
            case_number=shown.case_number,
            address=step.node.address,
        )
    enclosures = incoming.opened.enclosures
    if len(enclosures) != 1 or hashlib.sha256(enclosures[0]).hexdigest() != shown.digest:
        raise Returned(
            "the enclosed statement is not the one that is named", code="altered", remedy="enclose it as it was signed"
        )
    with returned_for(SenderError, code="origin"):
        original = verify_signed(enclosures[0], step.node.directory)
    said = original.body
    if original.header.sender != shown.portal or not isinstance(said, FilingStatement) or said.filing != shown.filing:
        raise Returned(
            "the enclosed statement is not the portal's own on this filing",
            code="origin",
            remedy="enclose what the portal has signed",
        )
    step.note("statement", shown.case_number, incoming.message_id, portal=shown.portal, hearing=said.hearing)
