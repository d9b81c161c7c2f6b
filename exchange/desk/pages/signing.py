"""From a draft to the signature: read through, submitted for signature, looked over, sent back, signed."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.approval.department.consulted import second_person_in
from exchange.approval.department.desk import reply_in
from exchange.approval.department.records import DeskRow
from exchange.approval.rules.second_person import expect_other_than_drafters
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
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage, DeskSection
from exchange.desk.standing_in import place_in, place_of_act
from exchange.desk.submitting import has_written, look_over_draft, send_back_draft, standing_facts, submit_draft
from exchange.desk.visit import DeskVisit
from exchange.errors import Conflict
from exchange.messaging.node import Step
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
    mine, submitted = has_written(visit, kept), kept.state is KeptState.SUBMITTED
    can_sign = visit.may(DeskAction.REPLY) and (not second or (submitted and not mine))
    return {
        **facts,
        "kept": kept,
        "rows": opinion_rows(visit, opinion, can_sign=can_sign),
        "stops": opinion.procedure is not None,
        **standing_facts(visit, kept),
        "can_sign": can_sign,
        "mark": draft_mark(case.row, kept),
    }


def _opinion(visit: DeskVisit, row: DeskRow, kept: KeptDraft, *, second: bool, place: str) -> Opinion:
    """The opinion as it is signed: with its drafter where two persons are wanted, and in whose place it is signed."""
    drafted_by = kept.submitted_by if second else None
    return opinion_of(visit, row, kept.fields, drafted_by=drafted_by, in_place_of=place or None)


def _seen(visit: DeskVisit, step: Step) -> KeptDraft:
    _, kept = expect_draft_seen(visit, step)
    return there(kept, visit.path["number"])


def _submit(visit: DeskVisit, step: Step) -> str:
    """Submit the draft as it stands: whoever does answers for it, and is one of its drafters."""
    number, (row, found) = visit.path["number"], expect_draft_seen(visit, step)
    kept = there(found, number)
    opinion_of(visit, row, kept.fields)
    submit_draft(visit, step.tx, kept)
    return f"/case/{number}?done=submitted"


def _look_over(visit: DeskVisit, step: Step) -> str:
    """Note that somebody other than its drafters has looked over the draft as it stands."""
    look_over_draft(visit, step.tx, _seen(visit, step))
    return f"/case/{visit.path['number']}/opinion/preview?done=looked-over"


def _send_back(visit: DeskVisit, step: Step) -> str:
    send_back_draft(visit, step.tx, _seen(visit, step))
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
    acts=(
        DeskAct("/case/{number}/opinion/submit", DeskAction.SUBMIT_DRAFT, _submit, PREVIEW, place=place_of_act),
        DeskAct("/case/{number}/opinion/look-over", DeskAction.REVIEW, _look_over, PREVIEW, place=place_of_act),
        DeskAct("/case/{number}/opinion/send-back", DeskAction.REVIEW, _send_back, PREVIEW, place=place_of_act),
        DeskAct("/case/{number}/opinion/sign", DeskAction.REPLY, _sign, PREVIEW, place=place_of_act),
    ),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "signed": ("意见已签名，正在送达窗口。", "The opinion is signed, and on its way to the window."),
        "announced": (
            "特别程序已签名告知；意见本身仍须在期限内出具。",
            "The special procedure is announced, signed. The opinion itself is still due.",
        ),
    },
)
