"""Invitations to hand something in after the acceptance: which of them nothing has answered yet. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.catalogue.brought import brings
from exchange.schemas import Application, Body, Filing, FilingSupplement, SupplementInvitation


def open_invitations(papers: Sequence[Body]) -> tuple[SupplementInvitation, ...]:
    """Return the invitations, the oldest first, of which no supplement since has brought anything.

    ``papers``: the filing and what was written of it, in the order on record.
    """
    waiting: list[SupplementInvitation] = []
    before: Application | None = None
    for body in papers:
        if isinstance(body, SupplementInvitation):
            waiting.append(body)
        elif isinstance(body, Filing | FilingSupplement):
            if before is not None:
                waiting = [one for one in waiting if not brings(one.wanted, before, body.application)]
            before = body.application
    return tuple(waiting)
