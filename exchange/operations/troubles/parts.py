"""Troubles of what the exchange stands on: from lights that are not green, and from the console's own records. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from exchange.language import Language
from exchange.operations.troubles.broker_lights import CLUSTER
from exchange.operations.troubles.facts import Facts, HomeFacts, Limits, MemberFacts
from exchange.operations.troubles.kinds import Alert, AlertKind, Severity
from exchange.operations.troubles.lights import WORKING_DAYS, Light, Sign, SystemPart, Words
from exchange.operations.troubles.quotas import of_quotas

_BROKER, _DIRECTORY = "RabbitMQ", "directory"
CONSOLE_TLS = "console-tls"
"""The subject of the light of the console's own certificate."""
_DISK_LOW, _DISK_FULL = 0.1, 0.03
"""Shares of the disk that are left below which it is said, and below which it is urgent."""
_PLENTY = 20 * 2**30
"""Octets that are enough, however small their share of a large disk."""

_PAGES = {
    SystemPart.BROKER: "/queues",
    SystemPart.QUEUE: "/queues",
    SystemPart.DATABASE: "/members",
    SystemPart.ROLE: "/members",
    SystemPart.LINK: "/",
    SystemPart.CERTIFICATE: "/members",
    SystemPart.CALENDAR: "/",
    SystemPart.WORK: "/dead",
}


def is_broker(sign: Sign) -> bool:
    """Return whether a sign is about the broker as a whole, rather than one of its nodes."""
    return sign.part is SystemPart.BROKER and sign.subject == _BROKER


def kinds_of(sign: Sign) -> tuple[AlertKind, ...]:
    """Return the kinds of trouble that a light may stand for, whatever it shows now."""
    if sign.part is SystemPart.BROKER:
        return (AlertKind.BROKER_AWAY if is_broker(sign) else AlertKind.BROKER_ALARM,)
    if sign.part is SystemPart.CERTIFICATE:
        return (AlertKind.DIRECTORY if sign.subject == _DIRECTORY else AlertKind.CERTIFICATE,)
    return _KINDS[sign.part]


_KINDS = {
    SystemPart.QUEUE: (AlertKind.QUEUE_OLD,),
    SystemPart.DATABASE: (AlertKind.DATABASE_AWAY,),
    SystemPart.ROLE: (AlertKind.ROLE_DOWN,),
    SystemPart.LINK: (AlertKind.LINK_DOWN,),
    SystemPart.CALENDAR: (AlertKind.CALENDAR,),
    SystemPart.WORK: (AlertKind.ABANDONED, AlertKind.DEAD_LETTERS),
}


def of_parts(facts: Facts, limits: Limits) -> Iterator[Alert]:
    """Yield all alerts about the parts of the system, in no order that matters."""
    members = {member.address: member for member in facts.members}
    away = tuple(f"{member.address}." for member in facts.members if member.away)
    for sign in facts.signs:
        if sign.light in (Light.GOOD, Light.UNKNOWN) or (
            sign.part is SystemPart.QUEUE and sign.subject.startswith(away)
        ):
            continue  # what waits for a member that is away is its member's trouble
        member = members.get(sign.subject)
        if sign.part is SystemPart.ROLE and (sign.light is not Light.BAD or (member and member.drained)):
            continue  # late is not down, and drained is told as such
        yield _of_sign(sign, member, limits)
    for member in facts.members:
        yield from _of_member(facts, member, limits)
    yield from _of_home(facts.home)


def _of_sign(sign: Sign, member: MemberFacts | None, limits: Limits) -> Alert:
    kind = kinds_of(sign)[0]
    if sign.part is SystemPart.WORK and sign.light is Light.WARN:
        kind = AlertKind.DEAD_LETTERS
    old = member is not None and (member.newest_dead is None or member.newest_dead > limits.dead)
    severity = Severity.CRITICAL if sign.light is Light.BAD else Severity.WARNING
    page = "/unsigned" if kind is AlertKind.ABANDONED else _PAGES[sign.part]
    chinese, english = named(member, sign.subject)
    return Alert(
        kind, sign.subject, severity, f"{chinese}：{sign.finding[0]}", f"{english}: {sign.finding[1]}", page,
        sign.remedy, quiet=kind is AlertKind.DEAD_LETTERS and old,
    )  # fmt: skip


