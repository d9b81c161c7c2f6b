"""The states of a case, of a department's part in it, of its desk and of a watched deadline, with what follows what."""

from __future__ import annotations

from enum import StrEnum

from exchange.transitions import machine


class CaseState(StrEnum):
    """Where a case stands at its window."""

    OPEN = "open"
    READY = "ready"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    BY_LAW = "by-law"
    """Not decided, and granted by law for that: the renewal of a licence that was over meanwhile (article 50)."""


WITHOUT_DECISION = frozenset({CaseState.WITHDRAWN, CaseState.BY_LAW})
"""States of a case that is over though the lead has not decided: nobody owes anything in it."""


class PartState(StrEnum):
    """Where one consulted department's part of a case stands.

    PLANNED: its stage has not begun. ISSUED: put to the department. SIGNED: its receipt is in. Settled: ANSWERED,
    DEEMED (its silence is consent), REFUSED (its silence is refusal), MOOT. ESCALATED: term over, no default possible;
    an answer still counts.
    """

    PLANNED = "planned"
    ISSUED = "issued"
    SIGNED = "signed"
    ANSWERED = "answered"
    DEEMED = "deemed"
    REFUSED = "deemed-refusal"
    MOOT = "moot"
    ESCALATED = "escalated"


BY_SILENCE = frozenset({PartState.DEEMED, PartState.REFUSED})
"""States into which a department's silence brings its part, by the rule that the matter cites."""


class WatchState(StrEnum):
    """A deadline as a monitor keeps it. DEEMED: it has published what silence comes to, consent or refusal."""

    RUNNING = "running"
    CLOSED = "closed"
    DEEMED = "deemed"
    ESCALATED = "escalated"


class DeskState(StrEnum):
    """A consultation on a department's desk. DEFAULTED: silence has taken effect; the paper is still owed."""

    WAITING = "waiting"
    ANSWERED = "answered"
    DEFAULTED = "defaulted"
    CLOSED = "closed"


CASES = machine(
    "a case",
    {CaseState.OPEN},
    {
        CaseState.OPEN: {CaseState.READY, CaseState.WITHDRAWN, CaseState.BY_LAW},
        # READY opens again where the body that is competent is added in place of one that is not, or an opinion is
        # recalled without which the case is not complete.
        CaseState.READY: {CaseState.DECIDED, CaseState.WITHDRAWN, CaseState.BY_LAW, CaseState.OPEN},
        # By reopening: departments are asked again, or the lead decides on what is there.
        CaseState.DECIDED: {CaseState.OPEN, CaseState.READY},
        CaseState.WITHDRAWN: {CaseState.OPEN, CaseState.READY},
        CaseState.BY_LAW: set(),
    },
)

PARTS = machine(
    "a department's part",
    {PartState.PLANNED},
    {
        PartState.PLANNED: {PartState.ISSUED, PartState.ESCALATED, PartState.MOOT},
        PartState.ISSUED: {PartState.SIGNED, PartState.ANSWERED, PartState.ESCALATED, PartState.MOOT},
        PartState.SIGNED: {
            PartState.ANSWERED,
            PartState.DEEMED,
            PartState.REFUSED,
            PartState.ESCALATED,
            PartState.MOOT,
        },
        # What is over is PLANNED again only where its case is reopened and its department asked anew.
        PartState.ESCALATED: {PartState.ANSWERED, PartState.MOOT, PartState.PLANNED},
        # By an opinion that was in time and came in later: a good one, or one that is to be corrected.
        PartState.DEEMED: {PartState.ANSWERED, PartState.ESCALATED, PartState.PLANNED},
        PartState.REFUSED: {PartState.ANSWERED, PartState.ESCALATED, PartState.PLANNED},
        # By its department's recall of the opinion, before the lead decides.
        PartState.ANSWERED: {PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED, PartState.PLANNED},
        # Asked anew, also where a recalled opinion was why it was not needed.
        PartState.MOOT: {PartState.PLANNED},
    },
)

WATCHES = machine(
    "a watched deadline",
    {WatchState.RUNNING, WatchState.CLOSED},
    {
        WatchState.RUNNING: {WatchState.CLOSED, WatchState.DEEMED, WatchState.ESCALATED},
        WatchState.CLOSED: {WatchState.RUNNING},  # the window has amended the term, or asks in a later stage
        WatchState.DEEMED: {WatchState.RUNNING},
        WatchState.ESCALATED: {WatchState.RUNNING},
    },
)

DESK = machine(
    "a consultation on the desk",
    {DeskState.WAITING},
    {
        DeskState.WAITING: {DeskState.ANSWERED, DeskState.DEFAULTED, DeskState.CLOSED},
        DeskState.ANSWERED: {DeskState.WAITING, DeskState.CLOSED},  # the window has sent it back, or it was recalled
        # Nothing is owed any more where the application is withdrawn.
        DeskState.DEFAULTED: {DeskState.ANSWERED, DeskState.CLOSED},
        DeskState.CLOSED: (),
    },
)
