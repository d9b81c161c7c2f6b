"""The fields of an application at the counter, as they are typed and kept, by the names of their controls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.language import Words
from exchange.schemas import Matter, Role
from exchange.web.application_form import PERSON, anchor_of

MATTER, FILES = "matter", "files"
"""What a draft keeps beside its fields: the code of its matter, and which of its files belongs to which material."""
APPLICANT, AGENT = "applicant", "agent"
PROJECT: Words = ("项目名称", "Name of the project")
SUMMARY: Words = ("说明", "Description")
RENEWS: Words = ("申请延续的许可证件编号", "Number of the licence that is to be renewed")
MATERIALS: Words = ("材料", "Materials")
MATERIALS_FIELD = "materials"


def person_field(who: str, key: str) -> str:
    """Return the name of a control about a person."""
    return f"{who}-{key}"


def material_field(code: str) -> str:
    """Return the id of a material's part of the form."""
    return f"m-{code}"


def note_field(code: str) -> str:
    """Return the name of the control that says where a material lies."""
    return f"n-{code}"


def file_field(code: str) -> str:
    """Return the name of the control that takes a material's files."""
    return f"file-{code}"


def is_at_portal(visit: DeskVisit) -> bool:
    """Return whether it is handed in at a portal, for the window to accept; a window opens the case at once."""
    return Role.PORTAL in visit.face.roles


def matters_entered(visit: DeskVisit) -> list[Matter]:
    """Return the matters for which an application may be entered here: at a portal those that it offers."""
    known = visit.node.catalogue.values()
    return sorted((one for one in known if one.guide or not is_at_portal(visit)), key=lambda one: one.code)


def matter_entered(visit: DeskVisit, code: str) -> Matter:
    """Return one of them. Raises NotFound."""
    found = next((one for one in matters_entered(visit) if one.code == code), None)
    if found is None:
        raise NotFound("there is no matter {code_named!r} here", remedy="choose one of the list", code_named=code)
    return found


def labels_of(matter: Matter, *, at_portal: bool) -> dict[str, Words]:
    """Return what all fields are called, in the order of the form."""
    return dict(_labels(matter, at_portal=at_portal))


def _labels(matter: Matter, *, at_portal: bool) -> Iterator[tuple[str, Words]]:
    for key, (zh, en), _ in PERSON:
        yield person_field(APPLICANT, key), (zh, en)
    for key, (zh, en), _ in PERSON if at_portal else ():
        yield person_field(AGENT, key), (f"代办人{zh}", f"Of who hands it in: {en}")
    yield "project", PROJECT
    yield "summary", SUMMARY
    if at_portal:
        yield "renews", RENEWS
    for field in matter.fields:
        yield anchor_of(field.name), field.label.words
    for one in matter.materials:
        yield material_field(one.code), one.names
        yield note_field(one.code), one.names
    yield MATERIALS_FIELD, MATERIALS


def typed_application(visit: DeskVisit, matter: Matter, files: str) -> dict[str, str]:
    """Return what was typed into the form, as a draft keeps it; ``files``: which file belongs to which material."""
    names = labels_of(matter, at_portal=is_at_portal(visit))
    said = {name: visit.typed(name).strip() for name in names}
    return {name: text for name, text in (*said.items(), (MATTER, matter.code), (FILES, files)) if text}


def person_said(fields: Mapping[str, str], who: str) -> dict[str, str]:
    """Return what a draft says of a person, by the keys of what is asked."""
    return {key: fields.get(person_field(who, key), "") for key, _, _ in PERSON}
