"""The renewal of a licence (延续, Administrative License Law, article 50): its term, and that it has arisen by law."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from exchange.schemas.base import (
    Address,
    Body,
    CaseNumber,
    Digest,
    LicenceNumber,
    Line,
    MatterCode,
    MessageId,
    Room,
    Title,
    Wire,
)
from exchange.schemas.filings.filing import FilingNumber
from exchange.schemas.instants import Day, Instant

RENEWED_BY_LAW = (
    "有效期届满前未作出决定，视为准予延续；依法产生，未经任何人批准 · "
    "renewed by law: nothing was decided before it was over; no person has approved it"
)
"""What is said of a renewal that has arisen by law."""


class RenewalTerm(Wire):
    """Until when the renewal of a licence has to be asked for, and whether it was."""

    licence: LicenceNumber
    expires_on: Day
    """The last day on which the licence is valid, as it was when the renewal was asked for."""
    ask_by: Day
    """The last day on which asking obliges the window to decide before the licence is over."""
    in_time: bool
    """Where it was not, nothing arises from the window's silence."""


class TacitAuthorisation(Body):
    """A renewal that was asked for in time and not decided before its licence was over: granted by law (article 50).

    Written by rule, and nobody has approved it. The signed submission receipt is enclosed. It is no deemed consent,
    which is a department's silence; here the window itself was silent towards the applicant.
    """

    KIND: ClassVar[str] = "tacit-authorisation"
    TITLE: ClassVar[Title] = ("视为准予延续证明", "Renewal by law")
    ROOM: ClassVar[Room] = Room.LICENCES
    ALSO: ClassVar[tuple[Room, ...]] = (Room.PORTAL,)
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)
    HAPPENED: ClassVar[tuple[str, ...]] = ("received_at", "ask_by", "expired_on")

    licence: LicenceNumber
    licence_id: MessageId
    licence_digest: Digest
    """SHA-256 of the signed licence."""
    matter: MatterCode
    filing: FilingNumber
    portal: Address
    """Who has signed the filing for the applicant."""
    filing_id: MessageId
    """The message by which the renewal was asked for."""
    receipt_id: MessageId
    receipt_digest: Digest
    """SHA-256 of the first enclosure: the window's signed receipt for it."""
    case_number: CaseNumber | None = None
    """The case that was still undecided; null where the filing was not even accepted."""
    received_at: Instant
    days: Annotated[int, Field(ge=1, le=365)]
    """Calendar days before the end by which it had to be asked for."""
    ask_by: Day
    expired_on: Day
    """The last day of the validity that was over."""
    valid_until: Day
    """The last day from now on: as long again as the validity that was over."""
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    statement: Line = RENEWED_BY_LAW
    at: Instant

    @model_validator(mode="after")
    def _follows_from_its_days(self) -> Self:
        if self.ask_by != self.expired_on - timedelta(days=self.days):
            raise ValueError("ask_by: another day than the days before the end make it")
        if self.valid_until <= self.expired_on:
            raise ValueError("valid_until: not later than the validity that was over")
        if self.statement != RENEWED_BY_LAW:
            raise ValueError("statement: says that it has arisen by law, and that nobody has approved it")
        return self
