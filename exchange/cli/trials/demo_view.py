"""The demonstration as one watches it: a live table, cases by departments, and what has just happened."""

from __future__ import annotations

import shlex
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from rich.console import Group, RenderableType
from rich.text import Text

from exchange.approval.window.status import CaseStatus
from exchange.cli.approval.views import cases_view
from exchange.cli.domain.faces import WebFace, add_faces, look_after
from exchange.cli.naming import label
from exchange.cli.view import LiveView, console, plain
from exchange.clock import monotonic
from exchange.language import Text as Deviation
from exchange.language import choose, language, name_of, noted, tr
from exchange.language.names import OUTCOMES
from exchange.operations.reconciliation.books import Balance, BalanceVerdict
from exchange.operations.reconciliation.facts import BalanceTerm
from exchange.operations.reconciliation.words import VERDICTS
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.stop import StopSignal
from exchange.runtime.supervision.supervise import Supervisor
from exchange.schemas import Role
from exchange.trials.demo import Demo, Happening, out_of_time
from exchange.trials.demo_evidence import bundle_path

_WEEKDAYS = (
    ("星期一", "Mon"), ("星期二", "Tue"), ("星期三", "Wed"), ("星期四", "Thu"), ("星期五", "Fri"), ("星期六", "Sat"),
    ("星期日", "Sun"),
)  # fmt: skip
_SHOWN = 9
_FACES_WAIT = 15.0
"""Seconds that the demonstration waits for its console and its public window."""
_WORDS = {
    "submitted": (noted("application accepted"), "cyan"),
    "consulted": (noted("put to {departments} departments at once"), "cyan"),
    "cleared": (noted("{department}: the result it waited for is in"), "cyan"),
    "opinion": (noted("{department} has answered"), "green"),
    "late-opinion": (noted("{department} answers too late"), "yellow"),
    "reminded": (noted("{department} is reminded, {stage} % of its term is over"), "yellow"),
    "deemed": (noted("{department} kept silent: consent by rule, no person approved"), "bold magenta"),
    "escalated": (noted("{department}: term over, no default allowed"), "bold red"),
    "ready": (noted("all opinions are in"), "cyan"),
    "decision-prepared": (noted("the lead's rule prepares: {outcome}"), "cyan"),
    "decided": (noted("the lead's officer decides: {outcome}"), "bold green"),
}


def run_demo(demo: Demo, *, hold: bool = False) -> bool:
    """Run the demonstration and show it; True if everything came out as it should.

    ``hold`` keeps what is served, the console and the public window too, until Ctrl-C.
    """
    faces: list[WebFace] = []

    def beside(settings: Settings, supervisor: Supervisor) -> Callable[[], None]:
        faces[:] = add_faces(settings, supervisor, demo.profiles.values())
        return partial(look_after, faces)

    demo.beside = beside
    try:
        _prepare(demo)
        _say_faces(demo, faces)
        demo.begin()
        cases = _watch(demo)
        deviations = demo.deviations(cases)
        if hold:
            _conclude(demo, cases, deviations)
            keep_open(demo)
    finally:
        demo.close()
    if not hold:
        _conclude(demo, cases, deviations)
    _say_what_next(demo, held=hold)
    return not deviations


def keep_open(demo: Demo) -> None:
    """Serve on, at the pace of real time, and say the console's link anew; end it all at Ctrl-C or SIGTERM.

    Further signals, of somebody impatient, do not disturb the end.
    """
    console.print("\n" + tr("all goes on at the pace of real time; console and public window stay open until Ctrl-C"))
    with StopSignal() as stop:
        stop.gently()
        demo.calm_down()
        while not stop.told.wait(0.5):
            demo.supervisor.watch_once()
            demo.attend()
            demo.look()
        console.print()
        demo.close()


def _say_what_next(demo: Demo, *, held: bool) -> None:
    console.print("\n" + tr("what next:"))
    lines = [
        (
            f"exchange status --home {shlex.quote(str(demo.home))}",
            tr("the cases of this demonstration"),
        ),
        ("exchange init", tr("the example city as a domain of your own, then: exchange up --detach")),
        ("exchange init --new CITY", tr("a city of your own: a window, a department and a matter to begin with")),
        ("exchange demo --levels", tr("a notice through province, cities and counties")),
    ]
    if not held:
        lines.insert(1, ("exchange demo --hold", tr("the same, and console and public window stay open")))
    width = max(len(command) for command, _ in lines)
    for command, what in lines:
        console.print(Text.assemble("  ", (f"{command:{width}}", "cyan"), f"  {what}"))


def _prepare(demo: Demo) -> None:
    console.print(tr("[bold]Yizhan[/] · interdepartmental exchange at work") + "\n")
    with console.status(tr("preparing")) as status:
        original = demo.say

        def say(line: str) -> None:
            original(line)
            status.update(f"{tr('preparing')} · {line}")

        demo.say = say  # type: ignore[method-assign]
        demo.prepare()
        demo.start()
        members, until = len(demo.profiles), monotonic() + 60
        while (served := demo.served()) < members and monotonic() < until:
            status.update(
                tr(
                    "starting · {served} of {members} members, each a process of its own",
                    served=served,
                    members=members,
                )
            )
            time.sleep(0.1)
        demo.say = original  # type: ignore[method-assign]
    said = tr("{members} members are being served, each with its own keys, database and process", members=members)
    console.print(f"[green]✓[/] {said}\n")