def named(member: MemberFacts | None, subject: str) -> Words:
    """Name a member by its name and address; anything else as it is called."""
    if subject == _DIRECTORY:
        return "签名目录", "the signed directory"
    if subject == WORKING_DAYS:
        return "工作日历", "the calendar of working days"
    if subject == CLUSTER:
        return "消息代理集群", "the broker's cluster"
    if subject == CONSOLE_TLS:
        return "控制台 TLS 证书", "the console's TLS certificate"
    if member is None or not member.name[0]:
        return subject, subject
    return f"{member.name[0]} {subject}", f"{member.name[1]} {subject}"


def _of_member(facts: Facts, member: MemberFacts, limits: Limits) -> Iterator[Alert]:
    chinese, english = named(member, member.address)
    if member.oldest_copy is not None and member.oldest_copy > limits.waiting:
        waited = span(member.oldest_copy)
        yield Alert(
            AlertKind.QUEUE_OLD, member.address, Severity.WARNING,
            f"{chinese}：最早一份发文等待签收已 {waited[0]}",
            f"{english}: the oldest copy in its outbox has waited {waited[1]} for its receipt", "/unsigned",
            ("查看谁没有签收：控制台“未签收”", "see who has not signed for it: `exchange doctor`"),
        )  # fmt: skip
    if member.clock is not None:
        yield Alert(
            AlertKind.CLOCK, member.address, Severity.CRITICAL,
            f"{chinese}：{member.clock.written(Language.CHINESE)}", f"{english}: {member.clock}", "/members",
            ("各机器都用 NTP 校时，再看 `exchange doctor`", "run NTP on every machine; see `exchange doctor`"),
        )  # fmt: skip
    yield from of_quotas(member, (chinese, english))
    if member.log_broken is not None:
        yield Alert(
            AlertKind.LOG, member.address, Severity.CRITICAL,
            f"{chinese}：{member.log_broken.written(Language.CHINESE)}", f"{english}: {member.log_broken}", "/members",
            ("保留现场，查明谁能写该成员的数据库；细看 `exchange log 成员地址 --check`",
             "keep it as it is and find out who can write its database; see `exchange log ADDRESS --check`"),
        )  # fmt: skip
    if member.lone > limits.lone and not member.away:
        late = span(member.lone)
        yield Alert(
            AlertKind.NO_STANDBY, member.address, Severity.WARNING,
            f"{chinese}：已有 {late[0]} 没有可接管的备用进程",
            f"{english}: nobody has stood by to take it over for {late[1]}", "/members",
            ("查看另一台机器上的 `exchange up --standby`；细看 `exchange serving`",
             "see `exchange up --standby` on the other machine; `exchange serving` says who stands by"),
        )  # fmt: skip
    yield from _of_witnesses(member, limits)
    yield from _of_stamps(facts, member, limits)
    failing = member.round_failing
    if failing.number and failing.since is not None:
        since, which = span(facts.now - failing.since), ", ".join(failing.first)
        yield Alert(
            AlertKind.ROUND_FAILING, member.address, Severity.CRITICAL,
            f"{chinese}：例行工作有 {failing.number} 项反复失败，最早已 {since[0]}（{failing.detail}）：{which}",
            f"{english}: {failing.number} items of its periodic work fail, the first for {since[1]}"
            f" ({failing.detail}): {which}", "/members",
            (f"其余工作照常进行，这些项目一小时内再试；查看 logs/{member.address}.log 中的 `work.failed`",
             f"the rest goes on, and these are tried again within the hour; see `work.failed` in"
             f" logs/{member.address}.log"),
        )  # fmt: skip


def _of_witnesses(member: MemberFacts, limits: Limits) -> Iterator[Alert]:
    chinese, english = named(member, member.address)
    if member.log_disputed is not None:
        yield Alert(
            AlertKind.LOG_DISPUTED, member.address, Severity.CRITICAL,
            f"{chinese}：{member.log_disputed.written(Language.CHINESE)}", f"{english}: {member.log_disputed}",
            "/members",
            ("保留双方数据库现场，查明谁能写该数据库并持有其密钥；细看 `exchange log 成员地址`",
             "keep both databases as they are, find out who can write that one and has its key; see"
             " `exchange log ADDRESS`"),
        )  # fmt: skip
    if member.unwitnessed > limits.unwitnessed:
        late = span(member.unwitnessed)
        yield Alert(
            AlertKind.LOG_UNWITNESSED, member.address, Severity.WARNING,
            f"{chinese}：树头已 {late[0]} 无人见证", f"{english}: nobody has countersigned its log for {late[1]}",
            "/members", ("查看见证成员是否在运行：`exchange log 成员地址`",
                         "see whether its witnesses are served: `exchange log ADDRESS`"),
        )  # fmt: skip


