"""Utilisation and waiting at the peak, and what breaks first as load grows. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from exchange.plan.assumptions import PlanAssumptions
from exchange.plan.queueing import utilisation, wait_of_one, wait_of_several
from exchange.plan.sizing import Sizing
from exchange.plan.work import case_work


class PlannedPlace(StrEnum):
    """What may be full; all of the busiest domain."""

    WINDOW = "window"
    DEPARTMENT = "department"
    MONITOR = "monitor"
    BROKER = "broker"
    MACHINES = "machines"
    DISK = "disk"
    LINK = "link"


@dataclass(frozen=True)
class PlannedUse:
    """How far one of them is used at the peak."""

    place: PlannedPlace
    share: float
    """1 is all of it."""
    wait: float | None = None
    """Mean seconds that a case's work waits there; None where nothing queues."""

    @property
    def growth(self) -> float:
        """By what load may grow until it is full."""
        return 1 / self.share if self.share else inf


def uses(asked: PlanAssumptions, sized: Sizing) -> list[PlannedUse]:
    """Return them, what breaks first in front."""
    return sorted(_uses(asked, sized), key=lambda one: (-one.share, one.place))


def _uses(asked: PlanAssumptions, sized: Sizing) -> Iterator[PlannedUse]:
    work, arrivals = case_work(asked.departments, asked.cost_factor), asked.cases_a_second
    for place, service in (
        (PlannedPlace.WINDOW, work.window),
        (PlannedPlace.DEPARTMENT, work.department),
        (PlannedPlace.MONITOR, work.monitor),
    ):  # one process each, and one writer at a time
        yield PlannedUse(place, utilisation(arrivals, service), wait_of_one(arrivals, service))
    broker = utilisation(arrivals, work.broker, asked.cores)
    yield PlannedUse(PlannedPlace.BROKER, broker, wait_of_several(arrivals, work.broker, asked.cores))
    usable = (sized.busiest_machines - 1) * asked.cores
    yield PlannedUse(PlannedPlace.MACHINES, sized.busiest_cores / usable)
    yield PlannedUse(PlannedPlace.DISK, sized.busiest_gb_a_year / (asked.disk_tb * 1000))
    yield PlannedUse(PlannedPlace.LINK, sized.link_mbit / asked.link_mbit)
