"""The one list of standing troubles: what of a domain's state somebody must know, by the facts of one moment. Pure.

Overview, `top`, alerts and metrics all go by it. What follows from something graver is not listed beside it: while the
broker is away nobody is told that eleven members take in nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from exchange.operations.troubles.cases import of_cases
from exchange.operations.troubles.facts import Facts, Limits
from exchange.operations.troubles.kinds import AlertKind, Cause, StandingAlerts, causes
from exchange.operations.troubles.lights import Light
from exchange.operations.troubles.parts import is_broker, kinds_of, of_parts
from exchange.operations.troubles.words import KINDS

_USUAL = Limits()

_FOLLOWS_BROKER = (AlertKind.ROLE_DOWN, AlertKind.LINK_DOWN, AlertKind.QUEUE_OLD)
"""What is so, or seems so, because the broker is away; nothing is known of it meanwhile."""

_COMES_UP = (AlertKind.BROKER_AWAY, AlertKind.ROLE_DOWN, AlertKind.LINK_DOWN, AlertKind.QUEUE_OLD, AlertKind.UNWATCHED)
"""What is not there yet in the first minute of a domain."""

_OF_ANY_DATABASE = (AlertKind.DEFAULT_NEAR, AlertKind.OVERDUE, AlertKind.UNWATCHED, AlertKind.HELD)
"""What is read in the databases of windows and monitors, and concerns others."""

_IN_DATABASE = (
    AlertKind.ROLE_DOWN, AlertKind.DEAD_LETTERS, AlertKind.ABANDONED, AlertKind.QUEUE_OLD, AlertKind.RULE_FAILING,
    AlertKind.UNDECIDED, AlertKind.ESCALATED, AlertKind.REVIEW, AlertKind.SAFETY, AlertKind.CLOCK,
    AlertKind.CASE_OVERRUN, AlertKind.UNDELIVERED, AlertKind.UNEXPLAINED,
    AlertKind.ROUND_FAILING, AlertKind.UNSIGNED, AlertKind.UNDATED, AlertKind.JOINT_WAITING, AlertKind.DRAINED,
    AlertKind.REVOKED_OPEN, AlertKind.WITHHELD, AlertKind.WITHHELD_BEYOND,
    AlertKind.IMPLAUSIBLE_RECEIPT, AlertKind.LOG, AlertKind.LOG_DISPUTED, AlertKind.LOG_UNWITNESSED, AlertKind.INTAKE,
    AlertKind.BREAKER, AlertKind.NO_STANDBY,
)  # fmt: skip


def standing(facts: Facts, limits: Limits = _USUAL) -> StandingAlerts:
    """Return the alerts that stand by the facts, and what these facts do not tell."""
    hidden = frozenset(_hidden(facts))
    found = [*of_cases(facts, limits), *of_parts(facts, limits)]
    shown = tuple(alert for alert in found if alert.kind not in hidden)
    return StandingAlerts(shown, frozenset(_unknown(facts)) | frozenset(kind.value for kind in hidden))


def listed(stands: StandingAlerts) -> list[Cause]:
    """Return the list as people see it: cases and people first."""
    return causes(stands.alerts, KINDS)


def _hidden(facts: Facts) -> Iterator[AlertKind]:
    if facts.starting:
        yield from _COMES_UP
    if any(is_broker(sign) and sign.light is Light.BAD for sign in facts.signs):
        yield from _FOLLOWS_BROKER


def _unknown(facts: Facts) -> Iterator[str]:
    for member in facts.members:
        if not member.readable:
            yield from (f"{kind}:{member.address}" for kind in _IN_DATABASE)
            yield from _OF_ANY_DATABASE
        if member.more_deadlines:
            yield from (AlertKind.DEFAULT_NEAR, AlertKind.OVERDUE)
    for sign in facts.signs:
        if sign.light is Light.UNKNOWN:
            yield from (f"{kind}:{sign.subject}" if sign.subject else kind.value for kind in kinds_of(sign))
