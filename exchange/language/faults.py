"""What pydantic finds wrong with something people wrote, in words of ours, so that it can be said in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.language.catalogue import translated
from exchange.language.choice import Language
from exchange.language.text import Text

_ADDRESS = "^[a-z0-9]"
"""How the pattern of an address begins."""

_TEXTS = {
    "missing": Text("missing"),
    "missing_argument": Text("missing"),
    "extra_forbidden": Text("unknown field; remove it"),
    "string_type": Text("must be text, in quotes"),
    "string_pattern_mismatch": Text("must match {pattern}"),
    "string_too_long": Text("must have at most {max_length} characters"),
    "tuple_type": Text("must be a list"),
    "list_type": Text("must be a list"),
    "frozen_set_type": Text("must be a list"),
    "dict_type": Text("must be a table"),
    "model_type": Text("must be a table"),
    "model_attributes_type": Text("must be a table"),
    "too_short": Text("must have at least {min_length} entries"),
    "too_long": Text("must have at most {max_length} entries"),
    "int_type": Text("must be a whole number"),
    "int_parsing": Text("must be a whole number"),
    "int_from_float": Text("must be a whole number"),
    "float_type": Text("must be a number"),
    "float_parsing": Text("must be a number"),
    "decimal_type": Text("must be a number"),
    "decimal_parsing": Text("must be a number"),
    "bool_type": Text("must be true or false"),
    "bool_parsing": Text("must be true or false"),
    "greater_than": Text("must be greater than {gt}"),
    "greater_than_equal": Text("must be {ge} or more"),
    "less_than": Text("must be less than {lt}"),
    "less_than_equal": Text("must be {le} or less"),
    "enum": Text("must be {expected}"),
    "literal_error": Text("must be {expected}"),
    "date_type": Text("must be a day, as 2026-03-02"),
    "date_parsing": Text("must be a day, as 2026-03-02"),
    "date_from_datetime_parsing": Text("must be a day, as 2026-03-02"),
    "date_from_datetime_inexact": Text("must be a day, as 2026-03-02, without a time"),
    "datetime_type": Text("must be an instant, as 2026-03-02T09:00:00+08:00"),
    "datetime_parsing": Text("must be an instant, as 2026-03-02T09:00:00+08:00"),
    "datetime_from_date_parsing": Text("must be an instant, as 2026-03-02T09:00:00+08:00"),
    "datetime_object_invalid": Text("must be an instant, as 2026-03-02T09:00:00+08:00"),
    "timezone_aware": Text("must have an offset from UTC, as 2026-03-02T09:00:00+08:00"),
    "uuid_parsing": Text("must be a UUID"),
    "uuid_type": Text("must be a UUID"),
    "json_invalid": Text("must be JSON"),
    "json_type": Text("must be JSON"),
    "string_unicode": Text("must be UTF-8 text"),
    "bytes_type": Text("must be octets"),
}
"""By pydantic's type of fault; what stands in the places is pydantic's context of it."""

_IMPERSONAL = re.compile(r"^\w+ should")


class Unfit(ValueError):
    """What a validator or a parser finds wrong: a template and its parameters, as errors have them."""

    def __init__(self, template: str, /, **parameters: object) -> None:
        self.text = Text(template, parameters)
        super().__init__(str(self.text))

    def written(self, wanted: Language) -> str:
        """Say it in a language."""
        return self.text.written(wanted)


@dataclass(frozen=True)
class Foreign:
    """Another's sentence, for which there is no Chinese: framed, so that its reader knows what it is about."""

    message: str

    def written(self, wanted: Language) -> str:
        """Return the sentence, in Chinese behind a word that says what it is."""
        if wanted is Language.ENGLISH:
            return self.message
        return f"{Text('does not fit').written(wanted)}：{self.message}"

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class _Choices:
    """Values as pydantic lists them, the last one behind "or"."""

    listed: str

    def written(self, wanted: Language) -> str:
        return self.listed if wanted is Language.ENGLISH else self.listed.replace(" or ", " 或 ")


def fault_text(item: Mapping[str, Any]) -> Text | Foreign:
    """Say what one of pydantic's error details means to somebody who wrote the value."""
    kind, context = item["type"], item.get("ctx", {})
    error = context.get("error")
    if isinstance(error, Unfit):
        return error.text
    if kind in ("value_error", "assertion_error") and error is not None:
        return Text(str(error)) if translated(str(error), Language.CHINESE) != str(error) else Foreign(str(error))
    if kind == "string_pattern_mismatch" and str(context.get("pattern", "")).startswith(_ADDRESS):
        return Text("only lower-case letters, digits and hyphens are allowed, and dots in an address")
    if kind == "string_too_short":
        least = context.get("min_length", 1)
        return (
            Text("must not be empty") if least == 1 else Text("must have at least {least} characters", {"least": least})
        )
    found = _TEXTS.get(kind)
    if "expected" in context:
        context = {"expected": _Choices(str(context["expected"]))}
    if found is None:
        return Foreign(_IMPERSONAL.sub("must", str(item["msg"]).removeprefix("Value error, ")))
    return Text(found.template, context)
