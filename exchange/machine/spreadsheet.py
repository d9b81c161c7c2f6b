"""Tables for spreadsheets: CSV after RFC 4180, whose cells are text and never become a formula, in a file that says
that it is UTF-8 (its mark is what spreadsheets go by)."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator

MARK = "\ufeff"
"""At the beginning of a file: it is UTF-8. Readers of ours skip it (the encoding ``utf-8-sig``)."""

_BEGINS = tuple("=+-@＝＋－＠﹢﹣﹦﹫−|")
"""What a spreadsheet would take for the beginning of a formula, in every width."""
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Write a whole table as one text."""
    return "".join(csv_lines(rows))


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield a table line by line, the mark before the first."""
    begin = MARK
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([_cell(cell) for cell in row])
        yield begin + line.getvalue()
        begin = ""


def guarded(text: str) -> str:
    """Guard a cell from being taken for a formula: an apostrophe goes before what would begin one.

    Spreadsheets pass over spaces, line ends and what cannot be seen.
    """
    rest = text
    while rest and (rest[0].isspace() or unicodedata.category(rest[0]) in ("Cc", "Cf", "Zl", "Zp", "Zs")):
        rest = rest[1:]
    return f"'{text}" if rest.startswith(_BEGINS) or text[:1] in ("\t", "\r") else text


def _cell(value: object) -> object:
    """Numbers stay numbers, written as text too."""
    return guarded(value) if isinstance(value, str) and not _NUMBER.fullmatch(value) else value
