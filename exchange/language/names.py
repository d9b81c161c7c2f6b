"""What codes are called where people look, in Chinese and English: one table each, whichever face shows it.

Keyed by the value that stands in records and JSON, so that every layer may use it; a test holds each table to its enum.
Kinds of messages have theirs in `schemas.titles`.
"""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language.choice import Language, Words, choose
from exchange.language.reasons import REASONS as REASONS
from exchange.language.text import NamedText

VERDICTS: Mapping[str, Words] = {
    "agree": ("同意", "agrees"),
    "agree-with-conditions": ("附条件同意", "agrees with conditions"),
    "disagree": ("不同意", "disagrees"),
    "not-competent": ("非本部门职责", "not competent"),
    "special-procedure": ("须经特别程序", "special procedure"),
    "refer-upward": ("报上级", "refers upward"),
}
ARRIVAL_BASES: Mapping[str, Words] = {
    "broker-stamp": ("依消息服务器到达时间戳", "by the broker's stamp"),
    "own-clock": ("仅依收件方自身时钟", "by the receiver's own clock alone"),
    "set-aside": ("仅知搁置时已到达", "it had come by when it was set aside, and no more is known"),
    "signing": ("以发件方签署时间计", "by its sender's time of signing"),
}
"""How a receiver knows when something arrived."""
PROTEST_GROUNDS: Mapping[str, Words] = {
    "time-running": ("期限尚未届满", "its time was still running"),
    "answered": ("已按期提出意见", "it had answered in time"),
    "other-opinion": ("所引意见并非其意见", "another opinion than its own is cited"),
}
GROUNDS: Mapping[str, Words] = {
    "safety": ("安全", "safety"),
}
"""On what an objection rests that the lead must hear of at once."""
CASE_STATES: Mapping[str, Words] = {
    "open": ("会审中", "open"),
    "ready": ("待决定", "ready to decide"),
    "decided": ("已办结", "decided"),
    "withdrawn": ("已撤回", "withdrawn"),
    "by-law": ("视为准予", "granted by law"),
}
PART_STATES: Mapping[str, Words] = {
    "planned": ("待下阶段", "next stage"),
    "issued": ("送达中", "on its way"),
    "signed": ("已签收", "signed for"),
    "answered": ("已答复", "answered"),
    "deemed": ("视为同意", "deemed consent"),
    "deemed-refusal": ("视为不同意", "deemed refusal"),
    "moot": ("不再需要", "not needed"),
    "escalated": ("上报督办", "escalated"),
}
DESK_STATES: Mapping[str, Words] = {
    "waiting": ("待答复", "to answer"),
    "answered": ("已答复", "answered"),
    "closed": ("已终结", "closed"),
    "defaulted": ("已按缺席处理", "defaulted"),
}
DIRECTIONS: Mapping[str, Words] = {"received": ("收文", "received"), "sent": ("发文", "sent")}
URGENCIES: Mapping[str, Words] = {
    "ordinary": ("平件", "ordinary"),
    "urgent": ("加急", "urgent"),
    "extra-urgent": ("特急", "extra urgent"),
}
CIRCULATION_STATES: Mapping[str, Words] = {"unread": ("未阅", "not read"), "read": ("已阅", "read")}
PAPER_STATES: Mapping[str, Words] = {
    "owed": ("待补意见", "paper owed"),
    "overdue": ("逾期未补意见", "paper overdue"),
    "in-time": ("已按时补交意见", "paper came in time"),
    "late": ("补交意见迟到", "paper came late"),
}
BREACHES: Mapping[str, Words] = {
    "unproved": ("来文无从证明是谁的", "what it brings proves nobody"),
    "rate": ("来文超过份额", "it brings more than its share"),
}
BREAKER_STATES: Mapping[str, Words] = {
    "closed": ("已恢复", "let in again"),
    "open": ("已熔断", "kept out"),
    "trying": ("试放行", "on trial"),
}
NOTICE_STATES: Mapping[str, Words] = {
    "open": ("待签收", "open"),
    "waiting": ("待转发", "waits for a cover"),
    "signed": ("已签收", "signed"),
    "returned": ("已退回", "returned"),
    "recalled": ("已撤回", "recalled"),
    "replaced": ("已替换", "replaced"),
}
LEVELS: tuple[Words, ...] = (("省级", "province"), ("市级", "city"), ("县级", "county"), ("乡级", "township"))
"""Levels of a tree whose root is a province, the highest first."""

