"""One thing that is wrong with what was typed: at which field, what, and its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.language import Text, choose, language
from exchange.language.choice import Words
from exchange.schemas.written import FaultAndRemedy, TextShape, fault_and_remedy

MOST_OF_A_LINE, MOST_OF_A_TEXT = 500, 20_000


@dataclass(frozen=True)
class InputFault:
    """What the summary of errors says, and leads to; in the reader's language."""

    anchor: str
    label: str
    what: str
    remedy: str
    path: str = ""
    """The page that the field is on, where that is another one."""


def input_fault(anchor: str, label: Words, found: FaultAndRemedy, path: str = "") -> InputFault:
    """Return a fault in the language that is spoken now."""
    what, remedy = (text.written(language()) for text in found)
    return InputFault(anchor, choose(label), what, remedy, path)


def text_fault(value: str, *, required: bool, most: int = MOST_OF_A_LINE) -> FaultAndRemedy | None:
    """Return what is wrong with a text: missing, too long, or with signs that cannot be seen; None where it is good."""
    if not value.strip():
        return (Text("is missing"), Text("fill it in")) if required else None
    if len(value) > most:
        return Text("has {length} characters, {most} at most", {"length": len(value), "most": most}), Text("shorten it")
    return fault_and_remedy(value, TextShape.LINE if most <= MOST_OF_A_LINE else TextShape.TEXT)
