"""From a draft to an application that may be filed: all that it lacks at once, each beside its field.

What is missing is what the window's submission and the portal's form find missing, by the same functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from exchange.catalogue.answers import answer_faults
from exchange.catalogue.completeness import completeness_of
from exchange.catalogue.shown import shown_fields
from exchange.catalogue.typed import tidied
from exchange.desk.counter.fields import (
    AGENT,
    APPLICANT,
    MATERIALS_FIELD,
    is_at_portal,
    labels_of,
    material_field,
    note_field,
    person_field,
    person_said,
)
from exchange.desk.counter.scans import scans_in
from exchange.desk.letters.writing.complaints import LetterComplaints
from exchange.desk.letters.writing.drafts import LetterDraft
from exchange.desk.visit import DeskVisit
from exchange.errors import Secret
from exchange.language import Text
from exchange.messaging.node import Step
from exchange.messaging.rules.secrecy import check_application_secrecy
from exchange.schemas import Applicant, Application, Attachment, FieldAnswer, Matter, SubmittedMaterial
from exchange.tomlfile import faults_of
from exchange.web.application_form import MOST_OF_A_LINE, MOST_OF_A_TEXT, PERSON, anchor_of, text_fault

_CORRECT = Text("correct it")


@dataclass(frozen=True)
class EnteredApplication:
    """An application against which nothing stands, and the files that travel with it."""

    application: Application
    contents: tuple[bytes, ...]
    agent: Applicant | None
    scanned: tuple[str, ...]
    """What has looked for malware in each file, in their order; empty words where nothing did."""

    @property
    def clean(self) -> frozenset[str]:
        """Return the digests of the files in which a scanner has found nothing."""
        files = [one.attachment for one in self.application.materials if one.attachment is not None]
        return frozenset(one.digest for one, by in zip(files, self.scanned, strict=True) if by)


def entered_application(visit: DeskVisit, step: Step, matter: Matter, draft: LetterDraft) -> EnteredApplication:
    """Return the application that a draft is. Raises FormFaults with everything that is missing or wrong."""
    fields, at_portal = draft.kept.fields, is_at_portal(visit)
    faults = LetterComplaints(labels_of(matter, at_portal=at_portal))
    _look_at_texts(fields, matter, faults, at_portal=at_portal)
    materials, contents, scanned = _materials(draft, matter)
    said: dict[str, Any] = {
        "matter": matter.code,
        "applicant": person_said(fields, APPLICANT),
        "project": fields.get("project", ""),
        "summary": fields.get("summary", ""),
        "materials": materials,
        "submitted_at": step.now,
        "answers": tuple(_answers(fields, matter)),
        "renews": fields.get("renews") or None,
    }
    _look_at_whole(Application.model_construct(**said), matter, contents, faults, at_portal=at_portal)
    faults.expect_none()
    try:
        application = Application(**said)
    except ValidationError as error:
        for place, what in faults_of(error):
            faults.say(str(place[0]) if place else "project", what, _CORRECT)
        faults.expect_none()
        raise
    _expect_open(application, faults)
    agent = Applicant(**person_said(fields, AGENT)) if any(person_said(fields, AGENT).values()) else None
    return EnteredApplication(application, contents, agent, scanned)


def _look_at_texts(fields: Mapping[str, str], matter: Matter, faults: LetterComplaints, *, at_portal: bool) -> None:
    def look(name: str, *, required: bool = False, most: int = MOST_OF_A_LINE) -> None:
        found = text_fault(fields.get(name, ""), required=required, most=most)
        if found is not None:
            faults.say(name, *found)

    helped = at_portal and any(person_said(fields, AGENT).values())
    for who in (APPLICANT, AGENT) if helped else (APPLICANT,):
        for key, _, _ in PERSON:
            look(person_field(who, key), required=True)
    look("project", required=True)
    look("summary", most=MOST_OF_A_TEXT)
    for field in matter.fields:
        if len(fields.get(anchor_of(field.name), "")) > MOST_OF_A_TEXT:  # what else is wrong with it, its question says
            look(anchor_of(field.name), most=MOST_OF_A_TEXT)
    for one in matter.materials:
        look(note_field(one.code))


def _answers(fields: Mapping[str, str], matter: Matter) -> Iterator[FieldAnswer]:
    """The answers to what is asked; what is too long is complained of as it is, and stands in no answer."""
    given = {one.name: tidied(one, fields.get(anchor_of(one.name), "")) for one in matter.fields}
    for field in shown_fields(matter.fields, given):
        if 0 < len(given[field.name]) <= MOST_OF_A_TEXT:
            yield FieldAnswer(field=field.name, value=given[field.name])


def _materials(
    draft: LetterDraft, matter: Matter
) -> tuple[tuple[SubmittedMaterial, ...], tuple[bytes, ...], tuple[str, ...]]:
    """The materials in the matter's order, the octets of their files, and what has scanned each."""
    kept = {file.digest: (file, content) for file, (_, content) in zip(draft.files, draft.contents, strict=True)}
    places, found = scans_in(draft.kept.fields), []
    contents: list[bytes] = []
    scanned: list[str] = []
    for one in matter.materials:
        for place in places:
            if place.material == one.code and place.digest in kept:
                file, content = kept[place.digest]
                named = Attachment(name=file.name, media_type=place.media_type, size=file.size, digest=file.digest)
                found.append(SubmittedMaterial(code=one.code, attachment=named))
                contents.append(content)
                scanned.append(place.scanned)
        if note := draft.kept.fields.get(note_field(one.code), ""):
            found.append(SubmittedMaterial(code=one.code, note=note))
    return tuple(found), tuple(contents), tuple(scanned)


def _look_at_whole(
    application: Application,
    matter: Matter,
    contents: tuple[bytes, ...],
    faults: LetterComplaints,
    *,
    at_portal: bool,
) -> None:
    """What is missing: at a portal but for what may follow against a promise."""
    for fault in answer_faults(matter.fields, application.answers):
        faults.say(anchor_of(fault.field), fault.what, fault.remedy)
    found = completeness_of(application, matter, contents)
    given = {one.code for one in application.materials}
    for one in found.faults if at_portal else found.lacking():
        if not one.field and one.material and one.material not in given:
            faults.say(material_field(one.material), Text("is missing"), Text("add a file, or say where it lies"))
        elif not one.field:
            faults.say(material_field(one.material) if one.material else MATERIALS_FIELD, one.what, one.remedy)


def _expect_open(application: Application, faults: LetterComplaints) -> None:
    try:
        check_application_secrecy(application)
    except Secret as error:
        faults.say("project", error, error.remedy_text)
    faults.expect_none()
