"""Commands about licence information between departments: query, answers, asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.cli.licences.app import licences
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json, say
from exchange.language import listed, name_of, tr
from exchange.language.licences import ANSWER_RESULTS, LICENCE_STANDINGS
from exchange.licences.answering import ToldLicence, told_of
from exchange.licences.asking import AnsweredQuery, QueryWanted, answers, ask
from exchange.operations.said.terms import moment
from exchange.runtime.settings import Settings
from exchange.schemas import LicenceAnswer, SharedLicence


def register() -> None:
    """Add the commands to the group."""
    licences.command("query")(query)
    licences.command("answers")(answers_)
    licences.command("asked")(asked)


def query(
    purpose: Annotated[str, typer.Option(help="What it is needed for; the window and the holder read it.")],
    basis: Annotated[list[str], typer.Option(help="The law that lets you ask; may be given often.")],
    number: Annotated[str | None, typer.Argument(help="The licence's number; or --holder.")] = None,
    holder: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="The holder's code, in full or as the register shows it."),
    ] = None,
    case: Annotated[str | None, typer.Option(help="The case that it is needed for.")] = None,
    untold: Annotated[
        str | None, typer.Option(metavar="WHY", help="The holder is not told that you asked: by which rule.")
    ] = None,
    window: Annotated[str | None, typer.Option(help="Which window (default: the only one of the domain).")] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Asks a window for licence information, by a licence's number or by its holder's code (article 33).

    The window answers by itself, signed: `exchange licence answers` shows it.
    """
    node = open_as(Settings.read(home=home), as_).node
    message_id = ask(node, QueryWanted(purpose, tuple(basis), number, holder, case, untold), window)
    if as_json:
        print_json({"query": message_id})
    else:
        say(tr("asked: {query}", query=message_id))


def answers_(
    query_id: Annotated[str | None, typer.Argument(metavar="QUERY", help="Only those to this query.")] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows what windows have answered, newest first; an opinion may name an answer by its id."""
    found = answers(open_as(Settings.read(home=home), as_).node, query_id)
    if as_json:
        print_json([_answer_json(one) for one in found])
        return
    if not found:
        console.print(tr("no answers"))
    for one in found:
        console.print(plain(f"{one.message_id}  {one.window}  {moment(one.answer.at)}"))
        console.print(_answer_view(one.answer))


def asked(
    number: Annotated[str | None, typer.Argument(help="Only who was told of this licence.")] = None,
    as_: AsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows, at the window, who has asked for licence information, for what, and what came of it, newest first."""
    found = told_of(open_as(Settings.read(home=home), as_).node, number)
    if as_json:
        print_json([_told_json(one) for one in found])
    else:
        console.print(_told_view(found) if found else tr("nobody has asked"))


def _answer_view(answer: LicenceAnswer) -> Table:
    table = Table(header_style="bold", border_style="dim", title=name_of(ANSWER_RESULTS, answer.result.value))
    for title in (tr("licence"), tr("holder"), tr("matter"), tr("standing"), tr("valid until")):
        table.add_column(title, overflow="fold")
    for one in answer.licences:
        table.add_row(*_columns(one))
    if answer.reason is not None:
        table.caption = answer.reason
    elif answer.more:
        table.caption = tr("there are others; ask by number")
    return table


def _columns(one: SharedLicence) -> tuple[Any, ...]:
    until = one.valid_until.isoformat() if one.valid_until is not None else ""
    holder = plain(f"{one.holder.name} {one.holder.identifier}")
    return one.number, holder, one.matter, name_of(LICENCE_STANDINGS, one.standing), until


def _told_view(found: Sequence[ToldLicence]) -> Table:
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("at"), tr("who asked"), tr("for"), tr("basis"), tr("result"), tr("licence")):
        table.add_column(title, overflow="fold")
    for one in found:
        numbers = listed(told.number for told in one.answer.licences)
        result = name_of(ANSWER_RESULTS, one.answer.result.value)
        why = tr("holder not told: {why}", why=one.untold) if one.untold else ""
        purpose = "\n".join(filter(None, (one.purpose, why)))
        table.add_row(moment(one.at), one.asker, plain(purpose), plain(listed(one.basis)), result, numbers)
    return table


def _answer_json(one: AnsweredQuery) -> dict[str, Any]:
    return {"message_id": one.message_id, "window": one.window, "answer": one.answer.model_dump(mode="json")}


def _told_json(one: ToldLicence) -> dict[str, Any]:
    return {
        "asker": one.asker,
        "query": one.query_id,
        "purpose": one.purpose,
        "basis": list(one.basis),
        "untold": one.untold,
        "answer": one.answer.model_dump(mode="json"),
    }
