"""What people type into a form, brought into the one way in which an answer travels.

Chinese input methods write digits, points and signs in full width, and a day is written in several ways; nobody is
refused for that. What is meant is never guessed at: whatever is not plainly a number or a day stays as it was typed,
and the check says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from exchange.schemas import Application, InputType, MatterField

_GROUPED = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", re.ASCII)
_ZEROS = re.compile(r"(-?)0+(?=[0-9])", re.ASCII)
_A_DAY = re.compile(r"([0-9]{4})(?:[-/.]|年)([0-9]{1,2})(?:[-/.]|月)([0-9]{1,2})日?", re.ASCII)
_MINUS = str.maketrans({"−": "-", "–": "-", "。": "."})
_YES_NO = {"是": "yes", "否": "no", "有": "yes", "无": "no", "true": "yes", "false": "no"}


def tidied_application(application: Application, fields: Iterable[MatterField]) -> Application:
    """Return an application with its answers as they travel; those to fields that the form does not have stay."""
    by_name = {field.name: field for field in fields}
    answers = tuple(
        answer.model_copy(update={"value": tidied(by_name[answer.field], answer.value)})
        if answer.field in by_name
        else answer
        for answer in application.answers
    )
    return application if answers == application.answers else application.model_copy(update={"answers": answers})


def tidied(field: MatterField, typed: str) -> str:
    """Return what was typed into a field as it travels: numbers and days in ordinary digits, texts without the rest."""
    text = typed.replace("\r\n", "\n").strip()
    if field.type.is_number:
        return _number(text, field.unit)
    if field.type is InputType.DATE:
        return _day(text)
    if field.type is InputType.YES_NO:
        return _YES_NO.get(text.lower(), text.lower())
    return text


def _number(text: str, unit: str) -> str:
    plain = _narrow(text).replace(" ", "")
    plain = plain.removesuffix(_narrow(unit).replace(" ", "")).removeprefix("+")
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    return _ZEROS.sub(r"\1", plain, count=1) if _ZEROS.match(plain) else plain


def _day(text: str) -> str:
    found = _A_DAY.fullmatch(_narrow(text).replace(" ", ""))
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else text


def _narrow(text: str) -> str:
    """The text with digits, letters and signs in their ordinary width."""
    return unicodedata.normalize("NFKC", text).translate(_MINUS)
