"""The form of an application at the counter as it is shown: what was typed or kept, its files, and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.catalogue.shown import pages_of
from exchange.desk.counter.fields import AGENT, APPLICANT, file_field, is_at_portal, labels_of, note_field
from exchange.desk.counter.scans import MOST_SCANS, scans_in
from exchange.desk.letters.writing.drafts import LetterDraft
from exchange.desk.letters.writing.form import Said, draft_mark, theirs
from exchange.desk.saving_texts import saving_texts
from exchange.desk.visit import DeskVisit
from exchange.portal.uploads.kinds import ALLOWED
from exchange.schemas import Material, Matter, MatterField
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.web.application_form import PERSON, anchor_of, answer_said, question_shown


def counter_form(
    visit: DeskVisit, draft: str, matter: Matter, found: LetterDraft | None, fields: Mapping[str, str]
) -> dict[str, object]:
    """Return what the form shows."""
    at_portal = is_at_portal(visit)
    labels = labels_of(matter, at_portal=at_portal)
    return {
        "draft": draft,
        "matter": matter,
        "kept": found.kept if found is not None else None,
        "at_portal": at_portal,
        "labels": {name: visit.words(words) for name, words in labels.items()},
        "typed": {name: fields.get(name, "") for name in labels},
        "people": [who for who in (APPLICANT, AGENT) if who == APPLICANT or at_portal],
        "person": [(key, visit.words(hint)) for key, _, hint in PERSON],
        "topics": [
            (visit.words(page[0].topic.words) if page[0].topic is not None else "", _questions(matter, page))
            for page in pages_of(matter.fields)
        ],
        "materials": [_material(visit, one, found, matter) for one in matter.materials],
        "most_files": MOST_SCANS,
        "largest_file": ATTACHMENT_LIMIT,
        "allowed": ALLOWED,
        "scanner": visit.face.scanner is not None,
        "theirs": theirs(visit, found, fields, labels, {anchor_of(one.name): _said(one) for one in matter.fields}),
        "saving_texts": saving_texts(visit),
        "mark": draft_mark(found),
    }


def _said(field: MatterField) -> Said:
    return lambda _, kept: answer_said(field, kept)


def _questions(matter: Matter, page: tuple[object, ...]) -> list[dict[str, object]]:
    return [question_shown(field, matter.fields) for field in matter.fields if field in page]


def _material(visit: DeskVisit, one: Material, found: LetterDraft | None, matter: Matter) -> dict[str, object]:
    """A material with the files that are kept of it; what is required is said by the matter."""
    files = {file.digest: file for file in found.files} if found is not None else {}
    places = scans_in(found.kept.fields) if found is not None else []
    return {
        "code": one.code,
        "name": visit.words(one.names),
        "source": visit.words(one.source.words) if one.source is not None else "",
        "required": one.required,
        "promise_days": one.promise_days,
        "most": one.files,
        "note": note_field(one.code),
        "file": file_field(one.code),
        "files": [
            (place.key, files[place.digest], bool(place.scanned))
            for place in places
            if place.material == one.code and place.digest in files
        ],
    }
