"""Commands for whoever looks after the messages: dead letters, copies abandoned, holds, drains, diagnostics."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from exchange.cli.naming import in_full
from exchange.cli.operations import maintenance
from exchange.cli.operations.dead_letters import dead, members
from exchange.cli.options import HomeOption, JsonOption, open_as
from exchange.cli.streams import printable
from exchange.cli.view import console, plain, print_json, times
from exchange.language import read_back, tr
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxView
from exchange.messaging.resend import resend as resend_message
from exchange.operations.said.terms import moment
from exchange.runtime.home import OpenedMember
from exchange.runtime.settings import Settings
from exchange.schemas.titles import kind_name


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "Upkeep"
    app.command("dead", rich_help_panel=panel)(dead)
    app.command("resend", rich_help_panel=panel)(resend)
    app.command("hold", rich_help_panel=panel)(maintenance.hold)
    app.command("release", rich_help_panel=panel)(maintenance.release)
    app.command("holds", rich_help_panel=panel)(maintenance.holds)
    app.command("drain", rich_help_panel=panel)(maintenance.drain)
    app.command("diagnostics", rich_help_panel=panel)(maintenance.diagnostics)


def resend(
    message: Annotated[str | None, typer.Argument(help="A message id; without one, lists what was abandoned.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="ADDRESS", help="Only this addressee's copy.")] = None,
    as_: Annotated[str | None, typer.Option("--as", help="Who sent it (default: the window; for a list, all).")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a message's copies again: those abandoned after many attempts, and those that wait.

    An addressee that has it already answers with its stored receipt; what is signed for does not go out again.
    """
    settings = Settings.read(home=home)
    if message is None:
        _list_abandoned(settings, as_, as_json)
        return
    node = open_as(settings, as_).node
    copies = resend_message(node, message, to)
    if as_json:
        print_json({"message_id": message, "copies": copies})
    else:
        console.print(plain(tr("due at once: {said}, {copies} copies", said=message, copies=copies)))


def _list_abandoned(settings: Settings, as_: str | None, as_json: bool) -> None:
    found = [(opened, copy) for opened in members(settings, as_) for copy in _abandoned(opened)]
    if as_json:
        print_json([_copy_json(opened, copy) for opened, copy in found])
    elif not found:
        console.print(tr("nothing was abandoned"))
    for opened, copy in () if as_json else found:
        console.print(_copy_view(opened, copy))


def _abandoned(opened: OpenedMember) -> list[OutboxView]:
    with opened.store.reading() as tx:
        return tx[Outbox].abandoned()


def _copy_view(opened: OpenedMember, copy: OutboxView) -> RenderableType:
    again = f"exchange resend {copy.message_id} --as {opened.node.address} --to {copy.addressee}"
    return Padding(
        Text.assemble(
            (kind_name(copy.kind), "bold"), f" {in_full(opened.node.address)} → {in_full(copy.addressee)} · ",
            tr("{times} since {at}", times=times(copy.attempts), at=moment(copy.written_at)), "\n",
            printable(read_back(copy.last_error or "")), (f"\n{again}", "dim"),
        ),
        (0, 0, 1, 0),
    )  # fmt: skip


def _copy_json(opened: OpenedMember, copy: OutboxView) -> dict[str, Any]:
    return {
        "member": opened.node.address,
        "message_id": copy.message_id,
        "kind": copy.kind,
        "addressee": copy.addressee,
        "attempts": copy.attempts,
        "written_at": copy.written_at,
        "last_error": copy.last_error,
    }
