"""The picture of a matter's procedure: from acceptance by stages to the decision, those asked at once side by side."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.catalogue.as_data import ACCEPTED_WITHIN, DELIVERED_WITHIN
from exchange.catalogue.picture.canvas import LEADING, Canvas
from exchange.catalogue.picture.cards import BODY, INSIDE, NAME
from exchange.catalogue.picture.measure import width_of, wrapped
from exchange.catalogue.picture.ranks import MARGIN, Ranks
from exchange.catalogue.picture.told import description_of, title_of
from exchange.catalogue.procedure import Names, ProcedureStage, completion_text, procedure_of
from exchange.catalogue.terms import days_to_decide, working_days_text
from exchange.language import Text
from exchange.language.choice import Language
from exchange.schemas import AcceptanceMode, Matter

NARROW, WIDE = 320, 960
"""Widths that are legible on a telephone, and on a desk."""
_ARROW = 26.0


def procedure_svg(matter: Matter, names: Names, wanted: Language, width: int = NARROW) -> str:
    """Draw a matter's procedure; wider pictures set the departments of a stage side by side."""
    drawing = _Drawing(Canvas(width), wanted)
    drawing.node(*_beginning(matter))
    for stage in procedure_of(matter, names):
        drawing.arrow()
        drawing.stage(stage)
    drawing.arrow()
    drawing.node(*_end(matter))
    title, description = title_of(matter).written(wanted), description_of(matter, names, wanted)
    return drawing.canvas.written(drawing.y + MARGIN, f"procedure-{matter.code}-{width}", title, description)


def _beginning(matter: Matter) -> tuple[Text, Sequence[Text]]:
    if matter.acceptance is AcceptanceMode.AUTOMATIC:
        return Text("Your application is accepted"), (Text("At once, if it is complete by the form's own check."),)
    within = {"days": working_days_text(ACCEPTED_WITHIN)}
    return Text("Your application is accepted"), (
        Text("An officer tells within {days} whether anything is missing.", within),
    )


def _end(matter: Matter) -> tuple[Text, Sequence[Text]]:
    within = {"days": working_days_text(days_to_decide(matter)), "most": working_days_text(matter.decision_days)}
    term = Text("Within {days} of acceptance.", within)
    if matter.promised_days is not None:
        term = Text("Within {days} of acceptance, as promised; the law allows {most}.", within)
    delivery = {"days": working_days_text(DELIVERED_WITHIN)}
    return Text("The window decides"), (
        completion_text(matter),
        term,
        Text("You get the result within {days} of the decision.", delivery),
    )


class _Drawing:
    """What has been drawn so far, and where the next thing begins."""

    def __init__(self, canvas: Canvas, wanted: Language) -> None:
        self.canvas, self.y = canvas, MARGIN
        self._wanted = wanted
        self._inside = canvas.width - 2 * MARGIN

    def node(self, name: Text, told: Sequence[Text]) -> None:
        """Draw what happens at the window."""
        room = self._inside - 2 * INSIDE
        names = wrapped(name.written(self._wanted), NAME, room, bold=True)
        lines = [line for text in told for line in wrapped(text.written(self._wanted), BODY, room)]
        height = (len(names) * NAME + len(lines) * BODY) * LEADING + 2 * INSIDE
        self.canvas.box((MARGIN, self.y), (self._inside, height), "node")
        middle = self.canvas.width / 2
        below = self.canvas.text((middle, self.y + INSIDE), names, NAME, bold=True, centred=True)
        self.canvas.text((middle, below), lines, BODY, centred=True)
        self.y += height

    def arrow(self) -> None:
        """Lead on to the next."""
        middle = self.canvas.width / 2
        self.canvas.line((middle, self.y), (middle, self.y + _ARROW), arrow=True)
        self.y += _ARROW

    def stage(self, stage: ProcedureStage) -> None:
        """Draw the departments of a stage within one outline."""
        top = self.y
        head = self._head(stage)
        room = self._inside - 2 * INSIDE
        lines = wrapped(head, NAME, room, bold=True)
        below = self.canvas.text((MARGIN + INSIDE, top + INSIDE), lines, NAME, bold=True)
        free = len(lines) == 1 and width_of(head, NAME, bold=True) < room / 2 - INSIDE
        ranks = Ranks(self.canvas, self._wanted)
        self.y = ranks.drawn(stage.ranks, below, begin=top if free else below) + INSIDE
        if ranks.side_by_side:
            self.canvas.line((self.canvas.width / 2, self.y - INSIDE), (self.canvas.width / 2, self.y))
        self.canvas.box((MARGIN, top), (self._inside, self.y - top), "stage", dashed=True, faint=True)

    def _head(self, stage: ProcedureStage) -> str:
        if len(stage.parts) == 1:
            return Text("Stage {stage}: one department", {"stage": stage.number}).written(self._wanted)
        told = {"stage": stage.number, "number": len(stage.parts)}
        return Text("Stage {stage}: {number} departments in parallel", told).written(self._wanted)
