"""What must come of a log of cases, reckoned apart from the product: nothing of it is imported here.

One goes through the days with a finger on the calendar of 2026, as it was announced (国办发明电〔2025〕7号): for each
department's term a number of days is left, and each midnight takes one away, if that day counts.
"""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))
DAY = timedelta(days=1)
ENDS = date(2026, 12, 31)
"""The last day that is announced."""
OFF = [
    ("01-01", "01-03"), ("02-15", "02-23"), ("04-04", "04-06"), ("05-01", "05-05"),
    ("06-19", "06-21"), ("09-25", "09-27"), ("10-01", "10-07"),
]  # fmt: skip
MADE_UP = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]


def works(day: date) -> bool:
    written = day.strftime("%m-%d")
    if day > ENDS or day.year < 2026:
        return day.weekday() < 5
    if written in MADE_UP:
        return True
    return day.weekday() < 5 and not any(first <= written <= last for first, last in OFF)


def midnight_after(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) + DAY


def morning_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)


def day_of(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def day_that_ends(at: datetime) -> date:
    return day_of(at - timedelta(microseconds=1))


def after(day: date, days: int) -> date:
    while days:
        day += DAY
        days -= works(day)
    return day


def moment(text: str) -> datetime | None:
    if "T24:00:00" in text:
        return datetime.fromisoformat(text.replace("T24:", "T00:")) + DAY
    return datetime.fromisoformat(text) if text else None


class Term:
    """One department's term."""

    def __init__(self, at: datetime, days: int, fixed: datetime | None, default: str) -> None:
        self.began, self.days, self.fixed, self.default = at, days, fixed, default
        self.added = 0
        self.told = 0
        """Days that extensions and stops have named so far: they may come to 2,500."""
        self.entries = 1
        self.stops: list[list[date | None]] = []
        self.ended: list[list[date | None]] = []
        self.asked: list[date | None] | None = None
        """The stop for which the department waits for a supplement; it asks once."""
        self.went_back: tuple[datetime, datetime] | None = None
        """When it asked in vain, in time, and until when it may put that right."""
        self.state = "runs"
        self.late = self.released = False
        self.changed = at
        self.news: list[datetime | None] = []
        """Since the end was last moved forward: when the department was told of each change, None for its own."""
        self.reminders: list[tuple[datetime, datetime]] = []
        """Of which term, by beginning and end, the department was reminded."""

    def stands_still(self) -> bool:
        return any(until is None for _, until in self.stops)

    def stopped_on(self, day: date) -> bool:
        return any(since <= day <= until for since, until in self.stops if since and until)

    def over(self) -> tuple[datetime | None, bool]:
        """When the term is over, and whether a day that nobody has announced was passed on the way."""
        if self.stands_still():
            return None, False
        if self.fixed is None:
            day, left, skipped = day_of(self.began), self.days + self.added, True
        else:
            lost = set()
            for since, until in self.stops:
                day = since
                while day and until and day < until:
                    day += DAY
                    lost.add(day)
            left = self.added + sum(map(works, lost))
            if left == 0:
                return self.fixed, False
            day, skipped = day_that_ends(self.fixed), False
        guessed = False
        while left > 0:
            day += DAY
            if not (skipped and self.stopped_on(day)):
                guessed = guessed or day > ENDS
                left -= works(day)
        return midnight_after(day), guessed

    def come_to(self, now: datetime) -> None:
        end, guessed = self.over()
        if self.state != "runs" or end is None or guessed:
            return
        if now > (self.changed + timedelta(minutes=10) if end <= self.changed else end):
            self.remind(end, end)
            reminded = (self.began, end) in self.reminders
            aware = not self.news or any(told is None or told <= end for told in self.news)
            counts = self.default != "none" and reminded and not self.went_back and aware
            self.state = "deemed" if counts else "escalated"

    def remind(self, end: datetime, until: datetime) -> None:
        reminder = self.reminder(end)
        if reminder and reminder < until:
            self.reminders.append((self.began, end))

    def reminder(self, end: datetime) -> datetime | None:
        """On the morning of the day with which nine tenths are over; at once, or on the next morning, if too late."""
        days = []
        day = day_of(self.began) + DAY
        while morning_of(day) < end:
            if works(day) and not self.stopped_on(day):
                days.append(day)
            day += DAY
        if not days:
            return None
        tenths = next(count for count in range(1, len(days) + 1) if count * 10 >= len(days) * 9)
        morning = morning_of(days[tenths - 1])
        if morning >= self.changed:
            return morning
        return self.changed if works(day_of(self.changed)) else morning_of(after(day_of(self.changed), 1))

    def happen(self, event: str, at: datetime, days: int) -> bool:
        """Whether it may."""
        if event == "reply":
            return self.reply(at)
        end, _ = self.over()
        if self.state != "runs" or (end is not None and at > end):
            return False
        if end is not None:
            self.remind(end, at)
        if event == "supplement":
            days = 180
            if self.asked or self.entries == 100 or self.told + days > 2500:
                self.changed = at
                self.went_back = self.went_back or (at, midnight_after(after(day_of(at), 3)))
                return False
        if self.entries == 100 or self.told + days > 2500:
            return False
        if event == "extend":
            if self.added:
                return False
            self.added = days
        elif event in ("stop", "suspend"):
            if self.stands_still():
                return False
            since = day_that_ends(at)
            self.stops.append([since, after(since, days) if days else None])
        elif event == "supplement":
            since = day_that_ends(at)
            self.asked = [since, after(since, days)]
            self.stops.append(self.asked)
        elif event in ("resume", "supplied"):
            today = day_of(at)
            meant = [stop for stop in self.stops if event == "resume" or stop is self.asked]
            over = {id(stop) for stop in self.ended}
            stands = [stop for stop in meant if id(stop) not in over and (stop[1] or today) >= today]
            if not stands:
                return False
            for stop in stands:
                stop[1] = today
            self.ended += meant
        else:
            self.began, self.stops = at, []
        self.changed = at
        self.entries += 1
        self.told += days
        now, _ = self.over()
        sooner = now is not None and (end is None or now < end)
        if sooner or self.news:
            self.news = [*([] if sooner else self.news), None if event in ("supplement", "supplied") else at]
        return True

    def reply(self, at: datetime) -> bool:
        if self.state in ("in-time", "withdrawn") or self.late or self.released:
            return False
        if self.state == "escalated":
            self.late = True
            return True
        end, _ = self.over()
        if self.went_back and at <= self.went_back[1]:
            at = min(at, self.went_back[0])
        if self.state == "deemed" or (end is not None and at > end and self.default != "none"):
            self.late = True
        else:
            self.state = "in-time"
        return True

    def fate(self) -> str:
        if self.state == "runs":
            return "stopped" if self.stands_still() else "provisional"
        return "deemed-then-late" if self.state == "deemed" and self.late else self.state


def reckon(text: str) -> tuple[dict[int, tuple[str, datetime | None]], set[int]]:
    """Fate and end of each consultation by the line of its submit, and the lines of the events to be refused."""
    rows = lawful([(line, row) for line, row in enumerate(csv.DictReader(io.StringIO(text)), 2)])
    rounds: dict[str, list[tuple[datetime, dict[str, Term]]]] = {}
    lines: dict[int, Term] = {}
    refused: set[int] = set()
    happened: set[str] = set()
    """Cases of which something else has happened since they were put to anybody."""
    filed: dict[str, str] = {}
    """What waits for its acceptance, by case: of which the window has told what is missing, or which was completed."""
    for line, row in rows:
        at, case, event, department = moment(row["at"]), row["case"], row["event"], row["department"]
        assert at is not None
        days = int(row.get("days") or 0)
        put = rounds.setdefault(case, [])
        if event == PUT_BY_LAW:
            filed.pop(case, None)
            continue
        if event == "submit":
            if not put or put[-1][0] != at or case in happened:
                put.append((at, {}))
                happened.discard(case)
            if row.get("by law"):
                filed[case] = "accepted"
            else:
                filed.pop(case, None)
            fixed = None if days else moment(row.get("due") or "")
            put[-1][1][department] = lines[line] = Term(at, days, fixed, row.get("default") or "consent")
            continue
        happened.add(case)
        for _, terms in put:
            for term in terms.values():
                term.come_to(at)
        if event == "withdraw":
            done = bool(filed.pop(case, "")) | withdraw(put)
        elif department == "window" and event in ("supplement", "supplied"):
            done = filed.get(case, "") == ("told" if event == "supplied" else "")
            if done:
                filed[case] = "told" if event == "supplement" else "completed"
        else:
            asked = [terms[department] for _, terms in put if department in terms]
            done = bool(asked) and asked[-1].happen(event, at, days)
        if not done:
            refused.add(line)
    for term in lines.values():
        term.come_to(datetime(2200, 1, 1, tzinfo=CHINA))
    return {line: (term.fate(), term.over()[0]) for line, term in lines.items()}, refused


PUT_BY_LAW = "put by law"
"""What a submit has become that law had put to its departments before."""


def lawful(rows: list[tuple[int, dict[str, str]]]) -> list[tuple[int, dict[str, str]]]:
    """The rows, with the submits of what the window let lie for five working days where law had put them."""
    filed: dict[str, datetime | None] = {}
    """When what was told to be missing had come, by case; None while it has not."""
    together: dict[str, tuple[datetime, datetime]] = {}
    moved: list[tuple[datetime, int, dict[str, str]]] = []
    found: list[tuple[int, dict[str, str]]] = []
    for line, row in rows:
        at, case, event = moment(row["at"]), row["case"], row["event"]
        assert at is not None
        if event == "submit":
            came = filed.pop(case, None)
            last = after(day_of(came), 5) if came else ENDS
            if last < ENDS and at >= midnight_after(last):
                together[case] = at, midnight_after(last)
            if case in together and together[case][0] == at:
                end = together[case][1]
                moved.append((end, line, {**row, "at": end.isoformat(), "by law": "yes"}))
                row = {**row, "event": PUT_BY_LAW}
        else:
            together.pop(case, None)
        if event == "withdraw":
            filed.pop(case, None)
        elif row["department"] == "window" and event == "supplement":
            filed.setdefault(case, None)
        elif row["department"] == "window" and event == "supplied" and case in filed:
            filed[case] = filed[case] or at
        found.append((line, row))
    for end, line, row in sorted(moved, key=lambda one: one[:2], reverse=True):
        place = next(place for place, (_, one) in enumerate(found) if (moment(one["at"]) or end) >= end)
        found.insert(place, (line, row))
    return found


def withdraw(put: list[Any]) -> bool:
    done = False
    for _, terms in put:
        undecided = [term for term in terms.values() if term.state not in ("in-time", "deemed") and not answered(term)]
        if undecided and not any(term.state == "withdrawn" for term in terms.values()):
            done = True
            for term in undecided:
                term.state = "withdrawn"
            for term in terms.values():  # who owes a paper owes it no more, and is told that nothing is wanted
                term.released = term.state == "deemed" and term.default == "consent" and not term.late
    return done


def answered(term: Term) -> bool:
    """After an escalation an answer still counts."""
    return term.state == "escalated" and term.late
