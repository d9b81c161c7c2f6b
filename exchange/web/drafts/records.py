"""A draft as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


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
