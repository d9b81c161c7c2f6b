"""What text must be that is written here and now: it can be seen, and says what it seems to say.

One rule for all that people write, for lines (titles, names, reasons) and for longer texts. It is for what is new:
what was signed before there was this rule is read as it was signed. After Unicode TR 36 and 39, and RFC 8264.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin

from annotated_types import MaxLen
from pydantic import StringConstraints

from exchange.language import Text
from exchange.schemas.base import Wire

Place = tuple[str | int, ...]

IGNORED = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Characters that show nothing (Unicode's Default_Ignorable_Code_Point, and the blank of Braille), for a pattern."""

_IGNORED = re.compile(f"[{IGNORED}]")
_JOINS = re.compile("[\u200c\u200d\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What changes the letter before it, as names and other scripts need it."""
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = "\n\r\t"
_COMMON = " -~、。，；：？！（）《》〔〕“”"
_PLAIN = re.compile(f"[{_COMMON}\u4e00-\u9fa5]*+")
"""Whole texts without a fault, as most are: ASCII and ideographs, read in one go."""
_DOUBTFUL = re.compile(f"[^\\w{_COMMON}]|[{IGNORED}]")
"""What may be a fault: all but letters, digits and common signs."""
_BLANK = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"})


class TextShape(Enum):
    """One line, or a text of several."""

    LINE = "line"
    TEXT = "text"


_SHORT = 500
"""Characters up to which a field is a line."""


def seen(text: str) -> str:
    """Return the text without the characters that show nothing, for comparing it with others."""
    return _IGNORED.sub("", text)


def is_visible(text: str) -> bool:
    """Return whether anybody who looks at the text sees anything."""
    return any(unicodedata.category(ch) not in _BLANK and not _IGNORED.match(ch) for ch in text)


FaultAndRemedy = tuple[Text, Text]
"""What is wrong with a text, and the remedy."""


def fault_of(text: str, shape: TextShape = TextShape.TEXT) -> str:
    """Say what is wrong with a text that is written now; empty where nothing is. An empty text is no fault."""
    found = fault_and_remedy(text, shape)
    return "; ".join(map(str, found)) if found else ""


def fault_and_remedy(text: str, shape: TextShape = TextShape.TEXT) -> FaultAndRemedy | None:
    """Do as `fault_of`, for readers of either language."""
    if not text:
        return None
    if not is_visible(text):
        return Text("nothing of it can be seen"), Text("write something, or leave it out")
    if _PLAIN.fullmatch(text):
        return None
    for found in _DOUBTFUL.finditer(text):
        position, ch = found.start(), found.group()
        if what := _forbidden(ch, text[max(0, position - 1) : position], shape):
            place = {"what": what, "code_point": f"{ord(ch):04X}", "position": position + 1}
            return Text("{what} (U+{code_point}) at character {position}", place), Text("take it out")
    return None


def faults_in(written: Wire, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield the place of every field whose text has a fault, with the fault."""
    for name, check in _checks(type(written)):
        yield from check(getattr(written, name), (*place, name))


def _forbidden(ch: str, before: str, shape: TextShape) -> Text | None:
    category = unicodedata.category(ch)
    if category == "Cs":
        return Text("half a character")
    if category in ("Cc", "Zl", "Zp") and not (shape is TextShape.TEXT and ch in _LINE_ENDS):
        return Text("a control character") if shape is TextShape.TEXT else Text("a line end or control character")
    if _TURNS.match(ch):
        return Text("a character that turns the direction of writing")
    if category == "Co":
        return Text("a character of private use, which others see as another one or none")
    if category == "Cn" and not "\U00020000" <= ch <= "\U0003fffd":  # planes of ideographs that keep growing
        return Text("no character")
    joins = bool(_JOINS.match(ch)) and before[-1:].strip() and not _IGNORED.match(before[-1:])
    if shape is TextShape.LINE and _IGNORED.match(ch) and not joins:
        return Text("a character that cannot be seen")
    return None


Check = Callable[[Any, Place], Iterator[tuple[Place, str]]]


@lru_cache(maxsize=256)
def _checks(model: type[Wire]) -> tuple[tuple[str, Check], ...]:
    found = ((name, _check(_whole(field))) for name, field in model.model_fields.items())
    return tuple((name, check) for name, check in found if check is not None)


def _whole(field: Any) -> Any:
    annotation = field.annotation
    return Annotated[annotation, *field.metadata] if field.metadata else annotation


def _check(annotation: Any, *around: Any) -> Check | None:
    """The check of whatever an annotation allows; None where there is no text in it."""
    inner, *rules = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
    if rules:
        return _check(inner, *rules, *around)
    if inner is str:
        shape = shape_of(around)
        return None if shape is None else _of_text(shape)
    if isinstance(inner, type) and issubclass(inner, Wire):
        return lambda value, place: faults_in(value, place)
    checks = [check for one in get_args(inner) if (check := _check(one))]
    if not checks:
        return None
    if get_origin(inner) is tuple:
        return _of_each(checks[0])
    if get_origin(inner) is dict:
        return _of_values(checks[-1])
    return _of_any(inner)


def shape_of(rules: tuple[Any, ...]) -> TextShape | None:
    """Return the shape that the constraints of a text give it; None for what a pattern keeps to its letters."""
    longest = _SHORT + 1
    for rule in rules:
        if isinstance(rule, StringConstraints):
            if rule.pattern is not None:
                return TextShape.LINE if str(rule.pattern).startswith("^[^") else None  # all but a few signs
            longest = min(longest, rule.max_length or longest)
        elif isinstance(rule, MaxLen):
            longest = min(longest, rule.max_length)
    return TextShape.LINE if longest <= _SHORT else TextShape.TEXT


def _of_text(shape: TextShape) -> Check:
    def check(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
        if isinstance(value, str) and (fault := fault_of(value, shape)):
            yield place, fault

    return check


def _of_each(check: Check) -> Check:
    def each(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
        for position, one in enumerate(value or ()):
            yield from check(one, (*place, position))

    return each


def _of_values(check: Check) -> Check:
    def values(found: Any, place: Place) -> Iterator[tuple[Place, str]]:
        for key, one in found.items():
            yield from check(one, (*place, key))

    return values


def _of_any(union: Any) -> Check:
    """Of alternatives: a model by what it is, a text by the rules of its own alternative."""
    texts = [check for one in get_args(union) if not _is_model(one) and (check := _check(one))]

    def any_(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
        if isinstance(value, Wire):
            yield from faults_in(value, place)
        elif value is not None and texts:
            yield from texts[0](value, place)

    return any_


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Wire)
