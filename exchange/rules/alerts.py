"""Alerts: what of a domain's state a person must hear of, each time once.

An alert stands as long as its condition holds. It is told when it begins to stand and when it is over, and again only
after that. What cannot be looked at is not over: its alerts keep standing until it can be seen that they do not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from exchange.rules.alert_facts import DeadlineFact, Facts, Limits, MemberFacts


class AlertKind(StrEnum):
    """The conditions that are told."""

    ROLE_DOWN = "role-down"
    BROKER_AWAY = "broker-away"
    DATABASE_AWAY = "database-away"
    DEAD_LETTERS = "dead-letters"
    GIVEN_UP = "given-up"
    QUEUE_OLD = "queue-old"
    LINK_DOWN = "link-down"
    DEFAULT_NEAR = "default-near"
    OVERDUE = "overdue"
    CERTIFICATE = "certificate"
    DIRECTORY = "directory"
    CALENDAR = "calendar"


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

    @property
    def key(self) -> str:
        """Kind and subject."""
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True)
class Standing:
    """All alerts that stand by some facts, and the prefixes of keys of which these facts say nothing."""

    alerts: tuple[Alert, ...]
    unknown: frozenset[str] = frozenset()

    def is_unknown(self, key: str) -> bool:
        """Whether the facts do not tell if this alert stands."""
        return any(key == prefix or key.startswith(f"{prefix}:") for prefix in self.unknown)


@dataclass(frozen=True)
class Change:
    """What is to be told."""

    raised: tuple[Alert, ...] = ()
    over: tuple[str, ...] = field(default=())
    """Keys."""


def change(before: Collection[str], standing: Standing) -> Change:
    """What begins and what ends, where the keys ``before`` stood until now."""
    present = {alert.key: alert for alert in standing.alerts}
    raised = tuple(alert for key, alert in present.items() if key not in before)
    over = tuple(sorted(key for key in before if key not in present and not standing.is_unknown(key)))
    return Change(raised, over)


_USUAL = Limits()


def standing(facts: Facts, limits: Limits = _USUAL) -> Standing:
    """The alerts that stand by the facts."""
    alerts = [alert for member in facts.members for alert in _of_member(facts.now, member, limits)]
    alerts += _of_domain(facts, limits)
    return Standing(tuple(alerts), frozenset(_unknown(facts)))


def patience(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts to tell, from ten seconds to an hour; None after about a day."""
    return None if attempts >= 30 else min(timedelta(hours=1), timedelta(seconds=10) * 2 ** min(attempts - 1, 12))


def _unknown(facts: Facts) -> Iterator[str]:
    for member in facts.members:
        if not member.readable:
            yield from (f"{kind}:{member.address}" for kind in _READ_IN_DATABASE)
            # Any unreadable database may be that of a monitor, and its deadlines cannot be told from others'.
            yield from (AlertKind.DEFAULT_NEAR, AlertKind.OVERDUE)
        if member.more_deadlines:
            yield from (AlertKind.DEFAULT_NEAR, AlertKind.OVERDUE)
        if member.certificate_left is None:
            yield f"{AlertKind.CERTIFICATE}:{member.address}"
    if facts.broker is None:
        yield AlertKind.BROKER_AWAY
    if facts.links is None:
        yield AlertKind.LINK_DOWN
    if facts.directory_left is None:
        yield AlertKind.DIRECTORY
    if facts.calendar_left is None:
        yield AlertKind.CALENDAR


_READ_IN_DATABASE = (AlertKind.ROLE_DOWN, AlertKind.DEAD_LETTERS, AlertKind.GIVEN_UP, AlertKind.QUEUE_OLD)


