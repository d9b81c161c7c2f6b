"""A joint document is proposed: written, kept for the office, checked, looked at as it will be printed, and signed."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.desk.faults import FormFaults
from exchange.desk.joints.paper import draft_pdf, number_of_pages, page_of
from exchange.desk.joints.shown import round_message
from exchange.desk.joints.writing import (
    JOINT_KINDS,
    JOINT_LABELS,
    SIGNERS,
    ReadyJoint,
    fields_again,
    joint_subject,
    ready_joint,
    typed_joint,
)
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
from exchange.desk.letters.writing.form import checked, draft_mark, expect_draft_seen, form_shown
from exchange.desk.letters.writing.starting import started_fields
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskPage
from exchange.desk.visit import DeskVisit
from exchange.documents.rules.issuing import issuing
from exchange.errors import ExchangeError
from exchange.joint.lead import propose_joint_in
from exchange.joint.status import joint_status
from exchange.language import Words, language
from exchange.messaging.node import Step
from exchange.messaging.numbers_used import first_under
from exchange.operations.trace.dossier import attachments
from exchange.web.drafts.records import KeptDraftFile
from exchange.web.drafts.store import KeptDrafts

_PLACE = "/joint/drafts/{draft}"
_FEWEST = {SIGNERS: 3, "to": 2, "copies": 2}


def _begin(visit: DeskVisit) -> Mapping[str, object]:
    again = visit.query.get("again", "")
    fields = fields_again(visit, again) if again else {**started_fields(visit), "issuer": ""}
    return {**_shown(visit, visit.node.new_id(), None, fields), "again": again}


def _form(visit: DeskVisit) -> Mapping[str, object]:
    draft = draft_id(visit)
    with visit.node.store.reading() as tx:
        read = draft_with_files if visit.form is not None else draft_here
        found = read(tx, joint_subject(draft))
    fields = typed_joint(visit) if visit.form is not None else dict(found.kept.fields) if found is not None else {}
    shown = {**_shown(visit, draft, found, fields), "again": visit.typed("again")}
    return {**shown, **checked(visit, found, ready_joint)} if visit.query.get("check") and found is not None else shown


def _shown(visit: DeskVisit, draft: str, found: LetterDraft | None, fields: Mapping[str, str]) -> dict[str, object]:
    shown = form_shown(
        visit, found, fields, labels=JOINT_LABELS, fewest=_FEWEST, kinds=JOINT_KINDS,
        often=("signatory", "purpose", "concerns"),
    )  # fmt: skip
    return {"draft": draft, **shown}


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed, faulty or not: what stands against it is told of what is kept, and loses nothing."""
    draft, drafts = draft_id(visit), step.tx[KeptDrafts]
    before = draft_with_files(step.tx, joint_subject(draft))
    expect_draft_seen(visit, before)
    if before is None and visit.typed("again"):
        _take_over_files(visit, drafts, draft)
    take_files(visit, drafts, joint_subject(draft))
    drafts.keep(joint_subject(draft), typed_joint(visit), visit.who, visit.face.gate.clock.now())
    if visit.typed("then") != "preview":
        return f"/joint/drafts/{draft}?done=joint-kept"
    try:
        _ready(visit, step)
    except FormFaults:
        return f"/joint/drafts/{draft}?check=1"
    return f"/joint/drafts/{draft}/preview"


def _take_over_files(visit: DeskVisit, drafts: KeptDrafts, draft: str) -> None:
    """Keep the attachments of the text that is proposed again."""
    row = joint_status(visit.node, visit.typed("again")).row
    for one, content in attachments(round_message(visit, row)):
        drafts.add_file(joint_subject(draft), KeptDraftFile(one.digest, one.name, len(content)), content)


def _drop(visit: DeskVisit, step: Step) -> str:
    draft = draft_id(visit)
    expect_draft_seen(visit, draft_with_files(step.tx, joint_subject(draft)))
    step.tx[KeptDrafts].drop(joint_subject(draft))
    return "/joint?list=drafts&done=joint-dropped"


