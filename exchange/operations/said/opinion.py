"""What a department has said, as messages show it: its opinion, what it says later, and how it is pressed for one."""

from __future__ import annotations

from exchange.language import Words, choose, name_of, tr
from exchange.language.names import GROUNDS, PROCEDURES, VERDICTS
from exchange.operations.said.names import Lines, SaidNames
from exchange.operations.said.terms import working_days
from exchange.schemas import Chase, Opinion, OpinionRecall, ReviewStanding, SupplementaryReview

_STANDINGS: dict[ReviewStanding, Words] = {
    ReviewStanding.ANNOUNCED: ("已告知", "announced"),
    ReviewStanding.DUE: ("今日到期", "due today"),
    ReviewStanding.OVERDUE: ("逾期未提交", "overdue"),
}


def opinion_lines(body: Opinion, names: SaidNames) -> Lines:
    """Show an opinion, each text with what it is."""
    yield tr("in the name of"), names.in_full(body.department) if body.substitution else ""
    yield tr("verdict"), name_of(VERDICTS, body.verdict)
    yield tr("reasons"), body.reasons
    yield tr("conditions"), body.conditions
    yield tr("basis"), "; ".join(body.basis)
    yield tr("on grounds of"), name_of(GROUNDS, body.ground) if body.ground else ""
    yield tr("rests on the licence answer"), body.licence_answer or ""
    yield tr("competent authority"), body.competent_body or ""
    if body.procedure:
        yield tr("procedure"), f"{name_of(PROCEDURES, body.procedure.kind)}, {working_days(body.procedure.days)}"
    yield tr("drafted by"), body.drafted_by or ""
    yield tr("officer"), body.officer
    yield tr("in the place of"), body.in_place_of or ""


def later_lines(body: Chase | OpinionRecall | SupplementaryReview, names: SaidNames) -> Lines:
    """Show what a department says after its opinion, or after its silence had effect; or that it is pressed for one."""
    if isinstance(body, Chase):
        yield tr("presses"), names.in_full(body.department)
        yield tr("words"), body.words
        yield tr("officer"), body.officer
        return
    if isinstance(body, OpinionRecall):
        yield tr("recalled opinion"), body.opinion_id
    else:
        yield tr("supplementary review until"), f"{body.until} ({choose(_STANDINGS[body.standing])})"
    yield tr("reasons"), body.reasons
    yield tr("officer"), body.officer
