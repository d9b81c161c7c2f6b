"""Where a department's request for a supplement stands, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language.choice import Words

SUPPLEMENT_STATES: Mapping[str, Words] = {
    "asked": ("已提请，待窗口处理", "asked, with the window"),
    "returned": ("窗口退回", "sent back by the window"),
    "passed-on": ("已转申请人", "passed on to the applicant"),
    "declined": ("窗口未予转送", "declined by the window"),
    "come-in": ("申请人已补充", "come in"),
    "lapsed": ("案件已办结，未处理", "not answered before the case was over"),
}
SUPPLEMENT_OUTCOMES: Mapping[str, Words] = {
    "passed-on": ("已转申请人", "passed on to the applicant"),
    "declined": ("不予转送", "declined"),
}
