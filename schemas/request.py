"""Requests (请示) that a superior authority passes on upward, with its own opinion and the whole file."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.schemas.base import Address, Body, Digest, MessageId, Room, Title
from exchange.schemas.document import Document, DocumentKind
from exchange.schemas.published.conditions import may, rules

MAX_FORWARDERS = 8
"""Authorities that one request may pass on its way upward; a tree of levels needs far fewer."""

ForwardersPath = Annotated[
    tuple[Address, ...], Field(min_length=1, max_length=MAX_FORWARDERS, json_schema_extra={"uniqueItems": True})
]
"""The authorities that have passed a request on, the one that was asked first, the one that signs last."""


def _no_circle(path: tuple[str, ...], origin: str) -> None:
    if len({origin, *path}) != len(path) + 1:
        raise ValueError("path: nobody passes a request on twice, and its origin never")


class ForwardedRequest(Body):
    """A request on its way upward, signed by the authority that passes it on (转报).

    The enclosures are the whole file, byte for byte as it came: the origin's signed request and its attachments, then,
    in the order of the path, each earlier forwarder's signed message and the attachments of its opinion; last come the
    attachments of this opinion.
    """

    KIND: ClassVar[str] = "forwarded-request"
    TITLE: ClassVar[Title] = ("转报请示", "Request passed on")
    ROOM: ClassVar[Room] = Room.DOCUMENTS

    model_config = ConfigDict(
        json_schema_extra=rules(may(opinion=may(kind={"enum": [DocumentKind.REQUEST, DocumentKind.OPINION]})))
    )

    request_id: MessageId
    origin: Address
    digest: Digest
    """SHA-256 of the origin's signed request."""
    opinion: Document
    """The forwarder's own (倾向性意见): a 请示 or a 意见 of its own (Regulation of 2012, article 15, item 3)."""
    path: ForwardersPath

    @model_validator(mode="after")
    def _an_opinion_of_its_own(self) -> Self:
        if self.opinion.kind not in (DocumentKind.REQUEST, DocumentKind.OPINION):
            raise ValueError("opinion: what goes with a 请示 upward is a 请示 or a 意见")
        _no_circle(self.path, self.origin)
        return self


class RequestForwarded(Body):
    """Tells a request's origin, and those who have passed it on before, that it went further up.

    It is a message of its own, since a document upward is not copied to subordinates (article 15, item 1).
    """

    KIND: ClassVar[str] = "request-forwarded"
    TITLE: ClassVar[Title] = ("请示转报告知", "Word of a request passed on")
    ROOM: ClassVar[Room] = Room.DOCUMENTS

    request_id: MessageId
    origin: Address
    digest: Digest
    """SHA-256 of the origin's signed request."""
    to: Address
    opinion: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
    """What the forwarder thinks of it, in the words of its opinion's text."""
    path: ForwardersPath

    @model_validator(mode="after")
    def _no_circle(self) -> Self:
        _no_circle(self.path, self.origin)
        return self
