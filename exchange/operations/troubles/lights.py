"""Health: from plain facts to traffic lights, each with its reason and what to do, in Chinese and English. Pure.

What is not known is never called good, and no lights at all are not a green one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from exchange.language import Language, Recorded

Words = tuple[str, str]
"""Chinese and English."""

NOTHING: Words = ("", "")

SIGN_DUE = 30.0
"""Seconds after which a served member's sign of life is late; it gives one every ten seconds or sooner."""

SIGN_MISSED = 60.0
"""Seconds after which a member counts as not served."""

OLD = 600.0
"""Seconds after which a message that nobody signed for has waited long, though its queue is consumed."""

CERTIFICATE_SOON, CERTIFICATE_NOW = 30, 7
"""Days left below which a certificate is to be renewed, and below which that is urgent."""

WORKING_DAYS = "working-days"
"""The subject of the light of the calendar."""
CALENDAR_AHEAD = timedelta(days=90)
"""How far ahead holidays should be announced: the longest terms end within it."""


class Light(StrEnum):
    """One traffic light. UNKNOWN is what could not be looked at."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


_SEVERITY = (Light.GOOD, Light.UNKNOWN, Light.WARN, Light.BAD)


class SystemPart(StrEnum):
    """What a light is about."""

    CASES = "cases"
    BROKER = "broker"
    QUEUE = "queue"
    DATABASE = "database"
    ROLE = "role"
    LINK = "link"
    CERTIFICATE = "certificate"
    CALENDAR = "calendar"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Sign:
    """One light: about what, why, and what to do."""

    part: SystemPart
    subject: str
    """A member, queue, link or node."""
    light: Light
    finding: Words
    remedy: Words = NOTHING


def whole(signs: Iterable[Sign]) -> Light:
    """Return the worst light of all signs; UNKNOWN where there are none."""
    return worst(sign.light for sign in signs)


def worst(lights: Iterable[Light]) -> Light:
    """Return the worst of several lights; UNKNOWN where there are none."""
    return max(lights, key=_SEVERITY.index, default=Light.UNKNOWN)


def unreachable(part: SystemPart, subject: str, reason: str, remedy: str) -> Sign:
    """Return the sign of something that does not answer, with the words of the error."""
    chinese, do = (Recorded(said).written(Language.CHINESE) for said in (reason, remedy))
    return Sign(part, subject, Light.BAD, (f"连接不上：{chinese}", f"not reachable: {reason}"), (do, remedy))


def unseen(part: SystemPart, subject: str = "") -> Sign:
    """Return the sign of what cannot be told until something else is repaired."""
    remedy = ("先处理上面的问题", "repair what is named above first")
    return Sign(part, subject, Light.UNKNOWN, ("无法查看", "could not be looked at"), remedy)


def queue(
    name: str, depth: int | None, consumers: int | None, age: float | None, drained: str | None = None
) -> Sign | None:
    """Return the sign of a queue that is stuck; None for one that is not. ``age`` is that of its oldest message,
    seconds.

    ``drained`` is the member whose queue it is, where somebody has drained that.
    """
    if not depth:
        return None
    if consumers == 0 and drained is not None:
        finding = ("消息在等成员恢复服务", "messages wait until their member is released")
        return Sign(SystemPart.QUEUE, name, Light.WARN, finding, _release(drained))
    if consumers == 0:
        finding = ("有消息在等，无人接收", "messages wait, and nobody takes them")
        return Sign(SystemPart.QUEUE, name, Light.BAD, finding, _SERVE)
    if age is not None and age > OLD:
        minutes = int(age // 60)
        finding = (f"最早一件已等 {minutes} 分钟", f"its oldest message has waited for {minutes} min")
        remedy = ("查看该成员的日志与死信", "see its member's log and dead letters")
        return Sign(SystemPart.QUEUE, name, Light.WARN, finding, remedy)
    return None


_SERVE = (
    "启动该成员：`exchange up` 或 `exchange serve 地址`",
    "serve the member: `exchange up`, or `exchange serve ADDRESS`",
)


def _release(member: str) -> Words:
    command = f"`exchange release {member}`"
    return f"原因消除后：{command}", f"once the reason is over: {command}"


def drained(member: str, by: str, reason: str) -> Sign:
    """Return the sign of a member that somebody has drained: silent by intent, but not for ever, since terms run on."""
    finding = (f"已由 {by} 排空：{reason}", f"drained by {by}: {reason}")
    return Sign(SystemPart.ROLE, member, Light.WARN, finding, _release(member))


def role(member: str, silent_for: float | None, missed: float = SIGN_MISSED) -> Sign:
    """Judge a member by its last sign of life, real seconds ago; None where there was none ever.

    After ``missed`` seconds it counts as not served.
    """
    if silent_for is None:
        return Sign(SystemPart.ROLE, member, Light.BAD, ("从未运行", "has never been served"), _SERVE)
    if silent_for > missed:
        finding = ("未在运行", "not served: no sign of life within the last minute")
        return Sign(SystemPart.ROLE, member, Light.BAD, finding, _SERVE)
    if silent_for > SIGN_DUE:
        remedy = ("若不恢复，查看其日志", "see its log if it does not come back")
        return Sign(SystemPart.ROLE, member, Light.WARN, ("迟迟没有动静", "its sign of life is late"), remedy)
    return Sign(SystemPart.ROLE, member, Light.GOOD, ("运行中", "served"))


def link(neighbour: str, broken: Sequence[str]) -> Sign:
    """Judge a link by those of its shovels that do not run, each with its state."""
    if broken:
        names = ", ".join(broken)
        remedy = (
            "检查对方代理是否可达：`exchange link --status`",
            "see whether its broker can be reached: `exchange link --status`",
        )
        return Sign(SystemPart.LINK, neighbour, Light.BAD, (f"未连通：{names}", f"does not run: {names}"), remedy)
    return Sign(SystemPart.LINK, neighbour, Light.GOOD, ("连通", "runs"))


def calendar(today: date, published_until: date | None, ahead: timedelta = CALENDAR_AHEAD) -> Sign:
    """Judge the calendar of working days by the last day announced without a gap from today; None where not even today
    is.
    """
    remedy = (
        "国务院公布放假安排后：exchange calendar load 文件",
        "once the State Council has announced the year: `exchange calendar load FILE`",
    )
    if published_until is None or published_until < today:
        finding = ("本年度放假安排缺失，期限只能推算", "this year's holidays are missing: every term is provisional")
        return Sign(SystemPart.CALENDAR, WORKING_DAYS, Light.BAD, finding, remedy)
    until = (f"已公布至 {published_until}", f"announced until {published_until}")
    if published_until - today < ahead:
        finding = (f"{until[0]}，其后为暂定", f"{until[1]}; terms beyond are provisional")
        return Sign(SystemPart.CALENDAR, WORKING_DAYS, Light.WARN, finding, remedy)
    return Sign(SystemPart.CALENDAR, WORKING_DAYS, Light.GOOD, until)


def certificate(subject: str, left: timedelta | None, remedy: Words, soon: float = CERTIFICATE_SOON) -> Sign:
    """Judge a certificate, key or directory by the time it has left; None where it is missing. ``soon`` is in days."""
    if left is None:
        return Sign(SystemPart.CERTIFICATE, subject, Light.BAD, ("缺失", "missing"), remedy)
    days = left.days
    if left <= timedelta():
        return Sign(SystemPart.CERTIFICATE, subject, Light.BAD, ("已过期", "expired"), remedy)
    finding = (f"剩 {days} 天", f"{days} day{'' if days == 1 else 's'} left")
    if days < soon:
        light = Light.BAD if days < min(soon, CERTIFICATE_NOW) else Light.WARN
        return Sign(SystemPart.CERTIFICATE, subject, light, finding, remedy)
    return Sign(SystemPart.CERTIFICATE, subject, Light.GOOD, finding)


def work(member: str, abandoned: int, dead: int) -> Iterator[Sign]:
    """Yield a sign for a member's abandoned copies and one for its dead letters, which wait for somebody's action."""
    if abandoned:
        finding = (f"{abandoned:,} 份已放弃发送", f"{abandoned:,} copies were abandoned")
        remedy = ("`exchange resend` 列出并重发", "`exchange resend` lists them and sends them again")
        yield Sign(SystemPart.WORK, member, Light.BAD, finding, remedy)
    if dead:
        finding = (f"{dead:,} 件死信", f"{dead:,} dead letter{'' if dead == 1 else 's'}")
        remedy = ("查看原因后重投：`exchange dead`", "see why, then redrive: `exchange dead`")
        yield Sign(SystemPart.WORK, member, Light.WARN, finding, remedy)
