"""The form of a document: begun of a kind or in answer to another one, kept for the office, and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exchange.desk.faults import FormFaults
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
from exchange.desk.letters.writing.fields import (
    LETTER_LABELS,
    SEVERAL,
    TYPED,
    asked_of,
    concerned_in,
    typed_letter,
)
from exchange.desk.letters.writing.parties import parties
from exchange.desk.letters.writing.starting import started_fields
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.visit import DeskVisit
from exchange.language.names import PURPOSES, URGENCIES
from exchange.messaging.node import Step
from exchange.schemas import DocumentKind, Purpose
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.web.drafts.store import KeptDrafts

PLACE = "/documents/drafts/{draft}"
_FEWEST = {"to": 2, "copies": 2, "concerns": 2}
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
    return {**shown, **_checked(visit, found)} if visit.query.get("check") and found is not None else shown


def _shown(visit: DeskVisit, draft: str, found: LetterDraft | None, fields: Mapping[str, str]) -> dict[str, object]:
    known, kept = parties(visit), found.kept if found is not None else None
    asked = asked_of(fields.get("kind", ""))
    more = [name for name in ("signatory", "purpose", "answers", "concerns") if name not in asked]
    return {
        "draft": draft,
        "anew": visit.query.get("anew", "") or visit.typed("anew"),
        "kept": kept,
        "files": found.files if found is not None else (),
        "labels": {name: visit.words(words) for name, words in LETTER_LABELS.items()},
        "typed": {name: fields.get(name, "") for name in TYPED},
        "lines": {name: _lines(fields.get(name, "").splitlines(), name) for name in SEVERAL},
        "concerned": _lines(concerned_in(fields), "concerns", ("", "")),
        "listed": known.listed,
        "asked": asked,
        "more": more,
        "filled": any(fields.get(name) for name in more),
        "kinds": [(one.value, one.value) for one in DocumentKind],
        "purposes": [(one.value, visit.words(PURPOSES[one.value])) for one in (Purpose.ACTION, Purpose.INFORMATION)],
        "urgencies": [(code, visit.words(words)) for code, words in URGENCIES.items()],
        "most_files": MOST_FILES,
        "largest_file": ATTACHMENT_LIMIT,
        "theirs": _theirs(visit, found, fields) if visit.error is not None else [],
        "mark": _mark(found),
    }


def _lines(there: Sequence[object], name: str, empty: object = "") -> list[object]:
    return [*there, *[empty] * max(1, _FEWEST[name] - len(there))]


def _theirs(visit: DeskVisit, found: LetterDraft | None, fields: Mapping[str, str]) -> list[tuple[str, object, str]]:
    """What is kept otherwise than it was typed here: somebody else has written meanwhile."""
    if found is None or found.kept.account == visit.who:
        return []
    kept = found.kept.fields
    return [
        (visit.words(LETTER_LABELS[name]), kept[name], "")
        for name in LETTER_LABELS
        if kept.get(name) and kept[name] != fields.get(name, "")
    ]


def _checked(visit: DeskVisit, found: LetterDraft) -> dict[str, object]:
    """All that stands against a draft as it is kept, beside its fields."""
    try:
        with visit.node.step() as step:
            ready_letter(visit, step, found.kept.fields, found.contents)
    except FormFaults as error:
        return {"faults": error.faults, "fault_at": {one.anchor: one for one in error.faults}}
    return {}


def _mark(found: LetterDraft | None) -> str:
    return mark_of(found.kept.revision if found is not None else 0)


def expect_draft_seen(visit: DeskVisit, found: LetterDraft | None) -> None:
    """Raise Changed where somebody else has kept, sent or thrown away the draft since its page was loaded."""
    expect_seen(visit, found.kept.revision if found is not None else 0)


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed, faulty or not: what stands against it is told of what is kept, and loses nothing."""
    draft = draft_id(visit)
    before = letter_draft(step.tx, draft)
    expect_draft_seen(visit, before)
    if before is None:
        for file, content in files_of_former(visit, visit.typed("anew")):
            step.tx[KeptDrafts].add_file(letter_subject(draft), file, content)
    take_files(visit, step.tx[KeptDrafts], letter_subject(draft))
    step.tx[KeptDrafts].keep(letter_subject(draft), typed_letter(visit), visit.who, visit.face.gate.clock.now())
    if visit.typed("then") != "preview":
        return f"/documents/drafts/{draft}?done=letter-kept"
    try:
        kept = expect_draft(step.tx, draft)
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
