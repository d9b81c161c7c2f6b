"""The command `exchange log`: the logs of members' journals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.complete import member_addresses
from exchange.cli.operations.log_views import proof_json, tell_logs
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.view import console, plain, print_json
from exchange.errors import CallerError, DatabaseUnavailable, NotFound
from exchange.language import tr
from exchange.machine.files import write_file
from exchange.messaging.log.checking import check_log
from exchange.messaging.log.witnesses import Witnesses
from exchange.operations.audit.heads import open_as_it_is
from exchange.operations.domain_view import DomainView
from exchange.operations.log_witnesses import HeldHere, against, held_in, told_once
from exchange.operations.member_log import LogView, prove_entry, view_log
from exchange.runtime.home import open_directory
from exchange.runtime.settings import Settings

_CAME_OUT_OTHERWISE = 8


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
    settle: Annotated[
        str | None,
        typer.Option(
            "--settle",
            metavar="MEMBER",
            autocompletion=member_addresses,
            help="Let rest what this member holds against that one's log, and begin anew with its next head.",
        ),
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

    Heads travel beside messages that go anyway to two members and the relay office of the level above, which
    countersign what only grows. So somebody with the database and the signing key, who could write all of it anew, is
    found out: with `--check` the log is held against what the members here hold of it, too. A log of which two
    histories were signed, or that was cut off, stays told until people settle it (`--settle`), as after an older
    database was put back on purpose; the heads that prove it are kept.

    Exit code 8: the check has found something.
    """
    if entry is not None and member is None:
        raise CallerError("whose entry?", remedy="name the member: exchange log ADDRESS --entry N")
    if output is not None and entry is None:
        raise CallerError("only a proof goes to a file", remedy="add --entry N")
    if settle is not None and member is None:
        raise CallerError("who is to let it rest?", remedy="name the member: exchange log ADDRESS --settle MEMBER")
    settings = Settings.read(home=home)
    with DomainView(settings) as view:
        addresses = _chosen(view, member)
        if settle is not None:
            _settle(view, settings, addresses[0], settle)
            return
        if entry is not None:
            _prove(view, settings, addresses[0], entry, output, as_json=as_json)
            return
        held = _held(view, addresses) if check else {}
        found = [_looked_at(view, settings, address, held if check else None) for address in addresses]
    tell_logs(found, one=member is not None, as_json=as_json)
    if any(one.broken is not None or one.disputes for one in found):
        raise typer.Exit(_CAME_OUT_OTHERWISE)


def _chosen(view: DomainView, member: str | None) -> list[str]:
    known = list(view.profiles())
    if member is None:
        return known
    if member not in known:
        raise NotFound("{member} is no member here", remedy="`exchange log` lists all members", member=member)
    return [member]


def _held(view: DomainView, addresses: Sequence[str]) -> dict[str, list[HeldHere]]:
    """What the members here hold of these ones' logs. A member whose database is away hides no other's."""
    found: dict[str, list[HeldHere]] = {address: [] for address in addresses}
    for witness in view.profiles():
        try:
            store = open_as_it_is(view, witness)
            if store is None:
                continue
            with closing(store), store.reading() as tx:
                for origin, one in held_in(tx, witness):
                    found.setdefault(origin, []).append(one)
        except DatabaseUnavailable:
            continue
    return found


def _looked_at(
    view: DomainView, settings: Settings, address: str, held: Mapping[str, Sequence[HeldHere]] | None
) -> LogView:
    """``held``: the log is to be checked, and held against these heads."""
    store = open_as_it_is(view, address)
    if store is None:
        raise DatabaseUnavailable(
            "the tables of {address} are of another release", remedy="run `exchange init`", address=address
        )
    with closing(store):
        now = settings.clock.now()
        found = view_log(store, address, now)
        if held is None:
            return found
        directory = open_directory(view.home, settings)
        mark, broken = check_log(store, address, directory, whole=True)
        with store.reading() as tx:
            differs = against(tx, address, directory, held[address], now)
        found = replace(found, disputes=tuple(told_once([*found.disputes, *differs])))
        return found.as_checked(mark.size, now, broken)


def _settle(view: DomainView, settings: Settings, address: str, origin: str) -> None:
    store = open_as_it_is(view, address)
    if store is None:
        raise NotFound("{member} has no log yet", remedy="`exchange log` lists all members", member=address)
    with closing(store), store.transaction() as tx:
        number = tx[Witnesses].settle(origin, settings.clock.now(), own=address == origin)
    console.print(plain(tr("{number} disputes about the log of {origin} rest", number=number, origin=origin)))


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
        print_json(proof_json(address, proof))
    elif output is not None:
        facts = {"file": output, "index": proof.index, "size": proof.size}
        console.print(plain(tr("{file}: entry {index} and its receipt, in a log of {size}", **facts)))
    else:
        console.print_json(data=proof_json(address, proof))
