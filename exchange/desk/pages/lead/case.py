"""The page of a case at its window: who has answered, the days of every term, and what may be done now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.approval.rules.lead import LeadTask
from exchange.approval.window.lead_duties import duty_of
from exchange.approval.window.status import PartStatus
from exchange.claims import opened_parts
from exchange.clock import end_text
from exchange.desk.cases.application_rows import application_parts, lines_of_materials
from exchange.desk.cases.letter_lines import letter_lines
from exchange.desk.cases.supplement_lines import supplement_line
from exchange.desk.pages.evidence import offered_readers
from exchange.desk.pages.lead.board import TASKS
from exchange.desk.pages.lead.chasing import CHASE
from exchange.desk.pages.lead.course import ADD_BODY, DELIVER, EXPLAIN, REOPEN, REVIEW, WITHDRAW
from exchange.desk.pages.lead.deciding import CONFIRM, DECIDE
from exchange.desk.pages.lead.hearings import CALL, CALL_OFF, PUT_OFF, RECORD
from exchange.desk.pages.lead.licensing import LICENCE
from exchange.desk.pages.lead.seeing import LeadCase, lead_case
from exchange.desk.pages.lead.supplements import DECLINE, PASS_ON
from exchange.desk.pages.lead.terms import CASE_TERM, PART_TERM
from exchange.desk.section import DeskFile, DeskPage
from exchange.desk.urgency import STOPPED, DeskUrgency, urgency_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.language import name_of, read_back
from exchange.language.filings import HEARING_STATES
from exchange.language.names import AMENDMENTS, CASE_STATES, COPIES, OUTCOMES, PART_STATES, VERDICTS
from exchange.operations.trace.dossier import Filed, application_in, attachments, claims, dossier
from exchange.runtime.home import open_claims
from exchange.schemas import Consultation, EntryKind, LedgerEntry, Verdict
from exchange.web.words import TONES

FORMS = (
    CONFIRM, DECIDE, REVIEW, PASS_ON, DECLINE, CHASE, ADD_BODY, PART_TERM, CASE_TERM, CALL, PUT_OFF, CALL_OFF, RECORD,
    EXPLAIN, LICENCE, DELIVER, REOPEN, WITHDRAW,
)  # fmt: skip
"""In the order of the page of a case."""
_DUE_FORMS = {
    LeadTask.CONFIRM: "confirm",
    LeadTask.DECIDE: "decide",
    LeadTask.RULE_FAILED: "decide",
    LeadTask.OVERRUN: "decide",
    LeadTask.ESCALATED: "chase",
    LeadTask.UNSIGNED: "chase",
    LeadTask.SAFETY: "review",
    LeadTask.REVIEW: "review",
    LeadTask.ADD_BODY: "add-body",
    LeadTask.HEARING: "hearing-call",
    LeadTask.EXPLAIN: "explain",
    LeadTask.DELIVER: "deliver",
    LeadTask.DELIVER_SOON: "deliver",
}
"""The form by which a task is done; its button stands out on the page of the case."""
_VERDICT_TONES = {Verdict.AGREE: "good", Verdict.AGREE_WITH_CONDITIONS: "good", Verdict.DISAGREE: "bad"}


@dataclass(frozen=True)
class LeadPartLine:
    """One department's line."""

    part: PartStatus
    tone: str
    said: str
    urgency: DeskUrgency | None
    """While it is waited for."""
    moved: tuple[str, ...]
    """Why its end has moved."""
    may_chase: bool
    """Whether it may be pressed by hand now."""


def _case(visit: DeskVisit) -> Mapping[str, object]:
    case = lead_case(visit)
    row, file, number = case.row, case.file, case.row.number
    with visit.node.store.reading() as tx:
        duty = duty_of(tx, row, visit.node.calendar, visit.now)
    letters = dossier(visit.node, number)
    outcome = name_of(OUTCOMES, file.status.outcome) if file.status.outcome else ""
    return {
        "heading": row.project,
        "case": case,
        "row": row,
        "number": number,
        "evidence_readers": offered_readers(visit, number),
        "status": file.status,
        "decision": file.decision,
        "outcome": outcome,
        "state": outcome or visit.words(CASE_STATES[row.state.value]),
        "urgency": _urgency(visit, case),
        "due_form": _due_form(case, duty.task if duty is not None else None),
        "task": (TASKS[duty.task][0], visit.words(TASKS[duty.task][1])) if duty is not None else None,
        "matter_line": visit.words(file.status.matter_names),
        "parts_of": application_parts(visit, case.docket.application, case.docket.matter),
        "materials": lines_of_materials(
            visit, case.docket.application, _scanned(letters), case.docket.matter, f"/lead/case/{number}"
        ),
        "departments": [_line(visit, case, one) for one in file.status.parts],
        "days": list(_days(visit, case)),
        "hearings": [(one, name_of(HEARING_STATES, one.state)) for one in case.hearings],
        "supplements": [supplement_line(visit, one) for one in case.supplements],
        "letters": letter_lines(letters),
        "copies": COPIES,
        "tones": TONES,
        "can_term": PART_TERM.may(case) and visit.may(PART_TERM.action),
        "offered": [(one.key, visit.words(one.title)) for one in FORMS if one.may(case) and visit.may(one.action)],
    }


