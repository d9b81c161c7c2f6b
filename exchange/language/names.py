"""What codes are called where people look, in Chinese and English: one table each, whichever face shows it.

Keyed by the value that stands in records and JSON, so that every layer may use it; a test holds each table to its enum.
Kinds of messages have theirs in `schemas.titles`.
"""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language.choice import Language, Words, choose
from exchange.language.text import NamedText

VERDICTS: Mapping[str, Words] = {
    "agree": ("同意", "agrees"),
    "agree-with-conditions": ("附条件同意", "agrees with conditions"),
    "disagree": ("不同意", "disagrees"),
    "not-competent": ("非本部门职责", "not competent"),
    "special-procedure": ("须经特别程序", "special procedure"),
    "refer-upward": ("报上级", "refers upward"),
}
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
CIRCULATION_STATES: Mapping[str, Words] = {"unread": ("未阅", "not read"), "read": ("已阅", "read")}
PAPER_STATES: Mapping[str, Words] = {
    "owed": ("待补意见", "paper owed"),
    "overdue": ("逾期未补意见", "paper overdue"),
    "in-time": ("已按时补交意见", "paper came in time"),
    "late": ("补交意见迟到", "paper came late"),
}
NOTICE_STATES: Mapping[str, Words] = {
    "open": ("待签收", "open"),
    "waiting": ("待转发", "waits for a cover"),
    "signed": ("已签收", "signed"),
    "returned": ("已退回", "returned"),
    "recalled": ("已撤回", "recalled"),
    "replaced": ("已替换", "replaced"),
}
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

