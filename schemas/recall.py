"""The recall of a document (撤回): its origin takes it back, or puts another in its place. Nothing is erased by it."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import model_validator

from exchange.schemas.base import Body, Digest, Line, MessageId, Room, Title
from exchange.schemas.instants import Instant


class Recall(Body):
    """A document no longer holds. The sender of this message is the sender of that one, or it counts for nothing."""

    KIND: ClassVar[str] = "recall"
    TITLE: ClassVar[Title] = ("撤回通知", "Recall")
    ROOM: ClassVar[Room] = Room.NOTICES

    notice_id: MessageId
    digest: Digest
    """SHA-256 of the signed document that is recalled."""
    replaced_by: MessageId | None = None
    """The document that holds in its place, if one does."""
    reason: Line
    at: Instant

    @model_validator(mode="after")
    def _nothing_replaces_itself(self) -> Self:
        if self.replaced_by == self.notice_id:
            raise ValueError("replaced_by: another document than the one that is recalled")
        return self
