"""What is asked of an applicant, as it is signed: materials of a matter by their names, and what stands in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from exchange.errors import CallerError
from exchange.schemas import Material, WantedPaper


def wanted_of(listed: Sequence[Material], codes: Iterable[str], words: Iterable[str]) -> tuple[WantedPaper, ...]:
    """Return what is wanted, each material by its name. Raises CallerError for one that the matter does not list."""
    names = {one.code: one.name for one in listed}
    for code in codes:
        if code not in names:
            raise CallerError(
                "the matter lists no material {material}",
                remedy="choose one of: {listed}",
                material=code,
                listed=", ".join(sorted(names)),
            )
    named = [WantedPaper(material=code, what=names[code]) for code in dict.fromkeys(codes)]
    return (*named, *(WantedPaper(what=text.strip()) for text in words if text.strip()))
