"""Drafts of documents in the member's store: which there are, one with its files, and what a form brings to them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.letters.writing.fields import LETTER_LABELS
from exchange.desk.visit import DeskVisit
from exchange.errors import BadFile, NotFound
from exchange.language import Text, language
from exchange.operations.trace.dossier import attachments, filed
from exchange.portal.uploads.file_names import file_name
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.web.drafts.records import KeptDraft, KeptDraftFile
from exchange.web.drafts.store import KeptDrafts

LETTERS = "letter:"
"""How the subjects of all drafts of documents begin."""
MOST_FILES = 20
LARGEST_FORM = 3 * 1024 * 1024 + MOST_FILES * ATTACHMENT_LIMIT
"""Octets: every field filled to its limit, and as many files as a document may have."""
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True)
class LetterDraft:
    """A draft with its files."""

    kept: KeptDraft
    files: tuple[KeptDraftFile, ...]
    contents: tuple[tuple[str, bytes], ...]
    """Their names and octets, in the same order."""


def draft_id(visit: DeskVisit) -> str:
    """Return the id of the draft in the path. Raises NotFound for what is none."""
    found = visit.path["draft"]
    if not _ID.fullmatch(found):
        raise _not_here()
    return found


def letter_subject(draft: str) -> str:
    """Return under what a draft is kept."""
    return f"{LETTERS}{draft}"


def letter_draft(tx: Any, draft: str) -> LetterDraft | None:
    """Read a draft of a document with its files; None where there is none."""
    return draft_with_files(tx, letter_subject(draft))


def draft_with_files(tx: Any, subject: str) -> LetterDraft | None:
    """Read a draft with its files; None where there is none."""
    drafts = tx[KeptDrafts]
    kept = drafts.get(subject)
    if kept is None:
        return None
    files = tuple(drafts.files(subject))
    return LetterDraft(kept, files, tuple((one.name, drafts.content(subject, one.digest) or b"") for one in files))


def expect_draft(tx: Any, draft: str) -> LetterDraft:
    """Read a draft of a document with its files. Raises NotFound."""
    return draft_here(tx, letter_subject(draft))


def draft_here(tx: Any, subject: str) -> LetterDraft:
    """Read a draft with its files. Raises NotFound."""
    found = draft_with_files(tx, subject)
    if found is None:
        raise _not_here()
    return found


def files_of_former(visit: DeskVisit, message: str) -> list[tuple[KeptDraftFile, bytes]]:
    """Return the attachments of a document that is written anew, as they were sent; none where there is no such one."""
    own = visit.node.address
    try:
        sent = [one for one in filed(visit.node, message) if one.stored.sender == own] if message else []
    except NotFound:
        return []
    there = [pair for one in sent[:1] for pair in attachments(one)]
    return [(KeptDraftFile(one.digest, one.name, one.size), content) for one, content in there]


def take_files(visit: DeskVisit, drafts: KeptDrafts, subject: str) -> None:
    """Keep the files that a form brings with its draft, and take off those that it names. Raises FormFaults."""
    for digest in visit.chosen("remove"):
        drafts.drop_file(subject, digest)
    faults: list[Text | BadFile] = []
    for name, content in _sent(visit, faults):
        drafts.add_file(subject, KeptDraftFile(hashlib.sha256(content).hexdigest(), name, len(content)), content)
    if len(drafts.files(subject)) > MOST_FILES:
        faults.append(Text("a document has at most {most} attachments", {"most": MOST_FILES}))
    if faults:
        label, remedy = visit.words(LETTER_LABELS["attachments"]), Text("choose other files; nothing was kept")
        said = language()
        raise FormFaults([FormFault("attachments", label, one.written(said), remedy.written(said)) for one in faults])


def _sent(visit: DeskVisit, faults: list[Text | BadFile]) -> Iterator[tuple[str, bytes]]:
    for one in visit.form.getlist("file") if visit.form is not None else ():
        if not isinstance(one, UploadFile) or not one.filename:
            continue
        content = one.file.read(ATTACHMENT_LIMIT + 1)
        try:
            name = file_name(one.filename).name
        except BadFile as error:
            faults.append(error)
            continue
        if len(content) > ATTACHMENT_LIMIT:
            faults.append(Text("{name} is larger than {most:,} bytes", {"name": name, "most": ATTACHMENT_LIMIT}))
        elif not content:
            faults.append(Text("{name} is empty", {"name": name}))
        else:
            yield name, content


def _not_here() -> NotFound:
    return NotFound(
        "this draft is not here: it was sent, or thrown away", remedy="the list of drafts shows those that are"
    )
