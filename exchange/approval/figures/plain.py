"""What departments took in cases in which no term has moved, read from what the database says of each in one text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from exchange.approval.figures.records import FIELD_SIGN, PART_SIGN
from exchange.approval.rules.report.used import PartWay
from exchange.schemas import Matter
from exchange.workdays import WorkingCalendar, working_days_between

_FIRST_DAY = date(1970, 1, 1).toordinal()
_MOST = 100_000
"""Parts that are known by what is said of them."""


@lru_cache(maxsize=16_384)
def date_of(day: int) -> date:
    """Return the day that is so many days after the first of 1970."""
    return date.fromordinal(_FIRST_DAY + day)


def after_of(matter: Matter) -> Mapping[str, tuple[str, ...]]:
    """Return for whom each department of a matter waits."""
    return {approver.department: tuple(approver.after) for approver in matter.approvers}


class PlainWays:
    """What the departments of cases took; many are said in the same words. For one counting."""

    def __init__(self, calendar: WorkingCalendar) -> None:
        self._calendar = calendar
        self._after: dict[int, tuple[Matter, Mapping[str, tuple[str, ...]]]] = {}
        self._read: dict[str, tuple[str, int, int]] = {}

    def of(self, said: str | None, matter: Matter) -> Mapping[str, PartWay]:
        """Return what each department of a case took, by its address."""
        after = self._waits_for(matter)
        parts = map(self._part, said.split(PART_SIGN) if said else ())
        return {name: PartWay(days, stage, after.get(name, ())) for name, stage, days in parts}

    def _waits_for(self, matter: Matter) -> Mapping[str, tuple[str, ...]]:
        found = self._after.get(id(matter))
        if found is None or found[0] is not matter:
            found = self._after[id(matter)] = matter, after_of(matter)
        return found[1]

    def _part(self, said: str) -> tuple[str, int, int]:
        found = self._read.get(said)
        if found is None:
            name, stage, began, ended = said.split(FIELD_SIGN)
            days = working_days_between(self._calendar, date_of(int(began)), date_of(int(ended)))[0]
            if len(self._read) >= _MOST:
                self._read.clear()
            found = self._read[said] = name, int(stage), days
        return found
