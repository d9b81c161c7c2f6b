"""Drafts of documents and notices on their way to the signature, and kept by themselves while somebody types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from exchange.desk.letters.writing.drafts import LetterDraft, draft_here, draft_id, draft_with_files
from exchange.desk.letters.writing.form import Ready, draft_mark, expect_draft_seen
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskPage, DeskSaving
from exchange.desk.seen import FIELD
from exchange.desk.submitting import look_over_draft, send_back_draft, submit_draft
from exchange.desk.visit import DeskVisit
from exchange.messaging.node import Step
from exchange.web.drafts.records import KeptDraftFile
from exchange.web.drafts.store import KeptDrafts

Subject = Callable[[str], str]
"""Under what a draft of this id is kept."""


def keep_typed(
    visit: DeskVisit, tx: Any, subject: str, fields: Mapping[str, str], before: LetterDraft | None
) -> LetterDraft:
    """Keep what was typed, where that or the files are others than before: who changes nothing is no drafter by it."""
    files = [one.digest for one in tx[KeptDrafts].files(subject)]
    same = before is not None and before.kept.fields == fields and [one.digest for one in before.files] == files
    if not same:
        tx[KeptDrafts].keep(subject, fields, visit.who, visit.face.gate.clock.now())
    return draft_here(tx, subject)


def saving_act(
    place: str,
    subject: Subject,
    typed: Callable[[DeskVisit], Mapping[str, str]],
    brought: Callable[[DeskVisit], list[tuple[KeptDraftFile, bytes]]] = lambda visit: [],
) -> DeskSaving:
    """Return what keeps a form by itself, but for files, which the button brings.

    ``brought``: files that a draft begins with, where it is begun by this.
    """

    def save(visit: DeskVisit, step: Step) -> Mapping[str, object]:
        name, fields = subject(draft_id(visit)), typed(visit)
        found = draft_with_files(step.tx, name)
        if found is None or found.kept.fields != fields:
            expect_draft_seen(visit, found)
            for file, content in brought(visit) if found is None else ():
                step.tx[KeptDrafts].add_file(name, file, content)
            found = keep_typed(visit, step.tx, name, fields, found)
        return {FIELD: draft_mark(found), "left": 0}

    return DeskSaving(f"{place}/autosave", DeskAction.DRAFT, save)


def standing_acts(place: str, preview: DeskPage, back: str, subject: Subject, ready: Ready) -> tuple[DeskAct, ...]:
    """Return the acts by which a draft is submitted for signature, looked over, and sent back.

    ``back``: where its drafter goes on; ``ready`` raises FormFaults for what cannot be signed as it stands.
    """

    def seen(visit: DeskVisit, step: Step) -> LetterDraft:
        found = draft_here(step.tx, subject(draft_id(visit)))
        expect_draft_seen(visit, found)
        return found

    def submit(visit: DeskVisit, step: Step) -> str:
        found = seen(visit, step)
        ready(visit, step, found.kept.fields, found.contents)
        submit_draft(visit, step.tx, found.kept)
        return f"{back}?done=submitted"

    def look_over(visit: DeskVisit, step: Step) -> str:
        look_over_draft(visit, step.tx, seen(visit, step).kept)
        return f"{place.format(draft=draft_id(visit))}/preview?done=looked-over"

    def send_back(visit: DeskVisit, step: Step) -> str:
        send_back_draft(visit, step.tx, seen(visit, step).kept)
        return f"{back}?done=sent-back"

    return (
        DeskAct(f"{place}/submit", DeskAction.SUBMIT_DRAFT, submit, preview),
        DeskAct(f"{place}/look-over", DeskAction.REVIEW, look_over, preview),
        DeskAct(f"{place}/send-back", DeskAction.REVIEW, send_back, preview),
    )
