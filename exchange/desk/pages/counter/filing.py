"""An application at the counter is read over, and filed: at a window it is a case at once, at a portal a filing."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from exchange.approval.window.submit import submit_in
from exchange.desk.cases.application_rows import application_parts, lines_of_materials
from exchange.desk.counter.drafts import counter_here, counter_subject, matter_of_draft
from exchange.desk.counter.fields import is_at_portal
from exchange.desk.counter.reading import EnteredApplication, entered_application
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.letters.writing.drafts import LetterDraft, draft_id
from exchange.desk.letters.writing.form import draft_mark, expect_draft_seen
from exchange.desk.pages.counter.form import PLACE
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskPage
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.messaging.node import Step
from exchange.portal.codes import new_code
from exchange.portal.drafting import DECLARATION, draft_of
from exchange.portal.handing_in import hand_over_in
from exchange.portal.submitting import Submission, enter_in
from exchange.schemas import FilingChannel, Material, Matter
from exchange.web.application_form import PERSON
from exchange.web.drafts.store import KeptDrafts

_DECLARED = ("真实性声明", "Statement of truth")
_MOST_CODES = 1_000
"""Codes that are shown and not handed over yet; the oldest are forgotten first."""


def _entered(visit: DeskVisit, step: Step) -> tuple[LetterDraft, EnteredApplication]:
    found = counter_here(step.tx, draft_id(visit))
    return found, entered_application(visit, step, matter_of_draft(visit, found), found)


def _preview(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.step() as step:
        found, entered = _entered(visit, step)
    matter, draft = matter_of_draft(visit, found), draft_id(visit)
    agent = entered.agent
    helped = [(visit.words(label), getattr(agent, key), "") for key, label, _ in PERSON] if agent is not None else []
    parts = application_parts(visit, entered.application, matter)
    at_portal = is_at_portal(visit)
    return {
        "draft": draft,
        "heading": visit.words(matter.names),
        "kept": found.kept,
        "parts_of": [*parts, (visit.say("代办人", "Who hands it in"), helped)] if helped else parts,
        "materials": lines_of_materials(visit, entered.application, entered.clean, matter, f"/counter/{draft}"),
        "later": [visit.words(one.names) for one in _later(matter, entered)],
        "at_portal": at_portal,
        "declaration": DECLARATION,
        "declared": visit.typed("declared"),
        "may_file": visit.may(DeskAction.FILING_HAND_IN if at_portal else DeskAction.SUBMIT),
        "mark": draft_mark(found),
    }


def _later(matter: Matter, entered: EnteredApplication) -> list[Material]:
    """What is required and may follow, against a promise that the window accepts."""
    given = {one.code for one in entered.application.materials}
    return [one for one in matter.materials if one.required and one.code not in given]


def _submit(visit: DeskVisit, step: Step) -> str:
    found, entered = _entered(visit, step)
    expect_draft_seen(visit, found)
    case = submit_in(step, entered.application, enclosures=entered.contents)
    step.tx[KeptDrafts].drop(counter_subject(draft_id(visit)))
    return f"/lead/case/{case.number}?done=case-opened"


def _hand_in(visit: DeskVisit, step: Step) -> str:
    """Hand it in, with an access code that is shown once and kept nowhere."""
    if visit.typed("declared") != "yes":
        what, remedy = visit.say("没有确认", "is not affirmed"), visit.say("勾选", "tick it, if it is so")
        raise FormFaults([FormFault("declared", visit.words(_DECLARED), what, remedy)])
    found, entered = _entered(visit, step)
    expect_draft_seen(visit, found)
    code = new_code(secrets.token_bytes(8))
    submission = Submission(entered.application, entered.contents, entered.agent, entered.scanned)
    number = enter_in(step, submission, visit.face.gate.passwords.hash(code.plain))
    hand_over_in(step, number, DECLARATION, FilingChannel.COUNTER)
    step.tx[KeptDrafts].drop(counter_subject(draft_id(visit)))
    codes = visit.face.codes
    while len(codes) >= _MOST_CODES:
        codes.pop(next(iter(codes)), None)
    codes[number] = code.shown
    return f"/counter/handed/{number}"


def _handed(visit: DeskVisit) -> Mapping[str, object]:
    """The number and, until it is handed over, the code, for whoever applies."""
    draft = draft_of(visit.node, visit.path["number"])
    applicant = draft.entered.applicant
    return {
        "number": draft.number,
        "code": visit.face.codes.get(draft.number, ""),
        "applicant": applicant.name if applicant is not None else "",
        "project": draft.entered.project,
    }


def _given(visit: DeskVisit, step: Step) -> str:
    visit.face.codes.pop(visit.path["number"], None)
    return "/counter?done=counter-handed"


def _file(visit: DeskVisit) -> DeskFile:
    """One of the files that are kept with a draft, so that a scan can be looked at."""
    with visit.node.store.reading() as tx:
        found = counter_here(tx, draft_id(visit))
    for file, (_, content) in zip(found.files, found.contents, strict=True):
        if file.digest == visit.path["digest"]:
            return DeskFile(file.name, "application/octet-stream", iter((content,)))
    raise NotFound("the draft has no such file", remedy="load its page again")


PREVIEW = DeskPage(
    f"{PLACE}/preview",
    ("提交前核对", "Before it is filed"),
    "counter/preview.html",
    _preview,
    DeskAction.DRAFT,
    every=0,
)
HANDED = DeskPage(
    "/counter/handed/{number}",
    ("已提交", "It is handed in"),
    "counter/handed.html",
    _handed,
    DeskAction.FILING_HAND_IN,
    every=0,
)
SUBMIT = DeskAct(f"{PLACE}/submit", DeskAction.SUBMIT, _submit, PREVIEW)
HAND_IN = DeskAct(f"{PLACE}/hand-in", DeskAction.FILING_HAND_IN, _hand_in, PREVIEW)
GIVEN = DeskAct("/counter/handed/{number}/given", DeskAction.FILING_HAND_IN, _given, HANDED)
SCAN = DeskDownload(f"{PLACE}/files/{{digest}}", _file, DeskAction.DRAFT)
