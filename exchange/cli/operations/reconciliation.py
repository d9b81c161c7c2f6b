"""The command that closes the books: reconcile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.cli.naming import called
from exchange.cli.operations.reconciled_rows import rows_json, show_rows
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, errors, plain, print_json
from exchange.clock import CST
from exchange.errors import BrokerError, CallerError, DatabaseUnavailable, ExchangeError
from exchange.language import choose, tr
from exchange.operations.reconciliation.books import BROKER, Balance, BalanceVerdict, Unread
from exchange.operations.reconciliation.domain import open_reconciliation, rows_reading
from exchange.operations.reconciliation.facts import LAWS, BalanceTerm, Difference, Law
from exchange.operations.reconciliation.reconcile import SETTLING, Reconciliation
from exchange.operations.reconciliation.rows import RowsHeld
from exchange.operations.reconciliation.words import FAULTS, LAW_WORDS, TERMS, VERDICTS
from exchange.runtime.settings import Settings
from exchange.runtime.whereabouts import find_broker

_CAME_OUT_OTHERWISE = 8
_COLOURS = {
    BalanceVerdict.BALANCED: "bold green",
    BalanceVerdict.DIFFERS: "bold red",
    BalanceVerdict.UNKNOWN: "bold yellow",
}
_DIRECTORY = "directory"
_SHOWN = 200
"""Differences that a terminal shows; --json has all that are named."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("reconcile", rich_help_panel="Upkeep")(reconcile)