def _scanned(letters: Sequence[Filed]) -> tuple[str, ...] | None:
    """The files in which a scanner has found nothing, as the departments were told; None where nobody was."""
    asked = (one.verified.body for one in letters if one.verified is not None)
    return next((body.scanned for body in asked if isinstance(body, Consultation)), None)


def _urgency(visit: DeskVisit, case: LeadCase) -> DeskUrgency:
    status = case.file.status
    if status.due_at is None:
        return DeskUrgency("", CASE_STATES[status.state.value])
    if status.term is not None and status.term.stopped is not None:
        return STOPPED
    return urgency_of(status.due_at, visit.node.calendar, visit.now)


def _line(visit: DeskVisit, case: LeadCase, part: PartStatus) -> LeadPartLine:
    tone, said = "", name_of(PART_STATES, part.state.value)
    if part.verdict is not None:
        tone, said = _VERDICT_TONES.get(part.verdict, "warn"), name_of(VERDICTS, part.verdict.value)
    elif part.state.value in ("deemed", "deemed-refusal", "escalated"):
        tone = "warn"
    urgency = None
    if part.state.value in ("issued", "signed") and part.due_at is not None:
        stands = part.stopped is not None
        urgency = STOPPED if stands else urgency_of(part.due_at, visit.node.calendar, visit.now)
    moved = tuple(_moved(visit, one) for one in part.amendments)
    return LeadPartLine(part, tone, said, urgency, moved, part.department in case.chaseable and visit.may(CHASE.action))


def _due_form(case: LeadCase, task: LeadTask | None) -> str:
    """The form whose button stands out: that of the task, or else of what a department has asked for."""
    if task is not None and task in _DUE_FORMS:
        return _DUE_FORMS[task]
    return PASS_ON.key if PASS_ON.may(case) else ""


def _moved(visit: DeskVisit, entry: LedgerEntry) -> str:
    days = ""
    if entry.days:
        days = visit.say(f" {entry.days} 个工作日", f" by {entry.days} working day{'' if entry.days == 1 else 's'}")
    return f"{name_of(AMENDMENTS, entry.kind.value)}{days}：{read_back(entry.reason)}" if visit.language.value == "zh" \
        else f"{name_of(AMENDMENTS, entry.kind.value)}{days}: {read_back(entry.reason)}"  # fmt: skip


def _days(visit: DeskVisit, case: LeadCase) -> Iterator[tuple[str, str, datetime | None, str]]:
    """The days of the case itself, oldest first, with the ends that are ahead behind them."""
    row, status = case.row, case.file.status
    found: list[tuple[str, str, datetime | None, str]] = [("", visit.say("受理", "Accepted"), row.opened_at, "")]
    term = status.term
    for entry in term.entries if term is not None else ():
        tone = "warn" if entry.kind is EntryKind.STOP else ""
        found.append((tone, visit.say("案件期限", "Term of the case: ") + _moved(visit, entry), entry.at, ""))
    found += [(_hearing_tone(one.state.value), visit.say("听证通知", "A hearing was called"), one.called_at, one.place)
              for one in case.hearings]  # fmt: skip
    if status.decided_at is not None:
        found.append(("", visit.say("作出决定", "Decided"), status.decided_at, name_of(OUTCOMES, status.outcome or "")))
    if term is not None and term.record.delivered_at is not None:
        record = term.record
        found.append(("", visit.say("送达", "Delivered"), record.delivered_at, record.delivered_to or ""))
    yield from sorted(found, key=lambda one: one[2] or row.opened_at)
    if term is not None and case.undecided:
        if term.dates.promised_by is not None:
            yield "wait", visit.say("承诺办结：", "Promised by ") + end_text(term.dates.promised_by), None, ""
        yield "wait", visit.say("法定期限：", "To be decided by ") + end_text(term.dates.decide_by), None, ""
    elif term is not None and term.deliver_by is not None and term.record.delivered_at is None:
        yield "wait", visit.say("送达期限：", "To be delivered by ") + end_text(term.deliver_by), None, ""


def _hearing_tone(state: str) -> str:
    return "warn" if state == "called-off" else ""


def file_of_case(visit: DeskVisit) -> DeskFile:
    """Give one file of the case: what a signed application of it names by this digest. Raises NotFound."""
    digest = visit.path["digest"]
    for letter in dossier(visit.node, visit.path["number"]):
        if application_in(letter) is None:
            continue
        for attachment, content in attachments(letter):
            if attachment.digest == digest:
                return DeskFile(attachment.name, attachment.media_type, iter((content,)))
        for claim in claims(letter):
            if claim.digest == digest:
                return DeskFile(claim.name, claim.media_type, opened_parts(claim, open_claims(visit.face.settings)))
    raise NotFound("there is no such file with this case", remedy="look at the page of the case again")


CASE = DeskPage("/lead/case/{number}", ("案件", "Case"), "lead/case.html", _case, every=5)
