"""A draft of an application, and a file in it, as the portal keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from exchange.portal.states import DraftState
from exchange.schemas import Applicant, Wire


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as it is stored: what the applicant has entered is one JSON text."""

    number: str
    state: DraftState
    matter: str
    matter_version: str
    code_hash: str
    """Argon2id of the access code, which is nowhere else."""
    entered: str
    created_at: datetime
    changed_at: datetime
    ends_at: datetime
    """When it is deleted unless it is handed in."""
    revision: int = 1
    filing_id: str | None = None
    """The signed message by which it was handed in."""
    kept_until: datetime | None = None
    """Of a case that has ended: when its files, and what was typed, are deleted here."""
    emptied_at: datetime | None = None
    """When they were."""


@dataclass(frozen=True, slots=True)
class ClaimRemoval:
    """What is to be removed from the claim store."""

    object_key: str
    parts: int
    number: str
    """Of the draft that it belonged to, or was meant for; empty where that had none yet."""
    since: datetime
    """From when on it is to be removed: of what is on its way to a draft, a day after it began."""


@dataclass(frozen=True, slots=True)
class ShownMatterRow:
    """A version of a matter as the public was told of it."""

    matter: str
    version: str
    since: datetime
    content: str
    """The matter, JSON."""


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of a draft, without its content."""

    file_id: str
    material: str
    name: str
    media_type: str
    size: int
    digest: str
    scanned: str
    """What looked at it for malware, and ``""`` where nothing did."""
    claim: str | None = None
    """Its claim check, JSON, where it lies in the claim store."""


class Entered(Wire):
    """What an applicant has entered so far."""

    answers: dict[str, str] = Field(default_factory=dict)
    project: str = ""
    summary: str = ""
    applicant: Applicant | None = None
    agent: Applicant | None = None
    notes: dict[str, str] = Field(default_factory=dict)
    """By material: where it lies, where it is no file."""
    renews: str = ""
    """Number of the licence that is to be renewed."""


@dataclass(frozen=True, slots=True)
class ApplicationDraft:
    """A draft as its applicant sees it."""

    number: str
    state: DraftState
    matter: str
    matter_version: str
    code_hash: str
    entered: Entered
    files: tuple[DraftFile, ...]
    created_at: datetime
    changed_at: datetime
    ends_at: datetime
    revision: int
    filing_id: str | None
    kept_until: datetime | None = None
    emptied_at: datetime | None = None
