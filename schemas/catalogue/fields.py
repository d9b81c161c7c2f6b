"""What a matter asks of applicants: fields of its form, shown in two languages and answered in text."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from exchange.schemas.base import Text, Wire
from exchange.schemas.form import Figure, Name
from exchange.schemas.published.conditions import NONE, NOTHING, SOME, given, may, rules, says, when

MAX_FIELDS = 60
"""Fields that a matter asks for, and answers that an application gives."""


class Bilingual(Wire):
    """A text for the public, in Chinese, and in English where there is one."""

    zh: Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
    en: Annotated[str, StringConstraints(max_length=2_000)] = ""

    @property
    def words(self) -> tuple[str, str]:
        """The text in Chinese and in English; the Chinese one stands in for a missing English one."""
        return self.zh, self.en or self.zh


class InputType(StrEnum):
    """What a field of an application takes."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes-no"
    ADDRESS = "address"

    @property
    def is_number(self) -> bool:
        """Whether its answers can be bounded."""
        return self in (InputType.INTEGER, InputType.DECIMAL)


class Choice(Wire):
    """One of the answers that a field offers."""

    code: Name
    label: Bilingual


class ShownIf(Wire):
    """A field is asked only where an earlier one has this answer."""

    field: Name
    value: Annotated[str, StringConstraints(min_length=1, max_length=500)]


_NO_NUMBER = may(unit={"maxLength": 0}, minimum=NOTHING, maximum=NOTHING)


class MatterField(Wire):
    """One field of a matter's application form."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            when(says("type", InputType.INTEGER, InputType.DECIMAL), {}, _NO_NUMBER),
            when(says("type", InputType.CHOICE), given(choices=SOME), may(choices=NONE)),
        )
    )

    name: Name
    label: Bilingual
    type: InputType
    topic: Bilingual | None = None
    """On which page of the form it stands: fields of one topic follow each other. None: that of the field before."""
    help: Bilingual | None = None
    required: bool = True
    shown_if: ShownIf | None = None
    unit: Annotated[str, StringConstraints(max_length=20)] = ""
    minimum: Figure | None = None
    maximum: Figure | None = None
    choices: Annotated[tuple[Choice, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _bounds_belong_to_the_type(self) -> Self:
        if not self.type.is_number and (self.unit or self.minimum or self.maximum):
            raise ValueError("unit, minimum, maximum: only numbers have them")
        if self.minimum and self.maximum and Decimal(self.minimum) > Decimal(self.maximum):
            raise ValueError("minimum: above the maximum")
        codes = [choice.code for choice in self.choices]
        if (self.type is InputType.CHOICE) != bool(codes) or len(set(codes)) != len(codes):
            raise ValueError("choices: given for a choice, each once, and only there")
        return self


class FieldAnswer(Wire):
    """A field's answer as text: 12, 3.50, 2026-03-02, yes, no, a choice's code, or free text."""

    field: Name
    value: Text


def check_fields(fields: tuple[MatterField, ...]) -> None:
    """Raise ValueError where a matter's fields do not fit together: a name twice, shown by a later or unknown field."""
    before: set[str] = set()
    for one in fields:
        if one.name in before:
            raise ValueError("fields: a name appears twice")
        if one.shown_if is not None and one.shown_if.field not in before:
            raise ValueError("fields: shown_if names a field that stands before")
        before.add(one.name)
