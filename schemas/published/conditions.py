"""What validators say of several fields at once, in the words of JSON Schema, as far as it has any.

The validator decides; a schema that says less is no fault, one that refuses what its validator takes is. A field that
is left out has its default, so a condition on a value is not met by an absent field, and what must be empty may be
absent.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

NOTHING: Schema = {"type": "null"}
A_TEXT: Schema = {"type": "string"}
VISIBLE: Schema = {"type": "string", "pattern": r"\S"}
"""A text with something besides white space."""
BLANK: Schema = {"not": VISIBLE}
SOMETHING: Schema = {"not": NOTHING}
SOME: Schema = {"minItems": 1}
NONE: Schema = {"maxItems": 0}
ONE: Schema = {"minItems": 1, "maxItems": 1}


def rules(*conditions: Schema) -> Schema:
    """Return what a model adds to its schema, as its ``json_schema_extra``."""
    return {"allOf": list(conditions)}


def given(**fields: Schema) -> Schema:
    """Return the condition that these fields are there, and so."""
    return {"properties": fields, "required": sorted(fields)}


def may(**fields: Schema) -> Schema:
    """Return the condition that these fields are so, where they are there."""
    return {"properties": fields}


def says(field: str, *values: str | bool) -> Schema:
    """Return the condition that a field is there, with one of these values."""
    return given(**{field: {"enum": list(values)}})


def when(condition: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    """Return the rule that one condition needs another; ``otherwise`` what is needed without it."""
    rule = {"if": condition, "then": then}
    return rule if otherwise is None else rule | {"else": otherwise}


def holding(field: str, item: Schema) -> Schema:
    """Return the condition that a list is there and one of its items is so."""
    return given(**{field: {"contains": item}})
