"""A draft as it is kept, and the states that it goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.transitions import machine


class KeptState(StrEnum):
    """Where a draft stands. SUBMITTED: somebody answers for it as it is, and another may sign it."""

    WRITTEN = "written"
    SUBMITTED = "submitted"


KEPT_DRAFTS = machine(
    "a draft",
    {KeptState.WRITTEN},
    {
        KeptState.WRITTEN: {KeptState.SUBMITTED},
        KeptState.SUBMITTED: {KeptState.WRITTEN},  # changed, or sent back to its drafter
    },
)


@dataclass(frozen=True)
class KeptDraft:
    """One draft: what the fields of a form hold, by their names."""

    subject: str
    """What it is a draft of: ``opinion:CASE``. There is one of each, which the whole office shares."""
    revision: int
    """Another one after every change."""
    fields: Mapping[str, str]
    account: str
    """Who has changed it last."""
    begun_by: str
    """Who has begun it."""
    changed_at: datetime
    drafters: tuple[str, ...] = ()
    """Everybody who has written at it or submitted it, in that order."""
    state: KeptState = KeptState.WRITTEN
    submitted_by: str | None = None
    """Who answers for it as it stands; None where it was not submitted, or was changed since."""
    submitted_at: datetime | None = None
    looked_over_by: str | None = None
    """Who has looked over it as it stands."""
    looked_over_at: datetime | None = None
    remark: str = ""
    """Why it was sent back to its drafter."""


@dataclass(frozen=True)
class KeptDraftFile:
    """A file that is kept with a draft, without its octets."""

    digest: str
    name: str
    size: int