def _of_member(now: datetime, member: MemberFacts, limits: Limits) -> Iterator[Alert]:
    who = member.address
    if not member.readable:
        yield Alert(
            AlertKind.DATABASE_AWAY, who, Severity.CRITICAL,
            f"{who} 的数据库不可用", f"the database of {who} cannot be read", "/members",
        )  # fmt: skip
    elif not member.drained and (member.consumed_ago is None or member.consumed_ago > limits.silent):
        yield Alert(
            AlertKind.ROLE_DOWN, who, Severity.CRITICAL,
            f"{who} 未在运行或未接收报文", f"{who} is not served, or takes in no messages", "/members",
        )  # fmt: skip
    if member.newest_dead is not None and member.newest_dead <= limits.dead:
        yield Alert(
            AlertKind.DEAD_LETTERS, who, Severity.WARNING,
            f"{who} 有新的死信（共 {member.dead_letters} 件）",
            f"{who} has new dead letters ({member.dead_letters} in all)", "/dead",
        )  # fmt: skip
    if member.given_up:
        yield Alert(
            AlertKind.GIVEN_UP, who, Severity.WARNING,
            f"{who} 有 {member.given_up} 份发文已放弃投递", f"{who} gave up sending {member.given_up} copies", "/",
        )  # fmt: skip
    if member.oldest_copy is not None and member.oldest_copy > limits.waiting:
        yield Alert(
            AlertKind.QUEUE_OLD, who, Severity.WARNING,
            f"{who} 最早一份发文等待签收已 {_hours(member.oldest_copy)}",
            f"the oldest copy in the outbox of {who} has waited {_hours(member.oldest_copy)} for its receipt",
            "/queues",
        )  # fmt: skip
    yield from _expiring(AlertKind.CERTIFICATE, who, f"{who} 的证书", f"the certificate of {who}",
                         member.certificate_left, limits)  # fmt: skip
    for deadline in member.deadlines:
        yield from _of_deadline(now, deadline, limits)


def _of_deadline(now: datetime, deadline: DeadlineFact, limits: Limits) -> Iterator[Alert]:
    case, who, due = deadline.case_number, deadline.department, f"{deadline.due_at:%Y-%m-%d %H:%M}"
    subject = f"{case}:{who}"
    if deadline.due_at + limits.overdue <= now:
        yield Alert(
            AlertKind.OVERDUE, subject, Severity.CRITICAL,
            f"{case}：{who} 的期限已于 {due} 届满而未了结",
            f"{case}: the term of {who} ended at {due} and nothing has come of it yet", "/deadlines",
        )  # fmt: skip
    elif deadline.due_at - now <= limits.default_near:
        yield Alert(
            AlertKind.DEFAULT_NEAR, subject, Severity.WARNING,
            f"{case}：{who} 的期限将于 {due} 届满", f"{case}: the term of {who} ends at {due}", "/deadlines",
        )  # fmt: skip


def _of_domain(facts: Facts, limits: Limits) -> Iterator[Alert]:
    if facts.broker is False:
        yield Alert(
            AlertKind.BROKER_AWAY,
            "broker",
            Severity.CRITICAL,
            "消息代理不可用",
            "the broker does not answer",
            "/queues",
        )
    for name, runs in (facts.links or {}).items():
        if not runs:
            yield Alert(
                AlertKind.LINK_DOWN, name, Severity.CRITICAL,
                f"链路 {name} 中断", f"the link {name} does not run", "/",
            )  # fmt: skip
    yield from _expiring(
        AlertKind.DIRECTORY, "directory", "签名目录", "the signed directory", facts.directory_left, limits
    )
    if facts.calendar_left is not None and facts.calendar_left <= limits.calendar:
        yield Alert(
            AlertKind.CALENDAR, "calendar", Severity.WARNING,
            f"工作日历只公布到 {facts.calendar_left.days} 天后，之后的期限为暂定",
            f"working days are announced for {facts.calendar_left.days} days only; later terms are provisional",
            "/",
        )  # fmt: skip


def _expiring(
    kind: AlertKind, subject: str, chinese: str, english: str, left: timedelta | None, limits: Limits
) -> Sequence[Alert]:
    if left is None or left > limits.expiry:
        return ()
    severity = Severity.CRITICAL if left <= timedelta(days=3) else Severity.WARNING
    if left <= timedelta():
        return (Alert(kind, subject, severity, f"{chinese}已过期", f"{english} has expired", "/members"),)
    days = left.days
    return (
        Alert(kind, subject, severity, f"{chinese}还有 {days} 天到期", f"{english} expires in {days} days", "/members"),
    )


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h {minutes % 60} min"
