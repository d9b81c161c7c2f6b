"""Renewal by law: what the window has not decided before the licence was over is granted (article 50). Pure.

A decision in time always wins, and so does everything else that the window or the applicant has said before: the filing
was turned down, told to be incomplete, or withdrawn. The clock of the case has no part in it, and never grants.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from exchange.approval.filings.states import FilingState
from exchange.approval.rules.states import CaseState
from exchange.transitions import machine
from exchange.workdays import end_of_day


class RenewalState(StrEnum):
    """Where the renewal of a licence stands at its window."""

    WAITING = "waiting"  # 待决定
    GRANTED = "granted"  # 准予延续
    REFUSED = "refused"  # 不予延续
    BY_LAW = "by-law"  # 视为准予延续
    ENDED = "ended"  # 未受理, 已撤回, 证件已撤销或者注销
    EXPIRED = "expired"  # 逾期申请, 有效期届满


RENEWALS = machine(
    "renewal",
    [RenewalState.WAITING],
    {
        RenewalState.WAITING: [
            RenewalState.GRANTED,
            RenewalState.REFUSED,
            RenewalState.BY_LAW,
            RenewalState.ENDED,
            RenewalState.EXPIRED,
        ],
        # Its case was reopened, and granted before the licence was over.
        RenewalState.REFUSED: [RenewalState.GRANTED],
        RenewalState.GRANTED: [],
        RenewalState.BY_LAW: [],
        RenewalState.ENDED: [],
        RenewalState.EXPIRED: [],
    },
)
"""Nothing leads from a refusal to a grant by law, nor from a grant by law to anything."""

IN_FLIGHT = timedelta(minutes=1)
"""So long after a licence is over nothing is written by rule: a decision that was begun in time has ended by then."""


class RenewalRuling(StrEnum):
    """What a renewal that nobody has decided has come to."""

    WAITS = "waits"
    INCOMPLETE = "incomplete"
    """It is over, and the applicant had not handed in what it was told to be missing."""
    BY_LAW = "by-law"
    NO_EFFECT = "no-effect"
    """It is over, and was asked for, or completed, too late for anything to arise."""
    ENDED = "ended"


class RenewalFacts(Protocol):
    """What the rule needs of a renewal that waits, with its filing."""

    @property
    def in_time(self) -> bool: ...
    @property
    def filing_state(self) -> FilingState: ...
    @property
    def complete_at(self) -> datetime: ...
    @property
    def case_state(self) -> CaseState | None: ...


_ENDED_FILINGS = frozenset({FilingState.NOT_ACCEPTED, FilingState.WITHDRAWN})


def rule_on_renewal(facts: RenewalFacts, expires_on: date | None, now: datetime) -> RenewalRuling:
    """Decide what a renewal has come to at a moment that nobody has decided.

    ``expires_on``: the last day of the licence as it stands now; None where it was revoked, cancelled, or has no end.
    """
    if expires_on is None or facts.filing_state in _ENDED_FILINGS or facts.case_state is CaseState.WITHDRAWN:
        return RenewalRuling.ENDED
    over = end_of_day(expires_on)
    if now < over:
        return RenewalRuling.WAITS
    if not facts.in_time or facts.complete_at >= over:
        return RenewalRuling.NO_EFFECT
    return RenewalRuling.INCOMPLETE if facts.filing_state is FilingState.INCOMPLETE else RenewalRuling.BY_LAW
