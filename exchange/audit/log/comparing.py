"""Rows of a journal held against what was sealed of them: which is the first that is not as it was. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from exchange.audit.log.leaves import LogEntry
from exchange.audit.merkle import leaf_hash
from exchange.language import Joined, Text, noted


class LogFault(StrEnum):
    """What somebody has done to a journal, or to its log."""

    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    MOVED = "moved"
    CUT = "cut"
    HASHES = "hashes"
    REWRITTEN = "rewritten"
    HEAD = "head"


_SAID = {
    LogFault.CHANGED: noted("row {number}, entry {index} of the log, was changed after it was sealed"),
    LogFault.MISSING: noted("entry {index} of the log is missing from the journal, before row {number}"),
    LogFault.ADDED: noted("row {number} was put among sealed rows, where entry {index} of the log stands"),
    LogFault.MOVED: noted("row {number}, entry {index} of the log, has what row {other} had: rows were reordered"),
    LogFault.CUT: noted("the journal was cut off: entry {index} of the log and what follows is missing"),
    LogFault.HASHES: noted("the kept hashes were changed, at entry {index} or after it; the rows are as sealed"),
    LogFault.REWRITTEN: noted("rows from entry {index} on were rewritten together with their hashes"),
    LogFault.HEAD: noted("the head over {index} entries does not hold"),
}
_WHY = noted("the head over {index} entries does not hold: {why}")


@dataclass(frozen=True)
class LogBreak:
    """The first place at which journal and log do not agree."""

    fault: LogFault
    index: int
    """Of the entry in the log, from 0; of a head its size."""
    number: int | None = None
    """Of the row in the journal."""
    other: int | None = None
    """Of the row that had this content."""
    why: Text | Joined | None = None

    @property
    def text(self) -> Text:
        """Say it."""
        facts = {"index": self.index, "number": self.number, "other": self.other, "why": self.why}
        said = _SAID[self.fault] if self.why is None else _WHY
        return Text(said, {name: value for name, value in facts.items() if value is not None})


def first_break(entries: Sequence[LogEntry], sealed: Sequence[bytes], begin: int) -> LogBreak | None:
    """Return the first entry that is not as it was sealed; None where all are.

    ``sealed`` are the hashes of the leaves from ``begin`` on, ``entries`` the rows from there on, of which there may be
    one more than hashes.
    """
    own = [leaf_hash(entry.as_leaf()) for entry in entries]
    for at, wanted in enumerate(sealed):
        if at >= len(entries):
            return LogBreak(LogFault.CUT, begin + at)
        if own[at] != wanted:
            return _named(entries, own, sealed, at, begin)
    extra = entries[len(sealed) :]
    return LogBreak(LogFault.ADDED, begin + len(sealed), extra[0].number) if extra else None


def _named(entries: Sequence[LogEntry], own: Sequence[bytes], sealed: Sequence[bytes], at: int, begin: int) -> LogBreak:
    here = entries[at]
    if own[at] in sealed[at + 1 :]:
        return LogBreak(LogFault.MISSING, begin + at, here.number)
    if sealed[at] in own[at + 1 :]:
        return LogBreak(LogFault.ADDED, begin + at, here.number)
    for other in entries:
        if other is not here and leaf_hash(replace(other, number=here.number).as_leaf()) == sealed[at]:
            return LogBreak(LogFault.MOVED, begin + at, here.number, other.number)
    return LogBreak(LogFault.CHANGED, begin + at, here.number)
