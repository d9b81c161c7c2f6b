"""An answer to a matter's field as people read it. Pure."""

from __future__ import annotations

from exchange.language import Words
from exchange.schemas import InputType, MatterField

_YES_NO: dict[str, Words] = {"yes": ("是", "yes"), "no": ("否", "no")}


def answer_words(field: MatterField, value: str) -> Words:
    """Return an answer in both languages: the label of a choice, a figure with its unit."""
    if field.type is InputType.YES_NO:
        return _YES_NO["yes" if value == "yes" else "no"]
    label = next((choice.label.words for choice in field.choices if choice.code == value), None)
    shown = f"{value} {field.unit}".rstrip()
    return label if label is not None else (shown, shown)
