"""What came of a replay, beside what must come of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.clock import CST
from exchange.trials.replay.fates import Ending, ReplayFate, summary
from exchange.trials.replay.log import ReplayEvent


@dataclass(frozen=True)
class Consulted:
    """One consultation: a department, asked in an application."""

    event: ReplayEvent
    """Its submit."""
    number: str
    """Of its application at the window."""
    found: Ending
    expected: Ending
    consultation_id: str | None = None
    opinion_id: str | None = None
    """Of the answer, in time or late."""
    deemed_id: str | None = None

    @property
    def agrees(self) -> bool:
        return self.found == self.expected


@dataclass(frozen=True)
class Refused:
    """An event that was refused, that must be, or both."""

    event: ReplayEvent
    sentence: str | None
    """What the exchange said; None where it refused nothing."""
    expected: bool

    @property
    def agrees(self) -> bool:
        return (self.sentence is not None) == self.expected


@dataclass(frozen=True)
class Replayed:
    """All that came of a replay."""

    consulted: Sequence[Consulted]
    refused: Sequence[Refused]
    events: int
    messages: int
    seconds: float
    dead_letters: int
    undelivered: int
    doubled: int
    filings: int = 0
    """How many applications were handed in at the portal."""
    told_otherwise: int = 0
    """Of how many the portal shows another end than the window has."""

    @property
    def found(self) -> dict[str, int]:
        """How many consultations ended in each way, and how many events were refused."""
        refused = sum(one.sentence is not None for one in self.refused)
        return {**summary(one.found.fate for one in self.consulted), "refused": refused}

    @property
    def expected(self) -> dict[str, int]:
        """The same as it must be."""
        refused = sum(one.expected for one in self.refused)
        return {**summary(one.expected.fate for one in self.consulted), "refused": refused}

    @property
    def fates(self) -> dict[tuple[str, str], ReplayFate | None]:
        """The fate of each consultation, by application and department."""
        return {(one.number, one.event.department): one.found.fate for one in self.consulted}

    @property
    def lost(self) -> list[tuple[str, str]]:
        """Consultations without a fate."""
        return sorted(key for key, fate in self.fates.items() if fate is None)

    @property
    def differences(self) -> list[Consulted | Refused]:
        """What came out otherwise than it must, in the order of the lines."""
        return [one for one in self.by_line if not one.agrees]

    @property
    def by_line(self) -> list[Consulted | Refused]:
        """Consultations and refused events, in the order of the lines."""
        everything: list[Consulted | Refused] = [*self.consulted, *self.refused]
        return sorted(everything, key=lambda one: one.event.line)

    @property
    def agrees(self) -> bool:
        """Whether everything came out as the times say, with nothing lost, set aside or doubled."""
        wrong = self.dead_letters + self.undelivered + self.doubled + self.told_otherwise
        return not self.differences and not wrong


COLUMNS = (
    "line", "case", "event", "department", "at", "fate", "expected", "due", "expected_due",
    "application", "consultation_id", "opinion_id", "deemed_id", "said",
)  # fmt: skip
"""Of the table of results."""


def table(result: Replayed) -> Iterator[tuple[object, ...]]:
    """Yield a row for each consultation and each refused event, in the order of the lines, behind the columns."""
    yield COLUMNS
    for one in result.by_line:
        yield tuple(row_of(one).get(column, "") for column in COLUMNS)


def row_of(one: Consulted | Refused) -> dict[str, object]:
    """Return a consultation or a refused event by the columns of the table."""
    event = one.event
    row: dict[str, object] = {
        "line": event.line,
        "case": event.case,
        "event": event.kind.value,
        "department": event.department,
        "at": _written(event.at),
    }
    if isinstance(one, Refused):
        said = one.sentence or ""
        fates = {"fate": "refused" if said else "accepted", "expected": "refused" if one.expected else "accepted"}
        return {**row, **fates, "said": said}
    return {
        **row,
        "fate": one.found.fate.value if one.found.fate else "",
        "expected": one.expected.fate.value if one.expected.fate else "",
        "due": _written(one.found.due),
        "expected_due": _written(one.expected.due),
        "application": one.number,
        "consultation_id": one.consultation_id or "",
        "opinion_id": one.opinion_id or "",
        "deemed_id": one.deemed_id or "",
    }


def _written(at: datetime | None) -> str:
    return at.astimezone(CST).isoformat() if at else ""
