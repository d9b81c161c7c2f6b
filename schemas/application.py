"""The application (申请) as the applicant hands it in at the window."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from exchange.schemas.base import Attachment, Body, Line, MatterCode, Text, Title, Wire
from exchange.schemas.instants import Instant


class Applicant(Wire):
    """Who applies: a person or an organisation."""

    name: Line
    identifier: Line
    """Unified social credit code or identity number."""
    contact: Line


class SubmittedMaterial(Wire):
    """One of the matter's materials, by its code, with the attachment that carries it or a note where it lies."""

    code: MatterCode
    attachment: Attachment | None = None
    note: Text = ""


class Application(Body):
    """An application for one matter."""

    KIND: ClassVar[str] = "application"
    TITLE: ClassVar[Title] = ("申请", "Application")

    matter: MatterCode
    applicant: Applicant
    project: Line
    summary: Text = ""
    materials: Annotated[tuple[SubmittedMaterial, ...], Field(max_length=50)]
    submitted_at: Instant
