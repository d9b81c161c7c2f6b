"""Forms (报送表): what a notice asks of lower authorities, field by field, their answers, and what a level carries
upward.

Values travel as text, whatever their type, so that no number is rounded on its way.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.schemas.base import Address, Body, Digest, Line, MessageId, Room, Serial, Title, Wire
from exchange.schemas.published.conditions import NONE, NOTHING, SOME, given, may, rules, says, when
from exchange.schemas.tally import MAX_NAMES, Number

MAX_ROWS = 1_000
"""How many answers an aggregate carries whole; the others are in its totals, and stay with the level below."""

ROWS_BYTES = 1_000_000
"""How many bytes those answers have at most, so that an aggregate fits into a signed document beside its totals."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
"""Short name of a field."""

Figure = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,18}(\.[0-9]{1,6})?$")]
"""A decimal number, exact, with up to six places."""

Sum = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,30}(\.[0-9]{1,6})?$")]
"""A sum of figures."""


class FieldType(StrEnum):
    """What a field takes."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes-no"

    @property
    def is_number(self) -> bool:
        """Whether its values can be summed and bounded."""
        return self in (FieldType.INTEGER, FieldType.DECIMAL)


_UNBOUNDED = may(unit={"maxLength": 0}, minimum=NOTHING, maximum=NOTHING)


class FormField(Wire):
    """One field: what is asked, of which type, and what bounds its answer has."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("type", FieldType.INTEGER, FieldType.DECIMAL), {}, _UNBOUNDED),
            when(says("type", FieldType.CHOICE), given(choices=SOME | {"uniqueItems": True}), may(choices=NONE)),
        )
    )

    name: Name
    label: Line
    type: FieldType
    required: bool = True
    unit: Annotated[str, StringConstraints(max_length=20)] = ""
    minimum: Figure | None = None
    maximum: Figure | None = None
    choices: Annotated[tuple[Line, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _bounds_belong_to_the_type(self) -> Self:
        if not self.type.is_number and (self.unit or self.minimum or self.maximum):
            raise ValueError("unit, minimum, maximum: only numbers have them")
        if self.minimum and self.maximum and Decimal(self.minimum) > Decimal(self.maximum):
            raise ValueError("minimum: above the maximum")
        if (self.type is FieldType.CHOICE) != bool(self.choices) or len(set(self.choices)) != len(self.choices):
            raise ValueError("choices: given for a choice, each once, and only there")
        return self


class Form(Wire):
    """What a notice asks for, and in how many working days from the day an authority signed for it."""

    TITLE: ClassVar[Title] = ("报送表", "Form")

    title: Line
    fields: Annotated[tuple[FormField, ...], Field(min_length=1, max_length=60)]
    due_days: Annotated[int, Field(ge=1, le=365)]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        if len({field.name for field in self.fields}) != len(self.fields):
            raise ValueError("fields: a name appears twice")
        return self


class FieldValue(Wire):
    """A field's value as text: 12, 3.50, 2026-03-02, yes, no, a choice as the form words it, or free text."""

    name: Name
    value: Annotated[str, StringConstraints(max_length=2_000)]


class FormAnswer(Body):
    """One authority's answer to a notice's form. A later one replaces it; only what is sent is an answer."""

    KIND: ClassVar[str] = "form-answer"
    TITLE: ClassVar[Title] = ("报送", "Form answer")
    ROOM: ClassVar[Room] = Room.NOTICES

    notice_id: MessageId
    values: Annotated[tuple[FieldValue, ...], Field(max_length=60)]


class Row(Wire):
    """An authority's checked answer, with the digest of what it signed."""

    body: Address
    values: Annotated[tuple[FieldValue, ...], Field(max_length=60)]
    proof: Digest


class FieldTotal(Wire):
    """Of one numeric field: how many answers gave it, and their exact sum."""

    name: Name
    count: Annotated[Number, Field(ge=1)]
    sum: Sum


class DomainTotal(Wire):
    """One domain's own authorities, those below not among them: how many were asked, how many answered, and their
    sums.
    """

    domain: Address
    asked: Number
    answered: Number
    fields: Annotated[tuple[FieldTotal, ...], Field(max_length=60)] = ()

    @model_validator(mode="after")
    def _no_more_than_there_are(self) -> Self:
        if self.answered > self.asked:
            raise ValueError("answered: more than were asked")
        if len({field.name for field in self.fields}) != len(self.fields):
            raise ValueError("fields: a name appears twice")
        if any(field.count > self.answered for field in self.fields):
            raise ValueError("fields: more values than answers")
        return self


class Aggregate(Body):
    """What a domain and everything below has answered, as its relay office says; a newer serial replaces."""

    KIND: ClassVar[str] = "form-aggregate"
    TITLE: ClassVar[Title] = ("报送汇总", "Form aggregate")
    ROOM: ClassVar[Room] = Room.NOTICES

    notice_id: MessageId
    domain: Address
    serial: Serial
    totals: Annotated[tuple[DomainTotal, ...], Field(min_length=1, max_length=1_000)]
    """By domain, in the order of their names; each once."""
    rows: Annotated[tuple[Row, ...], Field(max_length=MAX_ROWS)] = ()
    """Answers by authority, each once; those beyond the bound are in the totals only."""
    rows_more: Number = 0
    missing: Annotated[tuple[Address, ...], Field(max_length=MAX_NAMES)] = ()
    """Who was asked and has not answered, by address."""
    missing_more: Number = 0
    unheard: Annotated[tuple[Address, ...], Field(max_length=1_000)] = ()
    """Domains below from which nothing has come yet, so that who is asked there, or beneath, is not known."""

    @model_validator(mode="after")
    def _rows_and_names_fit_the_totals(self) -> Self:
        domains = [total.domain for total in self.totals]
        bodies = [row.body for row in self.rows]
        if domains != sorted(set(domains)) or bodies != sorted(set(bodies)):
            raise ValueError("totals, rows: each once, in order")
        if list(self.unheard) != sorted(set(self.unheard)) or not set(domains).isdisjoint(self.unheard):
            raise ValueError("unheard: each once, in order, and none that has totals")
        if len(self.rows) + self.rows_more != sum(total.answered for total in self.totals):
            raise ValueError("rows: as many as answered")
        if len(self.missing) + self.missing_more != sum(total.asked - total.answered for total in self.totals):
            raise ValueError("missing: as many as have not answered")
        return self
