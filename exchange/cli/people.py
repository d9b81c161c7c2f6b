"""Commands at the window: submit, status, decide, withdraw, deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from pydantic import ValidationError
from rich.console import RenderableType
from rich.live import Live

from exchange.bootstrap.applications import read_application
from exchange.bootstrap.settings import Home, Settings
from exchange.cli.called import shown_as_called
from exchange.cli.case_view import case_json, case_view, cases_view
from exchange.cli.complete import case_numbers
from exchange.cli.domain import HomeOption, JsonOption
from exchange.cli.naming import called, label
from exchange.cli.options import in_options, open_as
from exchange.cli.view import console, due_text, plain, print_json, say, state_text
from exchange.errors import CallerError
from exchange.flow import conclude
from exchange.flow.deadlines import Amendment, amend
from exchange.flow.node import Node
from exchange.flow.ports import CaseState
from exchange.flow.reviewing import review
from exchange.flow.status import case_status, decision_on, recent_cases
from exchange.flow.submit import submit as submit_case
from exchange.language import listed, name_of, tr
from exchange.language.names import AMENDMENTS
from exchange.profiles import load_profiles
from exchange.schemas import EntryKind, Outcome, Overruling, ProcedureKind, Role, WithoutConsent

CaseArgument = Annotated[
    str, typer.Argument(help="Case number, as `exchange status` lists it.", autocompletion=case_numbers)
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    panel = "At the window"
    app.command("submit", rich_help_panel=panel)(submit)
    app.command("status", rich_help_panel=panel)(status)
    app.command("decide", rich_help_panel=panel)(decide)
    app.command("withdraw", rich_help_panel=panel)(withdraw)
    app.command("deadline", rich_help_panel=panel)(deadline)


def submit(
    file: Annotated[Path, typer.Argument(help="Application in TOML; attachments are named by paths beside it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hands in an application at the window; all departments get it at once.

    A file looks like this:

    ```toml
    matter = "road-occupation"
    project = "Heating pipe in Huangshan Road"
    summary = "..."

    [applicant]
    name = "..."
    identifier = "91340100..."
    contact = "..."

    [[materials]]
    code = "plan"
    file = "plan.pdf"        # or: note = "where it lies"
    ```
    """
    settings = Settings.read(home=home)
    application, enclosures = read_application(file, settings.clock)
    node = open_as(settings, None).node
    case = submit_case(node, application, enclosures=enclosures)
    if as_json:
        print_json(case_json(case_status(node, case.number)))
    else:
        console.print(
            tr("accepted: [bold]{number}[/]; follow it with: exchange status {number} --watch", number=case.number)
        )


