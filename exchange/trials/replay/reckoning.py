"""What must come of a log: its own times counted day by day, with none of the rules that are on trial.

Of the product it shares the calendar alone. `docs/deadlines.md` states what is counted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from exchange.clock import CST
from exchange.schemas import DefaultMode
from exchange.trials.replay.fates import Ending, ReplayFate
from exchange.trials.replay.log import EventKind, ReplayEvent, ReplayLog
from exchange.workdays import WorkingCalendar

_DAY = timedelta(days=1)
_LAST_STAGE = 90
"""Per cent of a term's working days after which a department is reminded for the last time."""
_MOST_ENTRIES = 100
_MOST_DAYS = 2_500
"""Working days that the entries of one term may add and announce."""
_CALM = timedelta(minutes=10)
"""After which a monitor looks at a term that was over when it heard of it."""


@dataclass(frozen=True)
class Reckoned:
    """What must come of a log."""

    outcomes: dict[tuple[str, str], Ending]
    """By application and department."""
    refused: frozenset[int]
    """Lines of events that the exchange must refuse."""


def reckon_log(log: ReplayLog, calendar: WorkingCalendar) -> Reckoned:
    """Count a log through."""
    first = {application.asked[0].line: application for application in log.applications}
    cases: dict[str, dict[str, _Part]] = {}
    refused: set[int] = set()
    for event in log.events:
        if event.kind is EventKind.SUBMIT:
            if event.line in first:
                application = first[event.line]
                cases[application.number] = {one.department: _Part(one, calendar) for one in application.asked}
        elif not _happens(event, [cases[number] for number in log.about[event.line] if number in cases]):
            refused.add(event.line)
    outcomes = {(number, name): part.outcome() for number, parts in cases.items() for name, part in parts.items()}
    return Reckoned(outcomes, frozenset(refused))


def _happens(event: ReplayEvent, about: list[dict[str, _Part]]) -> bool:
    """Let an event happen to what it is about; False where it must be refused."""
    for parts in about:
        for part in parts.values():
            part.pass_until(event.at)
    if event.kind is EventKind.WITHDRAW:
        undecided = [parts for parts in about if not all(part.settled or part.withdrawn for part in parts.values())]
        for part in (part for parts in undecided for part in parts.values()):
            part.withdraw()
        return bool(undecided)
    found = [parts[event.department] for parts in about if event.department in parts]
    return bool(found) and found[0].take(event)


def end_of_days(at: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """Return when so many working days after an instant are over: 24:00 of the last of them."""
    day = _date(at)
    while days:
        day += _DAY
        days -= calendar.is_workday(day)
    return _end(day)


def _date(at: datetime) -> date:
    return at.astimezone(CST).date()


def _date_ended(at: datetime) -> date:
    """The day an instant belongs to as an end: midnight is the 24:00 of the day before."""
    return _date(at - timedelta(microseconds=1))


def _end(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CST) + _DAY


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=CST)


def _date_of_next(day: date, calendar: WorkingCalendar) -> date:
    day += _DAY
    while not calendar.is_workday(day):
        day += _DAY
    return day


@dataclass
class _Pause:
    first: date
    last: date | None
    """None while nobody has resumed."""
    ended: bool = False
    """Somebody has."""


