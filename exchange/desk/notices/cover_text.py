"""A cover that is being written: its fields, and all that stands against what they say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pydantic import ValidationError

from exchange.desk.letters.writing.checking import document_said
from exchange.desk.letters.writing.complaints import LetterComplaints
from exchange.desk.letters.writing.fields import LETTER_LABELS
from exchange.desk.letters.writing.parties import Parties
from exchange.desk.letters.writing.reading import LetterFields
from exchange.desk.visit import DeskVisit
from exchange.language import Text, Words
from exchange.language.members import calling
from exchange.messaging.node import Step
from exchange.messaging.rules.secrecy import secrets_in
from exchange.notices.cover import faults_of_cover
from exchange.notices.records import NoticeRow
from exchange.notices.rules.covering import title_of, verb_of
from exchange.schemas import Cover, DocumentKind
from exchange.tomlfile import faults_of

COVER_LABELS: Mapping[str, Words] = {
    **{name: LETTER_LABELS[name] for name in ("number", "title", "body", "signatory")},
    "act_by": ("本级办理期限", "The day to act by at this level and below"),
    **{name: LETTER_LABELS[name] for name in ("addressees", "date", "issuer", "notes")},
}
"""Its fields, in the order of the form."""


def draft_of_cover(notice_id: str) -> str:
    """Return under what the draft of a cover is kept."""
    return f"notice-cover:{notice_id}"


def started_cover(visit: DeskVisit, row: NoticeRow) -> dict[str, str]:
    """Return the fields of a new cover."""
    codes = visit.node.directory.member(visit.node.address).codes
    verb = verb_of(row.origin, visit.node.address)
    return {
        "number": f"{codes[0]}〔{visit.now.year}〕" if codes else "",
        "title": title_of(row.origin, visit.node.address, row.title),
        "body": f"现将《{row.title}》（{row.number}）{verb}给你们，请结合实际认真贯彻落实。",
        "issuer": visit.face.office()[0],
    }


def typed_cover(visit: DeskVisit) -> dict[str, str]:
    """Return what was typed into the form."""
    found = {name: visit.typed(name).strip() for name in COVER_LABELS}
    return {name: text for name, text in found.items() if text}


def cover_said(visit: DeskVisit, step: Step, row: NoticeRow, fields: Mapping[str, str]) -> Cover:
    """Return the cover that the fields say. Raises FormFaults with everything that is wrong."""
    complaints = LetterComplaints(COVER_LABELS)
    whole = {**fields, "kind": DocumentKind.NOTICE.value, "urgency": row.urgency}
    with calling(visit.face.names()):
        said = LetterFields(visit, whole, Parties((), {}), complaints).said((), (), ())
        if not fields.get("signatory"):
            complaints.say("signatory", Text("is missing"), Text("fill it in"))
        act_by = day_said(fields, "act_by", complaints)
        document = document_said(said, complaints)
        for field, secret in secrets_in(document):
            complaints.say(field, secret, secret.remedy_text)
        cover = _cover(complaints, document=document, act_by=act_by)
        if cover is not None:
            for field, fault in faults_of_cover(step, row.notice_id, cover):
                complaints.say(field, fault, fault.remedy_text)
        complaints.expect_none()
    assert cover is not None  # noqa: S101
    return cover


def day_said(fields: Mapping[str, str], name: str, complaints: LetterComplaints) -> date | None:
    """Return the day that a field says; None where it says none."""
    try:
        return date.fromisoformat(fields[name]) if fields.get(name) else None
    except ValueError:
        complaints.say(name, Text("this is no day"), Text("write year, month and day: 2026-03-02"))
        return None


def _cover(complaints: LetterComplaints, **said: object) -> Cover | None:
    try:
        return Cover.model_validate(said)
    except ValidationError as error:
        for _, what in faults_of(error):
            if not complaints.about("signatory"):
                complaints.say("body", what, Text("shorten it"))
        return None
