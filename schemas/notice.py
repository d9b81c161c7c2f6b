"""Notices (通知) that go down through the levels, and what comes back: signing for, reminders, recall."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import STAGE_NAMES, Address, Body, Digest, Line, MessageId, Room, Text, Title
from exchange.schemas.cover import Cover
from exchange.schemas.document import Document
from exchange.schemas.form import Form
from exchange.schemas.instants import Day, Instant
from exchange.schemas.published.conditions import A_TEXT, NOTHING, VISIBLE, given, may, rules, says, when

MAX_RELAYS = 8
"""Relay offices that one notice may pass on its way; a tree of levels needs far fewer."""


class Treatment(StrEnum):
    """What is expected of those who get a notice."""

    INFORMATION = "information"  # 阅知
    ACTION = "action"  # 办理


class Notice(Body):
    """An official document for an audience, as its origin signs it and hands it to its own relay office.

    ``audience`` is an expression over the tree of levels; who that is, each level's relay office finds for its level.
    """

    KIND: ClassVar[str] = "notice"
    TITLE: ClassVar[Title] = ("下行通知", "Notice")
    ROOM: ClassVar[Room] = Room.NOTICES

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("treatment", Treatment.ACTION), given(act_by=A_TEXT), may(act_by=NOTHING, form=NOTHING))
        )
    )

    document: Document
    audience: Annotated[Line, Field(max_length=500)]
    treatment: Treatment = Treatment.INFORMATION
    act_by: Day | None = None
    """Until the end of which day it is to be dealt with; exactly where something is to be done."""
    replaces: MessageId | None = None
    """An earlier notice of the same origin that this one corrects."""
    form: Form | None = None
    """What everybody who gets it is to answer. To answer is to act, so that a form goes with a day to act by: who signs
    late has the form's working days, but no longer than everybody else.
    """

    @model_validator(mode="after")
    def _a_date_where_something_is_to_be_done(self) -> Self:
        if (self.act_by is not None) != (self.treatment is Treatment.ACTION):
            raise ValueError("act_by: a notice to be acted on names a day, one for information does not")
        if self.form is not None and self.act_by is None:
            raise ValueError("act_by: a notice that carries a form names a day until which answers are taken together")
        return self


class Forwarding(Body):
    """A notice on its way down, signed by the relay office that passes it on.

    The first enclosure is the origin's signed notice, byte for byte, then come its attachments, then the signed
    forwardings of the relay offices before, in the order of the path: so nobody below can leave a cover out.
    Schema version 1 had no ``cover``; it is still read, and written where there is none.
    """

    KIND: ClassVar[str] = "forwarding"
    TITLE: ClassVar[Title] = ("转发通知", "Notice passed on")
    ROOM: ClassVar[Room] = Room.NOTICES
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)

    notice_id: MessageId
    origin: Address
    digest: Digest
    """SHA-256 of the origin's signed notice."""
    path: Annotated[tuple[Address, ...], Field(min_length=1, max_length=MAX_RELAYS)]
    """The relay offices that have passed it on, the first one first, this one last."""
    cover: Annotated[Cover | None, Field(exclude_if=lambda cover: cover is None)] = None
    """What this relay office says itself in front of it (转发、批转)."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it: without a cover byte for byte what it was before there were any."""
        return 1 if self.cover is None else 2


class SignOff(Body):
    """An authority signs for a notice (签收), or sends it back with its reason (退文); goes to its own relay office."""

    KIND: ClassVar[str] = "sign-off"
    TITLE: ClassVar[Title] = ("签收或退文", "Sign-off")
    ROOM: ClassVar[Room] = Room.NOTICES
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    model_config = ConfigDict(json_schema_extra=rules(when(says("accepted", False), given(reason=VISIBLE))))

    notice_id: MessageId
    digest: Digest
    """SHA-256 of the origin's signed notice that was read."""
    accepted: bool
    reason: Text = ""
    at: Instant

    @model_validator(mode="after")
    def _returned_with_a_reason(self) -> Self:
        if not self.accepted and not self.reason.strip():
            raise ValueError("reason: what is sent back needs one")
        return self


class NoticeReminder(Body):
    """A reminder (催办) of a notice that was not signed for, passed on from level to level to those it concerns."""

    KIND: ClassVar[str] = "notice-reminder"
    TITLE: ClassVar[Title] = ("通知催办", "Notice reminder")
    ROOM: ClassVar[Room] = Room.NOTICES
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    notice_id: MessageId
    stage: Annotated[int, Field(ge=0, le=100, validation_alias=STAGE_NAMES)]
    """Share of the term that has passed, in percent; 0 for one that was sent by hand."""
    at: Instant


class Recall(Body):
    """A document no longer holds. The sender of this message is the sender of that one, or it counts for nothing."""

    KIND: ClassVar[str] = "recall"
    TITLE: ClassVar[Title] = ("撤回通知", "Recall")
    ROOM: ClassVar[Room] = Room.NOTICES
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

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
