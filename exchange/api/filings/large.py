"""Files of an application by the API: small ones travel with the message, larger ones go to the claim store first."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

from pydantic import ValidationError

from exchange.api.cases.applications import carried, content_pointer
from exchange.api.cases.models import CaseIn
from exchange.api.documents.models import AttachmentIn
from exchange.api.door.context import Api
from exchange.claims import Begun, ClaimStore, upload
from exchange.errors import BadRequest
from exchange.machine.files import make_folder
from exchange.machine.mediatypes import media_type_of
from exchange.messaging.node import Node
from exchange.portal.removing import note_begun
from exchange.portal.uploads.submitted import SubmittedLook
from exchange.runtime.home import open_claims
from exchange.runtime.settings import Home
from exchange.schemas import ClaimCheck
from exchange.schemas.base import ATTACHMENT_LIMIT

C = TypeVar("C", bound=CaseIn)


@dataclass(frozen=True)
class FiledFiles:
    """The files of a request, by the places of their materials."""

    contents: Mapping[int, bytes]
    """Those that travel with the message, in their order."""
    large: Mapping[int, tuple[AttachmentIn, bytes]]
    """Those that must lie in the claim store before anything names them."""

    @property
    def octets(self) -> dict[int, bytes]:
        """All of them, in the order of their materials."""
        every = {**self.contents, **{place: data for place, (_, data) in self.large.items()}}
        return {place: every[place] for place in sorted(every)}

    def as_found(self, look: SubmittedLook) -> FiledFiles:
        """Return them with the kinds that the large ones have by their content."""
        large = {
            place: (one.model_copy(update={"media_type": look.files[place].media_type}), data)
            for place, (one, data) in self.large.items()
        }
        return FiledFiles(self.contents, large)

    def unplaced(self) -> dict[int, ClaimCheck]:
        """Return what would be said of the large ones, for a check before they are left anywhere."""
        return {
            place: ClaimCheck(
                name=one.name,
                media_type=one.media_type or media_type_of(one.name),
                size=len(content),
                digest=hashlib.sha256(content).hexdigest(),
                object_key="0" * 64,
                content_key=bytes(32),
                nonce_prefix=bytes(7),
                ciphertext_digest="0" * 64,
            )
            for place, (one, content) in self.large.items()
        }


def as_found(asked: C, look: SubmittedLook) -> C:
    """Return a request with the kinds that its files have by their content, whatever was said of them."""
    materials = list(asked.materials)
    for place, one in carried(asked):
        found = one.model_copy(update={"media_type": look.files[place].media_type})
        materials[place] = materials[place].model_copy(update={"attachment": found})
    return asked.model_copy(update={"materials": tuple(materials)})


def files_of(asked: CaseIn) -> FiledFiles:
    """Return the files of a request. Raises BadRequest."""
    decoded = {place: (one, _octets(one, place)) for place, one in carried(asked)}
    small = {place: content for place, (_, content) in decoded.items() if len(content) <= ATTACHMENT_LIMIT}
    large = {place: (_named(one, place), data) for place, (one, data) in decoded.items() if place not in small}
    return FiledFiles(small, large)


def left_in_store(api: Api, node: Node, files: FiledFiles) -> dict[int, ClaimCheck]:
    """Leave the large files in the claim store for a portal, each under a key of its own.

    Raises ClaimStoreUnavailable or FileUnusable.
    """
    if not files.large:
        return {}
    claims, uploads = open_claims(api.view.settings), Home(api.view.settings.home).uploads(node.address)
    make_folder(uploads, 0o700)
    begun = note_begun(node, "")
    return {place: _left(one, data, claims, uploads, begun) for place, (one, data) in files.large.items()}


def _left(one: AttachmentIn, content: bytes, claims: ClaimStore, uploads: Path, begun: Begun) -> ClaimCheck:
    kind = one.media_type or media_type_of(one.name)
    with NamedTemporaryFile(dir=uploads, prefix="incoming-") as spooled:
        spooled.write(content)
        spooled.flush()
        claim = upload(Path(spooled.name), claims, uploads, media_type=kind, begun=begun)
    return claim.model_copy(update={"name": one.name})


def _named(one: AttachmentIn, place: int) -> AttachmentIn:
    """The file by its plain name, which is checked here: that of a form's file was not."""
    try:
        return AttachmentIn(name=Path(one.name).name, media_type=one.media_type, content="")
    except ValidationError as error:
        faults = tuple((f"/materials/{place}/attachment", str(fault["msg"])) for fault in error.errors())
        raise BadRequest("the request is invalid", faults=faults) from None


def _octets(one: AttachmentIn, place: int) -> bytes:
    try:
        return b64decode(one.content, validate=True)
    except ValueError:
        faults = ((content_pointer(place), "not base64 with padding"),)
        raise BadRequest("the request is invalid", faults=faults) from None
