"""What states of filings, and steps of a case as its applicant sees them, are called in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language.choice import Words

FILING_STATES: Mapping[str, Words] = {
    "received": ("待受理审查", "received"),
    "incomplete": ("待补正", "incomplete"),
    "accepted": ("已受理", "accepted"),
    "not-accepted": ("未受理", "not accepted"),
    "withdrawn": ("已撤回", "withdrawn"),
}
FILING_STANDINGS: Mapping[str, Words] = {
    "sent": ("已提交，窗口尚未签收", "sent; the window has not signed for it yet"),
    "returned": ("窗口退回", "sent back by the window"),
    "received": ("已收件，待受理审查", "received; nobody has looked at it yet"),
    "incomplete": ("须补正材料", "something is missing"),
    "completed": ("补正材料已提交，待受理审查", "completed; to be looked at"),
    "not-accepted": ("未受理", "not accepted"),
    "under-way": ("已受理，办理中", "accepted, under way"),
    "decided": ("已作出决定", "decided"),
    "withdrawn": ("已撤回", "withdrawn"),
}
CHANNELS: Mapping[str, Words] = {
    "web": ("网上提交", "online"),
    "counter": ("窗口录入", "entered at the counter"),
    "api": ("系统对接", "by another system"),
}
PART_STEPS: Mapping[str, Words] = {
    "planned": ("尚未送审", "not put to it yet"),
    "put-to": ("已送达，待签收", "put to it"),
    "signed-for": ("已签收，审查中", "signed for, under review"),
    "answered": ("已答复", "answered"),
    "deemed": ("逾期未答复，依规则视为同意", "silent: deemed to consent, by rule"),
    "deemed-refusal": ("逾期未答复，依规则视为不同意", "silent: deemed to refuse, by rule"),
    "escalated": ("逾期未答复，已上报主办部门", "silent: escalated to the lead"),
    "not-needed": ("无须再答复", "no answer is needed any more"),
}
HEARING_STATES: Mapping[str, Words] = {
    "called": ("已通知", "called"),
    "held": ("已举行", "held"),
    "called-off": ("已取消", "called off"),
}
