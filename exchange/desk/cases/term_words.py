"""A department's term in words: how long is left, what its silence means, and why the end has moved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exchange.approval.rules.department_term import DeskTerm
from exchange.approval.rules.states import DeskState
from exchange.clock import end_text
from exchange.desk.cases.asked import AskedCase
from exchange.desk.visit import DeskVisit
from exchange.language import read_back
from exchange.language.names import AMENDMENTS
from exchange.schemas import Chase, DefaultMode, EntryKind, LedgerEntry, Opinion, Reminder
from exchange.schemas.consultation import ConsultedDepartment

Entry = tuple[str, str, datetime | str, str]
"""Tone of the dot, what happened, when, and more."""


def silence_words(visit: DeskVisit, own: ConsultedDepartment, term: DeskTerm | None) -> str:
    """Say what the department's silence means, on which rule, and from when on."""
    until = end_text(term.due_at) if term is not None and term.due_at is not None else ""
    by = (f"到 {until} 仍未答复的，", f"Unless you answer by {until}, ") if until else ("逾期未答复的，", "In the end ")
    basis = "；".join(own.default_basis)
    rule = (f"（依据：{basis}）", f" (basis: {basis})") if basis else ("", "")
    return visit.say(f"{by[0]}{_SILENCE[own.default][0]}{rule[0]}。", f"{by[1]}{_SILENCE[own.default][1]}{rule[1]}.")


_SILENCE = {
    DefaultMode.CONSENT: (
        "您的沉默视为同意，依规则产生，记录为未经任何人批准",
        "your silence means consent: it arises by rule, and is recorded as approved by nobody",
    ),
    DefaultMode.REFUSAL: (
        "您的沉默视为不同意，依规则产生",
        "your silence means refusal, by rule",
    ),
    DefaultMode.NONE: (
        "您的沉默不产生效力，案件将上报牵头部门督办",
        "your silence has no effect on the case: it is escalated to the lead",
    ),
}


def countdown(visit: DeskVisit, term: DeskTerm | None) -> str:
    """Say how long is left."""
    if term is None:
        return ""
    if term.stopped is not None:
        until = end_text(term.stopped.until) if term.stopped.until is not None else ""
        return visit.say(
            f"停计至 {until}。" if until else "停计，待恢复。",
            f"The clock stands still until {until}." if until else "The clock stands still until it is resumed.",
        )
    if term.due_at is None:
        return visit.say("期限尚未起算。", "The term has not begun.")
    if term.overdue:
        return visit.say(f"已于 {end_text(term.due_at)} 逾期。", f"It was over at {end_text(term.due_at)}.")
    left, until = term.days_left or 0, end_text(term.due_at)
    if left == 0:
        return visit.say(f"今天到期（{until}）。", f"It ends today ({until}).")
    return visit.say(
        f"还有 {left} 个工作日，到 {until}。", f"{left} working day{'' if left == 1 else 's'} left, until {until}."
    )


def day_entries(visit: DeskVisit, case: AskedCase) -> list[Entry]:
    """Return the ledger of days as a timeline, oldest first, with the end that is ahead at its end."""
    row, term = case.row, case.term
    found: list[Entry] = [("", visit.say("收到征求意见", "The request came"), row.received_at, "")]
    if term is not None:
        found += [_amended(visit, entry) for entry in term.amendments]
    found += _reminded(visit, case)
    if row.answered_at is not None:
        found.append(("", visit.say("已答复", "Answered"), row.answered_at, ""))
    found.sort(key=_moment)
    if term is not None and term.due_at is not None and row.state is DeskState.WAITING:
        guessed = visit.say("暂计：超出已公布的日历", "provisional: beyond the published calendar")
        found.append(
            ("wait", visit.say("到期", "It is due"), end_text(term.due_at), guessed if term.provisional else "")
        )
    return found


def _moment(entry: Entry) -> datetime:
    assert isinstance(entry[2], datetime)  # noqa: S101 -- what has happened has its moment
    return entry[2]


def _amended(visit: DeskVisit, entry: LedgerEntry) -> Entry:
    words = visit.say(*AMENDMENTS[entry.kind.value])
    days = ""
    if entry.days:
        plural = "" if entry.days == 1 else "s"
        days = visit.say(f"：{entry.days} 个工作日", f" by {entry.days} working day{plural}")
    why = "\n".join(filter(None, (read_back(entry.reason), visit.say("；", "; ").join(entry.basis))))
    return "warn" if entry.kind is EntryKind.STOP else "", f"{visit.say('期限', 'Term ')}{words}{days}", entry.at, why


def _reminded(visit: DeskVisit, case: AskedCase) -> Iterator[Entry]:
    for letter in case.letters:
        body = letter.verified.body if letter.verified is not None else None
        if isinstance(body, Reminder):
            what = visit.say(f"催办：期限已过 {body.stage}%", f"Reminded: {body.stage} % of the term had passed")
            yield "warn", what, letter.stored.recorded_at, ""
        elif isinstance(body, Chase):
            what = visit.say(f"窗口催办（{body.officer}）", f"Pressed by the window ({body.officer})")
            yield "warn", what, letter.stored.recorded_at, body.words
        elif isinstance(body, Opinion) and body.procedure is not None:
            what = visit.say("告知特别程序", "A special procedure was announced")
            yield "", what, letter.stored.recorded_at, ""