def _ready(visit: DeskVisit, step: Step) -> tuple[LetterDraft, ReadyJoint]:
    found = draft_here(step.tx, joint_subject(draft_id(visit)))
    return found, ready_joint(visit, step, found.kept.fields, found.contents)


def _preview(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.step() as step:
        found, ready = _ready(visit, step)
        before = first_under(step.tx, str(ready.document.number))
    pages, undrawn = _pages(visit, ready)
    document, draft = ready.document, draft_id(visit)
    return {
        "draft": draft,
        "kept": found.kept,
        "ready": ready,
        "document": document,
        "rows": [(visit.say("标题", "Title"), document.title, ""), *elements(visit, document)],
        "files": found.files,
        "pages": pages,
        "undrawn": undrawn,
        "before": before,
        "doubts": list(issuing_faults(visit, issuing(document, ready.signers[0], visit.node.directory.everyone,
                                                     joint=True))),
        "may_sign": visit.may(DeskAction.JOINT_PROPOSE),
        "mark": draft_mark(found),
    }  # fmt: skip


def _pages(visit: DeskVisit, ready: ReadyJoint) -> tuple[int, str]:
    """How many pages it has; or why they are not shown, which keeps nobody from signing what is shown in words."""
    try:
        return number_of_pages(_pdf(visit, ready)), ""
    except ExchangeError as error:
        return 0, error.written(language())


def _pdf(visit: DeskVisit, ready: ReadyJoint) -> bytes:
    day = visit.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return draft_pdf(visit, ready.document, day, ready.signers[0], ready.signers, b"")


def _picture(visit: DeskVisit) -> DeskFile:
    with visit.node.step() as step:
        _, ready = _ready(visit, step)
    return page_of(visit, _pdf(visit, ready), draft_id(visit))


def _propose(visit: DeskVisit, step: Step) -> str:
    found, ready = _ready(visit, step)
    expect_draft_seen(visit, found)
    enclosures = [content for _, content in found.contents]
    joint = propose_joint_in(
        step, ready.document, ready.signers[1:], ready.main, copies=ready.copied, enclosures=enclosures
    )
    step.tx[KeptDrafts].drop(joint_subject(draft_id(visit)))
    return f"/joint/{joint}?done=joint-proposed"


_TITLE: Words = ("发起会签", "Propose a joint document")
BEGIN = DeskPage("/joint/propose", _TITLE, "joint/form.html", _begin, DeskAction.DRAFT, every=0)
FORM = DeskPage(_PLACE, _TITLE, "joint/form.html", _form, DeskAction.DRAFT, every=0)
PREVIEW = DeskPage(
    f"{_PLACE}/preview", ("签名前核对", "Before it is signed"), "joint/preview.html", _preview, DeskAction.DRAFT,
    every=0,
)  # fmt: skip
PAGES = (BEGIN, FORM, PREVIEW)
ACTS = (
    DeskAct(_PLACE, DeskAction.DRAFT, _keep, FORM, files=MOST_FILES, most=LARGEST_FORM),
    DeskAct(f"{_PLACE}/drop", DeskAction.DRAFT, _drop, FORM),
    DeskAct(f"{_PLACE}/propose", DeskAction.JOINT_PROPOSE, _propose, PREVIEW),
)
DOWNLOADS = (DeskDownload(f"{_PLACE}/pages/{{page}}", _picture, DeskAction.DRAFT),)
DONE: Mapping[str, Words] = {
    "joint-kept": ("草稿已保存，尚未签名。", "The draft is kept. Nothing is signed yet."),
    "joint-dropped": ("草稿已删除。", "The draft is thrown away."),
    "joint-proposed": ("已签名并送各单位会签。", "It is signed by this member, and sent round for signature."),
}
