"""How long a department has time: working days, and a term derived from its budget and its ledger.

Written from docs/deadlines.md ("How days are counted", "When a reminder goes out") and docs/envelope.md (section 7.5)
alone. Left out: whether the matter allows the entries of a ledger (`amendments`), and most bounds of ledgers.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from signed import CLOCKS, DAY, MIB, Receipt, Trust, instant, need, paper, strict_json, tried

CHINA = timezone(timedelta(hours=8))
NOT_BY_RECEIPT = {
    "counted from issue: no proof of receipt",
    "begun anew: the result that it waited for was recalled, and another one is in",
    "begun anew: the result without which it was to decide has come",
    "asked anew: the opinion over which the department's own was not needed was recalled",
}
"""Reasons of entries that begin a term which no receipt of the department has begun: nobody's silence counts in it."""


def midnight(day: date) -> datetime:
    """24:00 of a day in China."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) + DAY


def day_of(at: datetime, ending: int = 0) -> date:
    """A day in China; of what ends at midnight (``ending`` 1) the day before."""
    return (at - timedelta(microseconds=ending)).astimezone(CHINA).date()


class Calendar:
    """Which days are working days: of each year as an authority has published it, else as the package of holidays."""

    def __init__(self, papers: list[bytes], trust: Trust) -> None:
        listed = trust.files.get("workdays.json")
        self.guessed = listed is None  # then a term is only guessed, from Monday to Friday
        years = strict_json(listed)["years"] if listed else {}
        self.years = {int(year): (one["holidays"], one["makeup_days"]) for year, one in years.items()}
        found = []
        above = [one for one in trust.domains if f"{trust.domain}.".startswith(f"{one.body['domain']}.")]
        for data, one in ((data, one) for data in papers for one in above):
            for rank, by in enumerate(one.authorities):
                body = tried(paper, data, "calendar", MIB >> 6, by)[0]
                if body and body["domain"] == one.body["domain"]:
                    found.append((-body["domain"].count("."), rank, body["version"], body))
        for *_, body in sorted(found, key=lambda one: one[:3]):  # the highest level and the newest last: it counts
            self.years |= {one["year"]: (one["holidays"], one.get("makeup_days", [])) for one in body["years"]}

    def works(self, day: date) -> bool:
        off, worked = self.years.get(day.year, ([], []))
        return str(day) in worked or (day.weekday() < 5 and str(day) not in off)

    def knows(self, first: int, last: int) -> bool:
        """Whether the years are announced, so that no date in them is provisional."""
        return self.guessed or {*range(first, last + 1)} <= self.years.keys()

    def later(self, day: date, days: int, stops: Iterable[Any] = ()) -> date:
        need(days <= 2_500, "more working days than a ledger may add")
        while days > 0:
            day += DAY
            days -= self.works(day) and not any(since <= day <= until for since, until, _ in stops)
        return day


class Term:
    """A term, derived from its budget and its ledger; ``due`` is None while it has not begun, or stands still."""

    def __init__(self, said: dict[str, Any], department: str, calendar: Calendar) -> None:
        self.calendar = calendar
        self.stops: list[Any] = []  # of each: since and until which day, and who has ordered it
        self.began: Any = None
        self.due: Any = None
        added, told = 0, None
        for entry in said["ledger"]:
            at, kind, days = instant(entry["at"]), entry["kind"], entry.get("days")
            if kind in ("start", "restart"):
                self.began, self.stops = at, self.stops if kind == "start" else []
            elif kind == "extend":
                added += days
            elif kind == "stop":
                day = day_of(at, 1)
                self.stops.append([day, calendar.later(day, days) if days else date.max, entry["actor"]])
            elif kind == "resume":  # whoever orders it ends what stands, but a department its own alone
                for stop in (one for one in self.stops if department != entry["actor"] or department == one[2]):
                    stop[1] = min(stop[1], day_of(at))
            told = entry.get("told") or (None if kind in ("resume", "restart") else told)
        if self.began and not any(until == date.max for _, until, _ in self.stops):
            self.due = self._end(said["term"], added)
            self.due = max(self.due, instant(told)) if told else self.due  # no calendar shortens what was told

    def _end(self, budget: dict[str, Any], added: int) -> datetime:
        if budget.get("days"):
            return midnight(self.calendar.later(day_of(self.began), budget["days"] + added, self.stops))
        fixed = instant(budget["fixed"])  # it moves by what was added, and by the working days that it stood still
        lost = {since + DAY * n for since, until, _ in self.stops for n in range(1, (until - since).days + 1)}
        added += sum(map(self.calendar.works, lost))
        return midnight(self.calendar.later(day_of(fixed, 1), added)) if added else fixed

    def share(self, stage: int) -> datetime:
        """Nine o'clock of the first working day by whose end this share of the working days has passed."""
        mornings, day = [], day_of(self.began)
        while (morning := midnight(day) + timedelta(hours=9)) < self.due:
            day, before = day + DAY, day
            mornings += [morning] if self.calendar.later(before, 1, self.stops) == day else []
        return mornings[-(-len(mornings) * stage // 100) - 1]


def begun_by_receipt(ledger: list[dict[str, Any]]) -> bool:
    begins = [one["reason"] for one in ledger if one["kind"] in ("start", "restart")]
    return not begins or begins[-1] not in NOT_BY_RECEIPT


def not_before(said: dict[str, Any], had: Receipt) -> None:
    since = had.arrived if said["start"] == "arrival" else had.signed_for
    begins = [instant(one["at"]) for one in said["ledger"] if one["kind"] == "start"]
    need(not begins or begins[0] >= since - CLOCKS, "its ledger begins before it had the request, by its own receipt")
