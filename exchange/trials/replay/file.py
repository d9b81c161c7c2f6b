"""Files of logs: CSV that is read line by line, and answered with line and field where something is wrong.

Columns, in any order: ``at``, ``case``, ``event``, ``department``, and ``due`` or ``days`` or both; ``default`` if
some silence is not consent; ``reasons``, which the acts then say. Lines are in the order of time; those of one instant
happen in the order they stand in.
"""

from __future__ import annotations

import codecs
import csv
import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from exchange.errors import BadConfiguration
from exchange.language import Text, joined
from exchange.machine.textfile import not_text, wide_encoding
from exchange.trials.replay.before import BeforeAcceptance
from exchange.trials.replay.cells import LONGEST_CELL, BadLine, Fault, cut, event_of, shown
from exchange.trials.replay.days import end_of_days
from exchange.trials.replay.log import EventKind, ReplayEvent, ReplayLog, log_of
from exchange.workdays import ChinaCalendar, WorkingCalendar

REQUIRED = ("at", "case", "event", "department")
OPTIONAL = ("due", "days", "default", "reasons")
COLUMNS = (*REQUIRED, *OPTIONAL)
MOST_DEPARTMENTS = 64
"""Of one application: as many as a matter may have."""
MOST_MEMBERS = 128
"""Departments of a log: each is a member with a database, connections and threads of its own."""
MOST_YEARS = 10
"""That a log may reach over: as long as the keys of its members are certified for."""

_LONGEST_LINE = 10_000
_MOST_FAULTS = 10
_SAMPLE = 65_536
_BLOCK = 1_048_576
_BLANK = " \t,;\x1a"
"""What a line may consist of without saying anything; the last is how old systems end a file."""
_OTHER_MARKS = ";\t|，；"
"""What others separate columns by."""
_NO_HEAD = Text("nothing is in the first line, which names the columns")
_REMEDY = Text("correct it; `exchange replay --help` shows what a log looks like")


def read_replay(path: Path, limit: int | None = None, calendar: WorkingCalendar | None = None) -> ReplayLog:
    """Read and check a log; ``limit`` keeps the first so many cases, and no more than these in memory.

    Raises BadConfiguration naming line, field and fault, up to ten of them.
    """
    reading = _Reading(path, calendar or ChinaCalendar(), limit)
    try:
        with path.open(encoding="utf-8-sig", newline=None) as file:
            reading.read(file)
    except UnicodeDecodeError:
        raise _encoding_fault(path) from None
    except (OSError, ValueError) as error:  # ValueError: a path that no file can have
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BadConfiguration(
            "{path}: {reason}", remedy="name a readable CSV file", path=path, reason=reason
        ) from error
    return reading.result()


