"""The form of a notice: filled in and kept, read over as it will be signed, and sent."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.desk.notices.form_fields import asked_fields, check_values, draft_of_answer, typed_values
from exchange.desk.notices.held import HeldNotice, expect_notice_seen, held_notice, notice_facts
from exchange.desk.notices.particulars import form_rows, shown_value, turn_of
from exchange.desk.pages.notices.reading import NOTICE, shown
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage
from exchange.desk.seen import mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.messaging.node import Step
from exchange.notices.answer import answer_in, asked_in, filled_in
from exchange.notices.forms.collecting import no_form
from exchange.notices.rules.states import NoticeState
from exchange.schemas import Form
from exchange.web.drafts.records import KeptDraft
from exchange.web.drafts.store import KeptDrafts


def _form(visit: DeskVisit) -> Mapping[str, object]:
    held, kept, mark = _read(visit)
    assert held.form is not None  # noqa: S101
    last = {one.name: one.value for one in held.answers[-1].values} if held.answers else {}
    before = kept.fields if kept is not None else last
    return {
        **_about(visit, held, mark),
        "kept": kept,
        "fields": asked_fields(visit, held.form, before),
        "theirs": _differs(visit, held, kept) if visit.error is not None else [],
    }


def _read(visit: DeskVisit) -> tuple[HeldNotice, KeptDraft | None, str]:
    notice_id = visit.path["notice"]
    held = held_notice(visit, notice_id)
    if held.asked is None:
        raise no_form(notice_id)
    with visit.node.store.reading() as tx:
        kept = tx[KeptDrafts].get(draft_of_answer(notice_id))
        mark = mark_of(*notice_facts(tx, visit.node, notice_id), _revision(kept))
    return held, kept, mark


def _about(visit: DeskVisit, held: HeldNotice, mark: str) -> dict[str, object]:
    urgency, _, more = turn_of(visit, held)
    return {
        **shown(visit, held),
        "heading": held.form.title if held.form is not None else "",
        "urgency": urgency,
        "asks_more": more,
        "again": bool(held.answers),
        "signs": held.read is not None and held.read.state is NoticeState.OPEN,
        "mark": mark,
    }


def _differs(visit: DeskVisit, held: HeldNotice, kept: KeptDraft | None) -> list[tuple[str, str, str]]:
    """What is kept otherwise than it was typed here: somebody else has written meanwhile."""
    if kept is None or kept.account == visit.who or held.form is None:
        return []
    typed = typed_values(visit, held.form)
    return [
        (one.label, shown_value(visit, one.type.value, kept.fields[one.name], one.unit), "")
        for one in held.form.fields
        if kept.fields.get(one.name) and kept.fields[one.name] != typed.get(one.name, "")
    ]


def _revision(kept: KeptDraft | None) -> int:
    return kept.revision if kept is not None else 0


def _expect(visit: DeskVisit, step: Step) -> tuple[str, KeptDraft | None, Form]:
    notice_id = visit.path["notice"]
    kept = step.tx[KeptDrafts].get(draft_of_answer(notice_id))
    expect_notice_seen(visit, step, _revision(kept))
    return notice_id, kept, asked_in(step.node, step.tx, notice_id).form


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed, faulty or not; where it is to be read before it is signed, what is wrong is said first."""
    notice_id, _, form = _expect(visit, step)
    values = typed_values(visit, form)
    if visit.typed("then") == "preview":
        check_values(visit, notice_id, form, values)
    step.tx[KeptDrafts].keep(draft_of_answer(notice_id), values, visit.who, visit.face.gate.clock.now())
    ahead = visit.typed("then") == "preview"
    return f"/notices/{notice_id}/answer/preview" if ahead else f"/notices/{notice_id}?done=notice-kept"


def _preview(visit: DeskVisit) -> Mapping[str, object]:
    held, kept, mark = _read(visit)
    if kept is None:
        raise NotFound("no draft of an answer is kept", remedy="fill in the form: page of the notice")
    assert held.form is not None  # noqa: S101
    answer = filled_in(held.row.notice_id, kept.fields)
    return {**_about(visit, held, mark), "kept": kept, "rows": form_rows(visit, held.form, answer)}


def _send(visit: DeskVisit, step: Step) -> str:
    notice_id, kept, form = _expect(visit, step)
    values = kept.fields if kept is not None else {}
    check_values(visit, notice_id, form, values)
    answer_in(step, notice_id, values)
    step.tx[KeptDrafts].drop(draft_of_answer(notice_id))
    return f"/notices/{notice_id}?done=notice-answered"


def _drop(visit: DeskVisit, step: Step) -> str:
    notice_id, _, _ = _expect(visit, step)
    step.tx[KeptDrafts].drop(draft_of_answer(notice_id))
    return f"/notices/{notice_id}?done=notice-dropped"


FORM = DeskPage(
    f"{NOTICE.path}/answer", ("填报", "Answer the form"), "notices/answer.html", _form, DeskAction.DRAFT, every=0
)
PREVIEW = DeskPage(
    f"{FORM.path}/preview", ("签名前核对", "Before it is signed"), "notices/answer_preview.html", _preview,
    DeskAction.DRAFT, every=0,
)  # fmt: skip
ACTS = (
    DeskAct(FORM.path, DeskAction.DRAFT, _keep, FORM),
    DeskAct(f"{FORM.path}/drop", DeskAction.DRAFT, _drop, FORM),
    DeskAct(f"{FORM.path}/send", DeskAction.NOTICE_ANSWER, _send, PREVIEW),
)
