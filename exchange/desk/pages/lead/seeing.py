"""A case at its window as pages and acts go by it: read in one go, with the mark of what changes when somebody acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.hearings.records import HearingRow
from exchange.approval.hearings.store import Hearings
from exchange.approval.records import CaseRow
from exchange.approval.rules.reminders.chasing import why_not_chased
from exchange.approval.rules.states import CaseState
from exchange.approval.supplements.shown import ShownSupplement
from exchange.approval.supplements.store import SupplementRequests
from exchange.approval.window.case_file import CaseFile, case_file_in
from exchange.approval.window.decision import Docket
from exchange.approval.window.dockets import docket_in
from exchange.approval.window.licensing.issuing import licence_on_case
from exchange.approval.window.store import Cases
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.messaging.node import Step

UNDECIDED = (CaseState.OPEN, CaseState.READY)


@dataclass(frozen=True)
class LeadCase:
    """One case of the window."""

    file: CaseFile
    docket: Docket
    chaseable: tuple[str, ...]
    """Departments that may be pressed by hand now."""
    licence: str | None
    """The number of the licence that was issued on it, or that it has renewed."""
    mark: str
    """What forms of this case bear (`exchange.desk.seen`)."""

    @property
    def row(self) -> CaseRow:
        """Return its record."""
        return self.docket.case

    @property
    def hearings(self) -> tuple[HearingRow, ...]:
        """Return its hearings, in the order in which they were called."""
        return self.file.hearings

    @property
    def supplements(self) -> tuple[ShownSupplement, ...]:
        """Return what its departments have asked of the applicant."""
        return self.file.supplements

    @property
    def undecided(self) -> bool:
        """Return whether it may still be decided."""
        return self.row.state in UNDECIDED


def lead_case(visit: DeskVisit, number: str = "") -> LeadCase:
    """Read a case: the one that the path names, where no other is asked for. Raises NotFound."""
    with visit.node.store.reading() as tx:
        return lead_case_in(tx, visit, number or visit.path["number"])


def lead_case_in(tx: Any, visit: DeskVisit, number: str) -> LeadCase:
    """Do what `lead_case` does, inside a transaction."""
    case, here = tx[Cases].get(number), visit.node.address
    if case is None:
        raise NotFound("no case {case_number} here", remedy="`exchange status` lists the cases", case_number=number)
    file, docket = case_file_in(tx, visit.node, number), docket_in(tx, case)
    licence, mark = licence_on_case(tx, here, number), mark_of(*case_facts(tx, here, number))
    return LeadCase(file, docket, _chaseable(visit, docket), licence, mark)


def cases_ahead(tx: Any, numbers: Sequence[str]) -> None:
    """Read what `lead_case_in` reads of each of several cases, as far as that can be read at once."""
    tx[Cases].read_ahead(numbers)


def _chaseable(visit: DeskVisit, docket: Docket) -> tuple[str, ...]:
    state, calendar = docket.case.state, visit.node.calendar
    found = ((one.department, why_not_chased(state, one, visit.now, calendar)) for one in docket.parts)
    return tuple(department for department, why in found if why is None)


def expect_case_seen(visit: DeskVisit, step: Step) -> str:
    """Return the number of the case; raise Changed where somebody has acted on it since the form was made."""
    number = visit.path["number"]
    expect_seen(visit, *case_facts(step.tx, step.node.address, number))
    return number


def case_facts(tx: Any, window: str, number: str) -> tuple[object, ...]:
    """Return what acts change: who has said what, the terms, what is on record; no receipts and no reminders."""
    case = tx[Cases].get(number)
    if case is None:
        return (number,)
    parts = [
        (
            one.department, one.state if one.opinion_id or one.deemed_id or one.escalated_at else None, one.opinion_id,
            one.deemed_id, one.late_opinion_id, one.recalled_id, one.review_at, one.faulty_id,
            len(tx[Cases].ledger(number, one.department)),
        )
        for one in tx[Cases].parts(number)
    ]  # fmt: skip
    clock = tx[CaseClocks].get(number)
    hearings = [(one.position, one.state) for one in tx[Hearings].of_case(number)]
    asked = [(one.department, one.state) for one in tx[SupplementRequests].of_case(window, number)]
    own = (case.stage, case.outcome, case.decision_id, case.withdrawn_at, case.reopened_at)
    clocked = (clock.explained_at, clock.delivered_at, len(tx[CaseClocks].ledger(number)))
    return (number, *own, parts, hearings, asked, *clocked)
