"""The commands about what departments ask of applicants: ask-supplement, pass-supplement-on, decline-supplement."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.approval.department.requesting import matter_asked, request_supplement
from exchange.approval.window.supplementing.answering import decline, pass_on
from exchange.catalogue.wanted import wanted_of
from exchange.cli.naming import called
from exchange.cli.options import CaseArgument, HomeOption, JsonOption, open_as
from exchange.cli.view import print_json, say
from exchange.language import tr
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.settings import Home, Settings

AskerArgument = Annotated[str, typer.Argument(metavar="DEPARTMENT", help="The department that asks.")]
OfficerOption = Annotated[str | None, typer.Option("--officer", help="Who does it (default: the window's officer).")]


def register_at_window(app: typer.Typer) -> None:
    """Add what a window does with a request."""
    app.command("pass-supplement-on", rich_help_panel="At the window")(pass_supplement_on)
    app.command("decline-supplement", rich_help_panel="At the window")(decline_supplement)


def register(app: typer.Typer) -> None:
    """Add the department's command."""
    app.command("ask-supplement", rich_help_panel="At a department")(ask_supplement)


def ask_supplement(
    case: Annotated[str, typer.Argument(help="A case on your desk that is not answered.")],
    as_: Annotated[str, typer.Option("--as", help="The department that asks.")],
    reasons: Annotated[str, typer.Option(help="Why your opinion needs it; the applicant reads this.")],
    officer: Annotated[str, typer.Option(help="Who asks; the window learns it.")],
    material: Annotated[list[str] | None, typer.Option(help="Code of a material of the matter; repeatable.")] = None,
    what: Annotated[list[str] | None, typer.Option(help="What is wanted besides, in words; repeatable.")] = None,
    basis: Annotated[list[str] | None, typer.Option(help="The law that lets it be asked for; repeatable.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks through the window, once in a case, that the applicant hand something in.

    Your term runs on, and your silence means what it did: waiting for an applicant stops no clock (Administrative
    License Law, article 45). What is asked for in words needs its legal basis.

        exchange ask-supplement HEFEI-2026-000001 --as hefei.planning --material traffic-plan

            --reasons "the lanes are not shown" --officer "Li Wei"
    """
    settings = Settings.read(home=home)
    node = open_as(settings, as_).node
    matter = load_catalogue(Home(settings.home).catalogue).get(matter_asked(node, case))
    wanted = wanted_of(matter.materials if matter is not None else (), material or (), what or ())
    message_id = request_supplement(node, case, wanted, reasons, basis or (), officer)
    if as_json:
        print_json({"case": case, "message_id": message_id, "wanted": [one.model_dump() for one in wanted]})
    else:
        say(tr("a supplement is asked for in {case}, message {message_id}; the term runs on", case=case,
               message_id=message_id))  # fmt: skip


def pass_supplement_on(
    case: CaseArgument,
    department: AskerArgument,
    officer: OfficerOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Invites the applicant to hand in what a department asks for, and tells the department.

    It stops no term, and the applicant has no disadvantage by silence alone; the invitation says so.

        exchange pass-supplement-on HEFEI-2026-000001 hefei.planning
    """
    opened = open_as(Settings.read(home=home), None)
    message_id = pass_on(opened.node, case, department, officer or opened.profile.officer)
    if as_json:
        print_json({"case": case, "department": department, "message_id": message_id})
    else:
        said = tr("what {department} asks for in {case} is passed on to the applicant: message {message_id}",
                  department=called(department), case=case, message_id=message_id)  # fmt: skip
        say(said)


def decline_supplement(
    case: CaseArgument,
    department: AskerArgument,
    reasons: Annotated[str, typer.Option(help="Why; the department reads it.")],
    officer: OfficerOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tells a department that what it asks the applicant for is not passed on, and why.

    exchange decline-supplement HEFEI-2026-000001 hefei.planning --reasons "the plan is in annex 3"
    """
    opened = open_as(Settings.read(home=home), None)
    message_id = decline(opened.node, case, department, reasons, officer or opened.profile.officer)
    if as_json:
        print_json({"case": case, "department": department, "message_id": message_id})
    else:
        said = tr("what {department} asks for in {case} is declined: message {message_id}",
                  department=called(department), case=case, message_id=message_id)  # fmt: skip
        say(said)
