"""Secrecy: classified documents are refused at the door of an ordinary exchange (Law on Guarding State Secrets)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from unicodedata import normalize

from exchange.errors import Secret
from exchange.schemas import Application, Classification, Document
from exchange.schemas.written import seen

_MARKING = re.compile(
    r"(?:(?:份号:?|No\.?)?[0-9]{1,10})?"  # the copy's number stands before it
    r"(?:密级:?)?"
    r"[【〔《\[(]?(?P<level>[绝机秘]密)级?"
    r"(?:[★☆*】〕》\])]"
    r"|(?:(?:[0-9〇一二三四五六七八九十百]+(?:年|个月|月|天|日)|长期))?(?:[特加]急|[急平]件)?$"
    r"|保密期限)"
)
"""The marking as it stands on paper: at the head of a line, behind the copy's number or 密级 at most; alone, in
brackets, with the period of secrecy or with the urgency. Never a word of a sentence."""


_IN_EVERY_MARKING = "密"
"""No other character becomes this one when text is normalised, so that text without it need not be."""


def check_secrecy(document: Document) -> None:
    """Raise Secret for a document that is classified, or bears the marking of one."""
    for _, refused in secrets_in(document):
        raise refused


def secrets_in(document: Document) -> Iterator[tuple[str, Secret]]:
    """Yield each field by which a document is classified, or bears the marking of one, with the refusal."""
    if document.classification is not Classification.NONE:
        yield (
            "classification",
            Secret("the document is classified {classification}", classification=document.classification.value),
        )
    attached = (attachment.name for attachment in document.attachments)
    fields = {
        "issuing_mark": (document.issuing_mark or "",),
        "title": (document.title,),
        "body": (document.body,),
        "notes": (document.notes,),
        "attachments": (*document.attachment_note, *attached),
    }
    for field, texts in fields.items():
        refused = _marked("document", texts)
        if refused is not None:
            yield field, refused


def check_application_secrecy(application: Application) -> None:
    """Raise Secret for an application that bears the marking in what the applicant says."""
    materials = application.materials
    files = [one for material in materials for one in (material.attachment, material.claim) if one is not None]
    notes = (material.note for material in materials)
    said = (application.project, application.summary, *notes, *(answer.value for answer in application.answers))
    refused = _marked("application", (*said, *(file.name for file in files)))
    if refused is not None:
        raise refused


def _marked(what: str, texts: Iterable[str]) -> Secret | None:
    for text in texts:
        for line in text.splitlines() if _IN_EVERY_MARKING in text else ():
            found = _MARKING.match("".join(seen(normalize("NFKC", seen(line))).split()))
            if found:
                return Secret("the {what} bears the marking {found}", what=what, found=found["level"])
    return None
