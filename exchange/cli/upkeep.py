"""Commands for whoever looks after the messages: dead letters and copies that were given up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from exchange.bootstrap import logs
from exchange.bootstrap.home import Opened, open_member, open_work
from exchange.bootstrap.settings import Home, Settings
from exchange.cli.domain import HomeOption, JsonOption
from exchange.cli.options import open_as
from exchange.cli.view import console, moment, plain, print_json, printable, times
from exchange.errors import NotFound
from exchange.flow.ports import DeadLetter, OutboxView
from exchange.flow.redrive import redrive
from exchange.flow.resend import resend as resend_message
from exchange.profiles import load_profiles

MemberOption = Annotated[str | None, typer.Option("--as", help="Only this member (default: all of them).")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    panel = "运维 Upkeep"
    app.command("dead", rich_help_panel=panel)(dead)
    app.command("resend", rich_help_panel=panel)(resend)


def dead(
    again: Annotated[
        list[str] | None, typer.Option("--redrive", metavar="ID", help="Handle this one again; several may be named.")
    ] = None,
    as_: MemberOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what members could not take in, with the reason; handles it again once that is mended. 死信。

    A redriven message keeps its id and the time at which it first arrived. One that was handled meanwhile is not
    handled twice; one that fails again stays in the list.
    """
    logs.configure(quiet=True)
    settings = Settings.read(home=home)
    found = [(opened, letter) for opened in _members(settings, as_) for letter in _letters(opened)]
    if again:
        _redrive(found, again, as_json)
    elif as_json:
        print_json([_letter_json(opened, letter) for opened, letter in found])
    elif not found:
        console.print("没有死信 no dead letters")
    else:
        for opened, letter in found:
            console.print(_letter_view(opened, letter))
        console.print("Once the reason is mended: exchange dead --redrive ID", style="dim")


def _redrive(found: Sequence[tuple[Opened, DeadLetter]], ids: Sequence[str], as_json: bool) -> None:
    chosen = [(opened, letter) for opened, letter in found if letter.id in ids]
    missing = set(ids) - {letter.id for _, letter in chosen}
    if missing:
        raise NotFound(f"no dead letter {', '.join(sorted(missing))}", mend="`exchange dead` lists them")
    for opened, letter in reversed(chosen):  # the oldest first, as they came
        work = open_work(opened.profile, opened.take)
        redrive(opened.node, work.handlers, work.on_signed, letter.id)
        if as_json:
            print_json({"id": letter.id, "member": opened.node.address, "message_id": letter.message_id})
        else:
            console.print(plain(f"已重新处理 handled: {letter.id} {letter.message_id or ''} at {opened.node.address}"))


def _letters(opened: Opened) -> list[DeadLetter]:
    with opened.store.reading() as tx:
        return tx.inbox.dead_letters()


def _letter_view(opened: Opened, letter: DeadLetter) -> RenderableType:
    what = f"{letter.kind} from {letter.sender}" if letter.kind else f"no envelope, in {letter.queue}"
    last = f" – {moment(letter.last_at)}" if letter.last_at and letter.last_at != letter.first_at else ""
    first = moment(letter.first_at) if letter.first_at else ""
    return Padding(
        Text.assemble(
            (letter.id, "bold"), f" · {opened.node.address} · ", (letter.reason_code, "red"),
            f" ({letter.stage}, {times(letter.attempts)})\n",
            plain(f"{what} · {first}{last}\n", "dim"),
            plain(f"{letter.message_id or 'no message id'}\n", "dim"),
            plain(letter.reason),
        ),
        (0, 0, 1, 0),
    )  # fmt: skip


def _letter_json(opened: Opened, letter: DeadLetter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "member": opened.node.address,
        "reason_code": letter.reason_code,
        "reason": letter.reason,
        "stage": letter.stage,
        "attempts": letter.attempts,
        "first_at": letter.first_at,
        "last_at": letter.last_at,
        "queue": letter.queue,
        "message_id": letter.message_id,
        "sender": letter.sender,
        "kind": letter.kind,
    }


def resend(
    message: Annotated[str | None, typer.Argument(help="A message id; without one, lists what was given up.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="ADDRESS", help="Only this addressee's copy.")] = None,
    as_: Annotated[str | None, typer.Option("--as", help="Who sent it (default: the window; for a list, all).")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sends a message's copies again: those given up after many attempts, and those that wait. 重发。

    An addressee that has it already answers with its stored receipt; what is signed for does not go out again.
    """
    settings = Settings.read(home=home)
    if message is None:
        _list_given_up(settings, as_, as_json)
        return
    node = open_as(settings, as_).node
    copies = resend_message(node, message, to)
    if as_json:
        print_json({"message_id": message, "copies": copies})
    else:
        console.print(plain(f"已重发 due at once: {message}, {copies} copies"))


def _list_given_up(settings: Settings, as_: str | None, as_json: bool) -> None:
    found = [(opened, copy) for opened in _members(settings, as_) for copy in _given_up(opened)]
    if as_json:
        print_json([_copy_json(opened, copy) for opened, copy in found])
    elif not found:
        console.print("没有放弃的报文 nothing was given up")
    for opened, copy in () if as_json else found:
        console.print(_copy_view(opened, copy))


def _given_up(opened: Opened) -> list[OutboxView]:
    with opened.store.reading() as tx:
        return tx.outbox.given_up()


def _copy_view(opened: Opened, copy: OutboxView) -> RenderableType:
    again = f"exchange resend {copy.message_id} --as {opened.node.address} --to {copy.addressee}"
    return Padding(
        Text.assemble(
            (copy.kind, "bold"), f" {opened.node.address} → {copy.addressee} · {times(copy.attempts)} since "
            f"{moment(copy.written_at)}\n", printable(copy.last_error or ""), (f"\n{again}", "dim"),
        ),
        (0, 0, 1, 0),
    )  # fmt: skip


def _copy_json(opened: Opened, copy: OutboxView) -> dict[str, Any]:
    return {
        "member": opened.node.address,
        "message_id": copy.message_id,
        "kind": copy.kind,
        "addressee": copy.addressee,
        "attempts": copy.attempts,
        "written_at": copy.written_at,
        "last_error": copy.last_error,
    }


def _members(settings: Settings, address: str | None) -> Iterator[Opened]:
    for each in [address] if address else load_profiles(Home(settings.home).departments):
        yield open_member(settings, each)