def _of_stamps(facts: Facts, member: MemberFacts, limits: Limits) -> Iterator[Alert]:
    stamps = member.unstamped
    if stamps.since is None or facts.now - stamps.since <= limits.unstamped:
        return
    chinese, english = named(member, member.address)
    since, which = span(facts.now - stamps.since), ", ".join(stamps.first)
    yield Alert(
        AlertKind.TIME_STAMPS, member.address, Severity.WARNING,
        f"{chinese}：已有 {since[0]} 未能为日志取得时间戳（{which}：{stamps.detail}）",
        f"{english}: its log has had no time-stamp for {since[1]} ({which}: {stamps.detail})", "/members",
        ("业务照常进行；查看 `exchange doctor`，并在 EXCHANGE_TIME_STAMPS 中另列一家时间戳机构",
         "work goes on; see `exchange doctor`, and name another authority in EXCHANGE_TIME_STAMPS"),
    )  # fmt: skip


def _of_home(home: HomeFacts) -> Iterator[Alert]:
    share, octets = home.disk_free, home.disk_octets
    if share is not None and octets is not None and share < _DISK_LOW and octets < _PLENTY:
        severity = Severity.CRITICAL if share < _DISK_FULL else Severity.WARNING
        left = f"{octets / 2**30:.1f} GiB"
        yield Alert(
            AlertKind.DISK, "home", severity, f"域文件夹所在磁盘仅剩 {left}（{share:.0%}）",
            f"the disk with the domain's folder has {left} left ({share:.0%})", "/",
            ("清理磁盘或加大磁盘", "make room on it, or enlarge it"),
        )  # fmt: skip
    if home.not_current is not None:
        late = span(home.not_current)
        yield Alert(
            AlertKind.STALE_DIRECTORY, "home", Severity.CRITICAL,
            f"已有 {late[0]} 不能确定签名目录是最新的，沉默暂无后果",
            f"the signed directory has not been known to be current for {late[1]}: no silence has a consequence", "/",
            ("运行 `exchange up`，或 `exchange freshness --every`；再看 `exchange doctor`",
             "run `exchange up`, or `exchange freshness --every`; then see `exchange doctor`"),
        )  # fmt: skip
    if home.audit_contradicted:
        yield Alert(
            AlertKind.AUDIT, "home", Severity.CRITICAL, "审计日志与已签名的日志首部不符：被改动、截断或换回旧库",
            "the audit log contradicts a head of it that was signed: changed, cut off, or an older database put back",
            "/audit",
            ("保留现场，查明谁能写控制台数据库；条目见 `exchange doctor`",
             "keep it as it is and find out who can write the console's database; `exchange doctor` names the entry"),
        )  # fmt: skip
    for who, left_time in home.tokens.items():
        days = max(0, left_time.days)
        yield Alert(
            AlertKind.TOKEN, who, Severity.WARNING, f"{who} 的令牌还有 {days} 天到期",
            f"the token of {who} expires in {days} day{'' if days == 1 else 's'}", "/tokens",
            ("签发新令牌并换用：`exchange token new`", "make a new one and use it: `exchange token new`"),
        )  # fmt: skip
    for member in home.webhooks_off:
        yield Alert(
            AlertKind.WEBHOOK_OFF, member, Severity.WARNING, f"{member} 的推送长期失败，已停用",
            f"a webhook of {member} failed too long and is disabled", "/webhooks",
            ("修复接收方后在“推送”页恢复", "repair its receiver, then enable it on the page Webhooks"),
        )  # fmt: skip
    for channel, reason in home.untold.items():
        yield Alert(
            AlertKind.UNTOLD, channel, Severity.WARNING, f"告警渠道 {channel} 未接收：{reason}",
            f"the alert channel {channel} does not take alerts: {reason}", "/alerts",
            ("试发：`exchange alerts test`", "try it: `exchange alerts test`"), quiet=True,
        )  # fmt: skip


def span(length: timedelta) -> Words:
    """Write a length of time in its largest units, in words."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes >= 2880:
        days = minutes // 1440
        return f"{days} 天", f"{days} days"
    if minutes >= 60:
        return f"{minutes // 60} 小时 {minutes % 60} 分", f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} 分钟", f"{minutes} min"
