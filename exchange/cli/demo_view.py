"""The demonstration as one watches it: a live table, cases by departments, and what has just happened."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from exchange.bootstrap.demo import Demo, out_of_time
from exchange.bootstrap.settings import Settings
from exchange.bootstrap.supervise import Supervisor
from exchange.cli.case_view import cases_view
from exchange.cli.console_child import ConsoleChild
from exchange.cli.view import console, plain
from exchange.clock import monotonic
from exchange.flow.ports import JournalEntry
from exchange.flow.status import CaseStatus
from exchange.rules.books import Balance, Verdict
from exchange.rules.conservation_facts import Term
from exchange.rules.conservation_words import VERDICTS
from schemas import Role

_WEEKDAYS = "一二三四五六日"
_SHOWN = 9
_CONSOLE_WAIT = 15.0
"""Seconds that the demonstration waits for its console."""
_WORDS = {
    "submitted": ("收件", "application accepted", "cyan"),
    "consulted": ("分发", "put to {departments} departments at once", "cyan"),
    "cleared": ("放行", "{department}: the result it waited for is in", "cyan"),
    "opinion": ("意见", "{department} has answered", "green"),
    "late-opinion": ("迟到", "{department} answers too late", "yellow"),
    "reminded": ("催办", "{department} is reminded, {rung} % of its term is over", "yellow"),
    "deemed": ("视为同意", "{department} kept silent: consent by rule, no person approved", "bold magenta"),
    "escalated": ("督办", "{department}: term over, no default allowed", "bold red"),
    "ready": ("齐备", "all opinions are in", "cyan"),
    "decision-prepared": ("拟定", "the lead's rule prepares: {outcome}", "cyan"),
    "decided": ("决定", "the lead's officer decides: {outcome}", "bold green"),
}


def run_demo(demo: Demo) -> bool:
    """Runs the demonstration and shows it; True if everything came out as it should."""
    consoles: list[ConsoleChild] = []

    def beside(settings: Settings, supervisor: Supervisor) -> Callable[[], None]:
        consoles.append(ConsoleChild(settings, supervisor))
        return consoles[0].look

    demo.beside = beside
    try:
        _prepare(demo)
        _say_console(demo, consoles[0])
        cases = _watch(demo)
        deviations = demo.deviations(cases)
    finally:
        demo.close()
    _conclude(demo, cases, deviations)
    return not deviations


def _prepare(demo: Demo) -> None:
    console.print("[bold]驿站 Yizhan[/] · 部门间公文交换与并联审批演示 · interdepartmental exchange at work\n")
    with console.status("preparing 准备中") as status:
        original = demo.say

        def say(line: str) -> None:
            original(line)
            status.update(f"preparing 准备中 · {line}")

        demo.say = say  # type: ignore[method-assign]
        demo.prepare()
        demo.start()
        members, until = len(demo.profiles), monotonic() + 60
        while (served := demo.served()) < members and monotonic() < until:
            status.update(f"starting 启动中 · {served} of {members} members, each a process of its own")
            time.sleep(0.1)
        demo.say = original  # type: ignore[method-assign]
    console.print(f"[green]✓[/] {members} members are being served, each with its own keys, database and process\n")


def _say_console(demo: Demo, child: ConsoleChild) -> None:
    """Waits shortly for the operators' console, so that its link stands above what is watched."""
    until = monotonic() + _CONSOLE_WAIT
    while not child.is_said and monotonic() < until:
        demo.look()
        time.sleep(0.1)
    console.print()


def _watch(demo: Demo) -> list[CaseStatus]:
    began, events, said = monotonic(), deque[Text](maxlen=_SHOWN), len(demo.lines)
    cases: list[CaseStatus] = []
    with Live(console=console, refresh_per_second=8, transient=True) as live:
        while not out_of_time(began):
            cases = demo.turn()
            fresh = [_event(who, entry, demo) for who, entry in demo.happenings()]
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
        (f" {now:%Y-%m-%d} 星期{_WEEKDAYS[now.weekday()]} {now:%H}:00 ", "reverse"),
        ("  one day passes in two seconds · 两秒一天", "dim"),
    )
    return Group(head, _table(demo, cases, now), *events)


def _table(demo: Demo, cases: Sequence[CaseStatus], now: datetime) -> RenderableType:
    labels = {address: p.label for address, p in demo.profiles.items() if Role.DEPARTMENT in p.roles}
    return cases_view(cases, labels, now, brief=True)


def _event(who: str, entry: JournalEntry, demo: Demo) -> Text | None:
    words = _WORDS.get(entry.event)
    if words is None or entry.case_number is None:
        return None
    if entry.event == "deemed" and not who.endswith(demo.window.node.address):
        return None
    chinese, english, colour = words
    detail = {key: _short(demo, value) for key, value in entry.detail.items()}
    return Text.assemble(
        (f"{entry.at:%m-%d %H:%M}  ", "dim"),
        (f"{entry.case_number[-2:]} ", "bold"),
        (f"{chinese} ", colour),
        english.format(**detail),
    )


def _short(demo: Demo, value: object) -> object:
    profile = demo.profiles.get(value) if isinstance(value, str) else None
    return f"{profile.label} {profile.name_en}" if profile else value


def _conclude(demo: Demo, cases: Sequence[CaseStatus], deviations: Sequence[str]) -> None:
    console.print(_table(demo, cases, demo.clock.now() + timedelta(days=365)))
    silent = [(c.number, p.department) for c in cases for p in c.parts if p.state.value == "deemed"]
    for number, department in silent:
        console.print(
            f"[magenta]视为同意[/] {department} in {number}: receipt, reminders, calendar and rule are in the notice;\n"
            "  it was checked again from its signed bytes alone, and holds"
        )
    _say_balance(demo.balance)
    console.print(f"\n记录 records: {demo.home}  (keys, databases, signed documents, logs)")
    console.print(f"  look around: exchange status --home {demo.home}")
    if deviations:
        console.print("\n[bold red]otherwise than it should be 与应有结果不符[/]")
        for line in deviations:
            console.print(Text("  ✗ ", style="red"), plain(line), sep="")
    else:
        console.print("\n[bold green]✓ everything came out as it should 结果与应有一致[/]")


def _say_balance(balance: Balance | None) -> None:
    if balance is None:
        return
    chinese, english = VERDICTS[balance.verdict]
    colour = "green" if balance.verdict is Verdict.BALANCED else "bold yellow"
    written, taken = balance.counts.get(Term.WRITTEN, 0), balance.counts.get(Term.TAKEN, 0)
    console.print(
        Text("守恒账 conservation ledger: "), Text(f"{chinese} {english}", style=colour),
        f"\n  {balance.counts.get(Term.ISSUED, 0)} consultations issued; {written} messages written, {taken} taken in",
        sep="",
    )  # fmt: skip
