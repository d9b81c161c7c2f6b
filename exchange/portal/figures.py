"""The figures of matters that a portal shows: its window's signed word, the latest of each."""

from __future__ import annotations

from exchange.messaging.incoming import Handler, Incoming
from exchange.messaging.node import Node, Step
from exchange.portal.store import ShownFigures
from exchange.portal.superior import expect_window
from exchange.schemas import Body, MatterFigures


def handlers() -> dict[str, Handler]:
    """Return the message handlers of a portal for figures."""
    return {MatterFigures.KIND: take_figures}


def take_figures(step: Step, incoming: Incoming, body: Body) -> None:
    """Take in the figures of a matter; older ones than are shown change nothing."""
    expect_window(step, incoming)
    assert isinstance(body, MatterFigures)  # noqa: S101 -- see `handlers`
    step.tx[ShownFigures].keep(body.matter, body.at, body.model_dump_json())
    step.note(body.KIND, None, incoming.message_id, matter=body.matter)


def figures_shown(node: Node, matter: str) -> MatterFigures | None:
    """Return what the window has told last of a matter; None where it has told nothing."""
    with node.store.reading() as tx:
        text = tx[ShownFigures].get(matter)
    return MatterFigures.model_validate_json(text) if text is not None else None
