"""Pictures of procedures, kept as they were drawn: drawing two took more than half of the time of a matter's page."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from exchange.catalogue.picture.drawn import procedure_svg
from exchange.language import Language, Words
from exchange.schemas import Matter

_MOST = 400
"""Pictures that are kept; beyond it all are drawn anew, which a catalogue of a hundred matters never comes to."""


class DrawnProcedures:
    """Pictures by matter, language and width, drawn again where a name has changed. Safe to use from many threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._drawn: dict[tuple[int, Language, int], tuple[Matter, Mapping[str, Words], Markup]] = {}

    def of(self, matter: Matter, names: Mapping[str, Words], language: Language, width: int) -> Markup:
        """Return the picture of a matter's procedure, as SVG to be put into a page."""
        key = (id(matter), language, width)
        kept = self._drawn.get(key)
        if kept is not None and kept[0] is matter and kept[1] == names:
            return kept[2]
        if len(self._drawn) >= self._most:
            self._drawn = {}
        drawn = Markup(procedure_svg(matter, names, language, width))  # noqa: S704 -- it escapes its texts
        self._drawn[key] = (matter, names, drawn)  # which also keeps its id from being another's
        return drawn
