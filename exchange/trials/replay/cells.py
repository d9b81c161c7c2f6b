"""A line of a log: its cells as an event, or everything that is wrong with them, each with its field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from exchange.language import Text
from exchange.schemas import DefaultMode
from exchange.schemas.instants import EARLIEST, FIRST_YEAR, LAST_YEAR, within_bounds
from exchange.schemas.written import TextShape, fault_of
from exchange.trials.replay.log import RESERVED, SYNONYMS, WINDOW, EventKind, ReplayEvent, label_of

LONGEST_CELL = 500
"""Characters of a cell."""
LONGEST_REASONS = 400
"""Characters: as many as a ledger's entry takes beside what it says of itself."""
_SHOWN = 40
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r" ?([Zz]|[+-][0-9]{2}(?::?[0-5][0-9])?)?"
)
_NUMBER = re.compile(r"[0-9]{1,6}")
_DAYS = {EventKind.SUBMIT: 90, EventKind.EXTEND: 365, EventKind.STOP: 365}
"""Events that have a number of working days, and the most that the exchange takes."""

Fault = tuple[str | Text, Text]
"""The field, and what is wrong with it."""


class BadLine(Exception):
    """What is wrong with the cells of one line."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


def event_of(line: int, cells: Mapping[str, str]) -> ReplayEvent:
    """Read the cells of a line, by column; what is not there counts as empty. Raises BadLine with all that is wrong."""
    reader = _Cells({name: cell.strip() for name, cell in cells.items()})
    kind = reader.kind()
    at = reader.instant("at")
    event = ReplayEvent(
        line=line,
        at=at or EARLIEST,
        case=reader.case(),
        kind=kind or EventKind.REPLY,
        department=reader.department(kind),
        due=reader.due(kind, at),
        days=reader.days(kind),
        default=reader.default(kind),
        reasons=reader.reasons(kind),
    )
    if kind is EventKind.SUBMIT and not (reader.given("due") or reader.given("days")):
        reader.fault("due", Text("a submit says until when: give due, or days"))
    if reader.faults:
        raise BadLine(reader.faults)
    return event


class _Cells:
    """Reads one cell after the other, and goes on where one is wrong."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.faults: list[Fault] = []

    def fault(self, field: str, what: Text) -> None:
        self.faults.append((field, what))

    def given(self, field: str) -> str:
        return self._cells.get(field, "")

    def kind(self) -> EventKind | None:
        text = self.given("event")
        try:
            return SYNONYMS.get(text) or EventKind(text)
        except ValueError:
            known = ", ".join([*(kind.value for kind in EventKind), *SYNONYMS])
            self.fault("event", Text("{text} is none of: {known}", {"text": shown(text), "known": known}))
            return None

    def case(self) -> str:
        text = self.given("case")
        if not text:
            self.fault("case", Text("it is empty"))
        elif not _CASE.fullmatch(text):
            told = {"text": shown(text)}
            self.fault("case", Text("{text} is no case number: up to 64 letters, digits, dots and hyphens", told))
        return text

    def department(self, kind: EventKind | None) -> str:
        text = self.given("department")
        if kind is EventKind.WITHDRAW and text:
            self.fault("department", Text("a case is withdrawn as a whole: leave the department empty"))
        elif text == WINDOW and kind in (EventKind.SUPPLEMENT, EventKind.SUPPLIED):
            pass
        elif label_of(text) in RESERVED:
            told = {"text": shown(text)}
            self.fault(
                "department",
                Text("{text} is what the replay calls a member of its own: give the department another name", told),
            )
        elif what := fault_of(text, TextShape.LINE):
            self.fault("department", Text("{fault}", {"fault": what}))
        return text

    def instant(self, field: str) -> datetime | None:
        """Read an instant; None where it is empty or wrong."""
        text = self.given(field)
        if not text:
            if field == "at":
                self.fault(field, Text("it is empty"))
            return None
        found = _INSTANT.fullmatch(text)
        if not found:
            told = {"text": shown(text)}
            self.fault(field, Text("{text} is no instant as 2026-03-02T09:00:00+08:00", told))
            return None
        day, minutes, seconds, offset = found.groups()
        if offset is None:
            self.fault(field, Text("{text} has no offset, as +08:00 or Z", {"text": shown(text)}))
            return None
        midnight = minutes == "24:00" and not (seconds or "").strip(":0.")
        try:
            at = datetime.fromisoformat(f"{day}T{'00:00' if midnight else minutes}{seconds or ':00'}{offset.upper()}")
        except ValueError:
            self.fault(field, Text("{text} is on no calendar or clock", {"text": shown(text)}))
            return None
        if not within_bounds(at):
            bounds = {"text": shown(text), "first": FIRST_YEAR, "last": LAST_YEAR}
            self.fault(field, Text("{text} lies outside the years {first} to {last}", bounds))
            return None
        return at + timedelta(days=1 if midnight else 0)

    def due(self, kind: EventKind | None, at: datetime | None) -> datetime | None:
        if kind is None or not self.given("due"):
            return None
        if kind is not EventKind.SUBMIT:
            self._has_none(kind, "due")
            return None
        due = self.instant("due")
        if due is not None and at is not None and due <= at:
            self.fault("due", Text("it must come after the instant of the submit"))
        return due

    def days(self, kind: EventKind | None) -> int | None:
        text = self.given("days")
        if kind is None or (not text and kind is not EventKind.EXTEND):
            return None
        if kind not in _DAYS:
            self._has_none(kind, "days")
            return None
        most = _DAYS[kind]
        if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
            told = {"text": shown(text), "most": most, "event": kind.value}
            self.fault("days", Text("{text}: days of {event} are a whole number of working days, 1 to {most}", told))
            return None
        return int(text)

    def default(self, kind: EventKind | None) -> DefaultMode:
        text = self.given("default")
        if kind is None or not text:
            return DefaultMode.CONSENT
        if kind is not EventKind.SUBMIT:
            self._has_none(kind, "default")
        elif text not in list(DefaultMode):
            known = ", ".join(mode.value for mode in DefaultMode)
            self.fault("default", Text("{text} is none of: {known}", {"text": shown(text), "known": known}))
        else:
            return DefaultMode(text)
        return DefaultMode.CONSENT

    def reasons(self, kind: EventKind | None) -> str:
        text = self.given("reasons")
        if kind is None or not text:
            return ""
        if kind is EventKind.SUBMIT:
            self._has_none(kind, "reasons")
        elif len(text) > LONGEST_REASONS:
            self.fault("reasons", Text("it has more than {most} characters", {"most": LONGEST_REASONS}))
        elif what := fault_of(text, TextShape.LINE):
            self.fault("reasons", Text("{fault}", {"fault": what}))
        return text

    def _has_none(self, kind: EventKind, field: str) -> None:
        self.fault(field, Text("{event} has none: leave the cell empty", {"event": kind.value}))


def shown(text: str) -> str:
    """Return a cell as it is quoted in a complaint: in quotes, and no longer than one can read."""
    return repr(cut(text))


def cut(text: str) -> str:
    """Return a text no longer than one can read."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
