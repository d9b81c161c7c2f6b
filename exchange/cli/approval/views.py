"""Cases as one sees them: the table of cases by departments, one case in full, and both for machines."""

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
from exchange.approval.rules.states import CaseState
from exchange.approval.window.decision import Ruling
from exchange.approval.window.status import CaseStatus, PartStatus
from exchange.cli.approval.course_views import labelled, proposed, reopened, reopening_json
from exchange.cli.naming import called, in_full
from exchange.cli.view import (
    amendment_text,
    console,
    decided_by,
    ends_text,
    moment,
    outcome_text,
    part_cell,
    plain,
    state_text,
)
from exchange.language import choose, listed, name_of, read_back, tr
from exchange.language.names import GROUNDS
from exchange.schemas import Decision, LedgerEntry

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
    table = Table(header_style="bold", border_style="dim", **_caption())
    for title in (tr("department"), tr("stage"), tr("opinion"), tr("due")):
        table.add_column(title, overflow="fold")
    for part in case.parts:
        name = plain(in_full(part.department))
        if part.instead_of is not None:
            place = tr("in place of {department}", department=called(part.instead_of))
            name = Text.assemble(name, "\n", plain(place, "dim"))
        table.add_row(name, str(part.stage), part_cell(part, now), ends_text(part.due_at, provisional=part.provisional))
    return Group(
        head,
        table,
        *_amendments(case),
        *_opinions(case, now),
        *reopened(case),
        *proposed(case),
        *_prepared(case),
        *_decision(case, decision),
    )


def _amendments(case: CaseStatus) -> Iterator[RenderableType]:
    """What has happened to terms since they began, as applicants are told: why, by what law, and by whose order."""
    happened = [(entry.at, part.department, entry) for part in case.parts for entry in part.amendments]
    if not happened:
        return
    table = Table(title=tr("changes of terms"), title_justify="left", header_style="bold", border_style="dim")
    for title in (tr("since"), tr("department"), tr("change"), tr("reason"), tr("basis"), tr("ordered by")):
        table.add_column(title, overflow="fold")
    for at, department, entry in sorted(happened, key=lambda one: one[:2]):
        table.add_row(
            moment(at),
            plain(called(department)),
            amendment_text(entry),
            plain(read_back(entry.reason)),
            plain(listed(entry.basis)),
            plain(called(entry.actor)),
        )
    yield Text("")
    yield table


def _opinions(case: CaseStatus, now: datetime) -> Iterator[RenderableType]:
    """What was said, where more was said than a word, and under which message it is on record."""
    for part in case.parts:
        said = [(tr("reasons"), part.reasons), (tr("conditions"), part.conditions)]
        ids = [(tr("message"), part.message_id or ""), (tr("late message"), part.late_opinion_id or "")]
        ids.append((tr("protest"), part.protest_id or ""))
        if part.late_ground is not None:
            ids.append((tr("late, on grounds of"), name_of(GROUNDS, part.late_ground)))
        if part.recalled_at is not None:
            ids.append((tr("recalled"), f"{moment(part.recalled_at)}, {part.recalled_id}"))
            ids.append((tr("recalled by"), part.recall_id or ""))
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


def case_json(case: CaseStatus, decision: Decision | None = None) -> dict[str, Any]:
    """Return one case for machines."""
    return {
        "case": case.number,
        "matter": case.matter,
        "project": case.project,
        "state": case.state.value,
        "stage": case.stage,
        "outcome": case.outcome,
        "opened_at": case.opened_at.isoformat(),
        "decided_at": case.decided_at.isoformat() if case.decided_at else None,
        "decision_id": case.decision_id,
        "decided_by_rule": case.by_rule,
        "ready_at": case.ready_at.isoformat() if case.ready_at else None,
        "prepared": _ruling_json(case.prepared) if case.prepared else None,
        "rule_error": case.rule_error,
        "decision": decision.model_dump(mode="json") if decision else None,
        "reopenings": [reopening_json(one) for one in case.reopenings],
        "proposals": [{"department": one.department, "named": one.named, "body": one.body} for one in case.proposals],
        "departments": [_part_json(part) for part in case.parts],
    }


def _ruling_json(ruling: Ruling) -> dict[str, Any]:
    return {"outcome": ruling.outcome.value, "reasons": ruling.reasons, "conditions": ruling.conditions}


def _part_json(part: PartStatus) -> dict[str, Any]:
    return {
        "department": part.department,
        "state": part.state.value,
        "verdict": part.verdict.value if part.verdict else None,
        "reasons": part.reasons,
        "conditions": part.conditions,
        "due_at": part.due_at.isoformat() if part.due_at else None,
        "provisional": part.provisional,
        "amendments": [_amendment_json(entry) for entry in part.amendments],
        "late_opinion": part.late,
        "consultation_id": part.consultation_id,
        "message_id": part.message_id,
        "late_opinion_id": part.late_opinion_id,
        "protest_id": part.protest_id,
        "protest_ground": part.protest_ground.value if part.protest_ground else None,
        "contested": part.contested,
        "instead_of": part.instead_of,
        "late_ground": part.late_ground.value if part.late_ground else None,
        "safety_alarm": part.alarming,
        "recalled_id": part.recalled_id,
        "recall_id": part.recall_id,
        "recalled_at": part.recalled_at.isoformat() if part.recalled_at else None,
    }


def _amendment_json(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "at": entry.at.isoformat(),
        "days": entry.days,
        "reason": entry.reason,
        "basis": list(entry.basis),
        "ordered_by": entry.actor,
        "notice": entry.notice,
    }