REASONS: Mapping[str, Words] = {
    "account": ("账号不合要求", "account"),
    "already-stopped": ("已停计", "stopped already"),
    "ledger-full": ("期限台账已满", "ledger full"),
    "not-stopped": ("未停计", "not stopped"),
    "already-answered": ("已答复过", "answered already"),
    "already-recalled": ("已撤回过", "recalled already"),
    "already-announced": ("已告知过", "announced already"),
    "no-default": ("缺席未生效", "no default"),
    "already-forwarded": ("已转报过", "passed on already"),
    "altered": ("内容被改动", "altered"),
    "application": ("申请不合要求", "application"),
    "attachments": ("附件不符", "attachments differ"),
    "audience": ("发送范围不对", "audience"),
    "audit": ("审计日志被改动", "audit log altered"),
    "broker": ("消息代理出错", "broker"),
    "broker-unavailable": ("连不上消息代理", "broker not there"),
    "caller": ("请求有误", "the request"),
    "cannot-be-carried": ("无法转运", "cannot be carried"),
    "changed": ("记录其间已变", "changed meanwhile"),
    "channel": ("告警渠道不通", "alert channel"),
    "claim": ("附件与凭据不符", "attachment differs"),
    "claim-differs": ("附件被改动", "attachment altered"),
    "claim-missing": ("附件不在库中", "attachment missing"),
    "claim-store": ("附件库不可用", "claim store"),
    "claim-too-large": ("附件超长", "attachment too long"),
    "claim-truncated": ("附件不完整", "attachment cut off"),
    "clock": ("时钟不对", "clock"),
    "implausible-time": ("时间不合情理", "a time that cannot be right"),
    "configuration": ("配置有误", "configuration"),
    "conflict": ("与记录不符", "the record has moved on"),
    "conveyance": ("行文不合规则", "against the rules of conveyance"),
    "copied": ("是投往他处的副本", "a copy of what went elsewhere"),
    "cover": ("转发意见不符", "cover"),
    "database": ("数据库不可用", "database"),
    "database-lost": ("数据库遗失", "database lost"),
    "denied": ("无权", "not allowed"),
    "calendar": ("工作日历不可用", "calendar"),
    "directory": ("目录不可用", "directory"),
    "drained": ("已排空", "drained"),
    "duplicate": ("重复", "duplicate"),
    "enclosures": ("附带件不符", "enclosures differ"),
    "error": ("处理时出错", "failed while it was handled"),
    "file": ("文件不可用", "file"),
    "forged": ("签名或封装不成立", "forged or altered"),
    "form-answer": ("报送内容不符", "form answer"),
    "given-up": ("队列放弃投递", "abandoned by its queue"),
    "host": ("不是发给本主机的请求", "for another host"),
    "id-reused": ("编号已用于他件", "id used before"),
    "idempotency-key-reused": ("幂等键已用", "idempotency key used before"),
    "identity-in-use": ("身份正被他处使用", "identity in use"),
    "identity-lost": ("身份已被他处取得", "identity lost"),
    "joint": ("联合行文不符", "joint document"),
    "joint-closed": ("会签已结束", "joint document closed"),
    "keys": ("密钥不可用", "keys"),
    "last-officer": ("最后一个安全员", "last security officer"),
    "lease-over": ("领取已过时限", "lease over"),
    "link": ("级联有误", "link"),
    "malformed": ("格式不合规范", "malformed"),
    "no-domain": ("此处没有域", "no domain"),
    "no-evidence": ("缺少证据", "no evidence"),
    "no-form": ("没有报送表", "no form"),
    "no-opinion": ("没有可撤回的意见", "no opinion to recall"),
    "no-link": ("无级联可达", "no link"),
    "no-user-id": ("未写明账号", "without its account's name"),
    "not-a-relay": ("不是收发机关", "not a relay office"),
    "not-consulted": ("未被征求意见", "not consulted"),
    "not-agreed": ("未经该部门同意", "not agreed by that department"),
    "not-entitled": ("无此资格", "not entitled"),
    "not-permitted": ("事项和法律不允许", "not permitted by matter or law"),
    "not-for-us": ("不是发给本单位的", "not for us"),
    "not-found": ("查无此件", "not found"),
    "not-on-the-way": ("不在转运途中", "not on the way"),
    "not-ours": ("不属本单位", "not ours"),
    "not-yours": ("不属对方", "not yours"),
    "notice-closed": ("通知已结束", "notice closed"),
    "operator": ("本机需处理", "this machine"),
    "opinion": ("意见不合要求", "opinion"),
    "origin": ("来源不符", "origin"),
    "other-tree": ("属于另一体系", "another tree"),
    "out-of-turn": ("不按队列次序", "out of its turn"),
    "part-ended": ("其中一部分自行结束", "a part ended"),
    "password": ("密码不合要求", "password"),
    "path": ("路径不符", "path"),
    "port": ("端口被占用", "port"),
    "procedure": ("特别程序不符", "procedure"),
    "protects-department": ("关系部门权利，不可弃置", "protects a department"),
    "request": ("请求格式有误", "request"),
    "returned": ("不予接收", "not acceptable"),
    "secret": ("带有密级标志", "marked secret"),
    "sender": ("发件方问题", "the sender"),
    "text": ("文字不可见或有误", "text that cannot be seen"),
    "too-large": ("过大", "too large"),
    "too-many-hops": ("转运层级过多", "too many hops"),
    "too-many-requests": ("尝试过多", "too many requests"),
    "topology": ("队列缺失或不符", "queues"),
    "unauthenticated": ("未认证", "not authenticated"),
    "unexpected": ("处理时出错", "failed while it was handled"),
    "unknown-addressee": ("收件人不明", "unknown addressee"),
    "unknown-asker": ("索取者不明", "unknown asker"),
    "unknown-case": ("没有此案件", "unknown case"),
    "unknown-joint": ("没有此联合行文", "unknown joint document"),
    "unknown-notice": ("没有此通知", "unknown notice"),
    "unknown-request": ("没有此请示", "unknown request"),
    "unreadable": ("无法读取", "unreadable"),
    "unsupported": ("版本或算法不识", "not supported"),
    "untrusted": ("签发人不可信", "not trusted"),
    "usage": ("命令有误", "command line"),
    "webhook-url": ("推送地址不合要求", "webhook URL"),
    "went-back": ("往回走", "went back"),
    "withheld": ("待两人核定", "waits for two people"),
    "wrong-reference": ("所指报文不对", "another message than it names"),
    "wrong-consultation": ("不是这次征求意见", "another consultation"),
    "wrong-kind": ("种类不符", "wrong kind"),
    "wrong-queue": ("投错队列", "wrong queue"),
}
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
