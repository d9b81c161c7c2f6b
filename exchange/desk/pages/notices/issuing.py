"""Issuing a notice: written and kept with its files, read over as it will look and with whom it reaches, and signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from exchange.desk.faults import FormFaults
from exchange.desk.letters.texts import elements, issuing_faults
from exchange.desk.letters.writing.drafts import (
    LARGEST_FORM,
    MOST_FILES,
    LetterDraft,
    draft_here,
    draft_id,
    draft_with_files,
    take_files,
)
from exchange.desk.letters.writing.fields import concerned_in
from exchange.desk.letters.writing.form import checked, draft_mark, expect_draft_seen, saving_facts, theirs
from exchange.desk.letters.writing.looks import drawn_page, pages_of
from exchange.desk.letters.writing.parties import parties
from exchange.desk.letters.writing.standing import keep_typed, saving_act, standing_acts
from exchange.desk.looking import CHUNK, key_of, place_of
from exchange.desk.notices.composing import (
    NOTICE_LABELS,
    NOTICE_SAID,
    NOTICES,
    ReadyNotice,
    groups_offered,
    notice_said,
    started_notice,
    typed_notice,
)
from exchange.desk.notices.declared_form import COLUMNS, shown_rows
from exchange.desk.notices.for_whom import for_whom
from exchange.desk.notices.particulars import FIELD_TYPES, form_asked, notice_called
from exchange.desk.pages.notices.reading import can_issue
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskPage
from exchange.desk.submitting import standing_facts
from exchange.desk.visit import DeskVisit
from exchange.documents.rules.issuing import issuing
from exchange.errors import CallerError
from exchange.language.names import URGENCIES
from exchange.messaging.node import Step
from exchange.messaging.numbers_used import first_under
from exchange.notices.issue import issue_in
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.web.drafts.store import KeptDrafts

_PLACE = "/notices/drafts/{draft}"
_NAMED = 60
"""Authorities that a preview names, and open notices that may be replaced."""
_EMPTY = 2
"""Empty lines of a field of several."""


def _begin(visit: DeskVisit) -> Mapping[str, object]:
    if not can_issue(visit):
        raise CallerError(
            "no notice is issued here: this is a relay office, or the domain has none",
            remedy="issue it at the desk of an office or a department whose domain has a relay office",
        )
    return _shown(visit, visit.node.new_id(), None, started_notice(visit))


def _form(visit: DeskVisit) -> Mapping[str, object]:
    draft = draft_id(visit)
    with visit.node.store.reading() as tx:
        found = _kept(tx, draft) if visit.form is not None else draft_here(tx, _subject(draft))
    fields = typed_notice(visit) if visit.form is not None else dict(found.kept.fields) if found is not None else {}
    shown = _shown(visit, draft, found, fields)
    return {**shown, **checked(visit, found, notice_said)} if visit.query.get("check") and found is not None else shown


def _subject(draft: str) -> str:
    return f"{NOTICES}{draft}"


def _kept(tx: Any, draft: str) -> LetterDraft | None:
    return draft_with_files(tx, _subject(draft))


def _shown(visit: DeskVisit, draft: str, found: LetterDraft | None, fields: Mapping[str, str]) -> dict[str, object]:
    with visit.node.store.reading() as tx:
        issued = tx[Notices].newest(NoticeSeat.ORIGIN, NoticeState.OPEN, None, _NAMED)
    to = fields.get("to", "").splitlines()
    return {
        "draft": draft,
        "kept": found.kept if found is not None else None,
        "files": found.files if found is not None else (),
        "labels": {name: visit.words(words) for name, words in NOTICE_LABELS.items()},
        "typed": {name: fields.get(name, "") for name in NOTICE_LABELS},
        "groups": groups_offered(visit),
        "chosen": fields.get("groups", "").splitlines(),
        "to": [*to, *[""] * max(1, _EMPTY - len(to))],
        "concerned": [*concerned_in(fields), ("", "")],
        "listed": parties(visit).listed,
        "issued": [(row.notice_id, f"{row.number} {row.title}") for row in issued],
        "columns": {name: visit.words(words) for name, words in COLUMNS.items()},
        "types": [(one.value, visit.words(words)) for one, words in FIELD_TYPES.items()],
        "form_rows": shown_rows(fields.get("form_rows", "")),
        "urgencies": [(code, visit.words(words)) for code, words in URGENCIES.items()],
        "most_files": MOST_FILES,
        "largest_file": ATTACHMENT_LIMIT,
        "theirs": theirs(visit, found, fields, NOTICE_LABELS, NOTICE_SAID),
        **saving_facts(visit, found),
        "mark": draft_mark(found),
    }


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed, faulty or not: what stands against it is told of what is kept, and loses nothing."""
    draft = draft_id(visit)
    before = _kept(step.tx, draft)
    expect_draft_seen(visit, before)
    take_files(visit, step.tx[KeptDrafts], _subject(draft))
    keep_typed(visit, step.tx, _subject(draft), typed_notice(visit), before)
    if visit.typed("then") != "preview":
        return f"/notices/drafts/{draft}?done=cover-kept"
    try:
        _ready(visit, step)
    except FormFaults:
        return f"/notices/drafts/{draft}?check=1"
    return f"/notices/drafts/{draft}/preview"


