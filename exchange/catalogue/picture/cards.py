"""A department's card in the picture: its name, its term, whom it waits for, and what its silence means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.catalogue.picture.canvas import LEADING, Canvas, Point
from exchange.catalogue.picture.measure import width_of, wrapped
from exchange.catalogue.procedure import ProcedurePart
from exchange.catalogue.terms import working_days_text
from exchange.language import Listed, NamedText, Text, choose
from exchange.language.choice import Language
from exchange.schemas import DefaultMode

NAME, BODY = 14.0, 12.5
"""Sizes of the fonts."""
INSIDE = 10.0
_TAG = BODY * LEADING + 4

_SILENCE = {
    DefaultMode.NONE: Text("silence is no consent"),
    DefaultMode.CONSENT: Text("silence is consent"),
    DefaultMode.REFUSAL: Text("silence is refusal"),
}


@dataclass(frozen=True)
class PartCard:
    """What stands on a card, broken into lines."""

    name: Sequence[str]
    lines: Sequence[str]
    tags: Sequence[tuple[str, bool]]
    """Short words in outlines; dashed where silence has an effect."""
    basis: Sequence[str]

    @property
    def height(self) -> float:
        """How much room it needs."""
        texts = len(self.name) * NAME + (len(self.lines) + len(self.basis)) * BODY
        return texts * LEADING + len(self.tags) * (_TAG + 5) + 2 * INSIDE


def card_of(part: ProcedurePart, width: float, wanted: Language) -> PartCard:
    """Lay out one department's part in a card of this width."""
    inside = width - 2 * INSIDE
    told = [working_days_text(part.term_days)]
    if part.waits_for:
        earlier = Listed(tuple(map(NamedText, part.waits_for)))
        told.append(Text("waits for the result of: {departments}", {"departments": earlier}))
    tags = [(_SILENCE[part.silence].written(wanted), part.silence is not DefaultMode.NONE)]
    if part.veto:
        tags.append((Text("has a veto").written(wanted), False))
    basis = Text("by: {basis}", {"basis": Listed(part.default_basis)}) if part.default_basis else None
    return PartCard(
        name=wrapped(choose(part.names, wanted), NAME, inside, bold=True),
        lines=[line for text in told for line in wrapped(text.written(wanted), BODY, inside)],
        tags=tags,
        basis=wrapped(basis.written(wanted), BODY, inside) if basis else (),
    )


def draw_card(canvas: Canvas, card: PartCard, at: Point, size: Point) -> None:
    """Draw a card."""
    canvas.box(at, size, "card")
    x, y = at[0] + INSIDE, at[1] + INSIDE
    y = canvas.text((x, y), card.name, NAME, bold=True)
    y = canvas.text((x, y), card.lines, BODY)
    for words, dashed in card.tags:
        canvas.box((x, y + 4), (width_of(words, BODY) + 14, _TAG), "tag", dashed=dashed)
        canvas.text((x + 7, y + 5.5), [words], BODY)
        y += _TAG + 5
    if card.basis:
        canvas.text((x, y + 1), card.basis, BODY)
