"""A received document is put round within the authority (传阅): to whom, and who has read it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from unicodedata import normalize

from exchange.errors import CallerError, NotFound
from exchange.transitions import machine

MOST_OFFICERS = 200
LONGEST_NAME = 64


class CirculationState(StrEnum):
    """Whether an officer has read what was put round."""

    UNREAD = "unread"
    READ = "read"


CIRCULATION = machine(
    "a reader of what is put round",
    {CirculationState.UNREAD},
    {CirculationState.UNREAD: {CirculationState.READ}, CirculationState.READ: ()},
)


@dataclass(frozen=True, slots=True)
class CirculationReader:
    """An officer to whom a document is put round."""

    officer: str
    put_by: str
    put_at: datetime
    state: CirculationState = CirculationState.UNREAD
    read_at: datetime | None = None


def named(officers: Collection[str]) -> tuple[str, ...]:
    """Return officers' names as they are kept, each once, in the order given.

    Raises CallerError for an empty one, one that is too long or has what cannot be printed, and for none or too many.
    """
    found = tuple(dict.fromkeys(_name(officer) for officer in officers))
    if not found:
        raise CallerError("nobody is named to whom it is put round", remedy="name each officer")
    if len(found) > MOST_OFFICERS:
        raise CallerError(
            "{number} officers are more than {most}", remedy="put it round to fewer", number=len(found),
            most=MOST_OFFICERS,
        )  # fmt: skip
    return found


def to_add(present: Sequence[CirculationReader], officers: Collection[str]) -> tuple[str, ...]:
    """Return those to whom it is not put round yet. Raises CallerError as `named`, and where it were too many."""
    known = {reader.officer for reader in present}
    fresh = tuple(officer for officer in named(officers) if officer not in known)
    if fresh:
        named([*known, *fresh])
    return fresh


def reader_of(present: Sequence[CirculationReader], officer: str) -> CirculationReader:
    """Return an officer's entry. Raises CallerError, or NotFound where the document was not put round to them."""
    name = _name(officer)
    for reader in present:
        if reader.officer == name:
            return reader
    raise NotFound(
        "this document was not put round to {officer}",
        remedy="put it round to them first",
        officer=name,
    )


def _name(officer: str) -> str:
    name = normalize("NFC", officer.strip())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise CallerError(
            "{officer!r} is no name of an officer", remedy="a name of 1 to {most} characters", officer=officer,
            most=LONGEST_NAME,
        )  # fmt: skip
    return name
