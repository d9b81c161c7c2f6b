"""Rows from which a window's figures are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from exchange.approval.rules.states import CaseState, PartState
from exchange.schemas import Verdict


class CountedPart(NamedTuple):
    """What is counted of a department's part in a case: a third of what the window keeps of it, and quickly read."""

    case_number: str
    department: str
    stage: int
    state: PartState
    issued_at: datetime | None
    started_at: datetime | None
    due_at: datetime | None
    answered_at: datetime | None
    deemed_at: datetime | None
    escalated_at: datetime | None
    reminded_at: datetime | None
    late_at: datetime | None
    verdict: Verdict | None
    faulty_id: str | None
    ledger_from: int
    paper_by: datetime | None
    paper_reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class PutPart:
    """A part that was put to its department, with what counts of its case."""

    part: CountedPart
    matter: str
    outcome: str | None
    """Of the case, once it is decided."""

    @property
    def place(self) -> tuple[datetime, str, str]:
        """Its place in the list, by when it was put to its department."""
        assert self.part.issued_at is not None  # noqa: S101 -- only such parts are read
        return self.part.issued_at, self.part.case_number, self.part.department


class PlainParts(NamedTuple):
    """Parts that count as the same, and whose terms nothing has moved: days are counted in China, from 1970."""

    matter: str
    department: str
    state: PartState
    answered: int
    beyond: int
    over: int
    reminded: int
    deemed: int
    escalated: int
    corrected: int
    overruled: int
    """Whether each holds of them; see `exchange.approval.rules.report.duties.DutyFact`."""
    began: int | None
    ended: int | None
    """The days between which they used their terms."""
    paper_owed: int | None
    """The last day on which the paper that they owed was in time."""
    paper_reached: int | None
    """The day on which it came, or the present one."""
    paper_came: int
    paper_late: int
    number: int
    """Of such parts."""


class PlainCase(NamedTuple):
    """A decided case in which nothing has moved any term."""

    number: str
    matter: str
    matter_version: str
    opened_at: datetime
    reopened_at: datetime | None
    decided_at: datetime
    overrun_at: datetime | None
    promise_over_at: datetime | None
    explained_at: datetime | None
    parts: str | None
    """Of each part whose department answered, or whose silence took effect: see `PART_SIGN`."""
    consents: int

    @property
    def place(self) -> tuple[datetime, str]:
        """Its place in the list, by when it was decided."""
        return self.decided_at, self.number


PART_SIGN, FIELD_SIGN = ";", "/"
"""Between the parts of a plain case, and between a part's department, stage, and first and last day."""


@dataclass(frozen=True, slots=True)
class DecidedRow:
    """A case that was decided, without what its applicant has said."""

    number: str
    state: CaseState
    """Not decided, where it was taken up again since."""
    matter: str
    matter_version: str
    opened_at: datetime
    reopened_at: datetime | None
    decided_at: datetime
    overrun_at: datetime | None
    promise_over_at: datetime | None
    explained_at: datetime | None

    @property
    def place(self) -> tuple[datetime, str]:
        """Its place in the list, by when it was decided."""
        return self.decided_at, self.number


@dataclass(frozen=True, slots=True)
class SpanCount:
    """How many cases of a matter took from one day to another."""

    matter: str
    began: date
    decided: date
    number: int
    in_time: int
    """Of them, within the term by law."""


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How a department has answered in a matter."""

    matter: str
    department: str
    asked: int
    in_time: int
    deemed_consents: int

    def and_those_of(self, other: AnswerCount | None) -> AnswerCount:
        """Return the counts of two times together."""
        if other is None:
            return self
        return AnswerCount(
            self.matter,
            self.department,
            self.asked + other.asked,
            self.in_time + other.in_time,
            self.deemed_consents + other.deemed_consents,
        )
