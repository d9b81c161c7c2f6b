"""Alerts: standing troubles that a person must hear of, each time once. Kinds in the order in which people see them.

An alert stands as long as its condition holds. It is told when it begins to stand and when it is over, and again only
after that. What cannot be looked at is not over: its alerts keep standing until it can be seen that they do not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from exchange.operations.troubles.lights import NOTHING, Light, Words


class AlertKind(StrEnum):
    """The conditions that are told, in the order of every list: cases and people first, then what they stand on."""

    SAFETY = "safety"
    OVERDUE = "overdue"
    UNWATCHED = "unwatched"
    CASE_OVERRUN = "case-overrun"
    ESCALATED = "escalated"
    UNDECIDED = "undecided"
    REVIEW = "review"
    UNDELIVERED = "undelivered"
    UNEXPLAINED = "unexplained"
    RULE_FAILING = "rule-failing"
    DEFAULT_NEAR = "default-near"
    UNSIGNED = "unsigned"
    UNDATED = "undated"
    REVOKED_OPEN = "revoked-open"
    WITHHELD = "withheld"
    WITHHELD_BEYOND = "withheld-beyond"
    IMPLAUSIBLE_RECEIPT = "implausible-receipt"
    HELD = "held"
    DRAINED = "drained"
    JOINT_WAITING = "joint-waiting"
    BROKER_AWAY = "broker-away"
    BROKER_ALARM = "broker-alarm"
    INTAKE = "intake-stopped"
    DATABASE_AWAY = "database-away"
    ROLE_DOWN = "role-down"
    NO_STANDBY = "no-standby"
    CLOCK = "clock"
    ROUND_FAILING = "round-failing"
    LINK_DOWN = "link-down"
    QUEUE_OLD = "queue-old"
    BREAKER = "breaker"
    ABANDONED = "given-up"  # the value is in the alerts on record
    DEAD_LETTERS = "dead-letters"
    DISK = "disk"
    CERTIFICATE = "certificate"
    DIRECTORY = "directory"
    STALE_DIRECTORY = "stale-directory"
    AUDIT = "audit"
    LOG = "log"
    LOG_DISPUTED = "log-disputed"
    LOG_UNWITNESSED = "log-unwitnessed"
    TIME_STAMPS = "time-stamps"
    CALENDAR = "calendar"
    TOKEN = "token"  # noqa: S105 -- a kind of alert
    WEBHOOK_OFF = "webhook-off"
    UNTOLD = "untold"


class AlertEvent(StrEnum):
    """What of an alert a channel is told."""

    RAISED = "raised"
    OVER = "over"


class Severity(StrEnum):
    """CRITICAL: somebody must act now. WARNING: somebody must act in time."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True)
class Alert:
    """Something to be told. ``key`` is the same as long as it is the same trouble."""

    kind: AlertKind
    subject: str
    severity: Severity
    chinese: str
    english: str
    page: str
    """Where the console shows it, as a path."""
    remedy: Words = NOTHING
    """What to do, with commands between backquotes."""
    quiet: bool = False
    """Shown, but not told: it is known already, or is nothing yet."""

    @property
    def key(self) -> str:
        """Kind and subject."""
        return f"{self.kind}:{self.subject}"

    @property
    def light(self) -> Light:
        """As a traffic light."""
        return Light.BAD if self.severity is Severity.CRITICAL else Light.WARN


@dataclass(frozen=True)
class StandingAlerts:
    """All alerts that stand by some facts, and the prefixes of keys of which these facts say nothing."""

    alerts: tuple[Alert, ...]
    unknown: frozenset[str] = frozenset()

    def is_unknown(self, key: str) -> bool:
        """Return whether the facts do not tell if this alert stands."""
        return any(key == prefix or key.startswith(f"{prefix}:") for prefix in self.unknown)


@dataclass(frozen=True)
class Change:
    """What begins and what ends."""

    raised: tuple[Alert, ...] = ()
    over: tuple[str, ...] = field(default=())
    """Keys."""
    quiet: tuple[str, ...] = field(default=())
    """Keys that are put away without a word: what they name is there still, and told again when it grows."""


def change(before: Collection[str], standing: StandingAlerts) -> Change:
    """Return what begins and what ends, where the keys ``before`` stood until now."""
    present = {alert.key: alert for alert in standing.alerts}
    raised = tuple(alert for key, alert in present.items() if key not in before and not alert.quiet)
    over = tuple(sorted(key for key in before if key not in present and not standing.is_unknown(key)))
    quiet = tuple(
        sorted(key for key in before if key in present and present[key].quiet and not standing.is_unknown(key))
    )
    return Change(raised, over, quiet)


@dataclass(frozen=True)
class Cause:
    """One entry of the list of troubles: alerts of one kind and severity, told in one message."""

    kind: AlertKind
    severity: Severity
    text: Words
    remedy: Words
    page: str
    alerts: tuple[Alert, ...]

    @property
    def light(self) -> Light:
        """As a traffic light."""
        return self.alerts[0].light


SHOWN = 5
"""Subjects that an entry names; the others are counted."""

_ORDER = {kind: place for place, kind in enumerate(AlertKind)}
_FIRST_TECHNICAL = _ORDER[AlertKind.BROKER_AWAY]


def is_technical(kind: AlertKind) -> bool:
    """Return whether the kind is about what the exchange stands on, and not about cases and people."""
    return _ORDER[kind] >= _FIRST_TECHNICAL


def causes(alerts: Iterable[Alert], titles: dict[AlertKind, Words]) -> list[Cause]:
    """List the troubles: cases and people first, of either sort the gravest first; one entry a kind."""
    groups: dict[tuple[AlertKind, Severity], list[Alert]] = {}
    for alert in alerts:
        groups.setdefault((alert.kind, alert.severity), []).append(alert)
    found = [_cause(kind, severity, group, titles[kind]) for (kind, severity), group in groups.items()]
    return sorted(found, key=lambda one: (is_technical(one.kind), one.severity is Severity.WARNING, _ORDER[one.kind]))


def _cause(kind: AlertKind, severity: Severity, group: Sequence[Alert], title: Words) -> Cause:
    remedies = list(dict.fromkeys(alert.remedy for alert in group if alert.remedy != NOTHING))[:3]
    remedy = "\n".join(chinese for chinese, _ in remedies), "\n".join(english for _, english in remedies)
    first = group[0]
    text = (first.chinese, first.english) if len(group) == 1 else together(title, group)
    return Cause(kind, severity, text, remedy, first.page, tuple(group))


def together(title: Words, group: Sequence[Alert]) -> Words:
    """Combine several alerts of a kind in one text: how many there are, and the first of them."""
    number, rest = len(group), len(group) - SHOWN
    chinese = "；".join(alert.chinese for alert in group[:SHOWN]) + (f"；另有 {rest} 项" if rest > 0 else "")
    english = "; ".join(alert.english for alert in group[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")
    return f"{title[0]}（{number} 项）：{chinese}", f"{title[1]} ({number}): {english}"


def patience(attempts: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts to tell, from ten seconds to an hour; None after about a
    day.
    """
    return None if attempts >= 30 else min(timedelta(hours=1), timedelta(seconds=10) * 2 ** min(attempts - 1, 12))
