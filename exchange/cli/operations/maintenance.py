"""Commands for maintenance: hold and release, drain, and the diagnostics bundle."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from exchange.approval.held import SHOWN, Endangered
from exchange.audit.acting import acting_account
from exchange.cli.complete import member_addresses
from exchange.cli.naming import called, in_full, learn
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.recorded import recorded
from exchange.cli.view import console, plain, print_json, say, say_more
from exchange.language import choose, tr
from exchange.messaging.rules.holding import Hold
from exchange.operations.domain_view import DomainView
from exchange.operations.holds import domain as holding
from exchange.operations.records.stores import provisional_by
from exchange.operations.said.terms import ends_text, moment
from exchange.runtime import draining, logs
from exchange.runtime.settings import Settings
from exchange.schemas.titles import kind_name

_OTHERWISE = 8


class _Domain:
    """A domain's profiles, and its members' databases, opened once each."""

    def __init__(self, home: Path | None) -> None:
        logs.configure(quiet=True)
        self.settings = Settings.read(home=home)
        view = DomainView(self.settings)
        self.profiles = view.profiles()
        learn(self.profiles)
        self.open = view.store
        """Opens a member's database. Raises DatabaseUnavailable."""
        self.is_provisional = provisional_by(view.calendar())


def hold(
    what: Annotated[str, typer.Argument(help="A member's address, or a kind of message such as `decision`.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; shown until the release.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lets what goes to a member, or is of a kind, rest at its senders until released.

    Nothing is lost: it stays in the outboxes, through restarts too. Opinions and receipts never rest. A request that
    is held does not arrive, so that its term does not begin; where reminders rest at the end of a term, the case goes
    to the lead and silence counts for nothing. What this endangers is listed. Takes effect within seconds.
    """
    domain = _Domain(home)
    addressee, kind = holding.hold_target(domain.profiles, what)
    now = domain.settings.clock.now()
    with recorded(domain.settings, "hold", what):
        spread = holding.hold_everywhere(domain.profiles, domain.open, addressee, kind, reason, acting_account(), now)
    risks = holding.at_risk(domain.profiles, domain.open, spread.hold)
    if as_json:
        print_json(
            {**_hold_json(spread.hold), "away": spread.away, "endangers": [_risk_json(domain, one) for one in risks]}
        )
    else:
        console.print(plain(tr("held: {what} ({id})", what=what, id=spread.hold.id)))
        _show_risks(domain, risks)
    _tell_away(spread.away, tr("not yet held"))


def release(
    what: Annotated[str, typer.Argument(help="What was held (member, kind or the hold's id), or a drained member.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Releases what was held, or a member that was drained; what waited goes out at once."""
    domain = _Domain(home)
    now = domain.settings.clock.now()
    with recorded(domain.settings, "release", what):
        released = holding.release_named(domain.profiles, domain.open, what, acting_account(), now)
    if as_json:
        print_json({"released": released})
    else:
        console.print(plain(tr("released: {released}", released=", ".join(released))))


def holds(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Lists what is held and which members are drained, with what that endangers and when it is due."""
    domain = _Domain(home)
    found = holding.survey(domain.profiles, domain.open)
    if as_json:
        print_json(
            {
                "holds": [_standing_json(domain, one, found) for one in found.standing],
                "drained": [{"member": member, **asdict(wish)} for member, (wish, _) in found.drained.items()],
                "away": found.away,
            }
        )
        return
    if not found.standing and not found.drained:
        console.print(tr("nothing is held"))
    for one in found.standing:
        what = " ".join(
            filter(
                None, (one.hold.addressee and in_full(one.hold.addressee), one.hold.kind and kind_name(one.hold.kind))
            )
        )
        console.print(plain(f"{what} · {one.hold.id} · {one.hold.held_by}, {moment(one.hold.held_at)}", "bold"))
        console.print(plain(f"{one.hold.reason} · " + tr("{number} at rest", number=found.kept(one.hold))))
        if one.missing:
            console.print(
                plain(tr("not in the databases of {members}: hold it again", members=", ".join(one.missing)), "red")
            )
        _show_risks(domain, holding.at_risk(domain.profiles, domain.open, one.hold))
    for member, (wish, _) in found.drained.items():
        console.print(plain(f"{in_full(member)} · " + tr("drained") + f" · {wish.by}: {wish.reason}", "bold"))


def drain(
    member: Annotated[str, typer.Argument(help="The member's address.", autocompletion=member_addresses)],
    reason: Annotated[str, typer.Option("--reason", help="Why; shown until the release.")],
    wait: Annotated[float, typer.Option(help="Seconds to wait until its process has ended.")] = 60.0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Has a member finish what it has in hand, take in nothing new, and end; `exchange release` brings it back.

    What arrives meanwhile waits in its queue and has arrived then: hold the member first where its terms must not
    begin. Tells what was left in its outbox. Exit code 8 if its process has not ended in time; it still will.
    """
    domain = _Domain(home)
    holding.check_member(domain.profiles, member)
    store = domain.open(member)
    with recorded(domain.settings, "drain", member):
        draining.ask_drain(store, acting_account(), reason, domain.settings.clock.now())
    ended = draining.wait_until_ended(store, member, wait)
    left = draining.left_when_stopped(store) or draining.what_is_left(store)
    if as_json:
        print_json({"member": member, "ended": ended, **asdict(left)})
    else:
        state = tr("stopped") if ended else tr("still running")
        console.print(
            plain(
                tr(
                    "{member}: {state}; {unsent} never sent, {unanswered} without a receipt, {at_rest} at rest",
                    member=in_full(member),
                    state=state,
                    unsent=left.unsent,
                    unanswered=left.unanswered,
                    at_rest=left.at_rest,
                )
            )
        )
    if not ended:
        raise typer.Exit(_OTHERWISE)


def diagnostics(
    file: Annotated[Path, typer.Argument(help="Where the bundle goes.")] = Path("yizhan-diagnostics.tar.gz"),
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Writes what a developer asks for first into one file: no keys, no passwords, no content.

    Versions, settings, the doctor's findings, queues, counts by state, the directory's version, migrations, and
    recent lines of journals and logs, of which only harmless fields are kept.
    """
    from exchange.operations.health.diagnostics import write_bundle

    logs.configure(quiet=True)
    names = write_bundle(Settings.read(home=home), file)
    if as_json:
        print_json({"file": str(file), "contents": names})
    else:
        say(tr("{file}: {names}", file=file, names=", ".join(names)))


def _show_risks(domain: _Domain, risks: list[Endangered]) -> None:
    if not risks:
        console.print(tr("no open consultation is touched"), style="dim")
        return
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("case"), tr("department"), tr("due"), tr("danger")):
        table.add_column(title)
    for one in risks[:SHOWN]:
        due = ends_text(one.part.due_at, provisional=domain.is_provisional(one.part)) or "–"
        table.add_row(
            plain(one.part.case_number), plain(called(one.part.department)), due, choose(holding.IN_WORDS[one.danger])
        )
    console.print(table)
    say_more(len(risks) - SHOWN)


def _tell_away(away: tuple[str, ...], what: str) -> None:
    if away:
        say(
            tr(
                "{what} at {away}, whose database is away: repeat the command once it is there",
                what=what,
                away=", ".join(away),
            )
        )
        raise typer.Exit(_OTHERWISE)


def _standing_json(domain: _Domain, one: holding.StandingHold, found: holding.Survey) -> dict[str, Any]:
    risks = holding.at_risk(domain.profiles, domain.open, one.hold)
    return {
        **_hold_json(one.hold),
        "at_rest": found.kept(one.hold),
        "missing": one.missing,
        "endangers": [_risk_json(domain, risk) for risk in risks],
    }


def _hold_json(hold: Hold) -> dict[str, Any]:
    return {name: getattr(hold, name) for name in ("id", "addressee", "kind", "reason", "held_by", "held_at")}


def _risk_json(domain: _Domain, one: Endangered) -> dict[str, Any]:
    return {
        "case": one.part.case_number,
        "department": one.part.department,
        "due_at": one.part.due_at,
        "provisional": domain.is_provisional(one.part),
        "danger": one.danger.value,
    }
