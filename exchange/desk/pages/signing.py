"""From a draft to the signature: read through, submitted for signature, looked over, sent back, signed."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.approval.department.consulted import second_person_in
from exchange.approval.department.desk import reply_in
from exchange.approval.department.records import DeskRow
from exchange.approval.rules.second_person import expect_other_than_drafters
from exchange.audit.people import same_person
from exchange.desk.cases.asked import asked_case
from exchange.desk.opinions.drafts import (
    common_facts,
    draft_mark,
    draft_subject,
    expect_draft_seen,
    kept_opinion,
    there,
)
from exchange.desk.opinions.form import opinion_of
from exchange.desk.opinions.preview import opinion_rows
from exchange.desk.pages.to_sign import BASKET
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage, DeskSection
from exchange.desk.standing_in import place_in, place_of_act
from exchange.desk.visit import DeskVisit
from exchange.errors import Conflict, Denied
from exchange.messaging.node import Step
from exchange.messaging.rules.wording import check_reason
from exchange.schemas import Opinion, Role
from exchange.web.drafts.records import KeptDraft, KeptState
from exchange.web.drafts.store import KeptDrafts


def _preview(visit: DeskVisit) -> Mapping[str, object]:
    number = visit.path["number"]
    case, kept = asked_case(visit, number), there(kept_opinion(visit, number), number)
    facts = common_facts(visit, case)
    second = bool(facts["second_person"])
    with visit.node.store.reading() as tx:
        place = place_in(visit, tx, case.row)
    opinion = _opinion(visit, case.row, kept, second=second, place=place)
    mine = _has_written(visit, kept)
    submitted = kept.state is KeptState.SUBMITTED
    can_sign = visit.may(DeskAction.REPLY) and (not second or (submitted and not mine))
    return {
        **facts,
        "kept": kept,
        "rows": opinion_rows(visit, opinion, can_sign=can_sign),
        "stops": opinion.procedure is not None,
        "submitted": submitted,
        "mine": mine,
        "can_sign": can_sign,
        "can_look_over": visit.may(DeskAction.REVIEW) and not mine and kept.looked_over_by is None,
        "can_send_back": visit.may(DeskAction.REVIEW) and submitted,
        "remark": visit.typed("remark"),
        "mark": draft_mark(case.row, kept),
    }


def _opinion(visit: DeskVisit, row: DeskRow, kept: KeptDraft, *, second: bool, place: str) -> Opinion:
    """The opinion as it is signed: with its drafter where two persons are wanted, and in whose place it is signed."""
    drafted_by = kept.submitted_by if second else None
    return opinion_of(visit, row, kept.fields, drafted_by=drafted_by, in_place_of=place or None)


def _has_written(visit: DeskVisit, kept: KeptDraft) -> bool:
    return any(same_person(visit.who, one) for one in kept.drafters)


def _seen(visit: DeskVisit, step: Step) -> KeptDraft:
    _, kept = expect_draft_seen(visit, step)
    return there(kept, visit.path["number"])


def _submit(visit: DeskVisit, step: Step) -> str:
    """Submit the draft as it stands: whoever does answers for it, and is one of its drafters."""
    number, (row, found) = visit.path["number"], expect_draft_seen(visit, step)
    kept = there(found, number)
    opinion_of(visit, row, kept.fields)
    if not step.tx[KeptDrafts].submit(kept, visit.who, visit.face.gate.clock.now()):
        raise Conflict("the draft was submitted before", remedy="nothing is to be done: a signer has it")
    return f"/case/{number}?done=submitted"


def _look_over(visit: DeskVisit, step: Step) -> str:
    """Note that somebody other than its drafters has looked over the draft as it stands."""
    kept = _seen(visit, step)
    if _has_written(visit, kept):
        raise Denied("you have written at this draft yourself", remedy="have another account look over it")
    step.tx[KeptDrafts].look_over(kept, visit.who, visit.face.gate.clock.now())
    return f"/case/{visit.path['number']}/opinion/preview?done=looked-over"


def _send_back(visit: DeskVisit, step: Step) -> str:
    kept = _seen(visit, step)
    remark = check_reason(visit.typed("remark"), "nothing says why it is sent back", "say what is to be changed")
    if not step.tx[KeptDrafts].send_back(kept, remark):
        raise Conflict("the draft is not submitted for signature", remedy="change it yourself, or have it submitted")
    return f"/case/{visit.path['number']}?done=sent-back"


def _sign(visit: DeskVisit, step: Step) -> str:
    number, (row, found) = visit.path["number"], expect_draft_seen(visit, step)
    kept = there(found, number)
    second = second_person_in(step, row)
    if second:
        expect_other_than_drafters(visit.who, kept.drafters)
        if kept.state is not KeptState.SUBMITTED:
            raise Conflict(
                "the draft is not submitted for signature", remedy="whoever has written it submits it, another signs"
            )
    opinion = _opinion(visit, row, kept, second=second, place=place_in(visit, step.tx, row))
    reply_in(step, opinion)
    step.tx[KeptDrafts].drop(draft_subject(number))
    return f"/case/{number}?done={'announced' if opinion.procedure is not None else 'signed'}"


PREVIEW = DeskPage(
    "/case/{number}/opinion/preview",
    ("签名前核对", "Before it is signed"),
    "opinion_preview.html",
    _preview,
    DeskAction.DRAFT,
    every=0,
)

SECTION = DeskSection(
    pages=(PREVIEW,),
    baskets=(BASKET,),
    acts=(
        DeskAct("/case/{number}/opinion/submit", DeskAction.SUBMIT_DRAFT, _submit, PREVIEW, place=place_of_act),
        DeskAct("/case/{number}/opinion/look-over", DeskAction.REVIEW, _look_over, PREVIEW, place=place_of_act),
        DeskAct("/case/{number}/opinion/send-back", DeskAction.REVIEW, _send_back, PREVIEW, place=place_of_act),
        DeskAct("/case/{number}/opinion/sign", DeskAction.REPLY, _sign, PREVIEW, place=place_of_act),
    ),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "submitted": ("草稿已送签。", "The draft is submitted for signature."),
        "looked-over": ("已记为您审核过。", "It is noted that you have looked over it."),
        "sent-back": ("草稿已退回拟稿人。", "The draft goes back to its drafter."),
        "signed": ("意见已签名，正在送达窗口。", "The opinion is signed, and on its way to the window."),
        "announced": (
            "特别程序已签名告知；意见本身仍须在期限内出具。",
            "The special procedure is announced, signed. The opinion itself is still due.",
        ),
    },
)
