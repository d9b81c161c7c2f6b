"""The form of a document: begun of a kind or in answer to another one, kept for the office, and checked."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.desk.faults import FormFaults
from exchange.desk.letters.chain import called
from exchange.desk.letters.writing.checking import ready_letter
from exchange.desk.letters.writing.drafts import (
    LARGEST_FORM,
    MOST_FILES,
    LetterDraft,
    draft_id,
    expect_draft,
    files_of_former,
    letter_draft,
    letter_subject,
    take_files,
)
from exchange.desk.letters.writing.fields import LETTER_LABELS, SEVERAL, typed_letter
from exchange.desk.letters.writing.form import checked, expect_draft_seen, form_shown
from exchange.desk.letters.writing.standing import keep_typed, saving_act
from exchange.desk.letters.writing.starting import started_fields
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage
from exchange.desk.visit import DeskVisit
from exchange.messaging.node import Step
from exchange.schemas import DocumentKind
from exchange.web.drafts.store import KeptDrafts

PLACE = "/documents/drafts/{draft}"
_FEWEST = dict.fromkeys(SEVERAL, 2)
"""Lines that a field of several has at least, one of them empty."""


def _begin(visit: DeskVisit) -> Mapping[str, object]:
    brought = tuple(file for file, _ in files_of_former(visit, visit.query.get("anew", "")))
    return {**_shown(visit, visit.node.new_id(), None, started_fields(visit)), "files": brought}


def _form(visit: DeskVisit) -> Mapping[str, object]:
    draft = draft_id(visit)
    with visit.node.store.reading() as tx:
        found = letter_draft(tx, draft) if visit.form is not None else expect_draft(tx, draft)
    fields = typed_letter(visit) if visit.form is not None else dict(found.kept.fields) if found is not None else {}
    shown = _shown(visit, draft, found, fields)
    return {**shown, **checked(visit, found, ready_letter)} if visit.query.get("check") and found is not None else shown


def _shown(visit: DeskVisit, draft: str, found: LetterDraft | None, fields: Mapping[str, str]) -> dict[str, object]:
    shown = form_shown(
        visit, found, fields, labels=LETTER_LABELS, fewest=_FEWEST, kinds=tuple(DocumentKind),
        often=("signatory", "purpose", "answers", "concerns"),
    )  # fmt: skip
    return {
        "draft": draft,
        "anew": visit.query.get("anew", "") or visit.typed("anew"),
        "called": called(visit, *map(fields.get, ("answers", "replaces", "forwards"))),
        **shown,
    }


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed, faulty or not: what stands against it is told of what is kept, and loses nothing."""
    draft = draft_id(visit)
    before = letter_draft(step.tx, draft)
    expect_draft_seen(visit, before)
    if before is None:
        for file, content in files_of_former(visit, visit.typed("anew")):
            step.tx[KeptDrafts].add_file(letter_subject(draft), file, content)
    take_files(visit, step.tx[KeptDrafts], letter_subject(draft))
    kept = keep_typed(visit, step.tx, letter_subject(draft), typed_letter(visit), before)
    if visit.typed("then") != "preview":
        return f"/documents/drafts/{draft}?done=letter-kept"
    try:
        ready_letter(visit, step, kept.kept.fields, kept.contents)
    except FormFaults:
        return f"/documents/drafts/{draft}?check=1"
    return f"/documents/drafts/{draft}/preview"


def _drop(visit: DeskVisit, step: Step) -> str:
    draft = draft_id(visit)
    expect_draft_seen(visit, letter_draft(step.tx, draft))
    step.tx[KeptDrafts].drop(letter_subject(draft))
    return "/documents/drafts?done=letter-dropped"


WRITE = DeskPage(
    "/documents/write", ("起草公文", "Write a document"), "letters/form.html", _begin, DeskAction.DRAFT, every=0
)
FORM = DeskPage(PLACE, ("起草公文", "Write a document"), "letters/form.html", _form, DeskAction.DRAFT, every=0)
KEEP = DeskAct(PLACE, DeskAction.DRAFT, _keep, FORM, files=MOST_FILES, most=LARGEST_FORM)
DROP = DeskAct(f"{PLACE}/drop", DeskAction.DRAFT, _drop, FORM)
SAVE = saving_act(PLACE, letter_subject, typed_letter, lambda visit: files_of_former(visit, visit.typed("anew")))
