"""What a decision says of each consulted department: how its part ended, and the term that rests on."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from exchange.schemas.base import Address, Line, MessageId, Wire
from exchange.schemas.deadline import LedgerEntry, Term
from exchange.schemas.instants import Instant
from exchange.schemas.matter import StartRule
from exchange.schemas.opinion import Verdict
from exchange.schemas.published.conditions import A_TEXT, NOTHING, given, may, rules, says, when


class Standing(StrEnum):
    """How a consulted department's part in a case ended."""

    ANSWERED = "answered"
    DEEMED = "deemed"
    DEEMED_REFUSAL = "deemed-refusal"
    """Its silence is refusal, by the rule that the matter cites."""
    MOOT = "moot"
    ESCALATED = "escalated"


class ConsideredTerm(Wire):
    """A department's term as the lead has it on record when it decides: whether an answer was in time follows from it.

    From the ledger anybody derives the due moment again, and holds it against the department's receipts.
    """

    consultation_id: MessageId
    """The request that it was put to it by."""
    term: Term
    start: StartRule
    ledger: Annotated[tuple[LedgerEntry, ...], Field(max_length=100)]
    due_at: Instant | None
    """None while it has not begun, or stands still."""
    calendar: Line
    """Name and version of the calendar of working days by which ``due_at`` was derived."""
    arrived_at: Annotated[Instant | None, Field(exclude_if=lambda at: at is None)] = None
    """When the opinion that counts reached the lead, by its own record."""


class Considered(Wire):
    """One department's part as the decision took it into account; silence is never written down as an opinion."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("standing", Standing.ANSWERED), given(verdict=A_TEXT), may(verdict=NOTHING, given_by=NOTHING))
        )
    )

    department: Address
    standing: Standing
    verdict: Verdict | None = None
    message_id: MessageId | None = None
    """The opinion's or the deemed consent's message."""
    given_by: Annotated[Address | None, Field(exclude_if=lambda address: address is None)] = None
    """The substitute that gave the opinion in the department's name."""
    rests_on: Annotated[ConsideredTerm | None, Field(exclude_if=lambda term: term is None)] = None
    """Its term, as the lead has it on record; null where it was never asked."""

    @property
    def objects(self) -> bool:
        """Whether it disagreed, or its silence is refusal: whoever grants all the same owes it reasons."""
        return self.verdict is Verdict.DISAGREE or self.standing is Standing.DEEMED_REFUSAL

    @model_validator(mode="after")
    def _silence_has_no_verdict(self) -> Self:
        if (self.standing is Standing.ANSWERED) != (self.verdict is not None):
            raise ValueError("a verdict stands for an answer, and for nothing else")
        if self.given_by is not None and self.verdict is None:
            raise ValueError("given_by: a substitute gives an opinion, and stands for nothing else")
        return self


class Overruling(Wire):
    """An objection the lead did not follow, reasoned or by silence, with the reasons it owes the objector."""

    department: Address
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]


class WithoutConsent(Wire):
    """A department whose consent a grant requires and that has given none, with the reasons to grant without it."""

    department: Address
    reasons: Annotated[str, Field(min_length=1, max_length=20_000)]
