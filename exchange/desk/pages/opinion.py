"""The opinion: one form that keeps what is written, a preview of what will be signed, and the signature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from exchange.approval.department.desk import reply_in, row_on_desk
from exchange.desk.cases.asked import AskedCase, asked_case, facts_of
from exchange.desk.cases.term_words import countdown, silence_words
from exchange.desk.opinions.form import FIELDS, LABELS, opinion_of, typed_fields
from exchange.desk.opinions.preview import opinion_rows, seen_by_applicant, told_before
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage, DeskSection
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.language import Words
from exchange.language.names import PROCEDURES, VERDICTS
from exchange.messaging.node import Step
from exchange.schemas import ProcedureKind, Role, Verdict
from exchange.web.drafts.records import KeptDraft
from exchange.web.drafts.store import KeptDrafts


def draft_subject(number: str) -> str:
    """Return under what the draft of an opinion on a case is kept."""
    return f"opinion:{number}"


def kept_opinion(visit: DeskVisit, number: str) -> KeptDraft | None:
    """Return the draft of an opinion that is kept; None where there is none."""
    with visit.node.store.reading() as tx:
        return tx[KeptDrafts].get(draft_subject(number))


def _form(visit: DeskVisit) -> Mapping[str, object]:
    number = visit.path["number"]
    case, kept = asked_case(visit, number), kept_opinion(visit, number)
    before = kept.fields if kept is not None else {}
    reasons, conditions = told_before(visit)
    return {
        **_shown(visit, case),
        "kept": kept,
        "typed": {name: visit.typed(name, before.get(name, "")) for name in FIELDS},
        "labels": {name: visit.words(words) for name, words in LABELS.items()},
        "verdicts": _named(visit, VERDICTS, Verdict),
        "procedures": [("", visit.say("无", "none")), *_named(visit, PROCEDURES, ProcedureKind)],
        "reasons_before": reasons,
        "conditions_before": conditions,
        "theirs": _differs(visit, kept) if visit.error is not None else [],
        "mark": _mark(case, kept),
    }


def _named(visit: DeskVisit, names: Mapping[str, Words], codes: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(code.value, visit.words(names[code.value])) for code in codes]


def _shown(visit: DeskVisit, case: AskedCase) -> dict[str, object]:
    own, number = case.own(visit.node.address), case.row.case_number
    return {
        "row": case.row,
        "number": number,
        "countdown": countdown(visit, case.term),
        "silence": silence_words(visit, own, case.term) if own is not None and case.term is not None else "",
        "seen_by_applicant": seen_by_applicant(visit, own.visible) if own is not None else "",
        "may_sign": visit.may(DeskAction.REPLY),
    }


def _differs(visit: DeskVisit, kept: KeptDraft | None) -> list[tuple[str, object, str]]:
    """What is kept otherwise than it was typed here: somebody else has written meanwhile."""
    if kept is None or kept.account == visit.who:
        return []
    return [
        (visit.words(LABELS[name]), kept.fields[name], "")
        for name in FIELDS
        if kept.fields.get(name, "") != visit.typed(name).strip() and kept.fields.get(name)
    ]


def _mark(case: AskedCase, kept: KeptDraft | None) -> str:
    return mark_of(*facts_of(case.row), kept.revision if kept is not None else 0)


def _expect_seen(visit: DeskVisit, step: Step) -> KeptDraft | None:
    number = visit.path["number"]
    row, kept = row_on_desk(step, number), step.tx[KeptDrafts].get(draft_subject(number))
    expect_seen(visit, *facts_of(row), kept.revision if kept is not None else 0)
    return kept


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed, faulty or not; where it is to be read before it is signed, what is wrong is said first."""
    number, fields = visit.path["number"], typed_fields(visit)
    _expect_seen(visit, step)
    if visit.typed("then") == "preview":
        opinion_of(visit, row_on_desk(step, number), fields)
    now: datetime = visit.face.gate.clock.now()
    step.tx[KeptDrafts].keep(draft_subject(number), fields, visit.who, now)
    return f"/case/{number}/opinion/preview" if visit.typed("then") == "preview" else f"/case/{number}?done=kept"


def _preview(visit: DeskVisit) -> Mapping[str, object]:
    number = visit.path["number"]
    case, kept = asked_case(visit, number), kept_opinion(visit, number)
    if kept is None:
        raise NotFound(
            "no draft of an opinion on case {number} is kept", remedy="write one: page of the case", number=number
        )
    opinion = opinion_of(visit, case.row, kept.fields)
    return {
        **_shown(visit, case),
        "kept": kept,
        "rows": opinion_rows(visit, opinion),
        "stops": opinion.procedure is not None,
        "mark": _mark(case, kept),
    }


def _sign(visit: DeskVisit, step: Step) -> str:
    number, kept = visit.path["number"], _expect_seen(visit, step)
    opinion = opinion_of(visit, row_on_desk(step, number), kept.fields if kept is not None else {})
    reply_in(step, opinion)
    step.tx[KeptDrafts].drop(draft_subject(number))
    return f"/case/{number}?done={'announced' if opinion.procedure is not None else 'signed'}"


def _drop(visit: DeskVisit, step: Step) -> str:
    number = visit.path["number"]
    _expect_seen(visit, step)
    step.tx[KeptDrafts].drop(draft_subject(number))
    return f"/case/{number}?done=dropped"


FORM = DeskPage(
    "/case/{number}/opinion", ("出具意见", "Give an opinion"), "opinion.html", _form, DeskAction.DRAFT, every=0
)
PREVIEW = DeskPage(
    "/case/{number}/opinion/preview",
    ("签名前核对", "Before it is signed"),
    "opinion_preview.html",
    _preview,
    DeskAction.DRAFT,
    every=0,
)

SECTION = DeskSection(
    pages=(FORM, PREVIEW),
    acts=(
        DeskAct("/case/{number}/opinion", DeskAction.DRAFT, _keep, FORM),
        DeskAct("/case/{number}/opinion/drop", DeskAction.DRAFT, _drop, FORM),
        DeskAct("/case/{number}/opinion/sign", DeskAction.REPLY, _sign, PREVIEW),
    ),
    roles=frozenset({Role.DEPARTMENT}),
    done={
        "kept": ("草稿已保存，尚未签名。", "The draft is kept. Nothing is signed yet."),
        "dropped": ("草稿已删除。", "The draft is thrown away."),
        "signed": ("意见已签名，正在送达窗口。", "The opinion is signed, and on its way to the window."),
        "announced": (
            "特别程序已签名告知；意见本身仍须在期限内出具。",
            "The special procedure is announced, signed. The opinion itself is still due.",
        ),
    },
)
