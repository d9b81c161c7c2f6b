"""What was granted, as anybody can check it: the licence that a window issues on its decision, and entries on it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, model_validator

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
    Serial,
    Text,
    Title,
    Wire,
)
from exchange.schemas.instants import Day, Instant
from exchange.schemas.published.conditions import A_TEXT, NOTHING, SOMETHING, given, may, rules, says, when


class LicenceHolder(Wire):
    """Who may do what a licence permits; how it is reached is nobody's business who reads the licence."""

    name: Line
    identifier: Line
    """Unified social credit code or identity number; where licences are made public, a person's is masked."""


class Licence(Body):
    """A licence (许可证件): what the lead's decision permits, to whom, and from when until when.

    Its signed bytes are the licence. One message goes to the window's portals and to the departments consulted.
    """

    KIND: ClassVar[str] = "licence"
    TITLE: ClassVar[Title] = ("许可证件", "Licence")
    ROOM: ClassVar[Room] = Room.LICENCES
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)
    HAPPENED: ClassVar[tuple[str, ...]] = ("decided_at",)

    number: LicenceNumber
    case_number: CaseNumber
    matter: MatterCode
    matter_name: Line
    matter_name_en: Line
    holder: LicenceHolder
    permits: Annotated[str, Field(min_length=1, max_length=20_000)]
    conditions: Text = ""
    decision_id: MessageId
    decision_digest: Digest
    """SHA-256 of the signed decision on which it rests."""
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    issuer: Address
    """The window that issues it, and nobody else: its signer."""
    authority: Line
    authority_en: Line
    decided_at: Instant
    valid_from: Day
    valid_until: Day | None = None
    """The last day on which it is valid; None: without an end."""
    at: Instant
    """When it was issued."""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("valid_until: before the day from which it is valid")
        return self


class LicenceChange(StrEnum):
    """What happens to a licence that was issued; a closed set (Administrative License Law, 49, 50, 69 and 70)."""

    RENEWED = "renewed"  # 延续
    CHANGED = "changed"  # 变更
    REVOKED = "revoked"  # 撤销
    CANCELLED = "cancelled"  # 注销


class LicenceEntry(Body):
    """An entry on a licence (许可证件变动). The licence and the entries before stay as they were signed."""

    KIND: ClassVar[str] = "licence-entry"
    TITLE: ClassVar[Title] = ("许可证件变动", "Entry on a licence")
    ROOM: ClassVar[Room] = Room.LICENCES
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(
                says("change", LicenceChange.RENEWED),
                given(valid_until=A_TEXT),
                may(valid_until=NOTHING, decision_id=NOTHING, authorisation_id=NOTHING),
            ),
            when(given(decision_id=A_TEXT), may(authorisation_id=NOTHING)),
            when(
                says("change", LicenceChange.CHANGED),
                {"anyOf": [given(permits=A_TEXT), given(conditions=A_TEXT), given(holder=SOMETHING)]},
                may(permits=NOTHING, conditions=NOTHING, holder=NOTHING),
            ),
        )
    )

    number: LicenceNumber
    licence_id: MessageId
    """The licence's message."""
    licence_digest: Digest
    """SHA-256 of the signed licence."""
    position: Serial
    """Which entry on the licence it is, counted from one."""
    change: LicenceChange
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
    basis: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    effective_on: Day
    """From which day on it holds."""
    valid_until: Day | None = None
    """Of a renewal: the last day on which it is valid from now on."""
    permits: Annotated[str, Field(min_length=1, max_length=20_000)] | None = None
    """Of a change: what it permits from then on; None where that stays. The same of conditions and holder."""
    conditions: Text | None = None
    holder: LicenceHolder | None = None
    decision_id: Annotated[MessageId | None, Field(exclude_if=lambda one: one is None)] = None
    """Of a renewal that was asked for: the decision that grants it."""
    authorisation_id: Annotated[MessageId | None, Field(exclude_if=lambda one: one is None)] = None
    """Of a renewal that has arisen by law: the document that says so; nobody has decided."""
    at: Instant

    @property
    def ends(self) -> bool:
        """Whether the licence is valid no more by it."""
        return self.change in (LicenceChange.REVOKED, LicenceChange.CANCELLED)

    @model_validator(mode="after")
    def _each_says_what_it_must(self) -> Self:
        if (self.change is LicenceChange.RENEWED) != (self.valid_until is not None):
            raise ValueError("valid_until: a renewal says until when, and nothing else does")
        granted = [one for one in (self.decision_id, self.authorisation_id) if one is not None]
        if len(granted) > (self.change is LicenceChange.RENEWED):
            raise ValueError("decision_id, authorisation_id: a renewal rests on one of them, and nothing else does")
        changed = (self.permits, self.conditions, self.holder)
        if (self.change is LicenceChange.CHANGED) != any(one is not None for one in changed):
            raise ValueError("permits, conditions, holder: a change says what is another one, and nothing else does")
        return self
