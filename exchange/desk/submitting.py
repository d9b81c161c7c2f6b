"""A draft on its way to the signature: submitted as it stands, looked over by somebody else, sent back with a remark.

What it is a draft of says who may sign it; whoever submits it answers for it, and a change takes all of this back.
"""

from __future__ import annotations

from typing import Any

from exchange.audit.people import same_person
from exchange.desk.faults import reason_given
from exchange.desk.permissions import DeskAction
from exchange.desk.visit import DeskVisit
from exchange.errors import Conflict, Denied
from exchange.language import Words
from exchange.web.drafts.records import KeptDraft, KeptState
from exchange.web.drafts.store import KeptDrafts

DRAFT_DONE = {
    "submitted": ("草稿已送签。", "The draft is submitted for signature."),
    "looked-over": ("已记为您审核过。", "It is noted that you have looked over it."),
    "sent-back": ("草稿已退回拟稿人。", "The draft goes back to its drafter."),
}
"""What is said after each of these acts."""

_REMARK: Words = ("须修改什么", "What is to be changed")


def has_written(visit: DeskVisit, kept: KeptDraft) -> bool:
    """Return whether the visitor is one of a draft's drafters."""
    return any(same_person(visit.who, one) for one in kept.drafters)


def saves_itself(kept: KeptDraft | None) -> bool:
    """Return whether a form keeps its draft while somebody types: not once it is submitted, as that takes it back."""
    return kept is None or kept.state is KeptState.WRITTEN


def standing_facts(visit: DeskVisit, kept: KeptDraft) -> dict[str, object]:
    """Return what the page before the signature shows of where a draft stands, and of what may be done with it."""
    mine, submitted = has_written(visit, kept), kept.state is KeptState.SUBMITTED
    may_review = visit.may(DeskAction.REVIEW)
    return {
        "submitted": submitted,
        "mine": mine,
        "can_look_over": may_review and not mine and kept.looked_over_by is None,
        "can_send_back": may_review and submitted,
        "remark": visit.typed("remark"),
    }


def submit_draft(visit: DeskVisit, tx: Any, kept: KeptDraft) -> None:
    """Submit a draft as it stands. Raises Conflict where it was submitted before."""
    if not tx[KeptDrafts].submit(kept, visit.who, visit.face.gate.clock.now()):
        raise Conflict("the draft was submitted before", remedy="nothing is to be done: a signer has it")


def look_over_draft(visit: DeskVisit, tx: Any, kept: KeptDraft) -> None:
    """Note that the visitor has looked over a draft as it stands. Raises Denied for one of its drafters."""
    if has_written(visit, kept):
        raise Denied("you have written at this draft yourself", remedy="have another account look over it")
    tx[KeptDrafts].look_over(kept, visit.who, visit.face.gate.clock.now())


def send_back_draft(visit: DeskVisit, tx: Any, kept: KeptDraft) -> None:
    """Have its drafter go on with a draft. Raises FormFaults without a remark, Conflict where it is not submitted."""
    remark = reason_given(visit, "remark", _REMARK, "nothing says why it is sent back", "say what is to be changed")
    if not tx[KeptDrafts].send_back(kept, remark):
        raise Conflict("the draft is not submitted for signature", remedy="change it yourself, or have it submitted")