@dataclass
class _Reading:
    """A file as far as it is read."""

    path: Path
    calendar: WorkingCalendar
    limit: int | None
    events: list[ReplayEvent] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)
    departments: set[str] = field(default_factory=set)
    faults: list[Text] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    began: datetime | None = None
    last: datetime | None = None
    by_law: dict[str, datetime] = field(default_factory=dict)
    """When those of them were accepted by law that had been before, by case: their terms run from then."""
    together: dict[str, set[str]] = field(default_factory=dict)
    """Departments that are asked together, at the last instant, by case."""
    before: BeforeAcceptance = field(default_factory=BeforeAcceptance)

    def read(self, file: TextIO) -> None:
        for number, text in _lines(file):
            if number == 1:
                self.head(text)
            elif text.strip(_BLANK):
                self.line(number, text)
            if len(self.faults) >= _MOST_FAULTS or (self.faults and not self.columns):
                break

    def head(self, text: str) -> None:
        if encoding := wide_encoding(text[:200].encode()):
            raise not_text(str(self.path), 1, encoding)
        names = [name.strip() for name in _cells(text)] if text.strip() else []
        if not names:
            self.fault(1, "at", _NO_HEAD)
            return
        if len(names) == 1 and any(mark in names[0] for mark in _OTHER_MARKS):
            self.fault(1, cut(names[0]), Text("columns are separated by commas: save the file as CSV with commas"))
            return
        meant = {name: near for name in names if name not in COLUMNS and (near := _nearest(name))}
        for number, name in enumerate(names, 1):
            if not name:
                self.fault(1, Text("cell {number}", {"number": number}), Text("the column has no name"))
            elif name not in COLUMNS:
                self.fault(1, cut(name), _unknown(name, meant.get(name)))
        for name in COLUMNS:
            if names.count(name) > 1:
                self.fault(1, name, Text("the column is there twice"))
        there = {*names, *meant.values()}
        for name in REQUIRED:
            if name not in there:
                self.fault(1, name, Text("the column is missing"))
        if not {"due", "days"} & there:
            self.fault(1, "due", Text("the column is missing, and days, too: one of them is needed"))
        if not self.faults:
            self.columns = names

    def line(self, number: int, text: str) -> None:
        try:
            cells = _cells(text)
        except csv.Error:
            self.fault(number, _unbalanced(text, self.columns), Text("a quotation mark is opened and not closed"))
            return
        faults = list(self.shape(cells))
        if not faults:
            try:
                self.take(event_of(number, dict(zip(self.columns, cells, strict=False))))
            except BadLine as found:
                faults = found.faults
        for name, what in faults:
            self.fault(number, name, what)

    def shape(self, cells: list[str]) -> Iterator[Fault]:
        for name, cell in zip(self.columns, cells, strict=False):
            if len(cell) > LONGEST_CELL:
                yield name, Text("it has more than {most} characters", {"most": LONGEST_CELL})
        more = cells[len(self.columns) :]
        if any(cell.strip() for cell in more):
            place = next(row for row, cell in enumerate(more) if cell.strip())
            told = {"cell": shown(more[place]), "columns": len(self.columns)}
            number = Text("cell {number}", {"number": len(self.columns) + place + 1})
            yield number, Text("{cell} is one too many: there are {columns} columns", told)
        missing = self.columns[len(cells) :]
        if missing and not set(missing) <= set(OPTIONAL):
            yield missing[0], Text("the line ends before it")

    def take(self, event: ReplayEvent) -> None:
        if self.limit is not None and event.case not in self.cases and len(self.cases) >= self.limit:
            return
        faults = [*self.times(event), *self.members(event), *self.accepts(event), *self.submits(event)]
        if faults:
            raise BadLine(faults)
        self.cases.add(event.case)
        self.events.append(event)

    def times(self, event: ReplayEvent) -> Iterator[Fault]:
        if self.last is not None and event.at < self.last:
            yield "at", Text("it is before that of the line above: put the lines in the order of time")
            return
        if event.at != self.last:
            self.together.clear()
            self.by_law.clear()
        self.last = event.at
        self.began = self.began or event.at
        for name, moment in (("at", event.at), ("due", event.due)):
            if moment is not None and moment > self.began + timedelta(days=365 * MOST_YEARS):
                long = Text(
                    "more than {years} years after the first line: split the log by cases", {"years": MOST_YEARS}
                )
                yield name, long
                return

    def members(self, event: ReplayEvent) -> Iterator[Fault]:
        if event.kind is EventKind.WITHDRAW or event.before_acceptance:
            return
        self.departments.add(event.department)
        if len(self.departments) > MOST_MEMBERS:
            self.departments.discard(event.department)
            most = {"most": MOST_MEMBERS}
            yield "department", Text("a log has {most} departments at most: split it, no case over two files", most)

    def submits(self, event: ReplayEvent) -> Iterator[Fault]:
        if event.kind is not EventKind.SUBMIT:
            self.together.pop(event.case, None)
            self.by_law.pop(event.case, None)
            return
        asked = self.together.setdefault(event.case, set())
        if event.department in asked:
            yield "department", Text("it is asked twice at one instant")
        asked.add(event.department)
        if len(asked) > MOST_DEPARTMENTS:
            most = {"most": MOST_DEPARTMENTS}
            yield "department", Text("a case is put to {most} departments at most at one instant", most)
        if event.due is not None and event.days is not None:
            end = end_of_days(self.by_law.get(event.case, event.at), event.days, self.calendar)
            if end != event.due:
                told: dict[str, object] = {"days": event.days, "end": end.isoformat(), "due": event.due.isoformat()}
                yield "due", Text("{days} working days end at {end}, not at {due}: leave one of the two empty", told)

    def accepts(self, event: ReplayEvent) -> Iterator[Fault]:
        """What was told missing comes first; of what law accepted, the terms run from then."""
        if event.before_acceptance:
            self.before.take(event)
        elif event.kind is EventKind.WITHDRAW:
            self.before.end(event.case)
        elif event.kind is EventKind.SUBMIT:
            found = self.before.accepted_by_law(event.case, event.at, self.calendar)
            if found is not None:
                self.by_law[event.case] = found.at
            if self.before.is_missing(event.case):
                yield "event", Text("the window waits for a supplement: a line `supplied` of it comes first")
            self.before.end(event.case)

    def fault(self, number: int, name: str | Text, what: Text) -> None:
        told = {"path": self.path, "line": number, "field": name, "what": what}
        self.faults.append(Text("{path}, line {line}, {field}: {what}", told))

    def result(self) -> ReplayLog:
        if not self.columns and not self.faults:
            self.fault(1, "at", _NO_HEAD)
        if self.faults:
            raise BadConfiguration(joined(self.faults[:_MOST_FAULTS], "\n"), remedy=_REMEDY)
        if not any(event.kind is EventKind.SUBMIT for event in self.events):
            raise BadConfiguration(
                "{path}, line 2, event: no case is submitted in the whole file", remedy=_REMEDY, path=self.path
            )
        return log_of(self.events)


