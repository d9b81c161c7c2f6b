"""Whom a notice is for in words: sorts of authorities and members by their names, all else as it is signed."""

from __future__ import annotations

import re

from exchange.desk.visit import DeskVisit
from exchange.language import Words

_SORTS: dict[str, Words] = {
    "all": ("所有单位", "everybody"),
    "departments": ("各部门", "all departments"),
    "offices": ("各政府办公室", "all offices"),
    "direct": ("直接下级的政府办公室", "the offices directly below"),
}
_COMMA = re.compile(r"\s*[,，、]\s*")


def for_whom(visit: DeskVisit, audience: str) -> str:
    """Return an audience expression in words; what is more than a sort or an address stays as it was written."""
    names, parts = visit.face.names(), _COMMA.split(audience)
    shown = (visit.words(_SORTS.get(one) or names.get(one) or (one, one)) for one in parts)
    return visit.say("、", ", ").join(shown)
