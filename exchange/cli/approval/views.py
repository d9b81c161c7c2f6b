"""Cases as one sees them: the table of cases by departments, and one case in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from exchange.approval.rules.case_sentence import sentence
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.status import CaseStatus, PartStatus
from exchange.cli.approval.clock_views import case_changes, clock_rows
from exchange.cli.approval.course_views import labelled, paper_text, proposed, reopened
from exchange.cli.approval.term_views import changes_table, stopped_text
from exchange.cli.naming import called, in_full
from exchange.cli.view import console, outcome_text, part_cell, plain, state_text
from exchange.language import choose, name_of, read_back, tr
from exchange.language.names import GROUNDS
from exchange.operations.said.terms import decided_by, due_text, ends_text, moment
from exchange.schemas import Decision

_WAITED_FOR = frozenset({PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED})
_VERY_WIDE = 1000
"""Columns in which a table takes all the room it wants."""


def cases_table(
    cases: Sequence[CaseStatus],
    names: Mapping[str, str],
    now: datetime,
    *,
    brief: bool = False,
    room: int | None = None,
) -> Table:
    """Show cases by departments; ``brief`` keeps two digits of a number, for a terminal of 110 columns; ``room`` are
    the columns for the matters' names (`_least` of them if not given).
    """
    room = _least(brief) if room is None else room
    table = Table(header_style="bold", border_style="dim", pad_edge=False, padding=(0, 1), **_caption())
    table.add_column(tr("case"), no_wrap=True)
    involved = {part.department for case in cases for part in case.parts}
    shown = {address: name for address, name in names.items() if brief or address in involved}
    for name in shown.values():
        table.add_column(plain(name), justify="center", no_wrap=True, min_width=6)
    table.add_column(tr("decision"), no_wrap=True, min_width=10)
    for case in cases:
        parts = {part.department: part for part in case.parts}
        number = case.number[-2:] if brief else case.number
        cells = [part_cell(parts.get(address), now) for address in shown]
        name = _cut(choose(case.matter_names), room)
        table.add_row(plain(f"{number} {name}"), *cells, outcome_text(case))
    return table


def _cut(name: str, columns: int) -> str:
    """As much of a name as so many columns hold, and an ellipsis for the rest; a Chinese character takes two, and a
    word of letters is left whole where there is one before it."""
    end = next((end for end in range(len(name), 0, -1) if cell_len(name[:end]) <= columns), 0)
    if end == len(name):
        return name
    whole = name[:end] if name[end] == " " else name[:end].rpartition(" ")[0] or name[:end]
    return f"{whole.rstrip()}…"


def _caption() -> dict[str, Any]:
    """What days are, below a table that has no room to say it in its cells."""
    return {"caption": tr("days are working days"), "caption_justify": "left"}


def cases_view(
    cases: Sequence[CaseStatus], names: Mapping[str, str], now: datetime, *, brief: bool = False
) -> RenderableType:
    """Show cases by departments where the terminal is wide enough for all of them, else a line for each case."""
    table = cases_table(cases, names, now, brief=brief)
    if _width(table) > console.width:
        return _cases_list(cases, names, now)
    room = console.width - _width(cases_table(cases, names, now, brief=brief, room=0))
    return cases_table(cases, names, now, brief=brief, room=max(room, _least(brief)))


def _least(brief: bool) -> int:
    """The columns that a matter's name has at least."""
    return 12 if brief else 16


def _width(table: Table) -> int:
    """The columns that a table takes where there is all the room it wants."""
    return Measurement.get(console, console.options.update(width=_VERY_WIDE), table).maximum


def _cases_list(cases: Sequence[CaseStatus], names: Mapping[str, str], now: datetime) -> Table:
    table = Table(header_style="bold", border_style="dim", **_caption())
    for title in (tr("case"), tr("opinions"), tr("decision")):
        table.add_column(title, overflow="fold")
    for case in cases:
        parts = [
            Text.assemble(plain(names.get(part.department, part.department)), " ", part_cell(part, now))
            for part in case.parts
        ]
        table.add_row(plain(f"{case.number}\n{choose(case.matter_names)}"), Text("\n").join(parts), outcome_text(case))
    return table


