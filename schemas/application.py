"""The application (申请) as the applicant hands it in at the window."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import Attachment, Body, LicenceNumber, Line, MatterCode, Text, Title, Wire
from exchange.schemas.catalogue.fields import MAX_FIELDS, FieldAnswer
from exchange.schemas.claim import ClaimCheck
from exchange.schemas.instants import Instant
from exchange.schemas.published.conditions import NOTHING, SOMETHING, given, may, rules, when


class Applicant(Wire):
    """Who applies: a person or an organisation."""

    name: Line
    identifier: Line
    """Unified social credit code or identity number."""
    contact: Line


class SubmittedMaterial(Wire):
    """One of the matter's materials, by its code, with the attachment that carries it or a note where it lies.

    A material of several files appears once for each.
    """

    model_config = ConfigDict(json_schema_extra=rules(when(given(claim=SOMETHING), may(attachment=NOTHING))))

    code: MatterCode
    attachment: Attachment | None = None
    note: Text = ""
    claim: Annotated[ClaimCheck | None, Field(exclude_if=lambda claim: claim is None)] = None
    """Of a file that is too large to travel inside the envelope."""

    @model_validator(mode="after")
    def _a_file_travels_in_one_way(self) -> Self:
        if self.attachment is not None and self.claim is not None:
            raise ValueError("claim: a file travels inside the envelope or lies in the claim store, not both")
        return self


class Application(Body):
    """An application for one matter.

    Version 1 had neither ``answers`` nor ``renews`` nor files in the claim store; it is still read, and written where
    it suffices.
    """

    KIND: ClassVar[str] = "application"
    TITLE: ClassVar[Title] = ("申请", "Application")
    VERSION: ClassVar[int] = 2
    READ: ClassVar[tuple[int, ...]] = (1, 2)

    matter: MatterCode
    applicant: Applicant
    project: Line
    summary: Text = ""
    materials: Annotated[tuple[SubmittedMaterial, ...], Field(max_length=50)]
    submitted_at: Instant
    answers: Annotated[
        tuple[FieldAnswer, ...], Field(max_length=MAX_FIELDS, exclude_if=lambda answers: not answers)
    ] = ()
    """What the applicant has answered to the matter's own fields."""
    renews: Annotated[LicenceNumber | None, Field(exclude_if=lambda number: number is None)] = None
    """Number of the licence that is to be renewed (延续); null where a new one is applied for."""

    @property
    def written_version(self) -> int:
        """The lowest that can say it."""
        newer = self.answers or self.renews is not None or any(one.claim is not None for one in self.materials)
        return 2 if newer else 1
