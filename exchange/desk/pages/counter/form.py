"""The form of an application at the counter: begun for a matter, kept for the office, also by itself, and checked."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.desk.counter.drafts import COUNTER, counter_draft, counter_here, counter_subject, matter_of_draft
from exchange.desk.counter.fields import FILES, matter_entered, matters_entered, typed_application
from exchange.desk.counter.reading import entered_application
from exchange.desk.counter.scans import LARGEST, MOST_SCANS, expect_no_faults, scans_looked_at, take_scans
from exchange.desk.counter.shown import counter_form
from exchange.desk.faults import FormFaults, at_fields
from exchange.desk.letters.writing.drafts import LetterDraft, draft_id
from exchange.desk.letters.writing.form import draft_mark, expect_draft_seen
from exchange.desk.looking import CHUNK, key_of, place_of
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskGroup, DeskPage, DeskSaving
from exchange.desk.seen import FIELD
from exchange.desk.visit import DeskVisit
from exchange.messaging.node import Step
from exchange.schemas import Matter
from exchange.web.drafts.store import KeptDrafts

PLACE = "/counter/{draft}"


def _begun(visit: DeskVisit) -> Mapping[str, object]:
    """The matters that there are, and what was begun and not filed yet."""
    with visit.node.store.reading() as tx:
        rows = tx[KeptDrafts].listed(COUNTER, place_of(visit.query.get("after", "")), CHUNK + 1)
    shown = rows[:CHUNK]
    last = key_of((shown[-1].changed_at, shown[-1].subject)) if len(rows) > CHUNK else ""
    return {
        "matters": [(one.code, visit.words(one.names)) for one in matters_entered(visit)],
        "drafts": [(one.subject.removeprefix(COUNTER), one) for one in shown],
        "next": f"/counter?after={last}" if last else "",
    }


def _begin(visit: DeskVisit) -> Mapping[str, object]:
    matter = matter_entered(visit, visit.query.get("matter", ""))
    return _shown(visit, visit.node.new_id(), matter, None, {})


def _form(visit: DeskVisit) -> Mapping[str, object]:
    draft = draft_id(visit)
    with visit.node.store.reading() as tx:
        found = counter_draft(tx, draft) if visit.form is not None else counter_here(tx, draft)
    matter = _matter(visit, found)
    if visit.form is not None:
        fields = typed_application(visit, matter, found.kept.fields.get(FILES, "") if found is not None else "")
    else:
        fields = dict(found.kept.fields) if found is not None else {}
    return _shown(visit, draft, matter, found, fields)


def _shown(
    visit: DeskVisit, draft: str, matter: Matter, found: LetterDraft | None, fields: Mapping[str, str]
) -> dict[str, object]:
    shown = {**counter_form(visit, draft, matter, found, fields), "heading": visit.words(matter.names)}
    if not visit.query.get("check") or found is None:
        return shown
    try:
        with visit.node.step() as step:
            entered_application(visit, step, matter, found)
    except FormFaults as error:
        return {**shown, "faults": error.faults, "fault_at": at_fields(visit.say, error.faults)}
    return shown


def _matter(visit: DeskVisit, found: LetterDraft | None) -> Matter:
    return matter_of_draft(visit, found) if found is not None else matter_entered(visit, visit.typed("matter"))


def _keep(visit: DeskVisit, step: Step) -> str:
    """Keep what was typed and the files that came, faulty or not; what is lacking is told of what is kept."""
    draft, drafts = draft_id(visit), step.tx[KeptDrafts]
    before = counter_draft(step.tx, draft)
    expect_draft_seen(visit, before)
    matter, subject = _matter(visit, before), counter_subject(draft)
    files, faults = take_scans(visit, drafts, subject, matter, before.kept.fields if before is not None else {})
    expect_no_faults(faults)
    drafts.keep(subject, typed_application(visit, matter, files), visit.who, visit.face.gate.clock.now())
    if visit.typed("then") != "preview":
        return f"/counter/{draft}?done=counter-kept"
    try:
        entered_application(visit, step, matter, counter_here(step.tx, draft))
    except FormFaults:
        return f"/counter/{draft}?check=1"
    return f"/counter/{draft}/preview"


def _save(visit: DeskVisit, step: Step) -> Mapping[str, object]:
    """Keep what is typed so far, unless somebody else has kept something since; files are kept by the button alone."""
    draft, drafts = draft_id(visit), step.tx[KeptDrafts]
    found = counter_draft(step.tx, draft)
    matter = _matter(visit, found)
    fields = typed_application(visit, matter, found.kept.fields.get(FILES, "") if found is not None else "")
    if found is None or found.kept.fields != fields:
        expect_draft_seen(visit, found)
        drafts.keep(counter_subject(draft), fields, visit.who, visit.face.gate.clock.now())
    return {FIELD: draft_mark(counter_here(step.tx, draft)), "left": 0}


def _drop(visit: DeskVisit, step: Step) -> str:
    draft = draft_id(visit)
    expect_draft_seen(visit, counter_draft(step.tx, draft))
    step.tx[KeptDrafts].drop(counter_subject(draft))
    return "/counter?done=counter-dropped"


_TITLE = ("代申请人录入", "Enter an application")
MATTERS = DeskPage(
    "/counter", _TITLE, "counter/matters.html", _begun, DeskAction.DRAFT, in_menu=True, group=DeskGroup.CASES, every=0
)
BEGIN = DeskPage("/counter/begin", _TITLE, "counter/form.html", _begin, DeskAction.DRAFT, every=0)
FORM = DeskPage(PLACE, _TITLE, "counter/form.html", _form, DeskAction.DRAFT, every=0)
KEEP = DeskAct(PLACE, DeskAction.DRAFT, _keep, FORM, files=MOST_SCANS, most=LARGEST, around=scans_looked_at)
DROP = DeskAct(f"{PLACE}/drop", DeskAction.DRAFT, _drop, FORM)
SAVE = DeskSaving(f"{PLACE}/autosave", DeskAction.DRAFT, _save)
