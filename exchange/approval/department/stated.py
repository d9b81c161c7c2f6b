"""What an applicant sends on a running case, at a department that is still to answer: kept as the portal signed it."""

from __future__ import annotations

import hashlib

from exchange.approval.department.put import expect_put
from exchange.approval.department.requesting import note_come_in
from exchange.approval.department.store import DepartmentDesk
from exchange.catalogue.completeness import enclosure_faults
from exchange.envelope import verify_signed
from exchange.errors import Returned, SenderError
from exchange.messaging.checks import expect, require_role, returned_for
from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Step
from exchange.schemas import Body, CaseAddition, FilingStatement, FilingSupplement, HearingNotice, HearingRecord, Role


def handlers() -> dict[str, Handler]:
    """Return the message handler of a department for what applicants send on running cases."""
    return {CaseAddition.KIND: take_shown, HearingNotice.KIND: take_hearing, HearingRecord.KIND: take_hearing}


def take_hearing(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in that a hearing is held, or its record."""
    require_role(step, incoming, Role.WINDOW)
    if isinstance(body, HearingNotice | HearingRecord):
        expect_put(step, incoming, body.case_number)
        step.note(body.KIND, body.case_number, incoming.message_id)


def take_shown(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in a statement or a supplement: the enclosed document is the portal's own, word for word, with its files."""
    shown = expect(body, CaseAddition)
    require_role(step, incoming, Role.WINDOW)
    expect_put(step, incoming, shown.case_number)
    if step.tx[DepartmentDesk].get(shown.case_number) is None:
        raise Returned(
            "case {case_number} is not on the desk of {address}",
            code="not-consulted",
            remedy="show it to the departments that are asked",
            case_number=shown.case_number,
            address=step.node.address,
        )
    first, *files = incoming.opened.enclosures or (b"",)
    if hashlib.sha256(first).hexdigest() != shown.digest:
        raise Returned(
            "the enclosed paper is not the one that is named", code="altered", remedy="enclose it as it was signed"
        )
    with returned_for(SenderError, code="origin"):
        original = verify_signed(first, step.node.directory)
    said, sender = original.body, original.header.sender
    is_theirs = isinstance(said, FilingStatement | FilingSupplement) and said.filing == shown.filing
    if sender != shown.portal or not is_theirs or not step.node.has_role(sender, Role.PORTAL):
        raise Returned(
            "the enclosed paper is not the portal's own on this filing",
            code="origin",
            remedy="enclose what the portal has signed",
        )
    faults = list(enclosure_faults(said.application, files)) if isinstance(said, FilingSupplement) else []
    if faults or (files and isinstance(said, FilingStatement)):
        raise Returned(
            "the enclosed files are not those of the paper", code="attachments", remedy="enclose what it names"
        )
    step.note(said.KIND, shown.case_number, incoming.message_id, portal=shown.portal)
    if isinstance(said, FilingSupplement):
        note_come_in(step, shown, incoming, said.application)
