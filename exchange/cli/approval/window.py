"""Commands at the window: submit, withdraw, deadline; status and decide have modules of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exchange.approval.rules.states import CaseState
from exchange.approval.window import closing
from exchange.approval.window.status import case_status
from exchange.approval.window.submit import submit as submit_case
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.cli.approval.adding import add_body
from exchange.cli.approval.case_json import case_json
from exchange.cli.approval.case_status import status
from exchange.cli.approval.case_term import case_term, deliver, explain
from exchange.cli.approval.chasing import chase
from exchange.cli.approval.consents import check_consent
from exchange.cli.approval.deciding import decide
from exchange.cli.approval.reopening import reopen
from exchange.cli.naming import called
from exchange.cli.options import CaseArgument, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json, say
from exchange.files.applications import read_application
from exchange.language import name_of, tr
from exchange.language.names import AMENDMENTS
from exchange.operations.said.terms import ends_text
from exchange.runtime.settings import Settings
from exchange.schemas import EntryKind, ProcedureKind


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "At the window"
    app.command("submit", rich_help_panel=panel)(submit)
    app.command("status", rich_help_panel=panel)(status)
    app.command("decide", rich_help_panel=panel)(decide)
    app.command("add-body", rich_help_panel=panel)(add_body)
    app.command("reopen", rich_help_panel=panel)(reopen)
    app.command("withdraw", rich_help_panel=panel)(withdraw)
    app.command("deadline", rich_help_panel=panel)(deadline)
    app.command("case-term", rich_help_panel=panel)(case_term)
    app.command("chase", rich_help_panel=panel)(chase)
    app.command("explain", rich_help_panel=panel)(explain)
    app.command("deliver", rich_help_panel=panel)(deliver)
    app.command("check-consent", rich_help_panel=panel)(check_consent)


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


def withdraw(
    case: CaseArgument,
    reason: Annotated[str, typer.Option(help="Why; the departments are told.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Withdraws an undecided application at the applicant's wish."""
    closing.withdraw(open_as(Settings.read(home=home), None).node, case, reason)
    if as_json:
        print_json({"case": case, "state": CaseState.WITHDRAWN.value})
    else:
        console.print(plain(tr("withdrawn: {case}", case=case)))


def deadline(
    case: CaseArgument,
    department: Annotated[str, typer.Argument(help="The department whose term it is.")],
    entry: Annotated[EntryKind, typer.Argument(help="stop · resume · restart · extend")],
    reason: Annotated[str, typer.Option(help="Told to the department and to the monitors.")],
    basis: Annotated[list[str] | None, typer.Option(help="Legal basis; required to stop, extend or restart.")] = None,
    days: Annotated[int | None, typer.Option(help="Working days; required to extend.")] = None,
    procedure: Annotated[ProcedureKind | None, typer.Option(help="Required to stop: for which procedure.")] = None,
    officer: Annotated[str | None, typer.Option("--by", help="Address of who orders it (default: the window).")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stops, resumes, restarts or extends a department's term, as an entry in its ledger.

    The matter says who may order it (--by), by how much and how often; one that says nothing, the law: the lead or the
    superior extends once, before the end, by at most 15 working days (article 42); the clock stops for a procedure of
    article 45 only; a term begins anew once. What is refused stands in the journal of the case.
    """
    settings = Settings.read(home=home)
    node = open_as(settings, None).node
    amendment = Amendment(entry, reason, tuple(basis or ()), officer or node.address, days, procedure)
    notice = amend(node, case, department, amendment).notice
    found = next(part for part in case_status(node, case).parts if part.department == department)
    if as_json:
        told = {"case": case, "department": department, "entry": entry.value, "due_at": found.due_at, "notice": notice}
        print_json(told | {"provisional": found.provisional})
        return
    say(
        tr(
            "{entry}: {department} in {case} is now due {due_at}; notice {notice}",
            entry=name_of(AMENDMENTS, entry),
            department=called(department),
            case=case,
            due_at=ends_text(found.due_at, provisional=found.provisional) or tr("when resumed"),
            notice=notice,
        )
    )