def status(
    case: Annotated[
        str | None, typer.Argument(help="Case number; without one, the latest cases.", autocompletion=case_numbers)
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", "-w", help="Stay and refresh: until decided, or, without a case, until Ctrl-C.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where a case stands, at any time, with reasons and conditions.

    With `--watch --json`: one JSON document a line, whenever something has changed.
    """
    settings = Settings.read(home=home)
    node = open_as(settings, None).node
    look = _look_at_all(settings, node) if case is None else _look_at_one(settings, node, case)
    if as_json:
        _print_looks(look, watch)
    elif watch:
        _show_looks(look)
    else:
        console.print(look().view)


@dataclass(frozen=True)
class _Look:
    """What one look at the record found, for people and for machines."""

    view: RenderableType
    data: Any
    over: bool = False
    """Whether nothing more is going to change."""


def _look_at_one(settings: Settings, node: Node, number: str) -> Callable[[], _Look]:
    def look() -> _Look:
        found = case_status(node, number)
        decision = decision_on(node, found)
        over = found.state not in (CaseState.OPEN, CaseState.READY)
        return _Look(case_view(found, settings.clock.now(), decision), case_json(found, decision), over)

    return look


def _look_at_all(settings: Settings, node: Node) -> Callable[[], _Look]:
    profiles = load_profiles(Home(settings.home).departments)
    shown = {address: label(p) for address, p in profiles.items() if Role.DEPARTMENT in p.roles}

    def look() -> _Look:
        cases = recent_cases(node)
        table = cases_view(cases, shown, settings.clock.now()) if cases else tr("no cases yet")
        return _Look(table, [case_json(found) for found in cases])

    return look


def _print_looks(look: Callable[[], _Look], watch: bool) -> None:
    found = look()
    print_json(found.data)
    while watch and not found.over:
        time.sleep(0.5)
        said, found = found, look()
        if found.data != said.data:
            print_json(found.data)


def _show_looks(look: Callable[[], _Look]) -> None:
    found = look()
    with Live(shown_as_called(found.view), console=console, refresh_per_second=4) as live:
        while not found.over:
            time.sleep(0.5)
            found = look()
            live.update(shown_as_called(found.view))


def decide(
    case: CaseArgument,
    officer: Annotated[str, typer.Option(help="Who decides.")],
    outcome: Annotated[
        Outcome | None, typer.Argument(help="grant · grant-with-conditions · refuse; may be left out with --confirm")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Decide as the rule has prepared it; `exchange status CASE` shows that.")
    ] = False,
    reviewed: Annotated[
        bool,
        typer.Option("--reviewed", help="It is decided, and an opinion came that was in time: say what that changes."),
    ] = False,
    reasons: Annotated[str, typer.Option(help="Every decision is reasoned.")] = "",
    conditions: Annotated[str, typer.Option(help="With grant-with-conditions: which ones.")] = "",
    overrule: Annotated[
        list[str] | None, typer.Option(help="DEPARTMENT=REASONS for each objection not followed.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="DEPARTMENT=REASONS for each other department whose consent a grant lacks."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The lead's decision on a case that is ready: explicit, reasoned, signed.

    Confirm what the window's rule has prepared, or decide by hand:

        exchange decide HEFEI-2026-000001 --confirm --officer 张主任
        exchange decide HEFEI-2026-000001 refuse --officer 张主任 --reasons 消防部门不同意

    A grant over an objection (--overrule), or without the consent of a department that was silent, was escalated or
    has answered neither yes nor no (--without), names each with its reasons. They stand in the signed decision.

    Where an opinion that was in time came in after the decision, review it and say with --reviewed and --reasons
    whether it stands; that is recorded in the journal. The decision stays as it was signed.
    """
    node = open_as(Settings.read(home=home), None).node
    if reviewed:
        _record_review(node, case, officer, reasons, (outcome, confirm, conditions, overrule, without), as_json)
        return
    if confirm:
        _refuse_beside_confirm(reasons, conditions, overrule, without)
        message_id, ruling = conclude.confirm(node, case, officer, outcome)
    else:
        ruling = _by_hand(case, outcome, reasons, conditions, overrule, without).by(officer)
        message_id = conclude.decide(node, case, ruling)
    if as_json:
        print_json({"case": case, "outcome": ruling.outcome.value, "message_id": message_id})
    else:
        console.print(
            state_text(CaseState.DECIDED, ruling.outcome.value),
            plain(tr("{case}, message {message_id}", case=case, message_id=message_id)),
        )


def _record_review(node: Node, case: str, officer: str, reasons: str, beside: Sequence[object], as_json: bool) -> None:
    if any(beside):
        raise CallerError(
            "--reviewed changes no decision", remedy="give it with --officer and --reasons alone: a decision is signed"
        )
    departments = review(node, case, officer, reasons)
    if as_json:
        print_json({"case": case, "reviewed": list(departments)})
    else:
        say(tr("{case}: reviewed, opinions of {departments}", case=case, departments=listed(map(called, departments))))


def _refuse_beside_confirm(*given: object) -> None:
    if any(given):
        raise CallerError(
            "--confirm takes what the rule has prepared as it is",
            remedy="leave out reasons, conditions, --overrule and --without; or leave out --confirm and decide by hand",
        )


def _by_hand(
    case: str,
    outcome: Outcome | None,
    reasons: str,
    conditions: str,
    overrule: Sequence[str] | None,
    without: Sequence[str] | None,
) -> conclude.Ruling:
    if outcome is None:
        raise CallerError(
            "no outcome is given",
            remedy="exchange decide {case} grant, grant-with-conditions or refuse; or --confirm what the rule prepared",
            case=case,
        )
    return conclude.Ruling(
        outcome,
        reasons,
        conditions,
        (),
        _reasoned(Overruling, "--overrule", overrule or ()),
        _reasoned(WithoutConsent, "--without", without or ()),
    )


_Reasoned = TypeVar("_Reasoned", Overruling, WithoutConsent)


def _reasoned(kind: type[_Reasoned], option: str, entries: Sequence[str]) -> tuple[_Reasoned, ...]:
    """Departments with reasons, as an option names them: DEPARTMENT=REASONS."""
    usage = f"{option} DEPARTMENT=REASONS"
    pairs = [entry.partition("=") for entry in entries]
    for department, _, reasons in pairs:
        if not reasons.strip():
            raise CallerError(
                "{option} {department!r} gives no reasons",
                remedy="give {options}",
                option=option,
                department=department,
                options=usage,
            )
    try:
        return tuple(kind(department=department, reasons=reasons) for department, _, reasons in pairs)
    except ValidationError as error:
        message, remedy = in_options(error, {"department": usage, "reasons": usage})
        raise CallerError("{option} does not hold: {fault}", remedy=remedy, option=option, fault=message) from None


def withdraw(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Why; the departments are told.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Withdraws an undecided application at the applicant's wish."""
    conclude.withdraw(open_as(Settings.read(home=home), None).node, case, reason)
    if as_json:
        print_json({"case": case, "state": CaseState.WITHDRAWN.value})
    else:
        console.print(plain(tr("withdrawn: {case}", case=case)))


def deadline(
    case: CaseArgument,
    department: Annotated[str, typer.Argument(help="The department whose term it is.")],
    entry: Annotated[EntryKind, typer.Argument(help="stop · resume · restart · extend")],
    reason: Annotated[str, typer.Option(help="Told to the department and to the monitors.")],
    basis: Annotated[list[str] | None, typer.Option(help="Legal basis; required to stop or extend.")] = None,
    days: Annotated[int | None, typer.Option(help="Working days; required to extend.")] = None,
    procedure: Annotated[ProcedureKind | None, typer.Option(help="Required to stop: for which procedure.")] = None,
    officer: Annotated[str | None, typer.Option("--by", help="Address of who orders it (default: the window).")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stops, resumes, restarts or extends a department's term, as an entry in its ledger."""
    settings = Settings.read(home=home)
    node = open_as(settings, None).node
    amendment = Amendment(entry, reason, tuple(basis or ()), officer or node.address, days, procedure)
    notice = amend(node, case, department, amendment).notice
    found = next(part for part in case_status(node, case).parts if part.department == department)
    if as_json:
        told = {"case": case, "department": department, "entry": entry.value, "due_at": found.due_at, "notice": notice}
        print_json(told)
        return
    say(
        tr(
            "{entry}: {department} in {case} is now due {due_at}; notice {notice}",
            entry=name_of(AMENDMENTS, entry),
            department=called(department),
            case=case,
            due_at=due_text(found.due_at) or tr("when resumed"),
            notice=notice,
        )
    )