def reconcile(
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only what was written since, e.g. 2026-03-02T09:00."),
    ] = None,
    case: Annotated[
        str | None,
        typer.Option(
            "--case", metavar="NUMBER", help="Only the rows of one case, at every member; no balance is drawn up."
        ),
    ] = None,
    rows: Annotated[
        bool,
        typer.Option("--rows/--no-rows", help="Hold every row against signed documents, beside the balances."),
    ] = True,
    settle: Annotated[
        float, typer.Option(min=0.0, help="Seconds that something must stay otherwise before it is a difference.")
    ] = SETTLING,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Checks that nothing was lost, doubled or invented, from all stores and the broker.

    Consultations issued = answered + deemed + returned + withdrawn + moot + in flight; messages written = dispatched +
    waiting; dispatched = taken + queued + dead. A message counts once an addressee. Differences are named by message
    id. May run at any time, also while everybody works: what is under way is looked at again until it has settled.

    Then it holds rows against what was signed: states, verdicts, outcomes, arrivals, due moments, ledgers, reminders,
    receipts, calendars, and the journal against its log. Whoever has edited a row is found by the document that
    contradicts it; member, table, key, column and both words are named, and no content.

    Example: `exchange reconcile --case HF-2026-000001 --json`.

    Exit code 8: it does not balance, or a row is contradicted. 6 or 7: a store, or the broker, could not be read.
    """
    settings = Settings.read(home=home)
    with open_reconciliation(settings, lambda: find_broker(settings), settling=settle) as books:
        balance = books.reconcile(_moment(since)) if case is None else Balance({}, (), unread=_stores(books.unread))
        held = _hold(settings, books, _moment(since), case) if rows or case is not None else None
    if as_json:
        print_json(balance_json(balance, held))
    else:
        _show(balance, case is None)
        if held is not None:
            show_rows(held)
    code = exit_code(balance, held)
    if code:
        raise typer.Exit(code)


def _stores(unread: Sequence[Unread]) -> tuple[Unread, ...]:
    """Rows need no broker."""
    return tuple(one for one in unread if one.name != BROKER)


def _hold(settings: Settings, books: Reconciliation, since: datetime | None, case: str | None) -> RowsHeld:
    try:
        reading = rows_reading(settings)
    except ExchangeError as error:
        return RowsHeld(unread=[Unread(_DIRECTORY, str(error))])
    with errors.status(tr("holding rows against signed documents")) as status:
        return reading.hold(books.stores, since, case, lambda *at: status.update(_progress(*at)))


def _progress(member: str, table: str, rows: int) -> str:
    return tr("{member}: {table}, {rows} rows", member=called(member), table=table, rows=rows)


def exit_code(balance: Balance, held: RowsHeld | None = None) -> int:
    """Return 0, or 8 for differences; 6 where a store could not be read, 7 where only the broker could not."""
    unread = [*balance.unread, *(held.unread if held is not None else ())]
    if unread:
        stores = any(one.name != BROKER for one in unread)
        return DatabaseUnavailable.exit_code if stores else BrokerError.exit_code
    sound = balance.verdict is BalanceVerdict.BALANCED and (held is None or held.is_sound)
    return 0 if sound else _CAME_OUT_OTHERWISE


def balance_json(balance: Balance, held: RowsHeld | None = None) -> dict[str, Any]:
    """Return the balance for machines, with the rows that were held against signed documents."""
    return {
        **({"rows": rows_json(held)} if held is not None else {}),
        "verdict": balance.verdict.value,
        "laws": [
            {
                "law": law.value,
                "total": balance.counts.get(whole, 0),
                "terms": {part.value: balance.counts.get(part, 0) for part in parts},
                "gap": balance.gap(law),
            }
            for law, (whole, parts) in LAWS.items()
        ],
        "differences": [
            {
                "law": one.law.value,
                "fault": one.fault.value,
                "message_id": one.message_id,
                "sender": one.sender,
                "member": one.member or None,
                "case": one.case_number,
            }
            for one in balance.differences
        ],
        "unnamed": balance.unnamed,
        "unread": [{"name": unread.name, "reason": unread.reason} for unread in balance.unread],
    }


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CallerError(
            "--since {text!r} is no time", remedy="write it like 2026-03-02 or 2026-03-02T09:00", text=text
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=CST)


def _show(balance: Balance, drawn_up: bool) -> None:
    if drawn_up:
        _show_balance(balance)
    for unread in balance.unread:
        _say_unread(unread)
    if drawn_up:
        console.print(plain(choose(VERDICTS[balance.verdict]), _COLOURS[balance.verdict]))


def _say_unread(unread: Unread) -> None:
    said = tr("could not be read: {name}: {reason}", name=called(unread.name), reason=unread.reason)
    console.print(plain("? " + said, "yellow"))


def _show_balance(balance: Balance) -> None:
    table = Table(border_style="dim", header_style="bold")
    table.add_column(tr("law"))
    table.add_column(tr("term"))
    table.add_column(tr("count"), justify="right")
    for law in Law:
        _rows(table, balance, law)
    console.print(table)
    for one in balance.differences[:_SHOWN]:
        console.print(plain("✗ " + _line(one), "red"))
    more = balance.unnamed + max(0, len(balance.differences) - _SHOWN)
    if more:
        console.print(plain("✗ " + tr("and {more} more", more=more), "red"))


def _rows(table: Table, balance: Balance, law: Law) -> None:
    whole, parts = LAWS[law]
    named = len(balance.of_law(law))
    table.add_row(choose(LAW_WORDS[law]), _term(whole), str(balance.counts.get(whole, 0)))
    for place, part in enumerate(parts):
        table.add_row("", f"{'=' if place == 0 else '+'} {_term(part)}", str(balance.counts.get(part, 0)))
    said = "✓" if not (named or balance.gap(law)) else "✗ " + tr("{named} named", named=named)
    table.add_row("", f"{tr('difference')}  {said}", str(balance.gap(law)), end_section=True)


def _term(term: BalanceTerm) -> str:
    return choose(TERMS[term])


def _line(one: Difference) -> str:
    case = f" · {one.case_number}" if one.case_number else ""
    to = f" → {called(one.member)}" if one.member else ""
    return f"{one.message_id} · {called(one.sender)}{to}{case}\n  {choose(FAULTS[one.fault])}"
