"""Which fields of a form are asked, given what has been answered so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exchange.schemas import MatterField


def shown_fields(fields: Iterable[MatterField], answers: Mapping[str, str]) -> tuple[MatterField, ...]:
    """Return the fields that are asked, in order.

    A field that depends on another one is asked where that one is asked itself and has the answer.
    """
    shown: dict[str, MatterField] = {}
    for field in fields:
        needs = field.shown_if
        if needs is None or (needs.field in shown and answers.get(needs.field) == needs.value):
            shown[field.name] = field
    return tuple(shown.values())


def pages_of(fields: Iterable[MatterField]) -> tuple[tuple[MatterField, ...], ...]:
    """Return the fields by the pages they stand on: a topic begins a page, and what has none stays on it."""
    pages: list[list[MatterField]] = []
    for field in fields:
        opened = pages[-1][0].topic if pages else None
        if not pages or (field.topic is not None and field.topic != opened):
            pages.append([])
        pages[-1].append(field)
    return tuple(map(tuple, pages))
