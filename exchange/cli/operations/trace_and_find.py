"""Commands that follow messages: trace (one message, or all of a case) and find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from exchange.cli.naming import called, in_full, learn_domain, matter_called
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json
from exchange.errors import CallerError
from exchange.language import choose, read_back, tr
from exchange.language.names import CASE_STATES, COPIES
from exchange.operations.domain_view import DomainView
from exchange.operations.records.lines import CaseLine
from exchange.operations.records.stores import queued_by, stores_of, trust_of
from exchange.operations.said.terms import moment
from exchange.operations.search.find import MessageLine, find_cases, find_messages
from exchange.operations.search.rules import Found, is_message_id, read_key, read_query, write_key
from exchange.operations.trace.rules import Trace
from exchange.operations.trace.stages import CONTRADICTIONS, Mark, TraceStep, Way
from exchange.operations.trace.trail import CaseMessage, messages_of_case, trace_message
from exchange.runtime import logs
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Role
from exchange.schemas.titles import kind_name
from exchange.web.words import FINDINGS, MARKS, STAGES

_COLOURS = {Mark.DONE: "green", Mark.FAILED: "bold red", Mark.MISSING: "yellow"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "Upkeep"
    app.command("trace", rich_help_panel=panel)(trace)
    app.command("find", rich_help_panel=panel)(find)


def trace(
    what: Annotated[str, typer.Argument(metavar="ID", help="A message's id, or a case number for all its messages.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """One message, its whole way, for every addressee: written, sealed, dispatched, arrived, taken, opened, handled,
    receipted, handed over to the own system, answered.

    Read from the stores of this domain's members, with receipts verified, and from the broker where it can be asked.
    What is missing and what contradicts is named; the content stays closed. Exit code 3 for an id that nobody has.
    """
    with _view(home) as view:
        stores = stores_of(view)
        if is_message_id(what):
            traces, messages = trace_message(stores, trust_of(view), what, lambda: queued_by(view)), []
        else:
            traces, messages = [], messages_of_case(stores, what)
    if as_json:
        print_json({"traces": [_trace_json(one) for one in traces], "messages": [_message_json(m) for m in messages]})
        return
    for one in traces:
        _show_trace(one)
    if messages:
        console.print(_messages_table(messages))


def find(
    number: Annotated[str, typer.Option(help="A message's id, a case number, or with --cases its beginning.")] = "",
    department: Annotated[str, typer.Option(metavar="ADDRESS", help="Whose messages; or who is consulted.")] = "",
    state: Annotated[
        str, typer.Option(help="Messages: written, sent, delivered, returned, failed. Cases: open, ready, ...")
    ] = "",
    kind: Annotated[str, typer.Option(help="For example opinion; all: receipts too.")] = "",
    received: Annotated[bool, typer.Option("--received", help="As received, rather than as sent.")] = False,
    since: Annotated[str, typer.Option(metavar="DAY", help="From this day on, as 2026-03-02.")] = "",
    until: Annotated[str, typer.Option(metavar="DAY", help="To the end of this day.")] = "",
    after: Annotated[str, typer.Option(help="Go on behind this key, which the page before has named.")] = "",
    cases: Annotated[bool, typer.Option("--cases", help="Look for cases rather than messages.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Finds messages or cases in the stores of this domain's members, newest first, a page at a time."""
    fields = {"number": number, "department": department, "state": state, "kind": kind, "since": since, "until": until}
    query = read_query({**fields, "direction": "received" if received else ""})
    if cases and (kind or received):
        raise CallerError("a case has no kind or direction", remedy="leave out --kind and --received, or --cases")
    with _view(home) as view:
        if cases:
            _show_cases(find_cases(stores_of(view, Role.WINDOW), query, read_key(after)), as_json)
        else:
            _show_messages(find_messages(stores_of(view), query, read_key(after)), as_json)


def _view(home: Any) -> DomainView:
    logs.configure(quiet=True)
    settings = Settings.read(home=home)
    learn_domain(Home(settings.home))
    return DomainView(settings)


def _show_trace(one: Trace) -> None:
    head = f"{one.message_id}\n{kind_name(one.kind)} · {in_full(one.sender)}" + "".join(
        f" · {number}" for number in one.cases
    )
    console.print(plain(head, "bold"))
    for finding in one.findings:
        console.print(Text(f"  ✗ {choose(FINDINGS[finding])}", style="bold red"))
    for way in one.ways:
        console.print(_way_view(way))
    console.print(Text(tr("the content stays closed"), style="dim"))