def case_view(case: CaseStatus, now: datetime, decision: Decision | None = None) -> RenderableType:
    """Show one case: where it stands, each department's part with its reasons, and the lead's decision."""
    head = Table.grid(padding=(0, 2))
    head.add_column(style="bold", no_wrap=True)
    head.add_column(overflow="fold")
    head.add_row(tr("case number"), plain(case.number))
    head.add_row(tr("matter"), plain(f"{choose(case.matter_names)} ({case.matter})"))
    head.add_row(tr("project"), plain(case.project))
    head.add_row(tr("status"), state_text(case.state, case.outcome))
    head.add_row(tr("progress"), f"{case.answered}/{len(case.parts)} · {choose(case.step)}")
    names = {part.department: part.names for part in case.parts}
    said = sentence(case.state, case.parts, now, names, {part.department for part in case.parts if part.provisional})
    head.add_row("", plain(choose(said)))
    for label, what in clock_rows(case):
        head.add_row(label, what)
    table = Table(header_style="bold", border_style="dim", **_caption())
    for title in (tr("department"), tr("stage"), tr("opinion"), tr("due")):
        table.add_column(title, overflow="fold")
    for part in case.parts:
        name = plain(in_full(part.department))
        if part.instead_of is not None:
            place = tr("in place of {department}", department=called(part.instead_of))
            name = Text.assemble(name, "\n", plain(place, "dim"))
        if part.given_by is not None:
            given = tr("{substitute} for {department}", substitute=called(part.given_by),
                       department=called(part.department))  # fmt: skip
            name = Text.assemble(name, "\n", plain(given, "yellow"))
        elif part.substitute is not None:
            name = Text.assemble(name, "\n", plain(tr("substitute: {name}", name=called(part.substitute)), "dim"))
        table.add_row(name, str(part.stage), part_cell(part, now), _due(part))
    return Group(
        head,
        table,
        *case_changes(case),
        *_amendments(case),
        *_opinions(case, now),
        *reopened(case),
        *proposed(case),
        *_prepared(case),
        *_decision(case, decision),
    )


def _due(part: PartStatus) -> Text:
    """Until when, how its clock stands still, and until when it may correct what went back to it."""
    lines = [Text(ends_text(part.due_at, provisional=part.provisional))] if part.due_at else []
    if part.stopped is not None:
        lines.insert(0, stopped_text(part.stopped))
    if part.correct_by is not None and part.state in _WAITED_FOR:
        lines.append(Text(tr("to be corrected by {until}", until=due_text(part.correct_by)), style="yellow"))
    return Text("\n").join(lines)


def _amendments(case: CaseStatus) -> Iterator[RenderableType]:
    """What has happened to terms since they began, as applicants are told."""
    happened = [(part.department, entry) for part in case.parts for entry in part.amendments]
    if happened:
        yield Text("")
        yield changes_table(happened)


def _opinions(case: CaseStatus, now: datetime) -> Iterator[RenderableType]:
    """What was said, where more was said than a word, and under which message it is on record."""
    for part in case.parts:
        said = [(tr("reasons"), part.reasons), (tr("conditions"), part.conditions)]
        ids = [(tr("message"), part.message_id or ""), (tr("late message"), part.late_opinion_id or "")]
        ids += [(tr("owed paper"), paper_text(part.paper)), (tr("protest"), part.protest_id or "")]
        if part.late_ground is not None:
            ids.append((tr("late, on grounds of"), name_of(GROUNDS, part.late_ground)))
        if part.recalled_at is not None:
            ids.append((tr("recalled"), f"{moment(part.recalled_at)}, {part.recalled_id}"))
            ids.append((tr("recalled by"), part.recall_id or ""))
        ids.append((tr("supplementary review until"), due_text(part.supplement_until)))
        given = [(tr("given by"), part.given_by), (tr("late, given by"), part.late_given_by)]
        ids += [(label, tr("{substitute} for {department}", substitute=called(by), department=called(part.department)))
                for label, by in given if by is not None]  # fmt: skip
        if any(text for _, text in (*said, *ids)):
            yield Text.assemble("\n", plain(called(part.department), "bold"), " ", part_cell(part, now))
            yield labelled((*said, *ids))


def _prepared(case: CaseStatus) -> Iterator[RenderableType]:
    """What the lead's rule has prepared, and how it is confirmed; or that it failed."""
    if case.state is not CaseState.READY:
        return
    if case.rule_error:
        yield Text.assemble("\n", (tr("the rule failed: "), "bold red"), plain(read_back(case.rule_error)))
    ruling = case.prepared
    if ruling is not None:
        outcome = state_text(CaseState.DECIDED, ruling.outcome.value)
        yield Text.assemble("\n", (tr("prepared by rule"), "bold"), " ", outcome)
        confirm = f"exchange decide {case.number} --confirm --officer ..."
        yield labelled(
            ((tr("reasons"), ruling.reasons), (tr("conditions"), ruling.conditions), (tr("confirm"), confirm))
        )


def _decision(case: CaseStatus, decision: Decision | None) -> Iterator[RenderableType]:
    if decision is None:
        return
    yield Text.assemble("\n", (tr("decision"), "bold"), " ", state_text(case.state, case.outcome))
    overruled = [
        (tr("not followed: {department}", department=called(ruling.department)), ruling.reasons)
        for ruling in decision.overruled
    ]
    overruled += [
        (tr("without the consent of {department}", department=called(one.department)), one.reasons)
        for one in decision.without_consent
    ]
    yield labelled(
        (
            (tr("reasons"), decision.reasons),
            (tr("conditions"), decision.conditions),
            *overruled,
            (tr("by rule") if decision.by_rule else tr("officer"), decided_by(decision)),
            (tr("message"), case.decision_id or ""),
        )
    )
