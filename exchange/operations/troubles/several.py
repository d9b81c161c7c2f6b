"""What waits at a member, many things of one sort, as one trouble. Pure."""

from __future__ import annotations

from exchange.operations.troubles.facts import Facts, MemberFacts
from exchange.operations.troubles.kinds import Alert, AlertKind, Severity
from exchange.operations.troubles.lights import Words
from exchange.operations.troubles.parts import named, span
from exchange.runtime.gathered import Gathered


def gathered(
    facts: Facts, kind: AlertKind, member: MemberFacts, what: Gathered, chinese: str, english: str, remedy: Words,
    page: str | None = None,
) -> Alert:  # fmt: skip
    """Return the alert of things that wait at a member: how many, since when, and the first of them."""
    who, since = named(member, member.address), span(facts.now - (what.since or facts.now))
    rest = what.number > len(what.first)
    some = "、".join(what.first) + (" 等" if rest else ""), ", ".join(what.first) + (" and others" if rest else "")
    to = page or (f"/case/{what.first[0]}" if len(what.first) == 1 else "/cases")
    return Alert(
        kind, member.address, Severity.WARNING, f"{who[0]}：{chinese}（{some[0]}；最早 {since[0]}前）",
        f"{who[1]}: {english} ({some[1]}; the first since {since[1]})", to, remedy,
    )  # fmt: skip


def plural_s(number: int) -> str:
    """Return the letter that English puts behind what is not one."""
    return "" if number == 1 else "s"
