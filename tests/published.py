"""Documents that the State Council has published, as documents of ours, and where their addressees stand by name.

The published texts give no addresses; what an authority's name says of its rank stands in for them.
"""

from __future__ import annotations

import re
from typing import Any

from exchange.documents.rules.conveyance_table import Direction
from exchange.documents.rules.numbers import parse_number
from exchange.schemas import Document, DocumentKind, OrderNumber

_RANKS = tuple(
    (re.compile(pattern), rank)
    for pattern, rank in (
        (r"^各省、|^国务院.*(?:部委|机构|部门)$|^[^省市县州区]*(?:部|总局|总部)$|^国家[^省市县州区]*(?:部|委|局)$", 1),
        (r"^中国[^省市县州区]*局$|军区$", 1),
        (r"县|(?<!自治)(?<!特别行政)区", 3),
        (r"(?<!直辖)(?<!北京)(?<!天津)(?<!上海)(?<!重庆)市|自治州", 2),
        (r"省|自治区|特别行政区|直辖市|(?:北京|天津|上海|重庆)市|兵团", 1),
        (r"国务院|中央", 0),
    )
)
"""0 the centre, 1 provinces and ministries, 2 cities, 3 counties. First match first."""

_PERSON = re.compile(r"(?:委员|代表|主席|同志|先生|女士)$")
_OFFICE = re.compile(r"(?:国务院|中央军委|政府)(?:办公[厅室])?$")


def document_of(record: dict[str, Any]) -> Document:
    """A published text with what the register knows of it; the text is the body, byte for byte."""
    number = parse_number(record["doc_number"])
    return Document(
        number=number,
        kind=_kind_of(record, isinstance(number, OrderNumber)),
        issuer=record["issuer"],
        title=record["title"],
        addressees=_addressees(record["text"], record["doc_number"]),
        body=record["text"],
        date=None,
    )


def _kind_of(record: dict[str, Any], is_order: bool) -> DocumentKind:
    """The register leaves two orders open, and the answers to proposals, which are letters."""
    if record["genre"] != "?":
        return DocumentKind(record["genre"])
    return DocumentKind.ORDER if is_order else DocumentKind.LETTER


def _addressees(text: str, number: str) -> tuple[str, ...]:
    """The line below the number, where it ends as the naming of addressees does."""
    lines = [line.strip() for line in text.split("\n")]
    numbered = [row for row, line in enumerate(lines[:40]) if line == number]  # an archive may put its own copy above
    below = lines[numbered[-1] + 1] if numbered else ""
    if not below.endswith(("：", ":")) or "。" in below:
        return ()
    return tuple(part for part in below[:-1].split("，") if part)


def is_office(issuer: str) -> bool:
    """Whether a name is that of a government or of its general office."""
    return _OFFICE.search(issuer) is not None


def directions_named(document: Document) -> set[Direction]:
    """Where a document's addressees stand, seen from its issuer; without addressees it goes to the public."""
    own = _rank_of(document.issuer)
    return {_towards(own, _rank_of(one)) for one in document.addressees} or {Direction.PUBLIC}


def _rank_of(name: str) -> int | None:
    if _PERSON.search(name):
        return None
    return next(rank for pattern, rank in _RANKS if pattern.search(name))


def _towards(own: int | None, other: int | None) -> Direction:
    if own is None or other is None or own == other:
        return Direction.SIDE
    return Direction.DOWN if other > own else Direction.UP
