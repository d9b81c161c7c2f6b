"""The command `dead`: what members could not take in, by cause; redriven, discarded by two, exported."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from exchange.audit.acting import acting_account
from exchange.cli.naming import called, in_full, learn
from exchange.cli.operations.dead_letter_views import letter_view, reason_of
from exchange.cli.options import HomeOption, JsonOption
from exchange.cli.recorded import recorded
from exchange.cli.view import console, plain, print_json, say, say_more
from exchange.errors import CallerError, NotFound
from exchange.language import Recorded, name_of, tr
from exchange.language.names import STAGES_OF_DEATH
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import DeadLetter, Proposal
from exchange.operations.dead_letters import discard, domain, release
from exchange.operations.dead_letters.redrive import Again, RedriveOutcome, redrive
from exchange.operations.said.terms import moment
from exchange.runtime import logs
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.profile_work import open_work
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings

MemberOption = Annotated[str | None, typer.Option("--as", help="Only this member (default: all of them).")]
_SHOWN = 100
_STILL_DEAD = 8


class Format(StrEnum):
    """How letters are exported."""

    CSV = "csv"
    JSONL = "jsonl"


def dead(
    again: Annotated[
        list[str] | None, typer.Option("--redrive", metavar="ID", help="Handle this one again; several may be named.")
    ] = None,
    causes: Annotated[bool, typer.Option("--causes", help="Only how many there are of each cause.")] = False,
    cause: Annotated[str | None, typer.Option("--cause", metavar="CODE", help="Only those of this reason.")] = None,
    all_of: Annotated[
        str | None, typer.Option("--redrive-all", metavar="CODE", help="Handle all of this reason again.")
    ] = None,
    propose: Annotated[
        str | None, typer.Option("--propose-discard", metavar="ID", help="Nobody needs this one; with --reason.")
    ] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm-discard", metavar="ID", help="Discard what another account proposed.")
    ] = None,
    propose_release: Annotated[
        str | None,
        typer.Option("--propose-release", metavar="ID", help="This withheld one is its sender's; with --reason."),
    ] = None,
    confirm_release: Annotated[
        str | None, typer.Option("--confirm-release", metavar="ID", help="Take in what another account proposed.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why it can be discarded, or be released.")] = "",
    export: Annotated[Format | None, typer.Option("--export", help="Headers and reasons of all, as a file.")] = None,
    as_: MemberOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lists what members could not take in, with the reason; handles it again once that is repaired.

    A redriven message keeps its id and the time at which it first arrived. One that was handled meanwhile is not
    handled twice; one that fails again stays in the list. With --redrive-all the exit code is 8 if any does.

    What nobody needs is discarded by two accounts of this system: one proposes, another confirms. Its row stays. An
    opinion on a case that waits for its department cannot be discarded.

    What came after its signer's certificate had ended (revoked or over), and nothing proves to be older, is withheld:
    whoever stole the key may have dated it back. Two accounts release it (it is then judged by when it arrived) or
    discard it. Until then no silence counts against its department.
    """
    logs.configure(quiet=True)
    settings = Settings.read(home=home)
    wishes = {
        (Proposal.DISCARD, True): propose, (Proposal.DISCARD, False): confirm,
        (Proposal.RELEASE, True): propose_release, (Proposal.RELEASE, False): confirm_release,
    }  # fmt: skip
    asked = [(what, first, id) for (what, first), id in wishes.items() if id]
    if len(asked) > 1:
        raise CallerError("one account proposes and another confirms", remedy="name one of these options at a time")
    if asked:
        [(what, first, id)] = asked
        with recorded(settings, what.value, f"{'propose' if first else 'confirm'} {id}"):
            _by_two(settings, as_, what, id, reason if first else None, as_json)
    elif all_of:
        with recorded(settings, "redrive", f"all {all_of}"):
            _redrive_all(settings, as_, all_of, as_json)
    elif export:
        with recorded(settings, "export", f"dead letters {export}"):
            _export(settings, as_, export)
    elif again:
        with recorded(settings, "redrive", " ".join(again)):
            _redrive(settings, as_, again, as_json)
    elif causes:
        _causes(settings, as_, as_json)
    else:
        _list(settings, as_, cause, as_json)


def _list(settings: Settings, as_: str | None, cause: str | None, as_json: bool) -> None:
    found = [(opened, letter) for opened in members(settings, as_) for letter in _letters(opened, cause)]
    there = sum(one.cause.letters for one in _causes_of(settings, as_) if cause in (None, one.cause.reason_code))
    if as_json:
        print_json([_json(opened, letter) for opened, letter in found])
    elif not found:
        console.print(tr("no dead letters"))
    else:
        for opened, letter in found:
            console.print(letter_view(opened, letter))
        console.print(tr("Once the reason is repaired: exchange dead --redrive ID, or --redrive-all CODE"), style="dim")
    say_more(there - len(found))


def _causes_of(settings: Settings, as_: str | None) -> list[domain.MemberCause]:
    return [one for opened in members(settings, as_) for one in domain.causes_of(opened.node.address, opened.store)]


def _letters(opened: OpenedMember, cause: str | None) -> list[DeadLetter]:
    with opened.store.reading() as tx:
        return tx[Inbox].dead_letters() if cause is None else tx[DeadLetters].page(cause, limit=_SHOWN)


