"""The register of licences: an index over the signed documents, which say what counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.licences.rules.entering import LicenceState
from exchange.schemas import LicenceChange


@dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence in the register of a member that has issued it, or was told of it."""

    issuer: str
    number: str
    state: LicenceState
    matter: str
    case_number: str
    shown_name: str
    """The holder as the public may read it; so is the code."""
    shown_code: str
    identifier: str
    """The holder's, in full: never shown, and looked for by departments of the domain alone."""
    message_id: str
    digest: str
    """SHA-256 of the signed licence."""
    code: str
    """By which anybody verifies it."""
    issued_at: datetime
    entries: int = 0

    @property
    def place(self) -> LicencePlace:
        """Its place among all, newest first."""
        return LicencePlace(self.issued_at, self.number, self.issuer)


@dataclass(frozen=True, slots=True)
class LicencePlace:
    """The place in the register behind which the next page begins."""

    issued_at: datetime
    number: str
    issuer: str


@dataclass(frozen=True, slots=True)
class LicenceEntryRow:
    """An entry on a licence, in its order."""

    issuer: str
    number: str
    position: int
    change: LicenceChange
    message_id: str
