"""What stands in letters to officers: which cases are due when, and how much waits. Pure.

Numbers, names of matters and days alone: whoever else reads a mail learns nothing of an application.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum

from exchange.approval.rules.deadline import days_left
from exchange.clock import CST, end_text
from exchange.language import Language, Words, choose
from exchange.web.telling.deadlines import OpenDeadline, last_day
from exchange.web.telling.records import OfficerLetterRow
from exchange.web.telling.states import MailWish
from exchange.workdays import WorkingCalendar

_POLICY = SMTP.clone(max_line_length=900)  # links stay whole; lines end before the 998 octets of RFC 5322
SOON = 3
"""Working days before its last day from which on a deadline is told."""
_REMINDING = (SOON, 1, 0)
"""Working days left at which whoever wants to hear of nothing else gets a letter."""
_MOST = 50
"""Deadlines of one letter's paragraph; of more it says how many."""


class Nearness(StrEnum):
    """How near a deadline is."""

    OVERDUE = "overdue"
    TODAY = "today"
    DAYS_OFF = "days-off"
    """Its last day is a day off before the next working day, on which no letter comes."""
    NEXT = "next"
    SOON = "soon"


_HEADINGS: Mapping[Nearness, Words] = {
    Nearness.OVERDUE: ("已逾期", "Overdue"),
    Nearness.TODAY: ("今天到期", "Due today"),
    Nearness.DAYS_OFF: ("下一个工作日之前到期", "Due before the next working day"),
    Nearness.NEXT: ("还有 1 个工作日", "1 working day left"),
    Nearness.SOON: ("还有 2 至 3 个工作日", "2 or 3 working days left"),
}


@dataclass(frozen=True)
class DueNow:
    """What is to be told of on a day."""

    near: Mapping[Nearness, Sequence[OpenDeadline]]
    reminds: bool
    """Whether something has three working days left, one, or none."""
    waiting: Sequence[tuple[str, int]]
    """The lists of the inbox in which something waits, each with how much."""

    def calls_for_a_letter(self, wish: MailWish) -> bool:
        """Return whether a letter is due to somebody who wishes this."""
        return self.reminds if wish is MailWish.DUE else bool(self.near or self.waiting)


def due_now(
    deadlines: Iterable[OpenDeadline], waiting: Iterable[tuple[str, int]], calendar: WorkingCalendar, now: datetime
) -> DueNow:
    """Return what is to be told of now; what is due later is left to the lists."""
    near, reminds = dict[Nearness, list[OpenDeadline]](), False
    for one in deadlines:
        left = days_left(one.due_at, calendar, now)
        if now <= one.due_at and left > SOON:
            continue
        near.setdefault(_nearness(one, left, now), []).append(one)
        reminds = reminds or (now <= one.due_at and left in _REMINDING)
    ordered = {nearness: near[nearness] for nearness in Nearness if nearness in near}
    return DueNow(ordered, reminds, [(title, number) for title, number in waiting if number])


def _nearness(one: OpenDeadline, left: int, now: datetime) -> Nearness:
    if now > one.due_at:
        return Nearness.OVERDUE
    if left == 0:
        return Nearness.TODAY if last_day(one.due_at) == now.astimezone(CST).date() else Nearness.DAYS_OFF
    return Nearness.NEXT if left == 1 else Nearness.SOON


def due_text(due: DueNow, language: Language, site: str, settings: str) -> tuple[str, str]:
    """Return subject and text of a letter; ``settings`` is the path of the page on which it is stopped."""
    zh = language is Language.CHINESE
    lines = [line for nearness, ones in due.near.items() for line in _paragraph(nearness, ones, zh)]
    if due.waiting:
        mark = "：" if zh else ": "
        counts = [f"  {title}{mark}{number}" for title, number in due.waiting]
        lines += ["待办" if zh else "Waiting", *counts, ""]
    where = "请到办公桌面办理：" if zh else "Deal with it at the desk:"
    stop = "停止或更改邮件提醒：" if zh else "Stop or change letters:"
    return _subject(due, zh), "\n".join([*lines, where, f"{site}/", "", stop, f"{site}{settings}"]) + "\n"


def _subject(due: DueNow, zh: bool) -> str:
    told = [(_HEADINGS[nearness][0 if zh else 1], len(ones)) for nearness, ones in due.near.items()]
    if not told:
        waiting = sum(number for _, number in due.waiting)
        return f"待办 {waiting} 件" if zh else f"{waiting} waiting"
    if zh:
        return "，".join(f"{words} {number} 件" for words, number in told)
    return ", ".join(f"{words}: {number}" for words, number in told)


def _paragraph(nearness: Nearness, ones: Sequence[OpenDeadline], zh: bool) -> Iterator[str]:
    yield _HEADINGS[nearness][0 if zh else 1]
    for one in ones[:_MOST]:
        moved = ("（暂定）" if zh else " (provisional)") if one.provisional else ""
        yield f"  {end_text(one.due_at)}{moved}  {one.number}  {one.matter}  {one.task}"
    if len(ones) > _MOST:
        yield f"  另有 {len(ones) - _MOST} 件" if zh else f"  and {len(ones) - _MOST} more"
    yield ""


def confirm_text(account: str, language: Language, link: str) -> tuple[str, str]:
    """Return subject and text of the letter that asks whether an address is the officer's own."""
    if language is Language.CHINESE:
        lines = [
            f"账号 {account} 登记了这个邮箱，用来接收办理期限提醒。", "",
            "是您登记的，请打开以下网址，登录后确认；确认之前不会再给您写信：", link, "",
            "不是您登记的，不必理会：三天后这个邮箱地址会被删除。", "",
        ]  # fmt: skip
        return "请确认接收办理期限提醒", "\n".join(lines)
    lines = [
        f"The account {account} wants letters about deadlines to come to this address.", "",
        "If that is you, open this, sign in and confirm; nothing else is sent to you before:", link, "",
        "If it is not, do nothing: the address is deleted after three days.", "",
    ]  # fmt: skip
    return "Please confirm letters about deadlines", "\n".join(lines)


def letter_to(row: OfficerLetterRow, sender: str, office: Words) -> EmailMessage:
    """Return a letter as it goes out: the same at every attempt."""
    local, _, domain = sender.rpartition("@")
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = Address(" ".join(choose(office, row.language).split()), local, domain)
    letter["To"] = Address(addr_spec=row.address)
    letter["Subject"] = " ".join(row.subject.split())
    letter["Date"] = format_datetime(row.made_at)
    letter["Message-ID"] = f"<{row.letter_id}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(row.text)
    return letter
