"""Troubles of cases and people: who waits, what is endangered, and by what. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from exchange.clock import end_text
from exchange.operations.troubles.clocks import of_clocks
from exchange.operations.troubles.facts import DrainFact, Facts, HoldFact, Limits, MemberFacts
from exchange.operations.troubles.kinds import Alert, AlertKind, Severity
from exchange.operations.troubles.lights import Words
from exchange.operations.troubles.parts import named, span
from exchange.operations.troubles.several import gathered, plural_s
from exchange.runtime.gathered import DeadlineFact, Ends
from exchange.schemas.titles import TITLES


def of_cases(facts: Facts, limits: Limits) -> Iterator[Alert]:
    """Yield all alerts about cases and people, in no order that matters."""
    names = {member.address: named(member, member.address) for member in facts.members}
    for deadline in _deadlines(facts):
        yield from _of_deadline(facts.now, deadline, names, limits)
    yield from _unwatched(facts, limits)
    for member in facts.members:
        yield from _of_member(facts, member, limits)
    for hold in facts.holds:
        yield _of_hold(hold, names, limits)


def _deadlines(facts: Facts) -> list[DeadlineFact]:
    """Each once: windows and monitors know of the same."""
    found = {(one.case_number, one.department): one for member in facts.members for one in member.deadlines}
    return sorted(found.values(), key=lambda one: (one.due_at, one.case_number, one.department))


def _of_deadline(now: datetime, deadline: DeadlineFact, names: dict[str, Words], limits: Limits) -> Iterator[Alert]:
    case, due = deadline.case_number, end_text(deadline.due_at)
    mark = ("（暂定）", " (provisional)") if deadline.provisional else ("", "")
    chinese, english = names.get(deadline.department, (deadline.department, deadline.department))
    subject, page = f"{case}:{deadline.department}", f"/case/{case}"
    remedy = (f"催办，或查看：`exchange status {case}`", f"press them, or see: `exchange status {case}`")
    if deadline.due_at + limits.overdue <= now:
        yield Alert(
            AlertKind.OVERDUE, subject, Severity.CRITICAL, f"{case}：{chinese} 的期限已于 {due} 届满{mark[0]}而未了结",
            f"{case}: the term of {english} ended at {due}{mark[1]} and nothing has come of it yet", page, remedy,
        )  # fmt: skip
    elif deadline.due_at - now <= limits.default_near:
        yield Alert(
            AlertKind.DEFAULT_NEAR, subject, Severity.WARNING, f"{case}：{chinese} 的期限将于 {due} 届满{mark[0]}",
            f"{case}: the term of {english} ends at {due}{mark[1]}", page, remedy,
        )  # fmt: skip


def _unwatched(facts: Facts, limits: Limits) -> Iterator[Alert]:
    """All monitors are away: deadlines pass, and neither a reminder nor a consequence comes."""
    monitors = [member for member in facts.members if member.monitor]
    if not monitors or any(member.readable and not member.away for member in monitors):
        return
    ends = facts.ends
    if not ends.overdue and not ends.soon and not any(member.drained for member in monitors):
        return  # nothing runs: that it is down is told as such
    risk = at_risk(ends, limits)
    drained = [member for member in monitors if member.drained]
    why: Words = ("督办成员未运行", "the deadline monitor is not served")
    remedy: Words = ("启动：`exchange up`", "serve it: `exchange up`")
    if len(drained) == len(monitors):
        why = ("督办成员已排空", "the deadline monitor is drained")
        names = " ".join(member.address for member in drained)
        remedy = (f"恢复：`exchange release {names}`", f"release it: `exchange release {names}`")
    severity = Severity.CRITICAL if ends.overdue or not all(member.drained for member in monitors) else Severity.WARNING
    yield Alert(
        AlertKind.UNWATCHED, "monitors", severity, f"{why[0]}，没有期限被督办；{risk[0]}",
        f"{why[1]}, and no deadline is watched; {risk[1]}", "/deadlines", remedy,
    )  # fmt: skip


def at_risk(ends: Ends, limits: Limits) -> Words:
    """Say how many terms are over, and how many end within the days ahead."""
    days = limits.ahead.days
    over = (f"{ends.overdue} 个期限已届满", f"{ends.overdue} terms are over") if ends.overdue else None
    soon = (f"{days} 天内 {ends.soon} 个期限届满", f"{ends.soon} terms end within {days} days")
    return (f"{over[0]}，{soon[0]}", f"{over[1]}, {soon[1]}") if over else soon


def _of_member(facts: Facts, member: MemberFacts, limits: Limits) -> Iterator[Alert]:
    who, address = named(member, member.address), member.address
    failing = member.rule_failing
    if failing.number:
        yield gathered(
            facts, AlertKind.RULE_FAILING, member, failing,
            f"规则出错（{failing.detail}），{failing.number} 件案件待人办理",
            f"its rule fails ({failing.detail}), and {failing.number} case{plural_s(failing.number)} "
            f"wait{'s' if failing.number == 1 else ''} for an officer",
            (f"人工答复：`exchange inbox --as {address}`；并修复 rule.py",
             f"answer by hand: `exchange inbox --as {address}`; and repair its rule.py"),
        )  # fmt: skip
    yield from _of_lead(facts, member, limits)
    unsigned, undated = member.unsigned.number, member.undated.number
    if unsigned:
        yield gathered(
            facts, AlertKind.UNSIGNED, member, member.unsigned, f"{unsigned} 份征求意见久未签收，期限不起算",
            f"{unsigned} requests are not signed for: no term runs",
            ("查看谁没有签收：控制台“未签收”", "see who has not signed: the console's page Unsigned"),
        )  # fmt: skip
    if undated:
        yield gathered(
            facts, AlertKind.UNDATED, member, member.undated, f"{undated} 个期限久未起算或停计",
            f"{undated} terms have not begun, or are stopped, for long",
            ("查看期限为何停计：`exchange status 案号`", "see why each is stopped: `exchange status CASE`"),
        )  # fmt: skip
    if member.revoked and member.open_parts:
        yield Alert(
            AlertKind.REVOKED_OPEN, address, Severity.WARNING,
            f"{who[0]} 已吊销，仍有 {member.open_parts} 件征求意见等它",
            f"{who[1]} is revoked, and {member.open_parts} open consultations wait for it",
            f"/cases?department={address}",
            (f"给它新密钥：`exchange certify {address}`，或由主办部门决定",
             f"give it new keys: `exchange certify {address}`, or let the lead decide"),
        )  # fmt: skip
    if member.withheld.number:
        withheld, first = member.withheld.number, member.withheld.first[0]
        yield gathered(
            facts, AlertKind.WITHHELD, member, member.withheld,
            f"{withheld} 件报文在签发证书失效后才到达，待两人核定",
            f"{withheld} message{plural_s(withheld)} came after the signer's certificate had ended, and "
            f"wait{'s' if withheld == 1 else ''} for two people's word",
            (f"查看：`exchange dead --cause withheld`；收下 `exchange dead --propose-release {first}`，"
             f"拒收 `exchange dead --propose-discard {first}`，另一账号确认",
             f"see `exchange dead --cause withheld`; take in: `exchange dead --propose-release {first}`, refuse: "
             f"`exchange dead --propose-discard {first}`, and another account confirms"),
            f"/dead/{address}?code=withheld&stage=arrival",
        )  # fmt: skip
    if member.withheld_beyond.number:
        yield gathered(
            facts, AlertKind.WITHHELD_BEYOND, member, member.withheld_beyond,
            "被搁置的报文过多，后来的不再留存；发送方未得回执会重发，其间其沉默不产生后果",
            "so many of a sender's messages are set aside that further ones are not kept; it sends them again, "
            "and no silence of its counts meanwhile",
            ("尽快处理已留存的：`exchange dead`", "redrive, release or discard those that are kept: `exchange dead`"),
            "/dead",
        )  # fmt: skip
    if member.implausible.number:
        receipts = member.implausible.number
        yield gathered(
            facts, AlertKind.IMPLAUSIBLE_RECEIPT, member, member.implausible,
            f"{receipts} 件报文的签收时间早于其写成时间，不能证明送达",
            f"{receipts} receipt{plural_s(receipts)} dated before the message was written: that proves nothing",
            ("请签收方校正时钟；报文会自动重发",
             "have whoever signed so set its clock; the messages go out again by themselves"),
            "/members",
        )  # fmt: skip
    if member.drained is not None:
        yield _of_drain(facts, member, member.drained, limits)
    if member.joints.number:
        yield gathered(
            facts, AlertKind.JOINT_WAITING, member, member.joints, f"{member.joints.number} 份联合发文久待签署",
            f"{member.joints.number} joint document{plural_s(member.joints.number)} wait for signatures for long",
            (f"查看：`exchange joint list --as {address}`", f"see: `exchange joint list --as {address}`"), "/",
        )  # fmt: skip


def _of_lead(facts: Facts, member: MemberFacts, limits: Limits) -> Iterator[Alert]:
    undecided, escalated = member.undecided.number, member.escalated.number
    yield from of_clocks(facts, member)
    if escalated:
        yield gathered(
            facts, AlertKind.ESCALATED, member, member.escalated, f"{escalated} 件案件有部门沉默已上报，待处理",
            f"{escalated} case{plural_s(escalated)} with a silence that was escalated to it",
            ("查看并决定：`exchange status 案号`，`exchange decide`",
             "see and decide: `exchange status CASE`, `exchange decide`"),
        )  # fmt: skip
    alarming = member.safety.number
    if alarming:
        alarm = gathered(
            facts, AlertKind.SAFETY, member, member.safety, f"{alarming} 件案件有迟到意见以安全为由不同意",
            f"{alarming} case{plural_s(alarming)} with a late objection on grounds of safety",
            ("立即查看；复核后：`exchange decide 案号 --reviewed --officer 姓名 --reasons 理由`",
             "look at once; then `exchange decide CASE --reviewed --officer NAME --reasons WHY`"),
        )  # fmt: skip
        yield replace(alarm, severity=Severity.CRITICAL)
    review = member.review.number
    if review:
        yield gathered(
            facts, AlertKind.REVIEW, member, member.review,
            f"{review} 件案件待复核：决定后收到按期意见，或所依据的签名已吊销",
            f"{review} case{plural_s(review)} to be reviewed: decided over an opinion that was in time, or resting on "
            "a signature that a revocation took the ground from",
            ("复核决定后记录：`exchange decide 案号 --reviewed --officer 姓名 --reasons 理由`",
             "review the decision, then: `exchange decide CASE --reviewed --officer NAME --reasons WHY`"),
        )  # fmt: skip
    if undecided:
        waited = facts.now - (member.undecided.since or facts.now)
        yield replace(
            gathered(
                facts, AlertKind.UNDECIDED, member, member.undecided, f"{undecided} 件案件意见已齐，待决定",
                f"{undecided} case{plural_s(undecided)} ready for its decision",
                (f"决定：`exchange inbox --as {member.address}`，`exchange decide`",
                 f"decide: `exchange inbox --as {member.address}`, `exchange decide`"), "/cases?state=ready",
            ),
            quiet=waited < limits.undecided,
        )  # fmt: skip


def _of_drain(facts: Facts, member: MemberFacts, drain: DrainFact, limits: Limits) -> Alert:
    who, since = named(member, member.address), span(drain.ago)
    own = sum((one.ends.get(member.address, Ends()) for one in facts.members), Ends())
    ends = sum(member.ends.values(), own)
    risk = at_risk(ends, limits)
    touched = f"；{risk[0]}" if ends != Ends() else "", f"; {risk[1]}" if ends != Ends() else ""
    return Alert(
        AlertKind.DRAINED, member.address, Severity.CRITICAL if ends.overdue else Severity.WARNING,
        f"{who[0]}：已由 {drain.by} 排空 {since[0]}：{drain.reason}{touched[0]}",
        f"{who[1]}: drained by {drain.by} for {since[1]}: {drain.reason}{touched[1]}", "/holds",
        _release(member.address),
        quiet=drain.ago < limits.forgotten and not ends.overdue,
    )  # fmt: skip


def _of_hold(hold: HoldFact, names: dict[str, Words], limits: Limits) -> Alert:
    who, since = names.get(hold.what, TITLES.get(hold.what, (hold.what, hold.what))), span(hold.ago)
    risk = at_risk(hold.endangered, limits)
    touched = f"；影响 {hold.touched} 件征求意见，{risk[0]}" if hold.touched else ""
    severity = Severity.CRITICAL if hold.endangered.overdue else Severity.WARNING
    touched_too = f"; touches {hold.touched} consultations: {risk[1]}" if hold.touched else ""
    return Alert(
        AlertKind.HELD, hold.what, severity,
        f"{who[0]}：已由 {hold.by} 暂停投递 {since[0]}，{hold.at_rest} 份等候：{hold.reason}{touched}",
        f"{who[1]}: held by {hold.by} for {since[1]}, {hold.at_rest} copies at rest: {hold.reason}{touched_too}",
        "/holds",
        _release(hold.what),
        quiet=hold.ago < limits.forgotten and not hold.endangered.overdue,
    )  # fmt: skip


def _release(what: str) -> Words:
    return f"原因消除后：`exchange release {what}`", f"once the reason is over: `exchange release {what}`"
