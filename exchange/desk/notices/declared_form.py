"""A form that a new notice asks for: its fields, row by row, as they are typed and kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from exchange.desk.letters.writing.complaints import LetterComplaints
from exchange.desk.visit import DeskVisit
from exchange.language import Text, Words
from exchange.schemas import FieldType, Form, FormField
from exchange.tomlfile import faults_of

COLUMNS: Mapping[str, Words] = {
    "label": ("填报内容", "What is asked for"),
    "type": ("类型", "Type"),
    "required": ("必填", "Required"),
    "unit": ("单位", "Unit"),
    "minimum": ("最小值", "Least"),
    "maximum": ("最大值", "Most"),
    "choices": ("选项（顿号分隔）", "Choices, apart by 、"),
}
"""What is said of each field; its short name is made from its place."""
_EMPTY_ROWS = 3
_MOST = 60
_PREFIX = "row-"
Rows = list[dict[str, str]]


def typed_rows(visit: DeskVisit) -> str:
    """Return the rows that were typed, as a draft keeps them; those that ask for nothing are left out."""
    columns = [visit.chosen(_PREFIX + name) for name in COLUMNS]
    rows = [dict(zip(COLUMNS, map(str.strip, cells), strict=True)) for cells in zip(*columns, strict=False)]
    return "\n".join("\t".join(_one_line(row[name]) for name in COLUMNS) for row in rows if row["label"])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def rows_of(kept: str) -> Rows:
    """Return the rows that a draft keeps."""
    return [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in kept.splitlines()]


def shown_rows(kept: str) -> Rows:
    """Return them with some empty ones behind."""
    rows = rows_of(kept)
    empty = dict.fromkeys(COLUMNS, "") | {"type": FieldType.INTEGER.value, "required": "yes"}
    return [*rows, *(dict(empty) for _ in range(min(_EMPTY_ROWS, _MOST - len(rows))))]


def form_said(fields: Mapping[str, str], complaints: LetterComplaints) -> Form | None:
    """Return the form that a draft declares; None where it declares none, or where something is wrong with it."""
    title, rows = fields.get("form_title", ""), rows_of(fields.get("form_rows", ""))
    if not title and not rows:
        return None
    if not title:
        complaints.say("form_title", Text("is missing"), Text("fill it in"))
    if not rows:
        complaints.say("form_rows", Text("the form asks for nothing"), Text("name at least one field"))
    found = list(_fields(rows, complaints))
    days = _days(fields.get("form_days", ""), complaints)
    if complaints.about("form_title") or complaints.about("form_rows") or days is None:
        return None
    return _form(title, found, days, complaints)


def _form(title: str, fields: Sequence[FormField], days: int, complaints: LetterComplaints) -> Form | None:
    try:
        return Form(title=title, fields=tuple(fields), due_days=days)
    except ValidationError as error:
        for place, what in faults_of(error):
            complaints.say(
                {"title": "form_title", "due_days": "form_days"}.get(str(place[0]), "form_rows"), what, _MEND
            )
        return None


_MEND = Text("correct it")


def _fields(rows: Rows, complaints: LetterComplaints) -> Iterator[FormField]:
    for place, row in enumerate(rows, 1):
        try:
            yield FormField.model_validate(_said(place, row))
        except ValidationError as error:
            for _, what in faults_of(error):
                told = _in_words(what) if isinstance(what, Text) else what
                complaints.say("form_rows", Text("field {place}: {what}", {"place": place, "what": told}), _MEND)


def _in_words(what: Text) -> Text:
    """The same without the name that a field of a form has for programs: the row's own words are beside it."""
    return _WITHOUT_NAMES.get(what.template, what)


_WITHOUT_NAMES = {
    "choices: given for a choice, each once, and only there": Text(
        "choices are given for a field of the kind choice, each once, and for no other"
    ),
}


def _said(place: int, row: Mapping[str, str]) -> dict[str, Any]:
    choices = tuple(one.strip() for one in row["choices"].replace("，", "、").split("、") if one.strip())
    return {
        "name": f"f{place}",
        "label": row["label"],
        "type": FieldType(row["type"]) if row["type"] in tuple(FieldType) else row["type"],
        "required": row["required"] != "no",
        "unit": row["unit"],
        "minimum": row["minimum"] or None,
        "maximum": row["maximum"] or None,
        "choices": choices,
    }


def _days(typed: str, complaints: LetterComplaints) -> int | None:
    if typed.isascii() and typed.isdecimal() and len(typed) < 4 and int(typed):
        return int(typed)
    complaints.say("form_days", Text("this is no number of days"), Text("give working days, from 1 to 365"))
    return None
