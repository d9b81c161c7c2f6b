"""Each department's line on the page of a case: where it stands, days left and why they moved, what it has said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.clock import CST
from exchange.language import choose, name_of
from exchange.language.filings import PART_STEPS
from exchange.language.names import AMENDMENTS, SILENCE, VERDICTS
from exchange.schemas import CaseProgress, DepartmentProgress
from exchange.schemas.deadline import EntryKind, LedgerEntry
from exchange.window.guest import Guest
from exchange.window.words import PART_TONES, VERDICT_TONES, WAITING
from exchange.workdays import working_days_between


@dataclass(frozen=True)
class DepartmentLine:
    """One department."""

    name: str
    stage: int
    kind: str
    state: str
    silence: str
    due_at: datetime | None
    provisional: bool
    left: str
    """Working days that are left, in words; empty where it is not to answer."""
    overdue: bool
    reminded: bool
    moved: tuple[str, ...]
    verdict: str
    verdict_kind: str
    reasons: str
    conditions: str
    licence_answer: str
    """The id of the answer about licences that it rests on; empty where there is none."""


def lines_of(guest: Guest, progress: CaseProgress) -> list[DepartmentLine]:
    """Return the departments in the order of their stages."""
    return [_line(guest, part) for part in sorted(progress.parts, key=lambda part: part.stage)]


def _line(guest: Guest, part: DepartmentProgress) -> DepartmentLine:
    waits = part.step in WAITING and part.due_at is not None
    return DepartmentLine(
        name=guest.say(part.name, part.name_en),
        stage=part.stage,
        kind=PART_TONES[part.step],
        state=guest.words(PART_STEPS[part.step]),
        silence=name_of(SILENCE, part.default.value),
        due_at=part.due_at,
        provisional=part.provisional,
        left=days_left(guest, part.due_at) if waits and part.due_at is not None else "",
        overdue=waits and part.due_at is not None and part.due_at <= guest.face.now(),
        reminded=part.reminded,
        moved=moves_of(guest, part.moved),
        verdict=name_of(VERDICTS, part.verdict.value) if part.verdict is not None else "",
        verdict_kind=VERDICT_TONES.get(part.verdict.value, "warn") if part.verdict is not None else "",
        reasons=part.reasons,
        conditions=part.conditions,
        licence_answer=part.licence_answer or "",
    )


def days_left(guest: Guest, due_at: datetime) -> str:
    """Say how many working days are left until a moment."""
    now = guest.face.now()
    if due_at <= now:
        return guest.say("已到期", "is over")
    days, _ = working_days_between(guest.face.node.calendar, now.astimezone(CST).date(), due_at.astimezone(CST).date())
    if due_at.astimezone(CST).time() == datetime.min.time():
        days = max(0, days - _is_workday(guest, due_at))
    if days == 0:
        return guest.say("今天到期", "ends today")
    return guest.say(f"还剩 {days} 个工作日", f"{days} working day{'' if days == 1 else 's'} left")


def _is_workday(guest: Guest, due_at: datetime) -> int:
    """What ends at 24:00 is written as midnight of the day after, which is not one of its days."""
    return int(guest.face.node.calendar.is_workday(due_at.astimezone(CST).date()))


def moves_of(guest: Guest, ledger: Sequence[LedgerEntry]) -> tuple[str, ...]:
    """Return what moved a term, and why; its beginning is none of it."""
    return tuple(_moved(guest, entry) for entry in ledger if entry.kind is not EntryKind.START)


def _moved(guest: Guest, entry: LedgerEntry) -> str:
    """Why the days moved: what happened, when, and its reason."""
    what = choose(AMENDMENTS[entry.kind.value])
    days = ""
    if entry.days is not None:
        days = guest.say(f" {entry.days} 个工作日", f" by {entry.days} working day{'' if entry.days == 1 else 's'}")
    day = entry.at.astimezone(CST).date().isoformat()
    return guest.say(f"{day} {what}{days}：{entry.reason}", f"{day}: {what}{days}, {entry.reason}")
