"""What a window tells its portals, for the public, of how fast a matter is decided; no person is in it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from exchange.schemas.base import LARGEST_INTEGER, Address, Body, Line, MatterCode, Room, Title, Wire
from exchange.schemas.instants import Day, Instant

FEWEST_CASES = 5
"""Of fewer decided cases no figure is told: it would say too little, and too much of each of them."""

Number = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]


class DepartmentFigures(Wire):
    """How one department has answered in a matter."""

    department: Address
    name: Line
    name_en: Line
    asked: Number
    in_time: Number
    deemed_consents: Number


class MatterFigures(Body):
    """How a matter was decided in the last twelve months (办件统计); told anew when it has changed."""

    KIND: ClassVar[str] = "matter-figures"
    TITLE: ClassVar[Title] = ("事项办理统计", "Figures of a matter")
    ROOM: ClassVar[Room] = Room.PORTAL
    MOMENT: ClassVar[tuple[str, ...]] = ("at",)
    HAPPENED: ClassVar[tuple[str, ...]] = ("since",)

    matter: MatterCode
    since: Day
    until: Day
    """The last day that is counted."""
    decided: Number
    in_time: Number
    """Decided within the term by law."""
    half_within_days: Number | None = None
    """Working days from acceptance within which half was decided; None where too few cases are."""
    nine_of_ten_within_days: Number | None = None
    departments: Annotated[tuple[DepartmentFigures, ...], Field(max_length=200)] = ()
    """Nobody where too few cases are decided."""
    at: Instant
