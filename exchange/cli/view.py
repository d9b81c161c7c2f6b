"""How things look in a terminal: one vocabulary of words, colours and tables, in Chinese and English."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.flow.ports import CaseState, PartState
from exchange.flow.status import CaseStatus, PartStatus
from schemas import DefaultMode, Verdict

_WIDTH_OF_A_FILE = 120
"""Columns where nobody's terminal says how many there are."""


def _console(*, stderr: bool = False) -> Console:
    found = Console(stderr=stderr, highlight=False)
    return found if found.is_terminal else Console(stderr=stderr, highlight=False, width=_WIDTH_OF_A_FILE)


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
    errors.print(f"[dim]==>[/] {text}", markup=True)


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, default=str))


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


def cases_table(cases: Sequence[CaseStatus], names: Mapping[str, str], now: datetime, *, brief: bool = False) -> Table:
    """Cases by departments; ``brief`` keeps two digits of a number, for a terminal of 110 columns."""
    table = Table(header_style="bold", border_style="dim", pad_edge=False, padding=(0, 1))
    table.add_column("案件 case", no_wrap=True)
    involved = {part.department for case in cases for part in case.parts}
    shown = {address: name for address, name in names.items() if brief or address in involved}
    for name in shown.values():
        table.add_column(name, justify="center", no_wrap=True, min_width=6)
    table.add_column("决定", no_wrap=True, min_width=10)
    for case in cases:
        parts = {part.department: part for part in case.parts}
        number = case.number[-2:] if brief else case.number
        cells = [part_cell(parts.get(address), now) for address in shown]
        table.add_row(f"{number} {case.matter_name[:8]}", *cells, outcome_text(case))
    return table


def outcome_text(case: CaseStatus) -> Text:
    """What was decided, or where the case stands, in a few characters."""
    chinese, _, colour = OUTCOMES[case.outcome] if case.outcome else CASES[case.state]
    return Text(chinese, style=colour)


def due_text(due_at: datetime | None) -> str:
    """A due moment as people say it: midnight is 24:00 of the day that ends."""
    if due_at is None:
        return ""
    if (due_at.hour, due_at.minute) == (0, 0):
        return f"{due_at - timedelta(days=1):%Y-%m-%d} 24:00"
    return f"{due_at:%Y-%m-%d %H:%M}"


def case_view(case: CaseStatus, now: datetime) -> RenderableType:
    """One case, the applicant's view."""
    head = Table.grid(padding=(0, 2))
    head.add_row("[bold]受理编号 case", case.number)
    head.add_row("[bold]事项 matter", f"{case.matter_name} ({case.matter})")
    head.add_row("[bold]项目 project", case.project)
    head.add_row("[bold]状态 status", state_text(case.state, case.outcome))
    head.add_row("[bold]进度 progress", f"{case.answered}/{len(case.parts)} · {case.step}")
    table = Table(header_style="bold", border_style="dim")
    for title in ("部门 department", "阶段 stage", "意见 opinion", "期限 due"):
        table.add_column(title)
    for part in case.parts:
        name = f"{part.name} ({part.department})"
        table.add_row(name, str(part.stage), part_cell(part, now), due_text(part.due_at))
    return Group(head, table)


def case_json(case: CaseStatus) -> dict[str, Any]:
    """One case for machines."""
    return {
        "case": case.number,
        "matter": case.matter,
        "project": case.project,
        "state": case.state.value,
        "stage": case.stage,
        "outcome": case.outcome,
        "opened_at": case.opened_at.isoformat(),
        "decided_at": case.decided_at.isoformat() if case.decided_at else None,
        "departments": [
            {
                "department": part.department,
                "state": part.state.value,
                "verdict": part.verdict.value if part.verdict else None,
                "due_at": part.due_at.isoformat() if part.due_at else None,
                "late_opinion": part.late,
            }
            for part in case.parts
        ],
    }
