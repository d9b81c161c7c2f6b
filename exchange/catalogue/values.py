"""Whether one answer fits its field: by its type, its bounds and its length."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from exchange.language import NamedText, Text, Unfit, joined
from exchange.schemas import InputType, MatterField
from exchange.schemas.instants import parse_day
from exchange.schemas.written import FaultAndRemedy, TextShape, fault_and_remedy

MOST_OF_A_LINE = 500
"""Characters of a text in one line, an address included."""
MOST_OF_A_TEXT = 20_000

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})", re.ASCII)
_FIGURE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,6})?", re.ASCII)


def value_fault(field: MatterField, value: str) -> FaultAndRemedy | None:
    """Return what is wrong with an answer and the remedy; None where it fits."""
    return _CHECKS[field.type](field, value)


def _line(_: MatterField, value: str) -> FaultAndRemedy | None:
    return _too_long(value, MOST_OF_A_LINE) or fault_and_remedy(value, TextShape.LINE)


def _long_text(_: MatterField, value: str) -> FaultAndRemedy | None:
    return _too_long(value, MOST_OF_A_TEXT) or fault_and_remedy(value, TextShape.TEXT)


def _too_long(value: str, most: int) -> FaultAndRemedy | None:
    if len(value) <= most:
        return None
    return Text("has {length} characters, {most} at most", {"length": len(value), "most": most}), Text("shorten it")


def _integer(field: MatterField, value: str) -> FaultAndRemedy | None:
    if _WHOLE.fullmatch(value):
        return _out_of_bounds(field, value)
    return Text("is no whole number"), Text("write it in ordinary digits, for example {example}", {"example": "12"})


def _decimal(field: MatterField, value: str) -> FaultAndRemedy | None:
    if _FIGURE.fullmatch(value):
        return _out_of_bounds(field, value)
    return (
        Text("is no number with up to six decimals"),
        Text("write it in ordinary digits, for example {example}", {"example": "12.5"}),
    )


def _out_of_bounds(field: MatterField, value: str) -> FaultAndRemedy | None:
    figure = Decimal(value)
    if field.minimum is not None and figure < Decimal(field.minimum):
        bound = {"bound": _with_unit(field, field.minimum)}
        return Text("is less than {bound}", bound), Text("give {bound} or more", bound)
    if field.maximum is not None and figure > Decimal(field.maximum):
        bound = {"bound": _with_unit(field, field.maximum)}
        return Text("is more than {bound}", bound), Text("give {bound} or less", bound)
    return None


def _with_unit(field: MatterField, figure: str) -> str:
    return f"{figure} {field.unit}".rstrip()


def _date(_: MatterField, value: str) -> FaultAndRemedy | None:
    try:
        parse_day(value)
    except Unfit as error:
        return error.text, Text("write year, month and day, for example {example}", {"example": "2026-03-02"})
    return None


def _choice(field: MatterField, value: str) -> FaultAndRemedy | None:
    if value in {choice.code for choice in field.choices}:
        return None
    offered = joined((NamedText(choice.label.words) for choice in field.choices), " / ")
    return Text("is none of the answers that are offered"), Text("choose one of: {offered}", {"offered": offered})


def _yes_no(_: MatterField, value: str) -> FaultAndRemedy | None:
    return None if value in ("yes", "no") else (Text("is neither yes nor no"), Text("answer yes or no"))


_CHECKS: Mapping[InputType, Callable[[MatterField, str], FaultAndRemedy | None]] = {
    InputType.TEXT: _line,
    InputType.ADDRESS: _line,
    InputType.LONG_TEXT: _long_text,
    InputType.INTEGER: _integer,
    InputType.DECIMAL: _decimal,
    InputType.DATE: _date,
    InputType.CHOICE: _choice,
    InputType.YES_NO: _yes_no,
}
