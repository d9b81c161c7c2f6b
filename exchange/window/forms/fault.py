"""One thing that is wrong with what was typed: at which field, what, and its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.language import choose, language
from exchange.language.choice import Words
from exchange.schemas.written import FaultAndRemedy


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
