"""The departments of a stage: one below the other beside a line, or side by side between a line that parts and joins.

Those who need others' results come below them.
"""

from __future__ import annotations

from collections.abc import Sequence

from exchange.catalogue.picture.canvas import Canvas
from exchange.catalogue.picture.cards import BODY, INSIDE, PartCard, card_of, draw_card
from exchange.catalogue.procedure import ProcedurePart
from exchange.language import Text
from exchange.language.choice import Language

MARGIN = 4.0
_GAP, _STEM = 12.0, 14.0
_RAIL = 16.0
"""From the edge of a stage to its cards, where the line runs that leads to each."""
_LEAST, _MOST = 170.0, 300.0
"""How wide a card is at least and at most where several stand side by side."""


class Ranks:
    """Draws ranks of departments, below one another."""

    def __init__(self, canvas: Canvas, wanted: Language) -> None:
        self._canvas, self._wanted = canvas, wanted
        self._room = canvas.width - 2 * MARGIN - 2 * INSIDE
        self._middle = canvas.width / 2
        self.side_by_side = False

    def drawn(self, ranks: Sequence[Sequence[ProcedurePart]], y: float, begin: float) -> float:
        """Draw all ranks of a stage from ``y`` on; the line to the first may ``begin`` above; returns the end."""
        columns = int((self._room + _GAP) // (_LEAST + _GAP))
        self.side_by_side = columns > 1 and max(map(len, ranks)) <= columns
        draw = self._beside if self.side_by_side else self._below
        for number, rank in enumerate(ranks):
            if number:
                begin, y = y, self._then(y)
            y = draw(rank, y, begin)
        return y

    def _then(self, y: float) -> float:
        """Say why those below come later."""
        line = Text("then, once their results are in").written(self._wanted)
        x = self._middle + INSIDE if self.side_by_side else MARGIN + INSIDE
        return self._canvas.text((x, y + 3), [line], BODY)

    def _beside(self, rank: Sequence[ProcedurePart], y: float, begin: float) -> float:
        """Cards side by side, from one line to one line again."""
        width = min(_MOST, (self._room - (len(rank) - 1) * _GAP) / len(rank))
        cards = [card_of(part, width, self._wanted) for part in rank]
        left = self._middle - (len(rank) * (width + _GAP) - _GAP) / 2
        places = [left + number * (width + _GAP) for number in range(len(rank))]
        centres = [place + width / 2 for place in places]
        bus, top = y + 5, y + 5 + _STEM
        below = top + max(card.height for card in cards)
        end = below + _STEM
        self._canvas.line((self._middle, begin), (self._middle, bus))
        for x, card, place in zip(centres, cards, places, strict=True):
            self._canvas.line((x, bus), (x, top), arrow=True)
            draw_card(self._canvas, card, (place, top), (width, below - top))
            self._canvas.line((x, below), (x, end))
        if len(rank) > 1:
            self._canvas.line((centres[0], bus), (centres[-1], bus))
            self._canvas.line((centres[0], end), (centres[-1], end))
        return end

    def _below(self, rank: Sequence[ProcedurePart], y: float, _: float) -> float:
        """Cards one below the other, beside a line with a branch to each."""
        width, left, rail = self._room - _RAIL, MARGIN + INSIDE + _RAIL, MARGIN + INSIDE + 2
        cards: list[PartCard] = [card_of(part, width, self._wanted) for part in rank]
        begin = end = y + 4
        for card in cards:
            y += _GAP
            draw_card(self._canvas, card, (left, y), (width, card.height))
            end = y + min(card.height / 2, 24)
            self._canvas.line((rail, end), (left, end), arrow=True)
            y += card.height
        self._canvas.line((rail, begin), (rail, end))
        return y + 2
