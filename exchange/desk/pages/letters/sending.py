"""Before a document is signed: its pages, every word that will be signed, and where it goes; then it is sent, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.desk.letters.chain import called
from exchange.desk.letters.texts import elements, issuing_faults
from exchange.desk.letters.writing.checking import ReadyLetter, ready_letter
from exchange.desk.letters.writing.drafts import LetterDraft, draft_id, expect_draft, letter_subject
from exchange.desk.letters.writing.form import draft_mark, expect_draft_seen
from exchange.desk.letters.writing.looks import drawn_page, pages_of
from exchange.desk.letters.writing.standing import standing_acts
from exchange.desk.pages.letters.form import PLACE
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskPage
from exchange.desk.submitting import standing_facts
from exchange.desk.visit import DeskVisit
from exchange.documents.forward import forward_in
from exchange.documents.rules.issuing import issuing
from exchange.documents.send import send_in
from exchange.messaging.node import Step
from exchange.messaging.numbers_used import first_under
from exchange.web.drafts.store import KeptDrafts


def _ready(visit: DeskVisit, step: Step) -> tuple[LetterDraft, ReadyLetter]:
    found = expect_draft(step.tx, draft_id(visit))
    return found, ready_letter(visit, step, found.kept.fields, found.contents)


def _preview(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.step() as step:
        found, ready = _ready(visit, step)
        before = first_under(step.tx, str(ready.document.number))
    document = ready.document
    pages, fault = pages_of(visit, document)
    return {
        "draft": draft_id(visit),
        "kept": found.kept,
        "ready": ready,
        "document": document,
        "called": called(visit, ready.answers, ready.replaces, ready.forwards),
        "rows": [(visit.say("标题", "Title"), document.title, ""), *elements(visit, document)],
        "files": found.files,
        "pages": pages,
        "undrawn": fault,
        "before": before,
        "doubts": list(_doubts(visit, ready)),
        "way": f"/documents/drafts/{draft_id(visit)}/{'forward' if ready.forwards else 'send'}",
        "may_sign": visit.may(DeskAction.FORWARD if ready.forwards else DeskAction.SEND),
        "second_person": False,
        **standing_facts(visit, found.kept),
        "mark": draft_mark(found),
    }


def _doubts(visit: DeskVisit, ready: ReadyLetter) -> Iterator[str]:
    """Where the name or number on it is not this member's, which its readers are told."""
    return issuing_faults(visit, issuing(ready.document, visit.node.address, visit.node.directory.everyone))


def _picture(visit: DeskVisit) -> DeskFile:
    with visit.node.step() as step:
        _, ready = _ready(visit, step)
    return drawn_page(visit, ready.document)


def _send(visit: DeskVisit, step: Step) -> str:
    found, ready = _ready(visit, step)
    expect_draft_seen(visit, found)
    enclosures = [content for _, content in found.contents]
    sent = send_in(
        step,
        ready.document,
        ready.main,
        copies=ready.copied,
        enclosures=enclosures,
        in_reply_to=ready.answers or None,
        replaces=ready.replaces or None,
    )
    step.tx[KeptDrafts].drop(letter_subject(draft_id(visit)))
    return f"/documents/{sent}?done=letter-sent"


def _forward(visit: DeskVisit, step: Step) -> str:
    found, ready = _ready(visit, step)
    expect_draft_seen(visit, found)
    enclosures = [content for _, content in found.contents]
    sent = forward_in(
        step, ready.forwards, ready.document, to=ready.main[0], copies=ready.copied, enclosures=enclosures
    )
    step.tx[KeptDrafts].drop(letter_subject(draft_id(visit)))
    return f"/documents/{sent}?done=letter-forwarded"


PREVIEW = DeskPage(
    f"{PLACE}/preview",
    ("签发前核对", "Before it is signed"),
    "letters/preview.html",
    _preview,
    DeskAction.DRAFT,
    every=0,
)
SEND = DeskAct(f"{PLACE}/send", DeskAction.SEND, _send, PREVIEW)
FORWARD = DeskAct(f"{PLACE}/forward", DeskAction.FORWARD, _forward, PREVIEW)
STANDING = standing_acts(PLACE, PREVIEW, "/documents/drafts", letter_subject, ready_letter)
PICTURE = DeskDownload(f"{PLACE}/pages/{{page}}", _picture, DeskAction.DRAFT)
