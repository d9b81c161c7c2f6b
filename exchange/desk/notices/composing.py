"""A notice that is being written: its fields, for whom it is, and all that stands against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from exchange.desk.letters.writing.checking import document_said
from exchange.desk.letters.writing.complaints import LetterComplaints
from exchange.desk.letters.writing.fields import LETTER_LABELS
from exchange.desk.letters.writing.form import LETTER_SAID, Said
from exchange.desk.letters.writing.parties import parties
from exchange.desk.letters.writing.reading import LetterFields
from exchange.desk.notices.cover_text import day_said
from exchange.desk.notices.declared_form import form_said, rows_of, typed_rows
from exchange.desk.notices.particulars import FIELD_TYPES, notice_called
from exchange.desk.visit import DeskVisit
from exchange.errors import ExchangeError
from exchange.language import Text, Words
from exchange.language.members import calling
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.agreements import check_agreed, false_agreements
from exchange.messaging.rules.secrecy import secrets_in
from exchange.notices.issue import check_audience
from exchange.notices.rules.audience import parse_audience
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.store import Notices
from exchange.schemas import Document, DocumentKind, FieldType, Notice, Treatment
from exchange.tomlfile import faults_of

NOTICES = "notice:"
"""How the subjects of all drafts of notices begin."""
NOTICE_LABELS: Mapping[str, Words] = {
    "groups": ("发给", "For"),
    "to": ("指定单位", "Authorities by name"),
    "audience": ("其他范围", "Others, in words"),
    **{name: LETTER_LABELS[name] for name in ("number", "title", "body")},
    "act_by": ("办理期限", "To be dealt with by"),
    "replaces": ("替换已发通知", "The notice that it corrects"),
    "attachments": LETTER_LABELS["attachments"],
    "form_title": ("报送表名称", "Title of the form"),
    "form_days": ("填报期限（工作日）", "Working days for the answer"),
    "form_rows": ("填报项", "What is asked for"),
    **{
        name: LETTER_LABELS[name]
        for name in ("signatory", "urgency", "concerns", "date", "issuer", "addressees", "issuing_mark", "notes")
    },
}
"""Its fields, in the order of the form."""
GROUPS: Mapping[str, Words] = {
    "all": ("本级及以下所有单位", "everybody at this level and below"),
    "departments": ("本级及以下各部门", "all departments at this level and below"),
    "offices": ("本级及以下各政府办公室", "all offices at this level and below"),
    "direct": ("直接下级的政府办公室", "the offices directly below"),
}
"""Audiences that are offered, by the word of the expression that each is."""
_TYPED = tuple(name for name in NOTICE_LABELS if name not in ("groups", "to", "concerns", "attachments", "form_rows"))
_SEVERAL = ("groups", "to")


@dataclass(frozen=True)
class ReadyNotice:
    """A notice against which nothing stands."""

    notice: Notice
    reaches: tuple[str, ...]
    """Whom it is for, as far as the directories here list them."""


def typed_notice(visit: DeskVisit) -> dict[str, str]:
    """Return what was typed into the form, as a draft keeps it: empty fields are left out."""
    said = {name: visit.typed(name).strip() for name in _TYPED}
    said |= {name: "\n".join(one.strip() for one in visit.chosen(name) if one.strip()) for name in _SEVERAL}
    pairs = zip(visit.chosen("concerns"), visit.chosen("agreed_in"), strict=False)
    said["concerns"] = "\n".join(f"{who.strip()}\t{where.strip()}" for who, where in pairs if who.strip())
    said["form_rows"] = typed_rows(visit)
    return {name: text for name, text in said.items() if text}


def started_notice(visit: DeskVisit) -> dict[str, str]:
    """Return the fields of a new notice."""
    codes = visit.node.directory.member(visit.node.address).codes
    code = next((one for one in codes if "函" not in one), "")
    return {"number": f"{code}〔{visit.now.year}〕" if code else "", "issuer": visit.face.office()[0]}


def reached(node: Node, audience: str) -> tuple[str, ...]:
    """Return whom an audience means, as far as the directories here list them. Raises CallerError."""
    meant = parse_audience(audience, node.directory.domain)
    return tuple(sorted(one.address for one in node.directory.everyone if meant.matches(one.address, one.roles)))


def groups_offered(visit: DeskVisit) -> list[tuple[str, str]]:
    """Return the groups that somebody belongs to, with their names."""
    return [(word, visit.words(words)) for word, words in GROUPS.items() if reached(visit.node, word)]


def _groups(visit: DeskVisit, kept: str) -> str:
    return "\n".join(visit.words(GROUPS.get(one, (one, one))) for one in kept.splitlines())


def _rows(visit: DeskVisit, kept: str) -> str:
    """What is asked for, one a line: its name, of which type it is, and all else that is said of it."""
    return "\n".join(" · ".join(_row(visit, one)) for one in rows_of(kept))


def _row(visit: DeskVisit, row: Mapping[str, str]) -> list[str]:
    kind = row["type"]
    named = visit.words(FIELD_TYPES[FieldType(kind)]) if kind in tuple(FieldType) else kind
    optional = visit.say("选填", "optional") if row["required"] == "no" else ""
    least = f"≥ {row['minimum']}" if row["minimum"] else ""
    most = f"≤ {row['maximum']}" if row["maximum"] else ""
    return [one for one in (row["label"], named, optional, row["unit"], least, most, row["choices"]) if one]


NOTICE_SAID: Mapping[str, Said] = {**LETTER_SAID, "groups": _groups, "form_rows": _rows, "replaces": notice_called}
"""How what a draft keeps is said to whoever finds that somebody else has written at it."""


def notice_said(
    visit: DeskVisit, step: Step, fields: Mapping[str, str], files: Sequence[tuple[str, bytes]]
) -> ReadyNotice:
    """Return the notice that a draft says, with its files. Raises FormFaults with everything that is wrong."""
    complaints, known = LetterComplaints(NOTICE_LABELS), parties(visit)
    read = LetterFields(visit, {**fields, "kind": DocumentKind.NOTICE.value}, known, complaints)
    with calling(visit.face.names()):
        audience = _audience(visit.node, fields, read, complaints)
        said = read.said((), (), files)
        form, act_by = form_said(fields, complaints), day_said(fields, "act_by", complaints)
        if fields.get("form_title") and act_by is None and not complaints.about("act_by"):
            complaints.say("act_by", Text("a form goes with a day to act by"), Text("name the last day for answers"))
        replaces = _replaced(step, fields, complaints)
        document = document_said(said, complaints)
        _judge(step, document, complaints)
        complaints.expect_none()
        treatment = Treatment.ACTION if act_by is not None else Treatment.INFORMATION
        notice = _notice(
            complaints, document=document, audience=audience, treatment=treatment, act_by=act_by, replaces=replaces,
            form=form,
        )  # fmt: skip
    return ReadyNotice(notice, reached(visit.node, audience))


def _notice(complaints: LetterComplaints, **said: object) -> Notice:
    try:
        return Notice.model_validate(said)
    except ValidationError as error:
        for place, what in faults_of(error):
            first = str(place[0]) if place else ""
            complaints.say(first if first in NOTICE_LABELS else "act_by", what, Text("correct it"))
        complaints.expect_none()
        raise


def _audience(node: Node, fields: Mapping[str, str], read: LetterFields, complaints: LetterComplaints) -> str:
    """The expression that groups, names and further words make together; what is left out comes last."""
    groups = [one for one in fields.get("groups", "").splitlines() if one in GROUPS]
    parts = [*groups, *read.addresses("to"), *([fields["audience"]] if fields.get("audience") else [])]
    text = "，".join(parts)
    if not text and not complaints.about("to"):
        complaints.say("groups", Text("nobody is chosen"), Text("choose for whom it is"))
    elif not complaints.about("to"):
        try:
            check_audience(node, text)
        except ExchangeError as error:
            complaints.say("audience" if fields.get("audience") else "groups", error, error.remedy_text)
    return text


def _replaced(step: Step, fields: Mapping[str, str], complaints: LetterComplaints) -> str | None:
    notice_id = fields.get("replaces")
    row = step.tx[Notices].get(notice_id) if notice_id else None
    if notice_id and (row is None or row.seat is not NoticeSeat.ORIGIN or row.state is not NoticeState.OPEN):
        complaints.say("replaces", Text("this is no open notice of this member"), Text("choose one of the list"))
    return notice_id


def _judge(step: Step, document: Document, complaints: LetterComplaints) -> None:
    for field, secret in secrets_in(document):
        complaints.say(field, secret, secret.remedy_text)
    if complaints.about("concerns"):
        return
    for error in false_agreements(document, step.tx[Documents].get):
        complaints.say("concerns", error, error.remedy_text)
    try:
        check_agreed(document)
    except ExchangeError as error:
        complaints.say("concerns", error, error.remedy_text)