def _way_view(way: Way) -> RenderableType:
    grid = Table(
        title=plain(f"→ {in_full(way.addressee)}"), title_justify="left", header_style="bold", border_style="dim"
    )
    for title in (tr("station"), "", tr("time"), tr("by"), tr("note")):
        grid.add_column(title, overflow="fold")
    for step in way.steps:
        mark = Text(choose(MARKS[step.mark]), style=_COLOURS.get(step.mark, "dim"))
        grid.add_row(
            choose(STAGES[step.stage]), mark, _times(step), plain(called(step.where)), plain(read_back(step.detail))
        )
    for step in way.failures:
        grid.add_row(
            choose(STAGES[step.stage]),
            Text("✗", style="red"),
            _times(step),
            plain(called(step.where)),
            plain(read_back(step.detail)),
        )
    for finding in way.findings:
        bad = finding in CONTRADICTIONS
        grid.add_row(Text(tr("contradiction") if bad else tr("attention")), "", "", "", choose(FINDINGS[finding]))
    return grid


def _times(step: TraceStep) -> str:
    found = [f"{at:%Y-%m-%d %H:%M:%S}" for at in (step.at, step.until) if at is not None]
    return " – ".join(found)


def _messages_table(messages: Sequence[CaseMessage]) -> Table:
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("time"), tr("kind"), tr("sender"), tr("message"), tr("addressed to")):
        table.add_column(title, overflow="fold")
    for one in messages:
        copies = "\n".join(f"{in_full(copy.addressee)} {choose(COPIES[copy.state])}" for copy in one.copies)
        head = one.head
        table.add_row(
            moment(head.recorded_at), kind_name(head.kind), plain(in_full(head.sender)), head.message_id, plain(copies)
        )
    return table


def _show_messages(found: Found[MessageLine], as_json: bool) -> None:
    if as_json:
        lines = [
            {
                "message_id": line.head.message_id, "at": line.head.recorded_at, "kind": line.head.kind,
                "sender": line.head.sender, "on_record_at": line.head.member, "direction": line.head.direction,
                "copies": dict(line.copies), "addressee": line.addressee or None,
            }
            for line in found.rows
        ]  # fmt: skip
        print_json({"messages": lines, **_next_json(found)})
        return
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("time"), tr("message"), tr("kind"), tr("sender"), tr("deliveries")):
        table.add_column(title, overflow="fold")
    for line in found.rows:
        states = ", ".join(f"{choose(COPIES[state])} × {number}" for state, number in sorted(line.copies.items()))
        head = line.head
        table.add_row(
            moment(head.recorded_at),
            head.message_id,
            kind_name(head.kind),
            plain(in_full(head.sender)),
            states or called(head.member),
        )
    _show_list(table, found)


def _show_cases(found: Found[CaseLine], as_json: bool) -> None:
    if as_json:
        print_json({"cases": [asdict(line) for line in found.rows], **_next_json(found)})
        return
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("opened"), tr("case"), tr("matter"), tr("state"), tr("window")):
        table.add_column(title, overflow="fold")
    for line in found.rows:
        state = choose(CASE_STATES[line.state])
        matter, window = plain(matter_called(line.matter)), plain(called(line.window))
        table.add_row(moment(line.opened_at), plain(line.number), matter, state, window)
    _show_list(table, found)


def _show_list(table: Table, found: Found[Any]) -> None:
    console.print(table if found.rows else tr("nothing fits"))
    if found.next is not None:
        early = tr("looked through so far; ") if found.early else ""
        console.print(plain(early + tr("go on with: --after '{key}'", key=write_key(found.next)), "dim"))
    elif found.early:
        console.print(plain(tr("more cases have this part in their number: write more of it"), "dim"))


def _next_json(found: Found[Any]) -> dict[str, object]:
    return {"next": write_key(found.next) if found.next else None, "ended_early": found.early}


def _trace_json(one: Trace) -> dict[str, Any]:
    ways = [{**asdict(way), "contradicts": way.contradicts, "stands": way.stands.stage} for way in one.ways]
    return {**asdict(one), "ways": ways}


def _message_json(one: CaseMessage) -> dict[str, Any]:
    head = one.head
    copies = [{"addressee": copy.addressee, "state": copy.state, "attempts": copy.attempts} for copy in one.copies]
    return {
        "message_id": head.message_id, "at": head.recorded_at, "kind": head.kind, "sender": head.sender,
        "copies": copies,
    }  # fmt: skip