def _say_faces(demo: Demo, faces: Sequence[WebFace]) -> None:
    """Waits shortly for console and public window, so that their links stand above what is watched."""
    until = monotonic() + _FACES_WAIT
    while not all(face.is_said for face in faces) and monotonic() < until:
        demo.look()
        time.sleep(0.1)
    console.print()


def _watch(demo: Demo) -> list[CaseStatus]:
    began, events, said = monotonic(), deque[Text](maxlen=_SHOWN), len(demo.lines)
    cases: list[CaseStatus] = []
    with LiveView(refresh_per_second=8, transient=True) as live:
        while not out_of_time(began):
            cases = demo.turn()
            fresh = [_event(entry, demo) for entry in demo.happenings(cases)]
            fresh += [Text(f"        {line}", style="bold yellow") for line in demo.lines[said:]]
            said = len(demo.lines)
            events.extend(text for text in fresh if text is not None)
            if not console.is_terminal:
                for text in filter(None, fresh):
                    console.print(text)
            live.update(_screen(demo, cases, events))
            if demo.finished(cases):
                break
            time.sleep(0.1)
    return cases


def _screen(demo: Demo, cases: Sequence[CaseStatus], events: Sequence[Text]) -> RenderableType:
    now = demo.clock.now()
    head = Text.assemble(
        (f" {now:%Y-%m-%d} {choose(_WEEKDAYS[now.weekday()])} {now:%H}:00 ", "reverse"),
        ("  " + tr("one day passes in two seconds"), "dim"),
    )
    return Group(head, _table(demo, cases, now), *events)


def _table(demo: Demo, cases: Sequence[CaseStatus], now: datetime) -> RenderableType:
    labels = {address: label(p) for address, p in demo.profiles.items() if Role.DEPARTMENT in p.roles}
    return cases_view(cases, labels, now, brief=True)


def _event(entry: Happening, demo: Demo) -> Text | None:
    words = _WORDS.get(entry.event)
    if words is None or entry.case_number is None:
        return None
    if entry.event == "deemed" and not entry.who.endswith(demo.window.node.address):
        return None
    said, colour = words
    detail = {key: _short(demo, value) for key, value in entry.detail.items()}
    return Text.assemble(
        (f"{entry.at:%m-%d %H:%M}  ", "dim"),
        (f"{entry.case_number[-2:]} ", "bold"),
        (tr(said, **detail), colour),
    )


def _short(demo: Demo, value: object) -> object:
    profile = demo.profiles.get(value) if isinstance(value, str) else None
    if profile:
        return choose((profile.name, profile.name_en))
    return name_of(OUTCOMES, value) if isinstance(value, str) else value


def _conclude(demo: Demo, cases: Sequence[CaseStatus], deviations: Sequence[Deviation]) -> None:
    console.print(_table(demo, cases, demo.clock.now() + timedelta(days=365)))
    silent = [(c.number, p.department) for c in cases for p in c.parts if p.state.value == "deemed"]
    for number, department in silent:
        said = tr(
            "[magenta]deemed consent[/] of {department} in {number}: receipt, reminders, calendar and rule are in the "
            "notice; it was checked again from its signed bytes alone, and holds",
            department=_short(demo, department),
            number=number,
        )
        console.print(said)
    _say_balance(demo.balance)
    if not deviations:
        _say_evidence(demo, [case.number for case in cases])
    console.print("\n" + tr("records: {home}  (keys, databases, signed documents, logs)", home=demo.home))
    if deviations:
        console.print("\n" + tr("[bold red]otherwise than it should be[/]"))
        for line in deviations:
            console.print(Text("  ✗ ", style="red"), plain(line.written(language())), sep="")
    else:
        console.print("\n" + tr("[bold green]✓ everything came out as it should[/]"))


def _say_evidence(demo: Demo, numbers: Sequence[str]) -> None:
    """Where the bundles lie, and how anybody verifies one."""
    home = Home(demo.home)
    proved = [path for path in (bundle_path(home, number) for number in numbers) if path.exists()]
    if not proved:
        return
    console.print(tr("evidence: {number} bundles, a case each, verify by themselves", number=len(proved)))
    shown = {"file": shlex.quote(str(proved[0])), "authority": shlex.quote(str(home.trusted / "authority.der"))}
    console.print(plain("  " + "exchange verify {file} --trust {authority}".format(**shown)))


def _say_balance(balance: Balance | None) -> None:
    if balance is None:
        return
    colour = "green" if balance.verdict is BalanceVerdict.BALANCED else "bold yellow"
    written, taken = balance.counts.get(BalanceTerm.WRITTEN, 0), balance.counts.get(BalanceTerm.TAKEN, 0)
    console.print(
        Text(tr("reconciliation: ")), Text(choose(VERDICTS[balance.verdict]), style=colour), "\n  ",
        tr("{issued} consultations issued; {written} messages written, {taken} taken in",
           issued=balance.counts.get(BalanceTerm.ISSUED, 0), written=written, taken=taken),
        sep="",
    )  # fmt: skip
