"""Records of who at a provider is which account here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LONGEST_SUBJECT = 255
"""Characters of a provider's name for somebody (OpenID Connect Core 1.0, 2)."""


@dataclass(frozen=True)
class BoundSubject:
    """Somebody at a provider, and the account that is theirs."""

    issuer: str
    subject: str
    account: str
    bound_by: str
    bound_at: datetime
