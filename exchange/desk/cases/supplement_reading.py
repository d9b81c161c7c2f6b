"""What a department's desk knows of its own request for a supplement, and whether it may make one."""

from __future__ import annotations

from exchange.approval.department.records import DeskRow
from exchange.approval.department.requesting import why_none_from_here
from exchange.approval.supplements.shown import ShownSupplement, supplements_of
from exchange.approval.supplements.store import SupplementRequests
from exchange.desk.cases.application_rows import MaterialLine, lines_of_materials
from exchange.desk.cases.asked import AskedCase
from exchange.desk.visit import DeskVisit
from exchange.operations.trace.dossier import application_in
from exchange.schemas import CaseAddition, FilingSupplement


def own_supplement(visit: DeskVisit, row: DeskRow) -> ShownSupplement | None:
    """Return the department's own request in a case; None where it has made none."""
    with visit.node.store.reading() as tx:
        found = supplements_of(tx, row.window, row.case_number)
    return next((one for one in found if one.row.department == visit.node.address), None)


def may_ask(visit: DeskVisit, row: DeskRow) -> bool:
    """Return whether the department may ask now."""
    with visit.node.store.reading() as tx:
        former = tx[SupplementRequests].get(row.window, row.case_number, visit.node.address)
        return why_none_from_here(visit.node, tx, row, former, visit.now) is None


def materials_since(visit: DeskVisit, case: AskedCase, path: str) -> list[MaterialLine]:
    """Return the materials of the application as the applicant has handed it in last, where that was since the request
    for an opinion; files are had below a path.
    """
    for letter in reversed(case.letters):
        body = letter.verified.body if letter.verified is not None else None
        original = letter.passed_on.body if letter.passed_on is not None else None
        if isinstance(body, CaseAddition) and isinstance(original, FilingSupplement):
            application = application_in(letter)
            matter = visit.face.matter(case.row.matter)
            if application is not None:
                return lines_of_materials(visit, application, original.scanned, matter, path)
    return []
