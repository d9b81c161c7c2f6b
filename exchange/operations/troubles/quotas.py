"""Troubles of quotas: a member that takes in no new business, and senders whose messages it keeps out. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.language.names import BREACHES
from exchange.messaging.rules.intake import Stopped
from exchange.operations.troubles.facts import MemberFacts
from exchange.operations.troubles.kinds import Alert, AlertKind, Severity
from exchange.operations.troubles.lights import Words

_STOPPED: dict[Stopped, tuple[Words, Words]] = {
    Stopped.OUTBOX: (
        ("待发的多于能发出的", "more waits to be sent than goes out"),
        ("不必处置即可恢复；若持续，查看消息代理与成员的负载：`exchange top`",
         "it opens by itself; where it lasts, see how busy broker and member are: `exchange top`"),
    ),
    Stopped.DISK: (
        ("磁盘将满", "its disk is nearly full"),
        ("清理磁盘，或调整 EXCHANGE_DISK_RESERVE；有空间后自动恢复",
         "make room on it, or change EXCHANGE_DISK_RESERVE; it opens by itself then"),
    ),
    Stopped.BROKER: (
        ("消息代理内存或磁盘不足，暂缓接收", "the broker holds what is published, for want of memory or disk"),
        ("给消息代理腾出内存或磁盘：`rabbitmq-diagnostics alarms`",
         "give the broker room: `rabbitmq-diagnostics alarms`"),
    ),
}  # fmt: skip


def of_quotas(member: MemberFacts, name: Words) -> Iterator[Alert]:
    """Yield what stands of a member's quotas; ``name`` is what it is called."""
    chinese, english = name
    if member.intake is not None:
        why, remedy = _STOPPED[member.intake]
        yield Alert(
            AlertKind.INTAKE, member.address, Severity.CRITICAL, f"{chinese}：暂不受理新业务，{why[0]}",
            f"{english}: no new business is taken in, {why[1]}", "/", remedy,
        )  # fmt: skip
    if member.breakers.number:
        why, who = BREACHES[member.breakers.detail], ", ".join(member.breakers.first)
        yield Alert(
            AlertKind.BREAKER, member.address, Severity.WARNING, f"{chinese}：不再打开 {who} 的来文，{why[0]}",
            f"{english}: what {who} sends is not opened for now, {why[1]}", "/dead",
            ("询问该账户的管理者；其来文不会丢失，停止后自动恢复。查看与解除：`exchange breakers`",
             "ask whose account it is; what it sent in good faith comes again, and it ends by itself. See, or close:"
             " `exchange breakers`"),
        )  # fmt: skip
