"""Where addressees stand by their names alone (各省、自治区、直辖市人民政府), for documents that give no addresses.

Ranks are 0 the centre, 1 provinces and ministries, 2 cities, 3 counties, 4 townships; a government's departments have
the rank of the governments below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from exchange.errors import CallerError
from exchange.rules.conveyance_table import Direction

_PERSON = re.compile(r"(?:委员|代表|主席|同志|先生|女士)$")
_MINISTRY = re.compile(
    r"^国务院.*(?:部委|机构|部门)$|^[^省市县州区]*(?:部|总局|总部)$|^国家[^省市县州区]*(?:部|委|局)$|^中国[^省市县州区]*局$|军区$"
)
_PLACES: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), rank)
    for pattern, rank in (
        (r"^各省、", 1),
        (r"乡|镇|街道", 4),
        (r"县|(?<!自治)(?<!特别行政)区|旗", 3),
        (r"(?<!直辖)(?<!北京)(?<!天津)(?<!上海)(?<!重庆)市|自治州|盟", 2),
        (r"省|自治区|特别行政区|直辖市|(?:北京|天津|上海|重庆)市|兵团", 1),
        (r"国务院|中央", 0),
    )
)
"""The lowest place a name contains governs: 合肥市庐阳区 is a district. First match first."""

_DEPARTMENT = re.compile(r"(?:部门|直属机构|(?<!办公)厅|局|委员会)$")
_OFFICE = re.compile(r"(?:国务院|中央军委|政府)(?:办公[厅室])?$")


def rank_of(name: str) -> int | None:
    """A body's rank by its name; None for a person, who has none. Raises CallerError where a name tells nothing."""
    if _PERSON.search(name):
        return None
    if _MINISTRY.search(name):
        return 1
    for pattern, rank in _PLACES:
        if pattern.search(name):
            return rank + bool(_DEPARTMENT.search(name))
    raise CallerError(
        "no rank can be read from {name!r}", remedy="write the body's full name, its place included", name=name
    )


def is_office(issuer: str) -> bool:
    """Whether a name is that of a government or of its general office."""
    return _OFFICE.search(issuer) is not None


def directions_named(issuer: str, addressees: Iterable[str]) -> frozenset[Direction]:
    """Where a document's addressees stand, seen from its issuer; without addressees it goes to the public.

    Persons stand beside every body. Raises CallerError where a name tells nothing.
    """
    own = rank_of(issuer)
    found = {_towards(own, rank_of(addressee)) for addressee in addressees}
    return frozenset(found or {Direction.PUBLIC})


def _towards(own: int | None, other: int | None) -> Direction:
    if own is None or other is None or own == other:
        return Direction.SIDE
    return Direction.DOWN if other > own else Direction.UP