@dataclass
class _Part:
    """A department's part in an application, as the events leave it."""

    asked: ReplayEvent
    calendar: WorkingCalendar
    began: datetime = field(init=False)
    changed: datetime = field(init=False)
    entries: int = 1
    """In the ledger, the beginning among them."""
    announced: int = 0
    """Working days that these have added and announced."""
    more: int = 0
    pauses: list[_Pause] = field(default_factory=list)
    reminded_of: set[tuple[datetime, datetime]] = field(default_factory=set)
    """Beginnings and ends of the term that the department was reminded of."""
    answered: bool = False
    late: bool = False
    deemed: bool = False
    escalated: bool = False
    withdrawn: bool = False
    released: bool = False
    """Whether the paper that it owed for a deemed consent is owed no more: the application was withdrawn."""

    def __post_init__(self) -> None:
        self.began = self.changed = self.asked.at

    @property
    def settled(self) -> bool:
        return self.answered or self.deemed

    @property
    def running(self) -> bool:
        return not (self.settled or self.escalated or self.withdrawn)

    @property
    def stands_still(self) -> bool:
        return any(pause.last is None for pause in self.pauses)

    def end(self) -> tuple[datetime | None, bool]:
        """When the term is over (None while the clock stands still), and whether that is provisional."""
        if self.stands_still:
            return None, False
        off = [(pause.first, pause.last) for pause in self.pauses if pause.last is not None]
        if self.asked.days is not None:
            return self._count(_date(self.began), self.asked.days + self.more, off)
        lost = {
            first + _DAY * ahead
            for first, last in off
            for ahead in range(1, (last - first).days + 1)
            if self.calendar.is_workday(first + _DAY * ahead)
        }
        fixed = self.asked.due or self.began
        if not self.more + len(lost):
            return fixed, False
        return self._count(_date_ended(fixed), self.more + len(lost), [])

    def _count(self, day: date, left: int, off: list[tuple[date, date]]) -> tuple[datetime, bool]:
        provisional = False
        while left:
            day += _DAY
            if any(first <= day <= last for first, last in off):
                continue
            provisional = provisional or not self.calendar.published(day)
            left -= self.calendar.is_workday(day)
        return _end(day), provisional

    def pass_until(self, now: datetime) -> None:
        """Let what silence comes to take effect, if the term is over before ``now``."""
        end, provisional = self.end()
        if end is None or provisional or not self.running:
            return
        if now <= (end if end > self.changed else self.changed + _CALM):
            return
        self._mind_reminder(end, end)
        silence_counts = self.asked.default is not DefaultMode.NONE and (self.began, end) in self.reminded_of
        self.deemed, self.escalated = silence_counts, not silence_counts
        self.answered = self.escalated and self.late

    def _mind_reminder(self, end: datetime, until: datetime) -> None:
        if self._is_reminded(end, until):
            self.reminded_of.add((self.began, end))

    def _is_reminded(self, end: datetime, until: datetime) -> bool:
        """Whether the department was reminded of this end before ``until``, for the last time if not before."""
        if self.changed >= until or _morning(_date(self.began) + _DAY) >= until:
            return False
        mornings = [morning for day in self._days_until(end) if (morning := _morning(day)) < end]
        if not mornings:
            return False
        last = mornings[-(-len(mornings) * _LAST_STAGE // 100) - 1]
        if self.changed > last:
            today = _date(self.changed)
            last = self.changed if self.calendar.is_workday(today) else _morning(_date_of_next(today, self.calendar))
        return last < until

    def _days_until(self, end: datetime) -> Iterator[date]:
        """The working days of the term, behind that on which it began and without those on which the clock stands."""
        day, off = _date(self.began), [(pause.first, pause.last) for pause in self.pauses if pause.last]
        while day < _date(end):
            day += _DAY
            if self.calendar.is_workday(day) and not any(first <= day <= last for first, last in off):
                yield day

    def withdraw(self) -> None:
        if not self.settled:
            self.withdrawn = True
        elif self.deemed and not self.late and self.asked.default is DefaultMode.CONSENT:
            self.released = True

    def take(self, event: ReplayEvent) -> bool:
        """Take in an event of this department; False where it must be refused."""
        if event.kind is EventKind.REPLY:
            return self._reply(event.at)
        end, _ = self.end()
        if not self.running or (end is not None and event.at > end) or self.entries == _MOST_ENTRIES:
            return False
        if end is not None:
            self._mind_reminder(end, event.at)
        if self.announced + (event.days or 0) > _MOST_DAYS or not self._amend(event):
            return False
        self.announced += event.days or 0
        self.changed = event.at
        self.entries += 1
        return True

    def _reply(self, at: datetime) -> bool:
        if self.answered or self.late or self.withdrawn or self.released:
            return False
        end, _ = self.end()
        free = self.asked.default is DefaultMode.NONE or self.escalated
        if self.deemed or not (free or end is None or at <= end):
            self.late = True
        else:
            self.answered = True
        return True

    def _amend(self, event: ReplayEvent) -> bool:
        if event.kind is EventKind.EXTEND:
            return self._extend(event.days or 0)
        if event.kind is EventKind.STOP:
            return self._stop(event)
        if event.kind is EventKind.RESUME:
            return self._resume(_date(event.at))
        self.began = event.at
        self.pauses.clear()
        return True

    def _extend(self, days: int) -> bool:
        if self.more:
            return False
        self.more = days
        return True

    def _stop(self, event: ReplayEvent) -> bool:
        if self.stands_still:
            return False
        first = _date_ended(event.at)
        last = None
        if event.days is not None:
            last = _date(end_of_days(_end(first) - _DAY, event.days, self.calendar) - _DAY)
        self.pauses.append(_Pause(first, last))
        return True

    def _resume(self, day: date) -> bool:
        standing = [pause for pause in self.pauses if not pause.ended and (pause.last is None or pause.last >= day)]
        for pause in standing:
            pause.last, pause.ended = day, True
        return bool(standing)

    def outcome(self) -> Ending:
        """What it has come to when nothing more happens."""
        self.pass_until(datetime.max.replace(tzinfo=CST))
        end, provisional = self.end()
        if self.escalated and not self.withdrawn:
            return Ending(ReplayFate.ESCALATED, end)
        if self.answered:
            return Ending(ReplayFate.IN_TIME, end)
        if self.deemed:
            return Ending(ReplayFate.DEEMED_THEN_LATE if self.late else ReplayFate.DEEMED, end)
        if self.withdrawn:
            return Ending(ReplayFate.WITHDRAWN, end)
        return Ending(ReplayFate.PROVISIONAL if provisional else ReplayFate.STOPPED, end)
