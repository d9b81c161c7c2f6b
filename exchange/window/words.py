"""What standings and steps are called for applicants, in Chinese and English, and how each is coloured."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language.choice import Words
from exchange.portal.view import FilingStanding
from exchange.schemas import PartStep

STANDINGS: Mapping[FilingStanding, Words] = {
    FilingStanding.SENT: ("已提交，送达中", "handed in, on its way"),
    FilingStanding.RETURNED: ("窗口未能接收", "sent back"),
    FilingStanding.RECEIVED: ("已收件", "filed"),
    FilingStanding.INCOMPLETE: ("待补正", "something is missing"),
    FilingStanding.COMPLETED: ("已补正", "completed"),
    FilingStanding.NOT_ACCEPTED: ("不予受理", "not accepted"),
    FilingStanding.UNDER_WAY: ("已受理", "accepted"),
    FilingStanding.DECIDED: ("已办结", "decided"),
    FilingStanding.WITHDRAWN: ("已撤回", "withdrawn"),
}
PART_STEPS: Mapping[PartStep, Words] = {
    PartStep.PLANNED: ("待下一阶段", "asked at a later stage"),
    PartStep.PUT_TO: ("已送达，待签收", "put to it, not signed for yet"),
    PartStep.SIGNED_FOR: ("审查中", "looking at it"),
    PartStep.ANSWERED: ("已答复", "has answered"),
    PartStep.DEEMED: ("未答复，依规则视为同意", "said nothing: consent by rule"),
    PartStep.DEEMED_REFUSAL: ("未答复，依规则视为不同意", "said nothing: refusal by rule"),
    PartStep.ESCALATED: ("未答复，已由上级督办", "said nothing: its superior is told"),
    PartStep.NOT_NEEDED: ("不再需要", "not needed any more"),
}
PART_TONES: Mapping[PartStep, str] = {
    PartStep.PLANNED: "",
    PartStep.PUT_TO: "info",
    PartStep.SIGNED_FOR: "info",
    PartStep.ANSWERED: "good",
    PartStep.DEEMED: "warn",
    PartStep.DEEMED_REFUSAL: "bad",
    PartStep.ESCALATED: "bad",
    PartStep.NOT_NEEDED: "",
}
VERDICT_TONES: Mapping[str, str] = {"agree": "good", "agree-with-conditions": "good", "disagree": "bad"}
WAITING = (PartStep.PUT_TO, PartStep.SIGNED_FOR, PartStep.ESCALATED)
"""Steps in which a department is to answer."""
