"""What a renewal that was asked for has come to, and that nobody decides it any more once it has arisen by law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.approval.filings.store import Filings
from exchange.approval.records import CaseRow
from exchange.approval.renewals.records import RenewalRow
from exchange.approval.renewals.store import Renewals
from exchange.approval.rules.renewal import RenewalRuling, RenewalState, rule_on_renewal
from exchange.approval.rules.states import CaseState
from exchange.errors import Conflict
from exchange.licences.kept import KeptLicence, kept_licence
from exchange.licences.rules.entering import LicenceState
from exchange.licences.store import Licences
from exchange.schemas import RenewalTerm
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class Renewing:
    """A renewal with everything it depends on; what `rule_on_renewal` asks of it, too."""

    row: RenewalRow
    filing: FilingRow
    licence: KeptLicence
    case_state: CaseState | None

    @property
    def in_time(self) -> bool:
        """Whether it was asked for in time."""
        return self.row.in_time

    @property
    def filing_state(self) -> FilingState:
        """Where its filing stands."""
        return self.filing.state

    @property
    def complete_at(self) -> datetime:
        """When what is complete came in."""
        return self.filing.complete_at

    @property
    def expires_on(self) -> date | None:
        """The last day of the licence as it stands now; None where none is to be waited for."""
        kept = self.licence
        return kept.on(date.max).valid_until if kept.row.state is LicenceState.IN_FORCE else None

    @property
    def term(self) -> RenewalTerm | None:
        """What its applicant is told of it; None where the licence has no end any more."""
        last = self.licence.on(date.max).valid_until
        if last is None:
            return None
        by = last - timedelta(days=self.row.days)
        return RenewalTerm(licence=self.row.licence, expires_on=last, ask_by=by, in_time=self.row.in_time)

    def ruling(self, now: datetime) -> RenewalRuling:
        """Return what it has come to, while nobody has decided it."""
        return rule_on_renewal(self, self.expires_on, now)


def renewing(
    tx: Transaction, window: str, filing: FilingRow | None, case_state: CaseState | None = None
) -> Renewing | None:
    """Return the renewal that a filing asks for; None where it asks for none. Raises NotFound for a lost document.

    ``case_state``: where the case of the filing stands, if there is one.
    """
    if filing is None:
        return None
    row = tx[Renewals].get(filing.portal, filing.number)
    issued = tx[Licences].get(window, row.licence) if row is not None else None
    if row is None or issued is None:
        return None
    return Renewing(row, filing, kept_licence(tx, issued), case_state)


def renewing_case(tx: Transaction, window: str, case: CaseRow) -> Renewing | None:
    """Return the renewal that a case is about; None where it is about none."""
    return renewing(tx, window, tx[Filings].of_case(case.number), case.state)


def has_arisen(found: Renewing | None, now: datetime) -> bool:
    """Tell whether a renewal is granted by law, also where no round has written it down yet."""
    if found is None:
        return False
    if found.row.state is RenewalState.WAITING:
        return found.ruling(now) is RenewalRuling.BY_LAW
    return found.row.state is RenewalState.BY_LAW


def expect_not_arisen(found: Renewing | None, now: datetime) -> None:
    """Raise Conflict where a renewal is granted by law: nobody accepts, refuses, decides or withdraws it any more."""
    if found is not None and has_arisen(found, now):
        raise Conflict(
            "the renewal of licence {number} is granted by law: nothing was decided before it was over",
            remedy="it is put in writing by itself; what speaks against the licence is a revocation (article 69)",
            number=found.row.licence,
        )
