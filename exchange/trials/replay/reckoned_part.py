"""A department's part in an application, as the events of a log leave it: with none of the rules that are on trial.

Of the product it shares the calendar alone. `docs/deadlines.md` states what is counted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from exchange.clock import CST
from exchange.schemas import DefaultMode
from exchange.trials.replay.days import (
    DAY,
    StandingDays,
    date_ended,
    date_of,
    end_of,
    end_of_days,
    end_pauses,
    morning_of,
    next_workday,
    pause_of,
)
from exchange.trials.replay.fates import Ending, ReplayFate
from exchange.trials.replay.log import EventKind, ReplayEvent
from exchange.workdays import WorkingCalendar

_LAST_STAGE = 90
"""Per cent of a term's working days after which a department is reminded for the last time."""
_MOST_ENTRIES = 100
_MOST_DAYS = 2_500
"""Working days that the entries of one term may add and announce."""
_OWN = (EventKind.SUPPLEMENT, EventKind.SUPPLIED)
"""What the department itself orders, and therefore knows."""
_OWN_DAYS = 180
"""Working days for which a department may stop its own clock in all: those that it waits for a supplement."""
_CORRECTION_DAYS = 3
"""Working days in which what went back to a department may be put right."""
_CALM = timedelta(minutes=10)
"""After which a monitor looks at a term that was over when it heard of it."""


@dataclass
class ReckonedPart:
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
    pauses: list[StandingDays] = field(default_factory=list)
    reminded_of: set[tuple[datetime, datetime]] = field(default_factory=set)
    """Beginnings and ends of the term that the department was reminded of."""
    answered: bool = False
    late: bool = False
    deemed: bool = False
    escalated: bool = False
    withdrawn: bool = False
    asked_already: bool = False
    """Whether the department has asked for a supplement."""
    faulty_at: datetime | None = None
    """When the department first asked in time and was refused: it was not silent then."""
    correct_by: datetime | None = None
    to_know: list[tuple[datetime, bool]] = field(default_factory=list)
    """From the change that last brought the end nearer on: when it was signed for, and whether it is its own."""
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
            return self._count(date_of(self.began), self.asked.days + self.more, off)
        lost = {
            first + DAY * ahead
            for first, last in off
            for ahead in range(1, (last - first).days + 1)
            if self.calendar.is_workday(first + DAY * ahead)
        }
        fixed = self.asked.due or self.began
        if not self.more + len(lost):
            return fixed, False
        return self._count(date_ended(fixed), self.more + len(lost), [])

    def _count(self, day: date, left: int, off: list[tuple[date, date]]) -> tuple[datetime, bool]:
        provisional = False
        while left:
            day += DAY
            if any(first <= day <= last for first, last in off):
                continue
            provisional = provisional or not self.calendar.published(day)
            left -= self.calendar.is_workday(day)
        return end_of(day), provisional

    def pass_until(self, now: datetime) -> None:
        """Let what silence comes to take effect, if the term is over before ``now``."""
        end, provisional = self.end()
        if end is None or provisional or not self.running:
            return
        if now <= (end if end > self.changed else self.changed + _CALM):
            return
        self._mind_reminder(end, end)
        silence_counts = self.asked.default is not DefaultMode.NONE and (self.began, end) in self.reminded_of
        silence_counts = silence_counts and self.faulty_at is None and self._knows(end)
        self.deemed, self.escalated = silence_counts, not silence_counts
        self.answered = self.escalated and self.late

    def _knows(self, end: datetime) -> bool:
        """Whether nothing has brought the end nearer, or the department knew of it before it came."""
        return not self.to_know or any(own or signed_at <= end for signed_at, own in self.to_know)

    def _mind_reminder(self, end: datetime, until: datetime) -> None:
        if self._is_reminded(end, until):
            self.reminded_of.add((self.began, end))

    def _is_reminded(self, end: datetime, until: datetime) -> bool:
        """Whether the department was reminded of this end before ``until``, for the last time if not before."""
        if self.changed >= until or morning_of(date_of(self.began) + DAY) >= until:
            return False
        mornings = [morning for day in self._days_until(end) if (morning := morning_of(day)) < end]
        if not mornings:
            return False
        last = mornings[-(-len(mornings) * _LAST_STAGE // 100) - 1]
        if self.changed > last:
            today = date_of(self.changed)
            last = self.changed if self.calendar.is_workday(today) else morning_of(next_workday(today, self.calendar))
        return last < until

    def _days_until(self, end: datetime) -> Iterator[date]:
        """The working days of the term, behind that on which it began and without those on which the clock stands."""
        day, off = date_of(self.began), [(pause.first, pause.last) for pause in self.pauses if pause.last]
        while day < date_of(end):
            day += DAY
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
        if not self.running or (end is not None and event.at > end):
            return False
        if end is not None:
            self._mind_reminder(end, event.at)
        days = _OWN_DAYS if event.kind is EventKind.SUPPLEMENT else event.days or 0
        full = self.entries == _MOST_ENTRIES or self.announced + days > _MOST_DAYS
        if full or not self._amend(event):
            if event.kind is EventKind.SUPPLEMENT:
                self._sent_back(event.at)
            return False
        self.announced += days
        self.changed = event.at
        self.entries += 1
        self._mind_what_is_to_be_known(event, end)
        return True

    def _mind_what_is_to_be_known(self, event: ReplayEvent, before: datetime | None) -> None:
        after, _ = self.end()
        if after is not None and (before is None or after < before):
            self.to_know = [(event.at, event.kind in _OWN)]
        elif self.to_know:
            self.to_know.append((event.at, event.kind in _OWN))

    def _reply(self, at: datetime) -> bool:
        if self.answered or self.late or self.withdrawn or self.released:
            return False
        end, _ = self.end()
        if self.faulty_at is not None and self.correct_by is not None and at <= self.correct_by:
            at = min(at, self.faulty_at)
        free = self.asked.default is DefaultMode.NONE or self.escalated
        if self.deemed or not (free or end is None or at <= end):
            self.late = True
        else:
            self.answered = True
        return True

    def _sent_back(self, at: datetime) -> None:
        """A department that asked in time was not silent, and may put right what went back to it."""
        self.changed = at
        if self.faulty_at is None:
            self.faulty_at, self.correct_by = at, end_of_days(at, _CORRECTION_DAYS, self.calendar)

    def _amend(self, event: ReplayEvent) -> bool:
        if event.kind is EventKind.SUPPLEMENT:
            return self._ask(event.at)
        if event.kind is EventKind.EXTEND:
            return self._extend(event.days or 0)
        if event.kind is EventKind.STOP:
            return self._stop(event)
        if event.kind is EventKind.RESUME:
            return end_pauses(self.pauses, date_of(event.at))
        if event.kind is EventKind.SUPPLIED:
            return end_pauses([pause for pause in self.pauses if pause.own], date_of(event.at))
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
        self.pauses.append(pause_of(event.at, event.days, self.calendar))
        return True

    def _ask(self, at: datetime) -> bool:
        if self.asked_already:
            return False
        self.asked_already = True
        self.pauses.append(pause_of(at, _OWN_DAYS, self.calendar, own=True))
        return True

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
