"""Passing a notice on at a relay office: under its own cover, which is written, read over as it will look, and signed;
or as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.desk.letters.texts import elements
from exchange.desk.letters.writing.looks import drawn_page, pages_of
from exchange.desk.notices.cover_text import COVER_LABELS, cover_said, draft_of_cover, started_cover, typed_cover
from exchange.desk.notices.held import HeldNotice, expect_notice_seen, held_notice, notice_facts
from exchange.desk.notices.waiting import cover_urgency
from exchange.desk.pages.notices.reading import NOTICE, shown
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskPage, DeskQuestion
from exchange.desk.seen import mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.messaging.node import Step
from exchange.notices.cover import cover_in, to_cover, waiting_in
from exchange.notices.store import Notices
from exchange.schemas import Cover
from exchange.web.drafts.records import KeptDraft
from exchange.web.drafts.store import KeptDrafts


def _form(visit: DeskVisit) -> Mapping[str, object]:
    held, kept, mark = _read(visit)
    fields = typed_cover(visit) if visit.form is not None else kept.fields if kept else started_cover(visit, held.row)
    return {
        **_about(visit, held, mark),
        "kept": kept,
        "labels": {name: visit.words(words) for name, words in COVER_LABELS.items()},
        "typed": {name: fields.get(name, "") for name in COVER_LABELS},
        "theirs": _theirs(visit, kept, fields) if visit.error is not None else [],
    }


def _read(visit: DeskVisit) -> tuple[HeldNotice, KeptDraft | None, str]:
    notice_id = visit.path["notice"]
    if visit.error is None:
        to_cover(visit.node, notice_id)
    held = held_notice(visit, notice_id)
    with visit.node.store.reading() as tx:
        kept = tx[KeptDrafts].get(draft_of_cover(notice_id))
        return held, kept, mark_of(*notice_facts(tx, visit.node, notice_id), _revision(kept))


def _about(visit: DeskVisit, held: HeldNotice, mark: str) -> dict[str, object]:
    due, urgency, provisional = cover_urgency(visit, held.row)
    with visit.node.store.reading() as tx:
        own = len(tx[Notices].readers(held.row.notice_id))
        below = len(tx[Notices].branches(held.row.notice_id))
    return {
        **shown(visit, held),
        "heading": visit.say("转发通知", "Pass it on under a cover"),
        "due": due,
        "urgency": urgency,
        "provisional": provisional,
        "own": own,
        "below": below,
        "mark": mark,
    }


def _theirs(visit: DeskVisit, kept: KeptDraft | None, fields: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What is kept otherwise than it was typed here: somebody else has written meanwhile."""
    if kept is None or kept.account == visit.who:
        return []
    named = [(words, kept.fields.get(name, ""), fields.get(name, "")) for name, words in COVER_LABELS.items()]
    return [(visit.words(words), theirs, "") for words, theirs, ours in named if theirs and theirs != ours]


def _revision(kept: KeptDraft | None) -> int:
    return kept.revision if kept is not None else 0


def _expect(visit: DeskVisit, step: Step) -> tuple[str, KeptDraft | None]:
    notice_id = visit.path["notice"]
    kept = step.tx[KeptDrafts].get(draft_of_cover(notice_id))
    return expect_notice_seen(visit, step, _revision(kept)), kept


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed, faulty or not; where it is to be read before it is signed, what is wrong is said first."""
    notice_id, _ = _expect(visit, step)
    fields, ahead = typed_cover(visit), visit.typed("then") == "preview"
    if ahead:
        cover_said(visit, step, waiting_in(step.tx, notice_id), fields)
    step.tx[KeptDrafts].keep(draft_of_cover(notice_id), fields, visit.who, visit.face.gate.clock.now())
    return f"/notices/{notice_id}/cover/preview" if ahead else f"/notices/{notice_id}?done=cover-kept"


def _kept_cover(visit: DeskVisit, tx: Any, step: Step) -> tuple[KeptDraft, Cover]:
    notice_id = visit.path["notice"]
    kept = tx[KeptDrafts].get(draft_of_cover(notice_id))
    if kept is None:
        raise NotFound("no draft of a cover is kept", remedy="write one: page of the notice")
    return kept, cover_said(visit, step, waiting_in(tx, notice_id), kept.fields)


def _preview(visit: DeskVisit) -> Mapping[str, object]:
    held, _, mark = _read(visit)
    with visit.node.step() as step:
        kept, cover = _kept_cover(visit, step.tx, step)
    document = cover.document
    pages, undrawn = pages_of(visit, document)
    return {
        **_about(visit, held, mark),
        "kept": kept,
        "cover": cover,
        "document": document,
        "rows": [(visit.say("标题", "Title"), document.title, ""), *elements(visit, document)],
        "pages": pages,
        "undrawn": undrawn,
    }


def _picture(visit: DeskVisit) -> DeskFile:
    with visit.node.step() as step:
        _, cover = _kept_cover(visit, step.tx, step)
    return drawn_page(visit, cover.document)


def _sign(visit: DeskVisit, step: Step) -> str:
    notice_id, _ = _expect(visit, step)
    _, cover = _kept_cover(visit, step.tx, step)
    cover_in(step, notice_id, cover)
    step.tx[KeptDrafts].drop(draft_of_cover(notice_id))
    return f"/notices/{notice_id}?done=notice-covered"


def _without(visit: DeskVisit, step: Step) -> str:
    notice_id, _ = _expect(visit, step)
    cover_in(step, notice_id, None)
    step.tx[KeptDrafts].drop(draft_of_cover(notice_id))
    return f"/notices/{notice_id}?done=notice-passed-on"


def _ask(visit: DeskVisit) -> DeskQuestion:
    return DeskQuestion(
        ("不加转发通知，直接转发", "Pass it on as it is, without a cover"),
        (
            ("通知原样发往本级各单位和下级。", "It goes as it is to this level's authorities and the levels below."),
            ("转发之后不能再加转发通知；草稿将删除。", "No cover can follow it; a draft of one is thrown away."),
        ),
        ("直接转发", "Pass it on"),
    )


def _drop(visit: DeskVisit, step: Step) -> str:
    notice_id, _ = _expect(visit, step)
    step.tx[KeptDrafts].drop(draft_of_cover(notice_id))
    return f"/notices/{notice_id}?done=notice-dropped"


FORM = DeskPage(
    f"{NOTICE.path}/cover", ("转发通知", "Pass it on under a cover"), "notices/cover.html", _form, DeskAction.DRAFT,
    every=0,
)  # fmt: skip
PREVIEW = DeskPage(
    f"{FORM.path}/preview", ("签发前核对", "Before it is signed"), "notices/cover_preview.html", _preview,
    DeskAction.DRAFT, every=0,
)  # fmt: skip
ACTS = (
    DeskAct(FORM.path, DeskAction.DRAFT, _keep, FORM),
    DeskAct(f"{FORM.path}/drop", DeskAction.DRAFT, _drop, FORM),
    DeskAct(f"{FORM.path}/sign", DeskAction.NOTICE_COVER, _sign, PREVIEW),
    DeskAct(f"{FORM.path}/without", DeskAction.NOTICE_COVER, _without, FORM, _ask),
)
FILES = (DeskDownload(f"{FORM.path}/pages/{{page}}", _picture, DeskAction.DRAFT),)
