"""What states of filings, and steps of a case as its applicant sees them, are called in Chinese and English."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from exchange.language.choice import Words

FILING_STATES: Mapping[str, Words] = {
    "received": ("待受理审查", "received"),
    "incomplete": ("待补正", "incomplete"),
    "accepted": ("已受理", "accepted"),
    "not-accepted": ("未受理", "not accepted"),
    "withdrawn": ("已撤回", "withdrawn"),
    "by-law": ("视为准予延续", "renewed by law"),
}
FILING_STANDINGS: Mapping[str, Words] = {
    "sent": ("已提交，送达中", "handed in, on its way"),
    "returned": ("窗口未能接收", "sent back"),
    "received": ("已收件", "filed"),
    "incomplete": ("待补正", "something is missing"),
    "completed": ("已补正", "completed"),
    "not-accepted": ("不予受理", "not accepted"),
    "under-way": ("已受理", "accepted"),
    "decided": ("已办结", "decided"),
    "withdrawn": ("已撤回", "withdrawn"),
    "by-law": ("视为准予延续", "renewed by law"),
}
CHANNELS: Mapping[str, Words] = {
    "web": ("网上提交", "online"),
    "counter": ("窗口录入", "entered at the counter"),
    "api": ("系统对接", "by another system"),
}
PART_STEPS: Mapping[str, Words] = {
    "planned": ("待下一阶段", "asked at a later stage"),
    "put-to": ("已送达，待签收", "put to it, not signed for yet"),
    "signed-for": ("审查中", "looking at it"),
    "answered": ("已答复", "has answered"),
    "deemed": ("未答复，依规则视为同意", "said nothing: consent by rule"),
    "deemed-refusal": ("未答复，依规则视为不同意", "said nothing: refusal by rule"),
    "escalated": ("未答复，已由上级督办", "said nothing: its superior is told"),
    "not-needed": ("不再需要", "not needed any more"),
}
HEARING_STATES: Mapping[str, Words] = {
    "called": ("已通知", "called"),
    "held": ("已举行", "held"),
    "called-off": ("已取消", "called off"),
}


def scan_words(digest: str, scanned: Collection[str] | None) -> Words:
    """Say whether a scanner has looked at a file; ``scanned``: the files in which it found nothing, None: untold."""
    if scanned is None:
        return "未说明是否扫描", "not told whether it was scanned"
    return ("扫描未发现问题", "scanned, nothing found") if digest in scanned else ("未扫描", "not scanned")
