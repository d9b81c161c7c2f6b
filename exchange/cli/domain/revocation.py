"""The command that takes a member's keys from it: revoke."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.audit.acting import acting_account
from exchange.cli.naming import called, in_full, learn_domain
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.recorded import recorded
from exchange.cli.view import console, plain, print_json, say
from exchange.clock import CST
from exchange.errors import CallerError, ExchangeError
from exchange.language import Text, Words, choose, tr
from exchange.operations.domain_view import DomainView
from exchange.operations.revocation.closing import Closed, close_doors
from exchange.operations.revocation.resting import Ground, Resting, RestingRecord, mark, resting_on
from exchange.operations.said.terms import moment
from exchange.runtime.settings import Home, Settings
from exchange.schemas.titles import kind_name
from exchange.setup.certify import revoke as revoke_member
from exchange.web.door.accounts import account_name
from exchange.web.door.gate import gate_of
from exchange.web.door.managing import lock_from_here

_REMAINS = 8
_GROUNDS: dict[Ground, Words] = {
    Ground.STANDS: ("有效", "stands"),
    Ground.DOUBTFUL: ("存疑：吊销生效后才到达", "doubtful: arrived afterwards"),
    Ground.UNDONE: ("签名不再有效", "its signature counts no more"),
}
_COLOURS = {Ground.STANDS: "", Ground.DOUBTFUL: "yellow", Ground.UNDONE: "red"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("revoke", rich_help_panel="Keys")(revoke)


def revoke(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The member, for example hefei.planning.")],
    reason: Annotated[str, typer.Option(help="Kept in the directory, for everybody to read.")],
    at: Annotated[
        str | None,
        typer.Option(help="From when on its signatures do not count: ISO 8601 with offset (default: now)."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="DAY", help="List what rests on its key since this day, 2026-03-02 (default: since --at)."
        ),
    ] = None,
    account: Annotated[
        list[str] | None,
        typer.Option("--account", help="Lock this console account too, and end its sessions; several may be named."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revokes a member: publishes it in the directory, and closes whatever it still comes in by.

    What was signed before goes on verifying; what says it was signed then or later is refused, what arrives later and
    says it was signed before waits for two people (`exchange dead --cause withheld`), and nothing more is sealed to the
    member. A date can be moved back, never on. The first time needs the authority's key.

    Closed are its account at the broker with its connections, its API tokens and its webhooks, and it is drained.
    Console accounts are people's: name with --account those who leave with it. What cannot be closed now is said, the
    exit code is 8, and `exchange doctor` names it until it is done: run the command again.

    Listed are all documents and receipts of the member on record since --since, at whoever holds them, with their cases
    and numbers. Where the revocation takes the ground from one (dated back before its signing or its arrival), nothing
    is undone: it is noted in its holder's journal, and the lead of the case is to review it.
    """
    settings = Settings.read(home=home)
    if not 1 <= len(reason) <= 500:
        raise CallerError("--reason: 1 to 500 characters", remedy="say briefly why")
    moment_given, day = _instant(at), _day(since)
    names = [account_name(name) for name in account or ()]
    by = acting_account()
    with recorded(settings, "revoke", address), DomainView(settings) as view:
        revoked_at = revoke_member(settings, address, moment_given, reason, say)
        closed = [*close_doors(view, address, reason, by), *_lock(view, names, by)]
        found = resting_on(view, address, day or revoked_at, revoked_at)
        reviews = mark(view, found, by)
    learn_domain(Home(settings.home))
    remains = [one for one in closed if one.error is not None]
    if as_json:
        _print(address, revoked_at, reason, closed, found, reviews)
    else:
        console.print(
            plain(
                tr("revoked: {address}, from {moment:%Y-%m-%d %H:%M:%S %z} on", address=in_full(address),
                   moment=revoked_at)
            )
        )  # fmt: skip
        for one in closed:
            say_door(one)
        _show(found, reviews)
    if remains:
        raise typer.Exit(_REMAINS)


def say_door(one: Closed, *, opened: bool = False) -> None:
    """Say what was closed, or opened again, or why it was not."""
    if one.error is None:
        console.print(plain(tr("open again: {what}", what=one.what) if opened else tr("closed: {what}", what=one.what)))
        return
    console.print(plain(tr("not done: {what}: {error}", what=one.what, error=one.error.text), "red"))
    console.print(plain(tr("→ {remedy}", remedy=one.error.remedy_text)))


def _lock(view: DomainView, names: Sequence[str], by: str) -> list[Closed]:
    done = []
    for name in names:
        what = Text("console account {name}", {"name": name})
        try:
            lock_from_here(gate_of(view), by, name)
            done.append(Closed(what))
        except ExchangeError as error:
            done.append(Closed(what, error))
    return done


def _show(found: Resting, reviews: int) -> None:
    if found.records:
        table = Table(header_style="bold", border_style="dim")
        for title in (tr("at"), tr("what"), tr("case"), tr("signed"), tr("arrived"), tr("state")):
            table.add_column(title, overflow="fold")
        for one in found.records:
            cells = (called(one.holder), _what(one), one.case_number or one.number or one.message_id)
            times = (moment(one.signed_at), moment(one.recorded_at))
            table.add_row(*map(plain, (*cells, *times)), plain(choose(_GROUNDS[one.ground]), _COLOURS[one.ground]))
        console.print(table)
    lost = sum(one.ground is not Ground.STANDS for one in found.records)
    console.print(
        plain(
            tr(
                "{count} documents and receipts rest on its key; {lost} have lost their ground, {reviews} parts of "
                "cases are to be reviewed",
                count=len(found.records), lost=lost, reviews=reviews,
            )
        )
    )  # fmt: skip
    for holder, error in found.unread:
        say(tr("not looked at: {holder}: {error}", holder=called(holder), error=error.text))


def _what(one: RestingRecord) -> str:
    if one.signed_for:
        return tr("its receipt for: {kind}", kind=kind_name(one.kind))
    return kind_name(one.kind)


def _print(
    address: str, revoked_at: datetime, reason: str, closed: Sequence[Closed], found: Resting, reviews: int
) -> None:
    facts: dict[str, Any] = {"address": address, "revoked_at": revoked_at.isoformat(), "reason": reason}
    facts["closed"] = [str(one.what) for one in closed if one.error is None]
    facts["remains"] = [
        {"what": str(one.what), "error": str(one.error), "remedy": one.error.remedy}
        for one in closed
        if one.error is not None
    ]
    facts["rests"] = [
        {**one.__dict__, "signed_at": one.signed_at.isoformat(), "recorded_at": one.recorded_at.isoformat()}
        for one in found.records
    ]
    facts["to_review"] = reviews
    facts["not_looked_at"] = [holder for holder, _ in found.unread]
    print_json(facts)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise CallerError("--at: {text!r} is no instant", remedy="for example 2026-03-02T09:00:00+08:00", text=text)
    return found


def _day(text: str | None) -> datetime | None:
    """The beginning of a day, or the instant."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), CST)
    except ValueError:
        pass
    try:
        return _instant(text)
    except CallerError:
        raise CallerError("--since: {text!r} is no day", remedy="for example 2026-03-02", text=text) from None
