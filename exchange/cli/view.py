"""How things look in a terminal: one vocabulary of words, colours and tables, in Chinese and English."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from exchange.cli.called import line_as_called
from exchange.clock import CST
from exchange.flow.ports import CaseState, PartState
from exchange.flow.status import CaseStatus, PartStatus
from schemas import Decision, DefaultMode, Verdict

_WIDTH_OF_A_FILE = 120
"""Columns where nobody's terminal says how many there are."""


_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of writing."""


class Lines(Console):
    """A console that leaves lines whole, however narrow the terminal, so that what stands in them can be copied.

    Links, commands, paths and codes are in many lines; a terminal folds them without breaking them. Tables, panels and
    the like are laid out as wide as the terminal is. Commands of ours are written as this process was called.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        if all(isinstance(each, str | Text) for each in objects):
            options.setdefault("soft_wrap", True)
            objects = tuple(map(line_as_called, objects))
        super().print(*objects, **options)


def _console(*, stderr: bool = False) -> Lines:
    found = Lines(stderr=stderr, highlight=False)
    return found if found.is_terminal else Lines(stderr=stderr, highlight=False, width=_WIDTH_OF_A_FILE)


def lines_at_once() -> None:
    """Lets whoever reads by a pipe or from a file have each line when it is written; a terminal's reader has anyway.

    Once for the process, before anything is printed: then no command needs to think of it.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(line_buffering=True)


console = _console()
errors = _console(stderr=True)

VERDICTS = {
    Verdict.AGREE: ("同意", "agree", "green"),
    Verdict.AGREE_WITH_CONDITIONS: ("附条件", "conditions", "yellow"),
    Verdict.DISAGREE: ("不同意", "disagree", "red"),
    Verdict.NOT_COMPETENT: ("非职责", "not ours", "magenta"),
    Verdict.SPECIAL_PROCEDURE: ("特别程序", "procedure", "blue"),
    Verdict.REFER_UPWARD: ("报上级", "upward", "magenta"),
}
CASES = {
    CaseState.OPEN: ("会审中", "open", "cyan"),
    CaseState.READY: ("待决定", "ready", "yellow"),
    CaseState.DECIDED: ("已办结", "decided", "green"),
    CaseState.WITHDRAWN: ("已撤回", "withdrawn", "dim"),
}
OUTCOMES = {
    "grant": ("准予", "granted", "green"),
    "grant-with-conditions": ("附条件准予", "granted with conditions", "yellow"),
    "refuse": ("不予", "refused", "red"),
}


def say(text: str) -> None:
    """One line of progress, on standard error so that results stay clean."""
    errors.print(f"[dim]==>[/] {escape(printable(text))}")


def say_link(what: str, link: str) -> None:
    """As `say`, with a link that can be clicked and copied."""
    errors.print(f"[dim]==>[/] {escape(printable(what))}: {escape(printable(link))}")


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def printable(text: str) -> str:
    """Text of others as a terminal may have it: no control characters, which could move the cursor or hide what is so.

    Line ends stay. Who prints it through rich takes `plain`, since brackets would be read as markup.
    """
    return "".join("\ufffd" if _controls(ch) else ch for ch in text)


def _controls(ch: str) -> bool:
    return ch != "\n" and (unicodedata.category(ch) == "Cc" or ch in _DIRECTIONS)


def plain(text: str, style: str = "") -> Text:
    """Text of others, as it is: for every cell and line that somebody outside has written."""
    return Text(printable(text), style=style)


def times(attempts: int) -> str:
    """How often something was tried."""
    return f"{attempts} attempt{'' if attempts == 1 else 's'}"


def moment(at: datetime) -> str:
    """An instant of the record, to the minute, in the domain's own time."""
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}"


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, default=_written))


def part_cell(part: PartStatus | None, now: datetime) -> Text:
    """One department's part of a case, as short as a table cell wants it."""
    if part is None:
        return Text("·", style="dim")
    if part.state is PartState.ANSWERED and part.verdict is not None:
        chinese, _, colour = VERDICTS[part.verdict]
        return Text(("迟·" if part.late else "") + chinese, style=colour)
    if part.state is PartState.DEEMED:
        return Text("视为同意" if part.default is DefaultMode.CONSENT else "视为不同意", style="bold magenta")
    if part.state is PartState.MOOT:
        return Text("不再需要", style="dim")
    if part.state is PartState.ESCALATED:
        return Text("上报督办", style="bold red")
    if part.state is PartState.PLANNED:
        return Text("待下阶段", style="dim")
    return _waiting(part, now)


def _waiting(part: PartStatus, now: datetime) -> Text:
    if part.due_at is None:
        return Text("已送达" if part.state is PartState.SIGNED else "送达中", style="dim")
    left = part.due_at - now
    mark = "催 " if part.reminded else ""
    if left < timedelta(0):
        return Text(f"{mark}已逾期", style="bold red")
    return Text(f"{mark}剩 {remaining(left)}", style="yellow" if part.reminded else "cyan")


def remaining(left: timedelta) -> str:
    """Calendar time left, in days or hours."""
    if left >= timedelta(days=2):
        return f"{left / timedelta(days=1):.0f} 天"
    return f"{left / timedelta(hours=1):.0f} 小时"


def state_text(state: CaseState, outcome: str | None) -> Text:
    """A case's state in both languages."""
    chinese, english, colour = OUTCOMES[outcome] if outcome else CASES[state]
    return Text(f"{chinese} {english}", style=colour)


def outcome_text(case: CaseStatus) -> Text:
    """What was decided, or where the case stands, in a few characters."""
    chinese, _, colour = OUTCOMES[case.outcome] if case.outcome else CASES[case.state]
    mark = "·依规则" if case.by_rule else "·待确认" if case.prepared else ""
    return Text(chinese + mark, style=colour)


def decided_by(decision: Decision) -> str:
    """Who decided; a rule is named as such, with who answers for it."""
    if not decision.by_rule:
        return decision.officer
    return f"依规则作出，无人审批 made by rule; no person approved ({decision.officer})"


def due_text(due_at: datetime | None) -> str:
    """A due moment as people say it: midnight is 24:00 of the day that ends."""
    if due_at is None:
        return ""
    if (due_at.hour, due_at.minute) == (0, 0):
        return f"{due_at - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{due_at:%Y-%m-%d %H:%M}"
