"""A joint document is signed, refused or withdrawn: each read over on a page of its own before it is done."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.joints.paper import number_of_pages, round_pdf
from exchange.desk.joints.shown import shown_joint
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage
from exchange.desk.seen import expect_seen
from exchange.desk.visit import DeskVisit
from exchange.errors import ExchangeError
from exchange.joint.lead import withdraw_joint_in
from exchange.joint.signer import refuse_joint_in, sign_joint_in
from exchange.joint.store import JointDocuments
from exchange.language import Words
from exchange.messaging.node import Step

_REASONS: Words = ("理由", "Reasons")
_MOST = 2_000


def _to_sign(visit: DeskVisit) -> Mapping[str, object]:
    """All that will be signed, with its pages as they are printed; the text stands there whether or not they are."""
    shown, joint = shown_joint(visit), visit.path["joint"]
    try:
        pages = number_of_pages(round_pdf(visit))
    except ExchangeError:  # too long for a paper, or no fonts here
        pages = 0
    return {**shown, "heading": None, "pages": [f"/joint/{joint}/pages/{at}" for at in range(1, pages + 1)]}


def _of_reasons(visit: DeskVisit) -> Mapping[str, object]:
    return {**shown_joint(visit), "heading": None, "reasons": visit.typed("reasons")}


def _seen(visit: DeskVisit, step: Step) -> str:
    joint = visit.path["joint"]
    expect_seen(visit, step.tx[JointDocuments].get(joint))
    return joint


def _sign(visit: DeskVisit, step: Step) -> str:
    joint = _seen(visit, step)
    sign_joint_in(step, joint)
    return f"/joint/{joint}?done=joint-signed"


def _refuse(visit: DeskVisit, step: Step) -> str:
    reasons, joint = _reasons_typed(visit), _seen(visit, step)
    refuse_joint_in(step, joint, reasons)
    return f"/joint/{joint}?done=joint-refused"


def _withdraw(visit: DeskVisit, step: Step) -> str:
    reasons, joint = _reasons_typed(visit), _seen(visit, step)
    withdraw_joint_in(step, joint, reasons)
    return f"/joint/{joint}?done=joint-withdrawn"


def _reasons_typed(visit: DeskVisit) -> str:
    """Return why. Raises FormFaults where nothing was typed, or more than a message holds."""
    reasons = visit.typed("reasons").strip()
    if 0 < len(reasons) <= _MOST:
        return reasons
    what = visit.say("没有填写", "it is empty") if not reasons else visit.say("太长", "it is too long")
    remedy = visit.say(f"写明理由，不超过 {_MOST} 字", f"say why, in up to {_MOST:,} characters")
    raise FormFaults([FormFault("reasons", visit.words(_REASONS), what, remedy)])


SIGN = DeskPage("/joint/{joint}/sign", ("签名前核对", "Before it is signed"), "joint/sign.html", _to_sign, every=0)
REFUSE = DeskPage("/joint/{joint}/refuse", ("拒绝会签", "Refuse to sign"), "joint/reasons.html", _of_reasons, every=0)
WITHDRAW = DeskPage(
    "/joint/{joint}/withdraw", ("撤回会签稿", "Withdraw it"), "joint/reasons.html", _of_reasons, every=0
)
PAGES = (SIGN, REFUSE, WITHDRAW)
ACTS = (
    DeskAct(SIGN.path, DeskAction.JOINT_SIGN, _sign, SIGN),
    DeskAct(REFUSE.path, DeskAction.JOINT_REFUSE, _refuse, REFUSE),
    DeskAct(WITHDRAW.path, DeskAction.JOINT_WITHDRAW, _withdraw, WITHDRAW),
)
DONE: Mapping[str, Words] = {
    "joint-signed": ("已签名，正在送达牵头单位。", "It is signed, and on its way to the lead."),
    "joint-refused": ("已拒绝会签，牵头单位将告知各单位。", "It is refused; the lead tells everybody who was asked."),
    "joint-withdrawn": ("会签稿已撤回，正在告知各单位。", "It is withdrawn; everybody who was asked is being told."),
}
