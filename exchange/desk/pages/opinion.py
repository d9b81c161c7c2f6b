"""The opinion: one form whose text is kept for the whole office, also by itself while somebody types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from exchange.approval.department.desk import row_on_desk
from exchange.desk.cases.asked import asked_case
from exchange.desk.opinions.drafts import (
    common_facts,
    draft_mark,
    draft_subject,
    expect_draft_seen,
    kept_in,
    kept_opinion,
)
from exchange.desk.opinions.form import FIELDS, LABELS, opinion_of, typed_fields
from exchange.desk.opinions.preview import answers_held, told_before
from exchange.desk.permissions import DeskAction
from exchange.desk.saving_texts import saving_texts
from exchange.desk.section import DeskAct, DeskPage, DeskSaving, DeskSection
from exchange.desk.seen import FIELD
from exchange.desk.standing_in import place_of_act
from exchange.desk.submitting import saves_itself
from exchange.desk.visit import DeskVisit
from exchange.language import Words
from exchange.language.names import PROCEDURES, VERDICTS
from exchange.messaging.node import Step
from exchange.schemas import ProcedureKind, Role, Verdict
from exchange.web.drafts.records import KeptDraft
from exchange.web.drafts.store import KeptDrafts


def _form(visit: DeskVisit) -> Mapping[str, object]:
    number = visit.path["number"]
    case, kept = asked_case(visit, number), kept_opinion(visit, number)
    before = kept.fields if kept is not None else {}
    reasons, conditions = told_before(visit)
    return {
        **common_facts(visit, case),
        "kept": kept,
        "typed": {name: visit.typed(name, before.get(name, "")) for name in FIELDS},
        "labels": {name: visit.words(words) for name, words in LABELS.items()},
        "verdicts": _named(visit, VERDICTS, Verdict),
        "procedures": [("", visit.say("无", "none")), *_named(visit, PROCEDURES, ProcedureKind)],
        "answers": answers_held(visit, visit.typed("licence_answer", before.get("licence_answer", ""))),
        "reasons_before": reasons,
        "conditions_before": conditions,
        "theirs": _differs(visit, kept) if visit.error is not None else [],
        "mark": draft_mark(case.row, kept),
        "saves_itself": saves_itself(kept),
        "saving_texts": saving_texts(visit),
    }


def _named(visit: DeskVisit, names: Mapping[str, Words], codes: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(code.value, visit.words(names[code.value])) for code in codes]


def _named_value(visit: DeskVisit, field: str, typed: str) -> str:
    """What a draft holds, in words where it is one of a list."""
    names = {"verdict": VERDICTS, "procedure": PROCEDURES}.get(field, {})
    return visit.words(names[typed]) if typed in names else typed


def _differs(visit: DeskVisit, kept: KeptDraft | None) -> list[tuple[str, object, str]]:
    """What is kept otherwise than it was typed here: somebody else has written meanwhile."""
    if kept is None or kept.account == visit.who:
        return []
    return [
        (visit.words(LABELS[name]), _named_value(visit, name, kept.fields[name]), "")
        for name in FIELDS
        if kept.fields.get(name, "") != visit.typed(name).strip() and kept.fields.get(name)
    ]


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed, faulty or not; where it is to be read before it is signed, what is wrong is said first.

    Who changes nothing is no drafter by it.
    """
    number, fields = visit.path["number"], typed_fields(visit)
    row, kept = expect_draft_seen(visit, step)
    if visit.typed("then") == "preview":
        opinion_of(visit, row, fields)
    if kept is None or kept.fields != fields:
        step.tx[KeptDrafts].keep(draft_subject(number), fields, visit.who, visit.face.gate.clock.now())
    return f"/case/{number}/opinion/preview" if visit.typed("then") == "preview" else f"/case/{number}?done=kept"


def _save(visit: DeskVisit, step: Step) -> Mapping[str, object]:
    """Keep what is typed so far, unless somebody else has kept something since; the same twice is no conflict."""
    number, fields = visit.path["number"], typed_fields(visit)
    row, kept = row_on_desk(step, number), kept_in(step.tx, number)
    if kept is None or kept.fields != fields:
        expect_draft_seen(visit, step)
        kept = step.tx[KeptDrafts].keep(draft_subject(number), fields, visit.who, visit.face.gate.clock.now())
    return {FIELD: draft_mark(row, kept), "left": 0}


def _drop(visit: DeskVisit, step: Step) -> str:
    number = visit.path["number"]
    expect_draft_seen(visit, step)
    step.tx[KeptDrafts].drop(draft_subject(number))
    return f"/case/{number}?done=dropped"


FORM = DeskPage(
    "/case/{number}/opinion", ("出具意见", "Give an opinion"), "opinion.html", _form, DeskAction.DRAFT, every=0
)

SECTION = DeskSection(
    pages=(FORM,),
    acts=(
        DeskAct("/case/{number}/opinion", DeskAction.DRAFT, _keep, FORM, place=place_of_act),
        DeskAct("/case/{number}/opinion/drop", DeskAction.DRAFT, _drop, FORM, place=place_of_act),
    ),
    savings=(DeskSaving("/case/{number}/opinion/autosave", DeskAction.DRAFT, _save),),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "kept": ("草稿已保存，尚未签名。", "The draft is kept. Nothing is signed yet."),
        "dropped": ("草稿已删除。", "The draft is thrown away."),
    },
)
