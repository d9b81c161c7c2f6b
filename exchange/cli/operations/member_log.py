"""The command `exchange log`: the logs of members' journals."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.audit.log.comparing import LogBreak
from exchange.audit.log.heads import LogHead
from exchange.cli.complete import member_addresses
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json
from exchange.errors import CallerError, DatabaseUnavailable, NotFound
from exchange.language import tr
from exchange.machine.files import write_file
from exchange.messaging.log.checking import check_log
from exchange.operations.audit.heads import open_as_it_is
from exchange.operations.domain_view import DomainView
from exchange.operations.member_log import EntryProof, LogView, prove_entry, view_log
from exchange.operations.said.terms import moment
from exchange.runtime.home import open_directory
from exchange.runtime.settings import Settings

_CAME_OUT_OTHERWISE = 8
_LATE = timedelta(minutes=5)
"""Longer than a served member ever leaves its rows unsealed."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("log", rich_help_panel="Upkeep")(log)


def log(
    member: Annotated[
        str | None,
        typer.Argument(help="The member's address; without one, all members.", autocompletion=member_addresses),
    ] = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Hold every row of the journal against hashes and heads."),
    ] = False,
    entry: Annotated[
        int | None,
        typer.Option("--entry", min=0, metavar="N", help="Prove the entry of this place in the log, counted from 0."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where the proof goes, with its head beside it as FILE.head.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The log of each member's journal: its signed heads, the check of every row, and proofs of entries.

    A served member seals its journal once a minute, or after a thousand rows: each row becomes a leaf of a hash tree
    that only grows, and the member signs the root with the number of leaves, a *head*. A row that is changed, taken out
    or put in later does not fit the hashes, hashes made anew do not fit the heads, and a head made anew does not fit
    the one after it. Rows from before the log are *claimed*: that they have not changed since is proved, when they were
    written is not.

    The proof of an entry is a COSE Receipt. Whoever has the entry, the receipt and the member's certificate verifies
    it, without this exchange and without any other entry; the head says how long the log was. With `--json` all three
    are printed in hexadecimal.

    Somebody with the database and the signing key can write all of it anew: keep heads elsewhere, as this command
    prints them, and compare.

    Exit code 8: the check has found something.
    """
    if entry is not None and member is None:
        raise CallerError("whose entry?", remedy="name the member: exchange log ADDRESS --entry N")
    if output is not None and entry is None:
        raise CallerError("only a proof goes to a file", remedy="add --entry N")
    settings = Settings.read(home=home)
    with DomainView(settings) as view:
        addresses = _chosen(view, member)
        if entry is not None:
            _prove(view, settings, addresses[0], entry, output, as_json=as_json)
            return
        found = [_looked_at(view, settings, address, check=check) for address in addresses]
    _tell(found, one=member is not None, as_json=as_json)
    if any(one.broken is not None for one in found):
        raise typer.Exit(_CAME_OUT_OTHERWISE)


def _chosen(view: DomainView, member: str | None) -> list[str]:
    known = list(view.profiles())
    if member is None:
        return known
    if member not in known:
        raise NotFound("{member} is no member here", remedy="`exchange log` lists all members", member=member)
    return [member]


def _looked_at(view: DomainView, settings: Settings, address: str, *, check: bool) -> LogView:
    store = open_as_it_is(view, address)
    if store is None:
        raise DatabaseUnavailable(
            "the tables of {address} are of another release", remedy="run `exchange init`", address=address
        )
    with closing(store):
        found = view_log(store, address)
        if not check:
            return found
        mark, broken = check_log(store, address, open_directory(view.home, settings), whole=True)
        return found.as_checked(mark.size, settings.clock.now(), broken)


def _prove(
    view: DomainView, settings: Settings, address: str, index: int, output: Path | None, *, as_json: bool
) -> None:
    store = open_as_it_is(view, address)
    if store is None:
        raise NotFound(
            "{member} has no log yet",
            remedy="a served member begins its log by itself: `exchange up`, or `exchange serve {member}`",
            member=address,
        )
    with closing(store):
        proof = prove_entry(store, open_directory(view.home, settings), index)
    if output is not None:
        write_file(output, proof.as_file())
        write_file(output.with_name(f"{output.name}.head"), proof.head)
    if as_json:
        print_json(_proof_json(address, proof))
    elif output is not None:
        facts = {"file": output, "index": proof.index, "size": proof.size}
        console.print(plain(tr("{file}: entry {index} and its receipt, in a log of {size}", **facts)))
    else:
        console.print_json(data=_proof_json(address, proof))


def _proof_json(address: str, proof: EntryProof) -> dict[str, Any]:
    return {
        "member": address, "index": proof.index, "size": proof.size, "leaf": proof.leaf.hex(),
        "receipt": proof.receipt.hex(), "head": proof.head.hex(),
    }  # fmt: skip


def _tell(found: list[LogView], *, one: bool, as_json: bool) -> None:
    if as_json:
        print_json([_view_json(view) for view in found])
        return
    if one:
        _show_heads(found[0])
    else:
        _show_members(found)
    for view in found:
        if view.broken is not None:
            said = tr("{address}: {broken}", address=view.address, broken=view.broken.text)
            console.print(plain(said, "bold red"))


def _show_members(found: list[LogView]) -> None:
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("member"), tr("sealed"), tr("claimed"), tr("newest head"), tr("not sealed"), tr("checked")):
        table.add_column(title)
    for view in found:
        head = view.heads[0] if view.heads else None
        table.add_row(
            view.address,
            str(head.size if head else 0),
            str(head.claimed if head else 0),
            moment(head.issued_at) if head else "",
            plain(str(view.unsealed), "yellow" if view.lag > _LATE else ""),
            _checked(view),
        )
    console.print(table)


def _checked(view: LogView) -> str:
    if view.checked_at is None:
        return tr("not yet")
    return tr("{count} entries, {moment}", count=view.checked, moment=moment(view.checked_at))


def _show_heads(view: LogView) -> None:
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("size"), tr("signed at"), tr("root"), tr("head before")):
        table.add_column(title, overflow="fold")
    for head in view.heads:
        table.add_row(str(head.size), moment(head.issued_at), head.root, (head.previous or "")[:16])
    console.print(table)
    claimed = view.heads[0].claimed if view.heads else 0
    console.print(tr("{number} heads, the first {claimed} entries claimed", number=view.counted, claimed=claimed))
    console.print(tr("rows that are not sealed yet: {number}", number=view.unsealed))
    if view.lag > _LATE:
        lag = int(view.lag.total_seconds() // 60)
        console.print(plain(tr("the newest row is {lag} minutes younger than the newest head: is it served?", lag=lag)))
    console.print(tr("checked: {checked}", checked=_checked(view)))


def _view_json(view: LogView) -> dict[str, Any]:
    return {
        "member": view.address,
        "heads": [_head_json(head) for head in view.heads],
        "head_count": view.counted,
        "unsealed": view.unsealed,
        "lag_seconds": int(view.lag.total_seconds()),
        "checked": view.checked,
        "checked_at": view.checked_at.isoformat() if view.checked_at else None,
        "broken": _break_json(view.broken) if view.broken else None,
    }


def _head_json(head: LogHead) -> dict[str, Any]:
    return head.model_dump(mode="json")


def _break_json(broken: LogBreak) -> dict[str, Any]:
    return {"fault": broken.fault.value, "index": broken.index, "row": broken.number, "text": str(broken.text)}
