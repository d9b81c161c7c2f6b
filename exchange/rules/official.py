"""Official documents as text: number, kind, addressees, date and notes are found where the standard puts them.

The text itself becomes the body, unchanged, so that what was taken over can be given back byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.errors import CallerError
from exchange.rules.numbers import parse_date, parse_number
from exchange.schemas import AnnouncementNumber, Document, DocumentKind, Number, OrderNumber

_ENDINGS = {kind.value: kind for kind in DocumentKind} | {"令": DocumentKind.ORDER}
_FIRST_ATTACHMENT = re.compile(r"附件(?:\d{1,2}[.．]|\d{0,2}[：:]\s*(?:\d{1,2}[.．])?)\s*(?=\S)")
_NEXT_ATTACHMENT = re.compile(r"\d{1,2}[.．]\s*(?=\S)")
_DATED = re.compile(
    r"[\d〇○零一二三四五六七八九]{4}年[\d一二三四五六七八九十]{1,3}月(?:[\d一二三四五六七八九十]{1,3}日)?"
)
_HEAD = 40
"""Lines within which number and addressees stand, below what an archive may put above the paper."""


@dataclass(frozen=True)
class _Layout:
    """The lines of a paper, with those of its number and its date."""

    lines: Sequence[str]
    number: int
    """Line of the document number; -1 if the text does not show it."""
    date: int
    """Line of the date below the text; the number of lines if there is none."""


def kind_of(title: str, number: Number) -> DocumentKind:
    """The kind by the last word of the title, which governs: 关于印发…方案的通知 is a 通知.

    A paper with an order's number is an order whatever it puts in force; an answer (答复) in a 函-numbered paper is
    a 函. Raises CallerError for a title that names no kind.
    """
    if number.agency.endswith("令"):
        return DocumentKind.ORDER
    plain = re.sub(r"（[^（）]*）$", "", "".join(title.split()))
    for ending, kind in _ENDINGS.items():
        if plain.endswith(ending):
            return kind
    if plain.endswith("答复") and number.agency.endswith("函"):
        return DocumentKind.LETTER
    raise CallerError(
        "the title of {number} names none of the fifteen kinds",
        remedy="end the title with the kind: 关于……的通知",
        number=number,
    )


def parse_document(record: Mapping[str, str]) -> Document:
    """A document from its text and what a register knows of it: title, issuer, doc_number, text.

    Raises CallerError when the number or the kind cannot be read.
    """
    number = parse_number(record["doc_number"])
    layout = _lay_out(record["text"], str(number), number)
    try:
        return Document(
            number=number,
            kind=kind_of(record["title"], number),
            issuer=record["issuer"],
            signatory=_signatory(layout, number),
            title=record["title"],
            addressees=_addressees(layout),
            body=record["text"],
            attachment_note=_attachment_note(layout),
            date=_date(layout),
            notes=_notes(layout),
        )
    except ValueError as error:
        raise CallerError(
            "{number} is invalid as a document", remedy="compare it with GB/T 9704-2012", number=number
        ) from error


def _lay_out(text: str, shown: str, number: Number) -> _Layout:
    lines = [line.strip() for line in text.split("\n")]
    wanted = {shown}
    if isinstance(number, OrderNumber):
        wanted.add(f"第{number.serial}号")
    elif isinstance(number, AnnouncementNumber):
        wanted.add(shown.removeprefix(number.agency))
    at = max((row for row, line in enumerate(lines[:_HEAD]) if line in wanted), default=-1)
    below = (row for row in range(at + 1, len(lines)) if _DATED.fullmatch("".join(lines[row].split())))
    return _Layout(lines, at, next(below, len(lines)))


def _addressees(layout: _Layout) -> tuple[str, ...]:
    """The line below the number, if it ends as the naming of addressees does; bodies of one rank share an entry."""
    if layout.number < 0 or layout.number + 1 >= len(layout.lines):
        return ()
    line = layout.lines[layout.number + 1]
    if not line.endswith(("：", ":")) or "。" in line:
        return ()
    return tuple(part for part in line[:-1].split("，") if part)


def _date(layout: _Layout) -> date | None:
    """The date below the text, None if it lacks the day; failing a date there, the one an archive noted above it."""
    if layout.date < len(layout.lines):
        return parse_date(layout.lines[layout.date])
    for label, line in zip(layout.lines[:_HEAD], layout.lines[1:], strict=False):
        if label.startswith("成文日期"):
            return parse_date(label.removeprefix("成文日期").lstrip("：:")) or parse_date(line)
    return None


def _attachment_note(layout: _Layout) -> tuple[str, ...]:
    """What 附件：1.… 2.… between text and date names, without the counting."""
    names: list[str] = []
    for line in layout.lines[layout.number + 1 : layout.date]:
        found = (_NEXT_ATTACHMENT if names else _FIRST_ATTACHMENT).match(line)
        if found is not None:
            names.append(line[found.end() :])
        elif names:
            break
    return tuple(names)


def _notes(layout: _Layout) -> str:
    """The note (附注) in parentheses below the date."""
    line = layout.lines[layout.date + 1] if layout.date + 1 < len(layout.lines) else ""
    return line[1:-1] if re.fullmatch(r"（[^（）]+）", line) else ""


def _signatory(layout: _Layout, number: Number) -> str | None:
    """Who signed: named above an order's date, or at the head of a paper that goes upward (签发人)."""
    if isinstance(number, OrderNumber) and 0 < layout.date < len(layout.lines):
        words = layout.lines[layout.date - 1].split()
        return words[-1] if len(words) > 1 else None
    for line in layout.lines[:_HEAD]:
        found = re.search(r"签发人[：:]\s*(\S+)", line)
        if found is not None:
            return found[1]
    return None
