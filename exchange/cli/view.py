"""How things look in a terminal: one vocabulary of words, colours and tables."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.status import CaseStatus, PartStatus
from exchange.cli.laid_out import shown_as_called
from exchange.cli.streams import printable
from exchange.language import choose, name_of, plural, tr
from exchange.language.names import AMENDMENTS, CASE_STATES, OUTCOMES, PART_STATES
from exchange.schemas import EntryKind, Verdict

_WIDTH_OF_A_FILE = 120
"""Columns where nobody's terminal says how many there are."""


class Lines(Console):
    """A console that leaves lines whole, however narrow the terminal, so that what stands in them can be copied.

    Links, commands, paths and codes are in many lines; a terminal folds them without breaking them. Tables, panels and
    the like are laid out as wide as the terminal is. Commands of ours are written as this process was called.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        if all(isinstance(each, str | Text) for each in objects):
            options.setdefault("soft_wrap", True)
        super().print(*map(shown_as_called, objects), **options)


class LiveView(Live):
    """What is drawn again and again, with commands of ours written as this process was called."""

    def __init__(self, renderable: RenderableType | None = None, **options: Any) -> None:
        super().__init__(renderable, console=console, **options)

    def get_renderable(self) -> RenderableType:
        return shown_as_called(super().get_renderable())  # type: ignore[no-any-return]


def _console(*, stderr: bool = False) -> Lines:
    found = Lines(stderr=stderr, highlight=False)
    return found if found.is_terminal else Lines(stderr=stderr, highlight=False, width=_WIDTH_OF_A_FILE)


console = _console()
errors = _console(stderr=True)

_CELLS = {
    Verdict.AGREE: (("同意", "agree"), "green"),
    Verdict.AGREE_WITH_CONDITIONS: (("附条件", "condit."), "yellow"),
    Verdict.DISAGREE: (("不同意", "disagree"), "red"),
    Verdict.NOT_COMPETENT: (("非职责", "not ours"), "magenta"),
    Verdict.SPECIAL_PROCEDURE: (("特别程序", "procedure"), "blue"),
    Verdict.REFER_UPWARD: (("报上级", "upward"), "magenta"),
}
"""Verdicts as short as a cell wants them, with their colours."""
_CASES = {
    CaseState.OPEN: "cyan",
    CaseState.READY: "yellow",
    CaseState.DECIDED: "green",
    CaseState.WITHDRAWN: "dim",
    CaseState.BY_LAW: "green",
}
_OUTCOMES = {
    "grant": (("准予", "granted"), "green"),
    "grant-with-conditions": (("附条件准予", "conditional"), "yellow"),
    "refuse": (("不予", "refused"), "red"),
}
"""Outcomes as short as a cell wants them, with their colours."""


def say(text: str) -> None:
    """Print one line of progress, on standard error so that results stay clean."""
    errors.print(f"[dim]==>[/] {escape(printable(text))}")


def say_more(more: int) -> None:
    """Say how many a list leaves out; nothing for a whole one."""
    if more > 0:
        say(tr("and {more} more", more=more))


def say_link(what: str, link: str) -> None:
    """Do as `say`, with a link that can be clicked and copied."""
    errors.print(f"[dim]==>[/] {escape(printable(what))}: {escape(printable(link))}")


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def plain(text: str, style: str = "") -> Text:
    """Return text of others as it is: for every cell and line that somebody outside has written."""
    return Text(printable(text), style=style)


def times(attempts: int) -> str:
    """Say how often something was tried."""
    return plural(attempts, "{number} attempt", "{number} attempts")


def print_json(value: Any) -> None:
    """Print one JSON document on standard output."""
    print(json.dumps(value, ensure_ascii=False, default=_written))


def part_cell(part: PartStatus | None, now: datetime) -> Text:
    """Show one department's part of a case, as short as a table cell wants it."""
    if part is None:
        return Text("·", style="dim")
    if part.state is PartState.ANSWERED and part.verdict is not None:
        words, colour = _CELLS[part.verdict]
        return Text(tr("late: {verdict}", verdict=choose(words)) if part.late else choose(words), style=colour)
    if part.state in _OTHERWISE:
        return Text(name_of(PART_STATES, part.state), style=_OTHERWISE[part.state])
    return _waiting(part, now)


_OTHERWISE = {
    PartState.DEEMED: "bold magenta",
    PartState.REFUSED: "bold red",
    PartState.MOOT: "dim",
    PartState.ESCALATED: "bold red",
    PartState.PLANNED: "dim",
}


def _waiting(part: PartStatus, now: datetime) -> Text:
    if part.stopped is not None:
        return Text(name_of(AMENDMENTS, EntryKind.STOP), style="magenta")
    if part.due_at is None:
        return Text(name_of(PART_STATES, part.state), style="dim")
    left = part.due_at - now
    mark = tr("reminded, ") if part.reminded else ""
    guessed = " " + tr("(provisional)") if part.provisional else ""
    if left < timedelta(0):
        return Text(mark + tr("overdue") + guessed, style="bold red")
    return Text(mark + remaining(left, part.days_left) + guessed, style="yellow" if part.reminded else "cyan")


def remaining(left: timedelta, days: int | None) -> str:
    """Say what is left of a term: working days, and hours of its last one; as short as a cell wants it."""
    if not days:
        return tr("{hours:.0f} h left", hours=left / timedelta(hours=1))
    return tr("{days} d left", days=days)


def state_text(state: CaseState, outcome: str | None) -> Text:
    """Show a case's state, or what was decided."""
    if outcome:
        return Text(name_of(OUTCOMES, outcome), style=_OUTCOMES[outcome][1])
    return Text(name_of(CASE_STATES, state), style=_CASES[state])


def outcome_text(case: CaseStatus) -> Text:
    """Show what was decided, or where the case stands, in a few characters."""
    mark = tr(" (by rule)") if case.by_rule else tr(" (to confirm)") if case.prepared else ""
    if case.outcome:
        words, colour = _OUTCOMES[case.outcome]
        return Text(choose(words) + mark, style=colour)
    return state_text(case.state, None).append(mark)


def act_by(day: date | str) -> str:
    """Say until when something is to be dealt with: the end of that day."""
    return tr("to be dealt with by {day} 24:00", day=day)
