"""Logs of cases that nobody has lived through: every kind of event, every fate, and the edges of days and holidays."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from tests.plain_reckoning import CHINA, DAY, after, midnight_after

HEAD = "at,case,event,department,due,days,default,reasons"
DEPARTMENTS = ("规划局", "消防救援", "Water & Roads", "气象局", "文物局", "Group 1")
EDGES = [
    date(2026, 1, 4), date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 23), date(2026, 2, 27),
    date(2026, 2, 28), date(2026, 4, 3), date(2026, 4, 30), date(2026, 5, 9), date(2026, 9, 18), date(2026, 9, 20),
    date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 10), date(2026, 12, 29),
]  # fmt: skip
"""Days before, in and behind holidays, and days that are made up for."""
TIMES = (time(0), time(0, 0, 1), time(9), time(12, 30, 0, 1), time(23, 59, 59), time(23, 59, 59, 999999))
STOPS = ("stop", "suspend")
"""One event by both of its names."""
BESIDE = (timedelta(0), timedelta(seconds=-1), timedelta(seconds=1), timedelta(microseconds=1))
"""Answers at the due moment itself, and just beside it."""


EVERY_FATE = (
    HEAD
    + """
2026-02-09T10:00:00+08:00,c-1,submit,规划局,2026-02-14T24:00:00+08:00,,
2026-02-09T10:00:00+08:00,c-1,submit,消防,,5,
2026-02-09T10:00:00+08:00,c-1,submit,气象,,5,
2026-02-09T10:00:00+08:00,c-1,submit,文物,,5,none
2026-02-09T10:00:00+08:00,c-2,submit,规划局,2026-02-09T10:00:02+08:00,,
2026-02-09T10:00:00+08:00,c-2,submit,消防,,20,
2026-02-10T08:00:00+08:00,c-1,extend,气象,,3,
2026-02-10T08:00:00+08:00,c-1,extend,气象,,3,
2026-02-10T08:00:00+08:00,c-1,reply,水务,,,
2026-02-11T08:00:00+08:00,c-2,resume,消防,,,
2026-02-12T08:00:00+08:00,c-2,stop,消防,,,
2026-02-12T08:00:00+08:00,c-2,stop,消防,,,
2026-02-15T00:00:00+08:00,c-1,reply,规划局,,,
2026-02-15T00:00:00+08:00,c-1,reply,规划局,,,
2026-02-15T00:00:01+08:00,c-1,reply,消防,,,
2026-02-16T08:00:00+08:00,c-1,restart,消防,,,
2026-02-24T08:00:00+08:00,c-2,resume,消防,,,
2026-03-02T08:00:00+08:00,c-2,withdraw,,,,
2026-03-02T08:00:00+08:00,c-2,withdraw,,,,
2026-03-03T08:00:00+08:00,c-2,submit,规划局,,1,
2026-03-03T08:00:00+08:00,c-2,submit,消防,,20,
2026-03-03T09:00:00+08:00,c-2,reply,规划局,,,
2026-03-04T08:00:00+08:00,c-2,restart,消防,,,
2026-03-05T08:00:00+08:00,c-2,stop,消防,,,
2026-06-03T23:59:59+08:00,c-4,submit,规划局,2026-06-05T09:00:00+08:00,,
2026-06-04T07:59:59+08:00,c-5,submit,规划局,,2,refusal
2026-06-04T07:59:59+08:00,c-5,submit,消防,,5,
2026-06-04T07:59:59+08:00,c-6,submit,气象,,5,
2026-06-04T07:59:59+08:00,c-6,withdraw,,,,
2026-06-04T07:59:59+08:00,c-6,submit,气象,2026-06-11T24:00:00+08:00,5,
2026-06-04T07:59:59+08:00,c-6.2,reply,气象,,,
2026-06-04T08:00:00+08:00,c-6,stop,气象,,365,
2026-06-04T08:00:00+08:00,c-6,stop,气象,,365,
2026-06-04T08:00:00+08:00,c-6,stop,气象,,365,
2026-06-04T08:00:00+08:00,c-6,stop,气象,,365,
2026-06-04T08:00:00+08:00,c-6,stop,气象,,365,
2026-06-04T08:00:00+08:00,c-6,stop,气象,,365,
2026-06-04T08:00:00+08:00,c-6,stop,气象,,365,
2026-06-04T08:00:00+08:00,c-6,resume,气象,,,
2026-06-04T09:00:00+08:00,c-7,submit,规划局,,3,
2026-06-04T09:00:00+08:00,c-7,submit,消防,,3,
2026-06-04T09:00:00+08:00,c-7,submit,气象,,5,
2026-06-04T10:00:00+08:00,c-7,supplied,规划局,,,
2026-06-05T09:00:00+08:00,c-7,supplement,规划局,,,,图纸不全，请补正
2026-06-05T09:00:00+08:00,c-7,supplement,消防,,,
2026-06-05T09:00:00+08:00,c-7,supplement,消防,,,
2026-06-05T09:00:00+08:00,c-7,suspend,气象,,,,现场踏勘
2026-06-05T09:00:00.000001+08:00,c-4,reply,规划局,,,
2026-06-09T09:00:00+08:00,c-7,resume,气象,,,,踏勘结束
2026-06-10T09:00:00+08:00,c-7,supplied,规划局,,,,图纸已补
2026-06-10T09:00:00+08:00,c-7,supplied,消防,,,
2026-06-10T10:00:00+08:00,c-7,supplied,消防,,,
2026-06-11T09:00:00+08:00,c-7,reply,规划局,,,,符合规划
2026-06-12T08:00:00+08:00,c-5,withdraw,,,,
2026-06-15T08:00:00+08:00,c-9,supplied,window,,,,没有缺什么
2026-06-15T08:00:00+08:00,c-9,supplement,window,,,,缺总平面图
2026-06-15T08:00:00+08:00,c-9,supplement,window,,,,还缺一份
2026-06-15T08:00:00+08:00,c-10,supplement,window,,,
2026-06-15T08:30:00+08:00,c-10,withdraw,,,,
2026-06-15T08:30:00+08:00,c-10,supplied,window,,,
2026-06-15T09:00:00+08:00,c-8,submit,规划局,2026-06-18T09:00:00+08:00,,
2026-06-15T09:00:00+08:00,c-8,submit,消防,2026-06-18T09:00:00+08:00,,
2026-06-16T09:00:00+08:00,c-9,supplied,window,,,,总平面图已补
2026-06-16T09:00:00+08:00,c-9,supplied,window,,,
2026-06-16T09:00:00+08:00,c-9,supplement,window,,,
2026-06-17T09:00:00+08:00,c-9,submit,规划局,,2,
2026-06-17T09:00:00+08:00,c-9,submit,消防,,5,
2026-06-17T09:00:00+08:00,c-10,submit,消防,,5,
2026-06-17T10:00:00+08:00,c-9,supplement,消防,,,
2026-06-17T11:00:00+08:00,c-9,supplied,消防,,,
2026-06-17T12:00:00+08:00,c-9,supplement,window,,,,下一份申请缺图
2026-06-18T09:00:00+08:00,c-8,supplement,规划局,,,
2026-06-18T09:00:00+08:00,c-8,stop,消防,,5,
2026-06-18T09:00:01+08:00,c-8,resume,规划局,,,
2026-06-18T09:00:01+08:00,c-8,resume,消防,,,
2026-06-18T10:00:00+08:00,c-11,supplement,window,,,
2026-06-22T09:00:00+08:00,c-11,supplied,window,,,
2026-06-30T00:00:00+08:00,c-11,supplied,window,,,
2026-06-30T09:00:00+08:00,c-11,supplement,window,,,
2026-06-30T10:00:00+08:00,c-11,reply,规划局,,,
2026-07-02T09:00:00+08:00,c-11,submit,规划局,,5,
2026-07-02T09:00:00+08:00,c-11,submit,消防,2026-07-02T24:00:00+08:00,2,
2026-07-02T09:00:00+08:00,c-11,submit,气象,2026-07-08T09:00:00+08:00,,
2026-07-03T09:00:00+08:00,c-11,reply,消防,,,
2026-12-20T08:00:00+08:00,c-3,submit,气象,,15,
"""
)
"""A small log: every kind of event and every fate, an answer at the due moment and one just behind it, and refusals of
every kind. Further: a submit in the last second of a day; silence that is refusal; a withdrawal and another submit at
one instant; what is said of a case called as a later application might be; more announced than a ledger may have;
supplements that are asked for once, twice and never, each with what came of it; an event by its other name, reasons;
clocks that stood at the due moment and ran again a second later, which is too late to be known; what is told missing
before an acceptance, once and twice, completed once and twice, withdrawn, and left as it is; and what the window let
lie until law accepted it: its departments' terms run from then, and one answers before the log's own submit.
"""


def synthetic_log(seed: int, cases: int) -> str:
    """A log of so many cases, the same for a seed."""
    chance = random.Random(seed)
    rows = [row for number in range(1, cases + 1) for row in Case(chance, f"c-{number}").rows()]
    rows.sort(key=lambda row: row[0])  # stable: what happens to a case at one instant keeps its order
    return "\n".join([HEAD, *(",".join((at.isoformat(), *cells)) for at, *cells in rows)]) + "\n"


class Case:
    """One case, made up by chance."""

    def __init__(self, chance: random.Random, number: str) -> None:
        self.chance, self.number = chance, number
        self.made: list[tuple[datetime, ...]] = []

    def rows(self) -> list[tuple[datetime, ...]]:
        chance = self.chance
        began = self.moment(
            chance.choice(EDGES) if chance.random() < 0.6 else date(2026, 1, 5) + DAY * chance.randrange(330)
        )
        if chance.random() < 0.25:
            self.told_missing(began)
        asked = chance.sample(DEPARTMENTS, chance.randint(1, 4))
        for department in asked:
            self.consult(began, department)
        if chance.random() < 0.15:
            when = began + chance.choice((self.some(20), timedelta(0)))
            for _ in range(chance.choice((1, 1, 2))):
                self.add(when, "withdraw", "")
            if chance.random() < 0.3:
                self.consult(when, chance.choice(asked))
        if chance.random() < 0.2:
            again = began + self.some(25)
            for department in chance.sample(DEPARTMENTS, chance.randint(1, 2)):
                self.consult(again, department)
        if chance.random() < 0.1:
            self.add(began + self.some(10), chance.choice(("reply", "extend", "resume")), "nobody", days="3")
        if chance.random() < 0.1:
            self.beside(began, asked[0])
        return self.made

    def told_missing(self, began: datetime) -> None:
        """Before it is accepted something is missing: told once and completed, or withdrawn; and what is told, handed
        in or taken back once more than it can be.
        """
        chance = self.chance
        told = began - self.some(20)
        ends = told + (began - told) * chance.random()
        if began >= midnight_after(after(ends.astimezone(CHINA).date(), 5)):
            ends = max(told, began - timedelta(seconds=1))  # later it would be accepted by law
        beside = [told + (began - told) * chance.random() for _ in range(3)]
        self.add(told, "supplement", "window")
        self.add(ends, chance.choice(("supplied", "supplied", "supplied", "withdraw")), "window")
        if self.made[-1][2] == "withdraw":
            self.add(max(ends, beside[0]), chance.choice(("supplied", "withdraw")), "window")
            return
        for at in beside[: chance.choice((0, 0, 1, 3))]:
            self.add(at, "supplement", "window")
        if chance.random() < 0.3:
            self.add(max(ends, beside[0]), "supplied", "window")

    def consult(self, at: datetime, department: str) -> None:
        chance = self.chance
        days = chance.choice((1, 2, 3, 5, 10, 20))
        end = midnight_after(after(at.astimezone(CHINA).date(), days))
        due = ""
        if chance.random() < 0.5:
            end = max(
                at + timedelta(seconds=5), chance.choice((end, end - timedelta(hours=7), end + timedelta(hours=9)))
            )
            due = end.isoformat()
        both = "" if due else chance.choice(("", "", end.isoformat()))
        default = chance.choice(("", "", "", "", "consent", "refusal", "none"))
        self.add(at, "submit", department, due or both, "" if due else str(days), default)
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2, 3))):
            self.amend(at, end, department)
        if chance.random() < 0.05:
            self.burst(at + (end - at) * chance.random(), department)
        answer = chance.random()
        if answer < 0.4:
            self.add(at + (end - at) * chance.random(), "reply", department)
        elif answer < 0.65:
            self.add(max(at, end + chance.choice(BESIDE)), "reply", department)
        elif answer < 0.8:
            self.add(end + self.some(15), "reply", department)
        if chance.random() < 0.1:
            self.add(end + self.some(15), "reply", department)

    def amend(self, at: datetime, end: datetime, department: str) -> None:
        chance = self.chance
        kind = chance.choice(("extend", "stop", "suspend", "supplement", "supplement", "restart", "resume", "supplied"))
        when = at + (end - at) * chance.random()
        if chance.random() < 0.2:
            when = chance.choice((end, at, end + timedelta(seconds=1)))
        days = str(chance.choice((1, 3, 10))) if kind == "extend" or (kind in STOPS and chance.random() < 0.3) else ""
        self.add(when, kind, department, "", days)
        if kind in STOPS and not days and chance.random() < 0.85:
            self.add(when + self.some(12), "resume", department)
        if kind == "supplement" and chance.random() < 0.85:
            self.add(when + self.some(30), chance.choice(("supplied", "supplied", "resume")), department)

    def burst(self, when: datetime, department: str) -> None:
        """Much of a term at one instant, in any order; at times more than a ledger may have."""
        kinds = self.chance.choices(
            ("extend", "stop", "resume", "restart", "reply", "supplement", "supplied"), (4, 8, 4, 4, 1, 4, 4), k=8
        )
        for kind in kinds:
            days = self.chance.choice(("", "2")) if kind == "stop" else "2" if kind == "extend" else ""
            self.add(when, kind, department, "", days)
        if self.chance.random() < 0.2:
            for _ in range(8):
                self.add(when, "stop", department, "", "365")

    def beside(self, began: datetime, department: str) -> None:
        """A case that nobody was ever asked about, called as a later application of this one might be; and an answer
        before anything was asked."""
        number = self.number
        self.add(began - DAY, "reply", department)
        self.number = f"{number}.2"
        self.add(began + self.some(30), self.chance.choice(("reply", "stop", "withdraw")), department)
        for _ in range(self.chance.choice((0, 1, 2))):
            self.add(began + self.some(30), self.chance.choice(("supplement", "supplied", "withdraw")), "window")
        self.number = number

    def add(self, at: datetime, event: str, department: str, due: str = "", days: str = "", default: str = "") -> None:
        if event in ("reply", "resume"):
            days = ""
        if event == "withdraw":
            department = ""
        self.made.append((at.astimezone(CHINA), self.number, event, department, due, days, default))  # type: ignore[arg-type]

    def some(self, days: int) -> timedelta:
        return timedelta(seconds=self.chance.randrange(1, days * 86_400))

    def moment(self, day: date) -> datetime:
        return datetime.combine(day, self.chance.choice(TIMES), CHINA)