def _ready(visit: DeskVisit, step: Step) -> tuple[LetterDraft, ReadyNotice]:
    found = draft_here(step.tx, _subject(draft_id(visit)))
    return found, notice_said(visit, step, found.kept.fields, found.contents)


def _preview(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.step() as step:
        found, ready = _ready(visit, step)
        before = first_under(step.tx, str(ready.notice.document.number))
    notice, document = ready.notice, ready.notice.document
    pages, undrawn = pages_of(visit, document)
    return {
        "draft": draft_id(visit),
        "kept": found.kept,
        "notice": notice,
        "for_whom": for_whom(visit, notice.audience),
        "replaced": notice_called(visit, notice.replaces) if notice.replaces else "",
        "document": document,
        "rows": [(visit.say("标题", "Title"), document.title, ""), *elements(visit, document)],
        "asked": form_asked(visit, notice.form) if notice.form is not None else [],
        "files": found.files,
        "reaches": ready.reaches[:_NAMED],
        "reached": len(ready.reaches),
        "pages": pages,
        "undrawn": undrawn,
        "before": before,
        "doubts": list(issuing_faults(visit, issuing(document, visit.node.address, visit.node.directory.everyone))),
        "may_sign": visit.may(DeskAction.NOTICE_SEND),
        "second_person": False,
        **standing_facts(visit, found.kept),
        "mark": draft_mark(found),
    }


def _picture(visit: DeskVisit) -> DeskFile:
    with visit.node.step() as step:
        _, ready = _ready(visit, step)
    return drawn_page(visit, ready.notice.document)


def _send(visit: DeskVisit, step: Step) -> str:
    found, ready = _ready(visit, step)
    expect_draft_seen(visit, found)
    notice_id = issue_in(step, ready.notice, [content for _, content in found.contents])
    step.tx[KeptDrafts].drop(_subject(draft_id(visit)))
    return f"/notices/{notice_id}?done=notice-issued"


def _drop(visit: DeskVisit, step: Step) -> str:
    draft = draft_id(visit)
    expect_draft_seen(visit, _kept(step.tx, draft))
    step.tx[KeptDrafts].drop(_subject(draft))
    return "/notices/drafts?done=notice-dropped"


def _drafts(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.store.reading() as tx:
        rows = tx[KeptDrafts].listed(NOTICES, place_of(visit.query.get("after", "")), CHUNK + 1)
    shown = rows[:CHUNK]
    last = key_of((shown[-1].changed_at, shown[-1].subject)) if len(rows) > CHUNK else ""
    return {
        "drafts": [(one.subject.removeprefix(NOTICES), one) for one in shown],
        "next": f"/notices/drafts?{urlencode({'after': last})}" if last else "",
    }


WRITE = DeskPage(
    "/notices/write", ("发通知", "Issue a notice"), "notices/write.html", _begin, DeskAction.DRAFT, every=0
)
DRAFTS = DeskPage(
    "/notices/drafts", ("通知草稿", "Drafts of notices"), "notices/drafts.html", _drafts, DeskAction.DRAFT
)
FORM = DeskPage(_PLACE, ("发通知", "Issue a notice"), "notices/write.html", _form, DeskAction.DRAFT, every=0)
PREVIEW = DeskPage(
    f"{_PLACE}/preview", ("签发前核对", "Before it is signed"), "notices/write_preview.html", _preview,
    DeskAction.DRAFT, every=0,
)  # fmt: skip
ACTS = (
    DeskAct(_PLACE, DeskAction.DRAFT, _keep, FORM, files=MOST_FILES, most=LARGEST_FORM),
    DeskAct(f"{_PLACE}/drop", DeskAction.DRAFT, _drop, FORM),
    DeskAct(f"{_PLACE}/send", DeskAction.NOTICE_SEND, _send, PREVIEW),
    *standing_acts(_PLACE, PREVIEW, "/notices/drafts", _subject, notice_said),
)
SAVE = saving_act(_PLACE, _subject, typed_notice)
FILES = (DeskDownload(f"{_PLACE}/pages/{{page}}", _picture, DeskAction.DRAFT),)