def _causes(settings: Settings, as_: str | None, as_json: bool) -> None:
    found = _causes_of(settings, as_)
    if as_json:
        names = ("reason_code", "stage", "letters", "proposed", "first_at", "last_at")
        print_json([{"member": one.member, **{n: getattr(one.cause, n) for n in names}} for one in found])
        return
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("member"), tr("cause"), tr("stage"), tr("letters"), tr("first"), tr("last")):
        table.add_column(title, justify="right" if title == tr("letters") else "left")
    for one in found:
        cause = one.cause
        cells = (
            called(one.member),
            reason_of(cause.reason_code),
            name_of(STAGES_OF_DEATH, cause.stage),
            str(cause.letters),
            moment(cause.first_at),
        )
        table.add_row(*map(plain, cells), moment(cause.last_at))
    console.print(table if found else tr("no dead letters"))


def _redrive(settings: Settings, as_: str | None, ids: list[str], as_json: bool) -> None:
    found: list[tuple[OpenedMember, DeadLetter]] = []
    for opened in members(settings, as_):
        with opened.store.reading() as tx:
            there = [letter for letter in map(tx[Inbox].dead_letter, ids) if letter and letter.discarded_at is None]
        found += [(opened, letter) for letter in there]
    missing = set(ids) - {letter.id for _, letter in found}
    if missing:
        raise NotFound(
            "no dead letter {missing}", remedy="`exchange dead` lists them", missing=", ".join(sorted(missing))
        )
    for opened, letter in sorted(found, key=lambda one: one[1].serial):  # the oldest first, as they came
        with closing(open_work(opened.profile, opened.take)) as work:
            redrive(opened.node, work.handlers, work.on_signed, letter.id)
        if as_json:
            print_json({"id": letter.id, "member": opened.node.address, "message_id": letter.message_id})
        else:
            console.print(
                plain(
                    tr(
                        "handled: {id} {message_id} at {address}",
                        id=letter.id,
                        message_id=letter.message_id or "",
                        address=in_full(opened.node.address),
                    )
                )
            )


def _redrive_all(settings: Settings, as_: str | None, code: str, as_json: bool) -> None:
    total = dict.fromkeys(Again, 0)
    for address in [as_] if as_ else load_profiles(Home(settings.home).departments):
        for number, outcome in enumerate(domain.redrive_all(settings, address, code), 1):
            total[outcome.again] += 1
            _tell(address, number, outcome)
    if not sum(total.values()):
        raise NotFound(
            "no dead letter with the reason {code_named}", remedy="`exchange dead --causes` lists them", code_named=code
        )
    if as_json:
        print_json({again.value: number for again, number in total.items()})
    else:
        console.print(
            tr(
                "{handled} handled · {repeats} harmless repeats · {failed} failed again",
                handled=total[Again.HANDLED],
                repeats=total[Again.REPEAT],
                failed=total[Again.FAILED],
            )
        )
    if total[Again.FAILED]:
        raise typer.Exit(_STILL_DEAD)


def _tell(address: str, number: int, outcome: RedriveOutcome) -> None:
    if outcome.again is Again.FAILED:
        say(tr("{address} {id}: {reason}", address=address, id=outcome.letter.id, reason=Recorded(outcome.reason)))
    elif number % 100 == 0:
        say(tr("{address}: {number}", address=address, number=number))


def _by_two(settings: Settings, as_: str | None, what: Proposal, id: str, reason: str | None, as_json: bool) -> None:
    """Propose, with a ``reason``, or confirm."""
    opened = _holder(settings, as_, id)
    if reason is not None:
        (discard.propose_discard if what is Proposal.DISCARD else release.propose_release)(
            opened.node, id, acting_account(), reason
        )
        state, said = "proposed", tr("proposed; another account confirms it")
    elif what is Proposal.DISCARD:
        discard.confirm_discard(opened.node, id, acting_account())
        state, said = "discarded", tr("discarded")
    else:
        work = open_work(opened.profile, opened.take)
        release.confirm_release(opened.node, work.handlers, work.on_signed, id, acting_account())
        state, said = "released", tr("released")
    if as_json:
        print_json({"id": id, "member": opened.node.address, "state": state})
    else:
        console.print(plain(tr("{what}: {id} at {member}", what=said, id=id, member=in_full(opened.node.address))))


def _holder(settings: Settings, as_: str | None, id: str) -> OpenedMember:
    for opened in members(settings, as_):
        with opened.store.reading() as tx:
            if tx[Inbox].dead_letter(id) is not None:
                return opened
        opened.store.close()
    raise NotFound("no dead letter {id}", remedy="`exchange dead` lists them", id=id)


def _export(settings: Settings, as_: str | None, form: Format) -> None:
    rows = (row for opened in members(settings, as_) for row in domain.exported(opened.node.address, opened.store))
    for line in domain.as_csv(rows) if form is Format.CSV else domain.as_json_lines(rows):
        print(line, end="")


def _json(opened: OpenedMember, letter: DeadLetter) -> dict[str, object]:
    told = domain.facts(opened.node.address, letter)
    return {name: value for name, value in told.items() if not name.startswith("discarded")}


def members(settings: Settings, address: str | None) -> Iterator[OpenedMember]:
    """Open the named member, or all of them."""
    profiles = load_profiles(Home(settings.home).departments)
    learn(profiles)
    for each in [address] if address else profiles:
        yield open_member(settings, each)
