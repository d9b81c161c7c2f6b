"""A renewal is asked for: whether it may be, and whether in time. Too late is taken, said, and has no effect by law."""

from __future__ import annotations

from datetime import date, datetime

from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.store import Filings
from exchange.approval.renewals.records import RenewalRow
from exchange.approval.renewals.store import Renewals
from exchange.approval.renewals.waiting import Renewing, renewing
from exchange.approval.rules.renewal import RenewalRuling, RenewalState
from exchange.approval.window.store import Cases
from exchange.clock import CST
from exchange.errors import Returned
from exchange.licences.kept import kept_licence
from exchange.licences.rules.renewing import term_asked, why_not_renewable
from exchange.licences.store import Licences
from exchange.messaging.node import Step
from exchange.schemas import Application, Matter
from exchange.workdays import end_of_day


def check_renewal(step: Step, portal: str, number: str, application: Application, matter: Matter, at: datetime) -> None:
    """Keep that a filing of that moment asks for a renewal, where it does. Raises Returned where it cannot be renewed,
    or somebody asks for it already.
    """
    if application.renews is None:
        return
    row = step.tx[Licences].get(step.node.address, application.renews)
    if row is None:
        raise Returned(
            "no licence {number} of this window",
            code="unknown-licence",
            remedy="look at the number that stands on it",
            number=application.renews,
        )
    kept, day = kept_licence(step.tx, row), at.astimezone(CST).date()
    found = why_not_renewable(kept.body, kept.entries, application.matter, application.applicant.identifier, day)
    if found is not None:
        raise Returned(found[0], code="not-renewable", remedy=found[1])
    _check_first(step, application.renews, at)
    until = kept.on(date.max).valid_until or day
    term = term_asked(row.number, until, matter.renewal_days, at)
    step.tx[Renewals].add(
        RenewalRow(
            portal=portal,
            number=number,
            licence=row.number,
            state=RenewalState.WAITING,
            in_time=term.in_time,
            days=matter.renewal_days,
            look_at=end_of_day(until),
        )
    )
    step.note("renewal-asked", None, None, filing=number, licence=row.number, in_time=term.in_time)


def check_completed(step: Step, filing: FilingRow, at: datetime) -> None:
    """Have a renewal that is completed by a supplement of that moment looked at when its licence is over. Raises
    Returned where it is: nothing can arise any more, and nothing is left to be renewed.
    """
    found = renewing(step.tx, step.node.address, filing)
    if found is None or found.row.state is not RenewalState.WAITING:
        return
    last = found.expires_on
    if last is not None and at >= end_of_day(last):
        raise Returned(
            "the licence {number} was over before its renewal was completed",
            code="not-renewable",
            remedy="apply for a new licence",
            number=found.row.licence,
        )
    step.tx[Renewals].look_at(found.row, end_of_day(last) if last is not None else at)


def renewing_row(step: Step, row: RenewalRow) -> Renewing | None:
    """Return a renewal of the table with everything it depends on."""
    filing = step.tx[Filings].get(row.portal, row.number)
    case = step.tx[Cases].get(filing.case_number) if filing is not None and filing.case_number is not None else None
    return renewing(step.tx, step.node.address, filing, case.state if case is not None else None)


def _check_first(step: Step, licence: str, at: datetime) -> None:
    before = step.tx[Renewals].waiting_for(licence)
    if before is None:
        return
    found = renewing_row(step, before)
    if found is not None and found.ruling(at) is not RenewalRuling.ENDED:
        raise Returned(
            "the renewal of licence {number} is asked for already, by {filing}",
            code="not-renewable",
            remedy="follow that filing, or withdraw it first",
            number=licence,
            filing=before.number,
        )
    step.tx[Renewals].settle(before, RenewalState.ENDED, at)
