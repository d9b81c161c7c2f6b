"""Whatever happens, and in whichever order: a renewal is granted by law where it was asked for in time and the window
has said nothing before its licence was over; and never else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.filings.states import FILINGS, FilingState
from exchange.approval.rules.renewal import IN_FLIGHT, RENEWALS, RenewalRuling, RenewalState, rule_on_renewal
from exchange.approval.rules.states import CASES, CaseState
from exchange.clock import CST
from exchange.licences.rules.renewing import term_asked
from exchange.workdays import end_of_day

LAST = date(2026, 9, 15)
OVER = end_of_day(LAST)
BEGIN = datetime(2026, 7, 1, tzinfo=CST)
ACTS = ("accept", "missing", "supplement", "turn-down", "grant", "refuse", "withdraw", "look", "revoke", "look-twice")


@dataclass(frozen=True)
class Renewed:
    """A renewal as its window keeps it, moved by the product's own tables and rule alone."""

    in_time: bool
    complete_at: datetime
    filing_state: FilingState = FilingState.RECEIVED
    case_state: CaseState | None = None
    state: RenewalState = RenewalState.WAITING
    expires_on: date | None = LAST

    def after(self, act: str, now: datetime) -> Renewed:
        """It after somebody has tried something; what is not possible changes nothing."""
        waits = self.state is RenewalState.WAITING
        if act == "revoke":
            return replace(self, expires_on=None)
        if act.startswith("look"):
            found = self._looked(now - IN_FLIGHT)
            return found._looked(now - IN_FLIGHT) if act == "look-twice" else found
        arisen = waits and rule_on_renewal(self, self.expires_on, now) is RenewalRuling.BY_LAW
        if arisen or self.state is RenewalState.BY_LAW:
            return self
        if act in ("grant", "refuse"):
            if self.case_state is not CaseState.READY:
                return self
            granted = act == "grant" and self.expires_on is not None and now < OVER
            said = RenewalState.GRANTED if granted else RenewalState.EXPIRED if act == "grant" else RenewalState.REFUSED
            return replace(self, case_state=CaseState.DECIDED, state=said if waits else self.state)
        if act == "withdraw" and self.case_state is not None:
            may = CaseState.WITHDRAWN in CASES.table[self.case_state]
            return replace(self, case_state=CaseState.WITHDRAWN) if may else self
        if act == "supplement" and self.filing_state is FilingState.INCOMPLETE and now >= OVER:
            return self
        return self._filed(act, now)

    def _filed(self, act: str, now: datetime) -> Renewed:
        to = {
            "accept": FilingState.ACCEPTED, "missing": FilingState.INCOMPLETE, "supplement": FilingState.RECEIVED,
            "turn-down": FilingState.NOT_ACCEPTED, "withdraw": FilingState.WITHDRAWN,
        }[act]  # fmt: skip
        if to not in FILINGS.table[self.filing_state]:
            return self
        complete = now if act == "supplement" else self.complete_at
        return replace(
            self, filing_state=to, complete_at=complete, case_state=CaseState.READY if act == "accept" else None
        )

    def _looked(self, now: datetime) -> Renewed:
        ruling = rule_on_renewal(self, self.expires_on, now)
        after = {
            RenewalRuling.BY_LAW: RenewalState.BY_LAW, RenewalRuling.NO_EFFECT: RenewalState.EXPIRED,
            RenewalRuling.ENDED: RenewalState.ENDED,
        }.get(ruling)  # fmt: skip
        if self.state is not RenewalState.WAITING or after is None:
            return self
        RENEWALS.check({self.state}, after)
        return replace(self, state=after)


HOURS = st.lists(st.tuples(st.integers(0, 24 * 90), st.sampled_from(ACTS)), max_size=12)


@given(st.integers(0, 24 * 76), HOURS)
def test_silence_grants_what_was_asked_for_in_time_and_nothing_that_was_decided(asked: int, happens: list) -> None:  # type: ignore[type-arg]
    received = BEGIN + timedelta(hours=asked)
    term = term_asked("L-1-26", LAST, 30, received)
    one = Renewed(term.in_time, received)
    before = one
    for hours, act in sorted(happens):
        now = BEGIN + timedelta(hours=hours)
        if now < received:
            continue
        one = one.after(act, now)
        if now < OVER:
            before = one
    end = one.after("look", OVER + timedelta(days=40))
    owed = (
        received < OVER - timedelta(days=30)
        and before.filing_state in (FilingState.RECEIVED, FilingState.ACCEPTED)
        and before.case_state in (None, CaseState.READY)
        and before.state is RenewalState.WAITING
    )
    revoked = end.expires_on is None
    if not owed:
        assert end.state is not RenewalState.BY_LAW
    elif not revoked:
        assert end.state is RenewalState.BY_LAW
    if before.state is RenewalState.REFUSED:
        assert end.state is RenewalState.REFUSED
    assert end.after("look", OVER + timedelta(days=41)) == end
