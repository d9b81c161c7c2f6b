"""Files of an application at the counter: looked at before they are kept, each with the material that it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from starlette.datastructures import UploadFile

from exchange.desk.counter.fields import FILES, file_field, material_field
from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.visit import DeskVisit
from exchange.errors import BadFile
from exchange.language import language
from exchange.portal.uploads.file_names import file_name
from exchange.portal.uploads.looking import LookedAt, look_at
from exchange.schemas import Material, Matter
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.web.drafts.records import KeptDraftFile
from exchange.web.drafts.store import KeptDrafts

MOST_SCANS = 20
LARGEST = 3 * 1024 * 1024 + MOST_SCANS * ATTACHMENT_LIMIT
"""Octets of the form: every field filled to its limit, and as many files as it takes."""


@dataclass(frozen=True)
class ScanPlace:
    """Which material a kept file belongs to, and what was found out about it."""

    material: str
    digest: str
    media_type: str
    scanned: str = ""

    @property
    def line(self) -> str:
        """Return it as a draft keeps it."""
        return " ".join((self.material, self.digest, self.media_type, self.scanned)).rstrip()

    @property
    def key(self) -> str:
        """Return how the form names it."""
        return f"{self.material} {self.digest}"


def scans_in(fields: Mapping[str, str]) -> list[ScanPlace]:
    """Return the places of a draft's files, in the order in which they came."""
    return [ScanPlace(*line.split(" ")) for line in fields.get(FILES, "").splitlines()]


_looked: WeakKeyDictionary[UploadFile, LookedAt | BadFile] = WeakKeyDictionary()
"""What was found out about the files of a form, for as long as it is being answered."""


@contextmanager
def scans_looked_at(visit: DeskVisit) -> Iterator[None]:
    """Look at what a form brings before the step begins: a scanner takes its time, and a step holds the store."""
    for _, sent in visit.form.multi_items() if visit.form is not None else ():
        if isinstance(sent, UploadFile) and sent.filename and (sent.size or 0) <= ATTACHMENT_LIMIT:
            try:
                _looked[sent] = look_at(visit.face.scanner, sent.file.read())
            except BadFile as error:
                _looked[sent] = error
            sent.file.seek(0)
    yield


def take_scans(
    visit: DeskVisit, drafts: KeptDrafts, subject: str, matter: Matter, before: Mapping[str, str]
) -> tuple[str, list[FormFault]]:
    """Keep the files that a form brings, and take off those that it names; return the places as a draft keeps them,
    and what is wrong with any: it keeps out no other.
    """
    faults: list[FormFault] = []
    gone = set(visit.chosen("remove"))
    places = [one for one in scans_in(before) if one.key not in gone]
    for material in matter.materials:
        for sent in visit.form.getlist(file_field(material.code)) if visit.form is not None else ():
            if isinstance(sent, UploadFile) and sent.filename:
                try:
                    places.append(_kept(drafts, subject, material, sent, len(places)))
                except BadFile as error:
                    faults.append(_fault(visit, material, error))
    for digest in {one.digest for one in scans_in(before)} - {one.digest for one in places}:
        drafts.drop_file(subject, digest)
    return "\n".join(dict.fromkeys(one.line for one in places)), faults


def _kept(drafts: KeptDrafts, subject: str, material: Material, sent: UploadFile, there: int) -> ScanPlace:
    """Keep one file. Raises BadFile."""
    name, found = file_name(sent.filename or "").name, _looked.get(sent)
    if isinstance(found, BadFile):
        raise found
    content = sent.file.read(ATTACHMENT_LIMIT + 1)
    if found is None or len(content) > ATTACHMENT_LIMIT:
        raise BadFile(
            "{name} is larger than {most:,} bytes",
            remedy="make it smaller, or say in a note where the paper lies",
            name=name,
            most=ATTACHMENT_LIMIT,
        )
    if there >= MOST_SCANS:
        raise BadFile("an application takes {most} files here", remedy="join several into one file", most=MOST_SCANS)
    digest = hashlib.sha256(content).hexdigest()
    drafts.add_file(subject, KeptDraftFile(digest, name, len(content)), content)
    return ScanPlace(material.code, digest, found.media_type, found.scanned)


def _fault(visit: DeskVisit, material: Material, error: BadFile) -> FormFault:
    said = language()
    label = visit.words(material.names)
    return FormFault(material_field(material.code), label, error.written(said), error.remedy_text.written(said))


def expect_no_faults(faults: list[FormFault]) -> None:
    """Raise FormFaults where there are some."""
    if faults:
        raise FormFaults(faults)
