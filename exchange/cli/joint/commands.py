"""Commands about documents that several authorities sign: joint propose, list, show, sign, refuse, withdraw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.documents.commands import CopyOption
from exchange.cli.joint.views import joint_view, joints_view, row_json, status_json
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json, say_more
from exchange.files.document_file import read_undated
from exchange.joint.lead import propose_joint, withdraw_joint
from exchange.joint.signer import refuse_joint, sign_joint
from exchange.joint.status import joint_status, joints_here
from exchange.language import tr
from exchange.runtime.settings import Settings

JointArgument = Annotated[str, typer.Argument(help="The joint document's id, as `exchange joint list` shows it.")]

joints = typer.Typer(
    help="Documents that several authorities sign together, sent when the last has signed.\n\n"
    "The lead proposes a text and signs it by that; every other authority is asked, reads it (`show`), and signs or "
    "refuses it. All sign the same bytes. The last signature sends it out, and is its date. One refusal ends it.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(joints, name="joint", rich_help_panel="Documents")


@joints.command("propose")
def propose(
    file: Annotated[Path, typer.Argument(help="The text in TOML, without a date, as for `exchange send`.")],
    with_: Annotated[
        list[str], typer.Option("--with", metavar="ADDRESS", help="Who signs it with you; may be given often.")
    ],
    to: Annotated[
        list[str], typer.Option("--to", metavar="ADDRESS", help="Who must act on it (主送); may be given often.")
    ],
    copy: CopyOption = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Signs a text as its lead (主办机关) and sends it round for signature.

    Who signs must be of one rank: departments of one level, or governments of one level, here or in other domains of
    the tree. The document bears your number; the kind must be one that each signer could send there by itself (a 请示
    or 批复 is one authority's own). Everybody signs what you send now: to change a word, withdraw it and propose it
    anew.

        exchange joint propose plan.toml --with anhui.hefei.police --to anhui.hefei.office --as anhui.hefei.planning
    """
    settings = Settings.read(home=home)
    document, enclosures = read_undated(file, settings.clock)
    joint_id = propose_joint(open_as(settings, as_).node, document, with_, to, copies=copy or (), enclosures=enclosures)
    _tell(joint_id, "open", tr("sent round for signature: {joint_id}", joint_id=joint_id), as_json)


@joints.command("list")
def list_(as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Joint documents that this authority leads, or is asked to sign."""
    rows, number = joints_here(open_as(Settings.read(home=home), as_).node)
    if as_json:
        print_json([row_json(row) for row in rows])
    else:
        console.print(joints_view(rows) if rows else tr("no joint documents"))
    say_more(number - len(rows))


@joints.command("show")
def show(joint: JointArgument, as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Shows the text, who has signed it, who has not, and how it ended.

    Attachments are saved with `exchange show ID --save DIR`, which also shows every message of it.
    """
    found = joint_status(open_as(Settings.read(home=home), as_).node, joint)
    if as_json:
        print_json(status_json(found))
    else:
        console.print(joint_view(found))


@joints.command("sign")
def sign(joint: JointArgument, as_: AsOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Signs what the lead has sent round, byte for byte; read it with `exchange joint show` first."""
    sign_joint(open_as(Settings.read(home=home), as_).node, joint)
    _tell(joint, "signed", tr("signed: {joint}", joint=joint), as_json)


@joints.command("refuse")
def refuse(
    joint: JointArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; the lead and all other signers are told.")],
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Refuses to sign: nothing goes out, and everybody who was asked is told why."""
    refuse_joint(open_as(Settings.read(home=home), as_).node, joint, reason)
    _tell(joint, "refused", tr("refused: {joint}", joint=joint), as_json)


@joints.command("withdraw")
def withdraw(
    joint: JointArgument,
    reason: Annotated[str, typer.Option("--reason", help="Why; everybody who was asked is told.")],
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Takes a text back that this authority leads, as long as somebody has not signed."""
    withdraw_joint(open_as(Settings.read(home=home), as_).node, joint, reason)
    _tell(joint, "withdrawn", tr("withdrawn: {joint}", joint=joint), as_json)


def _tell(joint_id: str, state: str, text: str, as_json: bool) -> None:
    if as_json:
        print_json({"joint": joint_id, "state": state})
    else:
        console.print(plain(text))