JOINT_SIGNERS: Mapping[str, Words] = {
    "signed": ("已签", "signed"),
    "asked": ("已送签", "sent to it"),
    "received": ("待签", "has it"),
    "returned": ("已退回", "sent it back"),
    "failed": ("未送达", "not delivered"),
    "refused": ("拒签", "refused"),
    "unknown": ("由牵头单位掌握", "known to the lead"),
}
"""Where one signer of a joint document stands, as `exchange.joint.states.SignerState` has it."""
JOINT_STATES: Mapping[str, Words] = {
    "open": ("会签中", "out for signature"),
    "signed": ("已签", "signed here, others not yet"),
    "issued": ("已发文", "issued"),
    "refused": ("已拒签", "refused"),
    "withdrawn": ("已撤回", "withdrawn"),
}
OUTCOMES: Mapping[str, Words] = {
    "grant": ("准予", "granted"),
    "grant-with-conditions": ("附条件准予", "granted with conditions"),
    "refuse": ("不予", "refused"),
}
DEFAULTS: Mapping[str, Words] = {
    "none": ("不适用缺席默认", "no default"),
    "consent": ("视为同意", "deemed consent"),
    "refusal": ("视为不同意", "deemed refusal"),
}
ORDERED_BY: Mapping[str, Words] = {
    "lead": ("牵头部门自行决定", "the lead itself"),
    "superior": ("上级机关", "the superior"),
    "reconsideration": ("行政复议机关", "the authority of administrative reconsideration"),
    "court": ("人民法院", "the court"),
}
"""At whose instance a case is taken up again."""
SILENCE: Mapping[str, Words] = {
    "none": ("逾期不产生效力", "silence has no consequence"),
    "consent": ("逾期视为同意", "silence means consent"),
    "refusal": ("逾期视为不同意", "silence means refusal"),
}
PROCEDURES: Mapping[str, Words] = {
    "hearing": ("听证", "hearing"),
    "tender": ("招标", "tender"),
    "auction": ("拍卖", "auction"),
    "inspection": ("检验", "inspection"),
    "testing": ("检测", "testing"),
    "quarantine": ("检疫", "quarantine"),
    "appraisal": ("鉴定", "appraisal"),
    "expert-review": ("专家评审", "expert review"),
}
AMENDMENTS: Mapping[str, Words] = {
    "start": ("起算", "started"),
    "stop": ("停计", "stopped"),
    "resume": ("续计", "resumed"),
    "restart": ("重新起算", "restarted"),
    "extend": ("延长", "extended"),
    "reproject": ("日历变更", "calendar changed"),
}
ROLES: Mapping[str, Words] = {
    "window": ("受理窗口", "window"),
    "department": ("审批部门", "department"),
    "monitor": ("期限监督", "deadline monitor"),
    "relay": ("收发机关", "relay office"),
    "portal": ("网上窗口", "online window"),
}
COPIES: Mapping[str, Words] = {
    "written": ("待发", "written"),
    "sent": ("已发待签", "sent"),
    "delivered": ("已签收", "delivered"),
    "returned": ("已退回", "returned"),
    "failed": ("已放弃投递", "abandoned"),
}
PURPOSES: Mapping[str, Words] = {
    "action": ("办理", "to be acted on"),
    "information": ("周知", "for information"),
    "record": ("存档", "for the files"),
}
STAGES_OF_DEATH: Mapping[str, Words] = {
    "open": ("启封", "opening"),
    "arrival": ("到达", "arrival"),
    "order": ("次序", "order"),
    "handle": ("处理", "handling"),
    "broker": ("排队", "queueing"),
    "transit": ("转运", "transit"),
}
READERS: Mapping[str, Words] = {
    "none": ("未收到", "has not got it"),
    "has": ("已收", "has it"),
    "signed": ("已签收", "signed"),
    "returned": ("已退回", "returned"),
}
SOURCES: Mapping[str, Words] = {
    "web": ("网页", "web"),
    "rest": ("接口", "REST"),
    "command-line": ("命令行", "command line"),
}
"""By what way something was done."""
ACCOUNT_ROLES: Mapping[str, Words] = {
    "observer": ("观察员", "observer"),
    "operator": ("操作员", "operator"),
    "security-officer": ("安全员", "security officer"),
}
"""Roles of the console's accounts."""
DESK_ROLES: Mapping[str, Words] = {
    "clerk": ("经办人", "clerk"),
    "reviewer": ("审核人", "reviewer"),
    "signer": ("签发人", "signer"),
    "supervisor": ("主管", "supervisor"),
}
"""Roles of the accounts of a member's desk."""

"""Errors and the reasons for which a message was set aside or returned, by their codes."""


def name_of(table: Mapping[str, Words], code: str, wanted: Language | None = None) -> str:
    """Return what a code is called, in the language given or spoken now; the code itself if it is not in the table."""
    words = table.get(code)
    return choose(words, wanted) if words else code


def matter_name(code: str, names: Mapping[str, Words], said: str = "") -> str:
    """Return what a matter is called; as a message says it, or its code, where its names are not here."""
    return choose(names[code]) if code in names else said or code


def coded(table: Mapping[str, Words], code: str) -> NamedText:
    """Return a code for a text: the code itself where English stands, as in records, and its name in Chinese."""
    words = table.get(code)
    return NamedText((words[0] if words else code, code))


def reason_name(code: str, wanted: Language | None = None) -> str:
    """Say why something was set aside; of what no table foresees, that it failed while it was handled, and its code."""
    return name_of(REASONS, code, wanted) if code in REASONS else f"{name_of(REASONS, 'unexpected', wanted)} ({code})"
