"""Applications as requests bear them: materials with their files, in base64 or as files of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from exchange.api.cases.models import CaseIn, MaterialIn
from exchange.api.content import Files, invalid_request
from exchange.api.documents.attachments import described, from_form
from exchange.api.documents.models import AttachmentIn
from exchange.errors import BadRequest
from exchange.messaging.node import Node
from exchange.schemas import Application, ClaimCheck, SubmittedMaterial

C = TypeVar("C", bound=CaseIn)


def carried(asked: CaseIn) -> Iterator[tuple[int, AttachmentIn]]:
    """Yield the attachments of an application, each with the place of its material."""
    return ((at, one.attachment) for at, one in enumerate(asked.materials) if one.attachment is not None)


def with_files(asked: C, files: Files) -> C:
    """Return the request with the form's files in their materials. Raises BadRequest for what does not match."""
    named = {name: from_form((name, kind, content)) for name, kind, content in files}
    wanted = [one.file for one in asked.materials if one.file is not None]
    faults = [
        (f"/materials/{at}/file", "the form has no file of this name")
        for at, one in enumerate(asked.materials)
        if one.file is not None and one.file not in named
    ]
    if len(set(wanted)) < len(wanted) or len(named) < len(files):
        faults.append(("/materials", "every file has a name of its own, and carries one material"))
    faults += [("/attachment", f"no material names {name!r}") for name in named if name not in wanted]
    if faults:
        raise BadRequest("the request is invalid", faults=tuple(faults))
    return asked.model_copy(update={"materials": tuple(_placed(one, named) for one in asked.materials)})


def _placed(one: MaterialIn, named: dict[str, AttachmentIn]) -> MaterialIn:
    return one if one.file is None else one.model_copy(update={"attachment": named[one.file], "file": None})


def content_pointer(place: int) -> str:
    """Return where the content of a material's attachment stands in the request."""
    return f"/materials/{place}/attachment/content"


def application_asked(
    node: Node, asked: CaseIn, contents: Mapping[int, bytes], claims: Mapping[int, ClaimCheck] = MappingProxyType({})
) -> Application:
    """Return the application that a request describes; ``contents`` and ``claims`` by the places of the materials.

    Raises BadRequest.
    """
    try:
        materials = tuple(
            SubmittedMaterial(
                code=one.code,
                attachment=described(one.attachment, contents[at]) if one.attachment and at in contents else None,
                note=one.note,
                claim=claims.get(at),
            )
            for at, one in enumerate(asked.materials)
        )
        return Application(
            matter=asked.matter,
            applicant=asked.applicant,
            project=asked.project,
            summary=asked.summary,
            materials=materials,
            submitted_at=node.clock.now(),
            answers=asked.answers,
            renews=asked.renews,
        )
    except ValidationError as error:
        raise invalid_request(error) from None
