"""Covering instructions (转发、批转): what a level says in its own name in front of a notice that it passes on."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.language import Unfit
from exchange.schemas.base import Wire
from exchange.schemas.document import Document, DocumentKind, Purpose
from exchange.schemas.instants import Day
from exchange.schemas.published.conditions import A_TEXT, NONE, given, may, rules

MAX_INSTRUCTION = 20_000
"""Characters of a covering instruction; the origin's document behind it says the rest."""


class Cover(Wire):
    """A level's own instruction, with its own number, signatory and date; a 通知 (Regulation of 2012, article 8(8)).

    Who has signed it, the forwarding says that it stands in. It changes nothing of the document behind it.
    """

    model_config = ConfigDict(
        json_schema_extra=rules(
            may(document=given(kind={"const": DocumentKind.NOTICE}, signatory=A_TEXT, date=A_TEXT)),
            may(document=may(attachments=NONE, claims=NONE, copies=NONE, purpose={"const": Purpose.ACTION})),
            may(document=may(body={"maxLength": MAX_INSTRUCTION})),
        )
    )

    document: Document
    act_by: Annotated[Day | None, Field(exclude_if=lambda day: day is None)] = None
    """Until the end of which day this level and those below are to deal with it, if earlier than the origin says."""

    @model_validator(mode="after")
    def _an_instruction_and_nothing_else(self) -> Self:
        document = self.document
        if document.kind is not DocumentKind.NOTICE:
            raise ValueError("document: a cover is a 通知 (Regulation of 2012, article 8(8))")
        if document.signatory is None or document.date is None:
            raise ValueError("document: a cover names its signatory and its date")
        if document.attachments or document.claims or document.copies or document.purpose is not Purpose.ACTION:
            raise ValueError("document: a cover has neither attachments nor copies nor a purpose of its own")
        if len(document.body) > MAX_INSTRUCTION:
            raise Unfit("document: a cover has at most {max_instruction:,} characters", max_instruction=MAX_INSTRUCTION)
        return self
