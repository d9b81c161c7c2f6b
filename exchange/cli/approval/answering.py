"""Commands of a department about a consultation: reply, end-procedure."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import ValidationError

from exchange.approval.department import desk, procedures
from exchange.approval.department.store import DepartmentDesk
from exchange.cli.options import HomeOption, JsonOption, in_options, open_as
from exchange.cli.view import console, plain, print_json
from exchange.errors import BadOpinion, NotFound
from exchange.language import name_of, tr
from exchange.language.names import VERDICTS
from exchange.runtime.settings import Settings
from exchange.schemas import ObjectionGround, Opinion, ProcedureKind, SpecialProcedure, Verdict


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "At a department"
    app.command("reply", rich_help_panel=panel)(reply)
    app.command("end-procedure", rich_help_panel=panel)(end_procedure)


def reply(
    case: Annotated[str, typer.Argument(help="A case on the desk.")],
    verdict: Annotated[
        str,
        typer.Argument(
            help="agree · agree-with-conditions · disagree · not-competent · special-procedure · refer-upward"
        ),
    ],
    as_: Annotated[str, typer.Option("--as", help="The department that answers.")],
    officer: Annotated[str, typer.Option(help="Who signs for the opinion.")],
    drafted_by: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who has drafted it: another person, where the matter wants a second one."),
    ] = None,
    reasons: Annotated[str, typer.Option(help="Required to disagree.")] = "",
    conditions: Annotated[str, typer.Option(help="With agree-with-conditions: which ones.")] = "",
    basis: Annotated[list[str] | None, typer.Option(help="Legal basis; may be given several times.")] = None,
    competent_body: Annotated[str | None, typer.Option(help="With not-competent: the right authority.")] = None,
    ground: Annotated[
        ObjectionGround | None,
        typer.Option(help="With disagree: safety. The lead hears of such an objection at once, even if it is late."),
    ] = None,
    procedure: Annotated[ProcedureKind | None, typer.Option(help="With special-procedure: which one.")] = None,
    days: Annotated[int | None, typer.Option(help="With special-procedure: its length in working days.")] = None,
    licence_answer: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The licence answer that it rests on: `exchange licence answers` lists them."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answers a consultation: once, with what its verdict requires."""
    settings = Settings.read(home=home)
    node = open_as(settings, as_).node
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(case)
    if row is None:
        raise NotFound(
            "case {case} is not on the desk of {as_}", remedy="exchange inbox --as {as_}", case=case, as_=as_
        )
    if procedure is not None and days is None:
        raise BadOpinion(
            "procedure: a {procedure} is announced with its length", remedy="give --days", procedure=procedure.value
        )
    try:
        opinion = Opinion(
            case_number=case,
            consultation_id=row.consultation_id,
            department=as_,
            verdict=_verdict(verdict),
            reasons=reasons,
            conditions=conditions,
            basis=tuple(basis or ()),
            competent_body=competent_body,
            procedure=SpecialProcedure(kind=procedure, days=days or 0) if procedure else None,
            ground=ground,
            licence_answer=licence_answer,
            officer=officer,
            drafted_by=drafted_by,
            decided_on=settings.clock.now().date(),
        )
    except ValidationError as error:
        message, remedy = in_options(error, _REPLY_OPTIONS)
        raise BadOpinion(message, remedy=remedy) from error
    message_id = desk.reply(node, opinion)
    if as_json:
        print_json({"case": case, "verdict": verdict, "message_id": message_id})
    else:
        console.print(
            plain(
                tr(
                    "answered: {case} ({verdict}), message {message_id}",
                    case=case,
                    verdict=name_of(VERDICTS, verdict),
                    message_id=message_id,
                )
            )
        )


def end_procedure(
    case: Annotated[str, typer.Argument(help="A case on the desk, whose clock an own procedure stops.")],
    as_: Annotated[str, typer.Option("--as", help="The department whose procedure it is.")],
    officer: Annotated[str, typer.Option(help="Who signs for it.")],
    reason: Annotated[str, typer.Option(help="Why the clock runs on; it stands in the ledger, and applicants see it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ends a special procedure before its announced length; the term runs on.

    A hearing announced for twenty days and held on the third: what is left of the twenty days is not left out of the
    term. It can make a term shorter, never longer. A procedure that an officer of the window has ordered is ended
    there, by `exchange deadline CASE DEPARTMENT resume`.
    """
    node = open_as(Settings.read(home=home), as_).node
    message_id = procedures.end_procedure(node, case, reason, officer)
    if as_json:
        print_json({"case": case, "message_id": message_id})
    else:
        console.print(plain(tr("procedure ended: {case}, message {message_id}", case=case, message_id=message_id)))


_REPLY_OPTIONS = {
    "disagree": "--reasons, --basis",
    "reasons": "--reasons",
    "conditions": "--conditions",
    "basis": "--basis",
    "competent_body": "--competent-body",
    "ground": "--ground",
    "licence_answer": "--licence-answer",
    "procedure": "--procedure, --days",
    "days": "--days",
    "officer": "--officer",
    "drafted_by": "--drafted-by",
}


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        choices = ", ".join(verdict.value for verdict in Verdict)
        raise BadOpinion("{text!r} is not a verdict", remedy="one of: {choices}", text=text, choices=choices) from None
