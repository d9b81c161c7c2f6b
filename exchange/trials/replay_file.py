"""Replay files: events of real cases, and what must come of them by the rules.

A CSV with the columns ``at`` (ISO 8601 with offset), ``case``, ``event`` (submit or reply), ``department`` and ``due``
(of a submit: the instant that statute fixed), in the order of time.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from exchange.errors import BadConfiguration
from exchange.machine.textfile import read_text

COLUMNS = ("at", "case", "event", "department", "due")
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LARGEST = 500_000_000
"""Octets of a file of cases."""

_REMEDY = "correct the line; the columns are at, case, event, department, due"


@dataclass(frozen=True, slots=True)
class ReplayEvent:
    """A case is put to a department, or the department answers."""

    at: datetime
    case: str
    submit: bool
    department: str
    due: datetime | None


class ReplayFate(StrEnum):
    """What becomes of one consultation."""

    IN_TIME = "in-time"
    DEEMED = "deemed"
    DEEMED_THEN_LATE = "deemed-then-late"


@dataclass(frozen=True)
class ReplayFile:
    """A file as read: its events in order, and the short names its departments get as addresses."""

    events: tuple[ReplayEvent, ...]
    names: dict[str, str] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len({event.case for event in self.events})

    def expected(self) -> dict[tuple[str, str], ReplayFate]:
        """Return the fate of every (case, department) by the rule alone.

        An answer no later than its due moment is in time.
        """
        due = {(e.case, e.department): e.due for e in self.events if e.submit and e.due}
        fates = dict.fromkeys(due, ReplayFate.DEEMED)
        for event in self.events:
            if not event.submit:
                key = (event.case, event.department)
                fates[key] = ReplayFate.IN_TIME if event.at <= due[key] else ReplayFate.DEEMED_THEN_LATE
        return fates


def summary(fates: dict[tuple[str, str], ReplayFate]) -> dict[str, int]:
    """Return the counts as they are compared and printed."""
    found = Counter(fates.values())
    late = found[ReplayFate.DEEMED_THEN_LATE]
    return {
        "consultations": len(fates),
        "in_time": found[ReplayFate.IN_TIME],
        "deemed": found[ReplayFate.DEEMED] + late,
        "deemed_answered_late": late,
        "deemed_never_answered": found[ReplayFate.DEEMED],
    }


def read_replay(path: Path, limit: int | None = None) -> ReplayFile:
    """Read and check a file; ``limit`` keeps the first so many cases.

    Raises BadConfiguration naming the line and what is wrong with it.
    """
    reader = csv.DictReader(io.StringIO(read_text(path, _LARGEST, "CSV")))
    try:
        events = list(_events(path, reader))
    except csv.Error as error:
        raise BadConfiguration(
            "{path}, line {line_num}: {error}", remedy=_REMEDY, path=path, line_num=reader.line_num, error=error
        ) from error
    if limit is not None:
        kept = set(list(dict.fromkeys(event.case for event in events))[:limit])
        events = [event for event in events if event.case in kept]
    if not events:
        raise BadConfiguration("{path} holds no events", remedy=_REMEDY, path=path)
    return ReplayFile(tuple(events), _short_names(events))


def _events(path: Path, reader: csv.DictReader[str]) -> Iterator[ReplayEvent]:
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise BadConfiguration(
            "{path}, line 1: columns are {fieldnames}", remedy=_REMEDY, path=path, fieldnames=reader.fieldnames
        )
    asked: set[tuple[str, str]] = set()
    answered: set[tuple[str, str]] = set()
    began: dict[str, datetime] = {}
    last: datetime | None = None
    for row in reader:
        event = _event(path, reader.line_num, row)
        key = (event.case, event.department)
        seen = asked if event.submit else answered
        if last is not None and event.at < last:
            raise BadConfiguration(
                "{path}, line {line_num}: events are not in the order of time",
                remedy=_REMEDY,
                path=path,
                line_num=reader.line_num,
            )
        if key in seen:
            raise BadConfiguration(
                "{path}, line {line_num}: a second {row} of {key}",
                remedy=_REMEDY,
                path=path,
                line_num=reader.line_num,
                row=row["event"],
                key=key,
            )
        if event.submit and began.setdefault(event.case, event.at) != event.at:
            raise BadConfiguration(
                "{path}, line {line_num}: {case} is put to all at one time",
                remedy=_REMEDY,
                path=path,
                line_num=reader.line_num,
                case=event.case,
            )
        if not event.submit and key not in asked:
            raise BadConfiguration(
                "{path}, line {line_num}: a reply to what was not asked",
                remedy=_REMEDY,
                path=path,
                line_num=reader.line_num,
            )
        seen.add(key)
        last = event.at
        yield event


def _event(path: Path, line: int, row: dict[str, str]) -> ReplayEvent:
    try:
        at = datetime.fromisoformat(row["at"])
        submit = {"submit": True, "reply": False}[row["event"]]
        due = datetime.fromisoformat(row["due"]) if submit else None
    except (KeyError, ValueError, TypeError) as error:
        raise BadConfiguration(
            "{path}, line {line}: {error}", remedy=_REMEDY, path=path, line=line, error=error
        ) from error
    if not _CASE.fullmatch(row["case"]):
        raise BadConfiguration(
            "{path}, line {line}: {row!r} is not a case number", remedy=_REMEDY, path=path, line=line, row=row["case"]
        )
    if at.tzinfo is None or (due is not None and (due.tzinfo is None or due <= at)):
        raise BadConfiguration(
            "{path}, line {line}: instants need an offset, and due comes after at", remedy=_REMEDY, path=path, line=line
        )
    return ReplayEvent(at, row["case"], submit, row["department"], due)


def _short_names(events: Sequence[ReplayEvent]) -> dict[str, str]:
    names: dict[str, str] = {}
    for department in sorted({event.department for event in events}):
        slug = re.sub(r"[^a-z0-9]+", "-", department.lower()).strip("-")[:40] or "unnamed"
        taken = set(names.values())
        names[department] = slug if slug not in taken else f"{slug}-{len(names)}"
    return names


@dataclass(frozen=True)
class Batch:
    """Events that may run together, and the moment after them at which the monitor must look (None: not yet)."""

    events: tuple[ReplayEvent, ...]
    look_at: datetime | None


def batches(events: Sequence[ReplayEvent], span: timedelta = timedelta(days=1)) -> Iterator[Batch]:
    """Cut the events so that nothing runs past a due moment that was not looked at, nor a reply before its request.

    Between due moments the monitor looks once a ``span``; after the last event the due moments left are gone through.
    """
    dues = sorted({event.due for event in events if event.due is not None}, reverse=True)
    horizon = events[0].at + span
    batch: list[ReplayEvent] = []
    asked: set[tuple[str, str]] = set()
    for event in events:
        while event.at > (boundary := min([horizon, *dues[-1:]])):
            yield Batch(tuple(batch), boundary + _TICK)
            batch, asked = [], set()
            horizon = boundary + span
            while dues and dues[-1] <= boundary:
                dues.pop()
        key = (event.case, event.department)
        if event.submit:
            asked.add(key)
        elif key in asked:
            yield Batch(tuple(batch), None)
            batch, asked = [], set()
        batch.append(event)
    yield Batch(tuple(batch), None)
    while dues:
        boundary = min(horizon, dues[-1])
        yield Batch((), boundary + _TICK)
        horizon = boundary + span
        if dues[-1] <= boundary:
            dues.pop()


_TICK = timedelta(microseconds=1)