def _lines(file: TextIO) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; of one that is far too long, its beginning."""
    number = 0
    while text := file.readline(_LONGEST_LINE):
        number += 1
        yield number, text.rstrip("\n")
        while len(text) == _LONGEST_LINE and not text.endswith("\n"):
            text = file.readline(_LONGEST_LINE)


def _cells(text: str) -> list[str]:
    """Return the cells of a line. Raises csv.Error; no cell reaches over several lines."""
    strict = len(text) < _LONGEST_LINE
    return next(csv.reader([text], strict=strict), [])


def _unbalanced(text: str, columns: list[str]) -> str:
    """The column in which a line stops being CSV."""
    for end in range(1, len(columns) + 1):
        try:
            next(csv.reader([",".join(text.split(",")[:end])], strict=True))
        except csv.Error:
            return columns[end - 1]
    return columns[-1]


def _nearest(name: str) -> str | None:
    return next(iter(difflib.get_close_matches(name[:LONGEST_CELL].lower(), COLUMNS, 1, 0.6)), None)


def _unknown(name: str, meant: str | None) -> Text:
    if meant:
        return Text("there is no column {name}; is {near} meant?", {"name": shown(name), "near": meant})
    known = ", ".join(COLUMNS)
    return Text("there is no column {name}; the columns are {known}", {"name": shown(name), "known": known})


def _encoding_fault(path: Path) -> BadConfiguration:
    """Find the line that is not UTF-8, reading on in blocks, and tell the encoding by it and what follows."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as file:
        begin = file.read(4)
        encoding = wide_encoding(begin + file.read(196))
        file.seek(0)
        while block := file.read(_BLOCK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                good = block[: max(0, error.start - pending)]
                sample = (block + file.read(_SAMPLE))[good.rfind(b"\n") + 1 :][:_SAMPLE]
                return not_text(str(path), lines + good.count(b"\n"), encoding, sample)
            lines += block.count(b"\n")
    return not_text(str(path), lines, encoding)
