"""Commands about the clocks of a whole case: case-term, explain, deliver."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.approval.window.clock.amending import CaseAmendment, amend_case
from exchange.approval.window.clock.owed import deliver as record_delivery
from exchange.approval.window.clock.owed import explain as record_explanation
from exchange.approval.window.status import case_status
from exchange.cli.options import CaseArgument, HomeOption, JsonOption, open_as
from exchange.cli.view import print_json, say
from exchange.language import name_of, tr
from exchange.language.names import AMENDMENTS
from exchange.operations.said.terms import ends_text
from exchange.runtime.settings import Settings
from exchange.schemas import EntryKind, ProcedureKind


def case_term(
    case: CaseArgument,
    entry: Annotated[EntryKind, typer.Argument(help="extend · stop · resume")],
    reason: Annotated[str, typer.Option(help="Why; the departments and the applicant are told.")],
    days: Annotated[int | None, typer.Option(help="Working days; required to extend or stop.")] = None,
    procedure: Annotated[ProcedureKind | None, typer.Option(help="Required to stop: for which procedure.")] = None,
    basis: Annotated[
        list[str] | None, typer.Option(help="Legal basis (default: article 42 to extend, article 45 to stop).")
    ] = None,
    officer: Annotated[str | None, typer.Option("--by", help="Address of who orders it (default: the window).")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Extends, stops or resumes the term of a whole case: that within which its lead decides.

    It is extended once, before its end: by the lead by at most 10 working days where one department handles the case;
    where several do, by the government above the lead (--by) by at most 15 (article 42). It stops for a procedure of
    article 45, announced with its length, and resumes before that is over where the procedure is.

        exchange case-term HEFEI-2026-000001 stop --procedure hearing --days 5 --reason "neighbours asked for it"
    """
    node = open_as(Settings.read(home=home), None).node
    wanted = CaseAmendment(entry, reason, officer or node.address, tuple(basis or ()), days, procedure)
    notice = amend_case(node, case, wanted).notice
    found = case_status(node, case)
    if as_json:
        told = {"case": case, "entry": entry.value, "due_at": found.due_at, "provisional": found.provisional}
        print_json(told | {"notice": notice})
        return
    due_at = ends_text(found.due_at, provisional=found.provisional)
    what = name_of(AMENDMENTS, entry)
    say(tr("{what}: {case} is now to be decided by {due_at}; notice {notice}", what=what, case=case, due_at=due_at,
           notice=notice))  # fmt: skip


def explain(
    case: CaseArgument,
    officer: Annotated[str, typer.Option(help="Who explains it.")],
    reasons: Annotated[str, typer.Option(help="Why; shown with the case.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Says why a case was not decided within the working days that were promised; once, and shown with it."""
    record_explanation(open_as(Settings.read(home=home), None).node, case, officer, reasons)
    if as_json:
        print_json({"case": case, "explained_by": officer, "reasons": reasons})
    else:
        say(tr("{case}: it is on record why it took longer than promised", case=case))


def deliver(
    case: CaseArgument,
    officer: Annotated[str, typer.Option(help="Who hands it out.")],
    to: Annotated[str, typer.Option(help="To whom, and how.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Records that what was granted is handed out: within ten working days of the decision (article 44)."""
    record_delivery(open_as(Settings.read(home=home), None).node, case, officer, to)
    if as_json:
        print_json({"case": case, "delivered_by": officer, "delivered_to": to})
    else:
        say(tr("{case}: delivered to {to}", case=case, to=to))
