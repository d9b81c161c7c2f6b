"""The plan of a country: everything that the model answers, from one set of assumptions. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from exchange.plan.assumptions import PlanAssumptions
from exchange.plan.limits import PlannedUse, uses
from exchange.plan.measured import FIGURES
from exchange.plan.sizing import Sizing, size
from exchange.plan.spreading import NoticeTime, notice_time


@dataclass(frozen=True)
class NationalPlan:
    """What the model says."""

    asked: PlanAssumptions
    sized: Sizing
    notice: NoticeTime
    uses: tuple[PlannedUse, ...]
    """What breaks first in front."""

    def as_data(self) -> dict[str, Any]:
        """Return all of it for machines; what is infinite is null."""
        return {
            "assumptions": {**asdict(self.asked), "deciding": self.asked.deciding.value},
            "domains": self.asked.domains,
            "sizing": asdict(self.sized),
            "notice": asdict(self.notice),
            "peak": [
                {"place": one.place.value, "share": one.share, "wait_seconds": _finite(one.wait),
                 "growth": _finite(one.growth)}
                for one in self.uses
            ],
            "measured": [
                {"key": one.key, "value": one.value, "unit": one.unit, "meaning": one.meaning[1],
                 "benchmark": one.benchmark, "taken": one.taken}
                for one in FIGURES.values()
            ],
        }  # fmt: skip


def _finite(number: float | None) -> float | None:
    return number if number is not None and isfinite(number) else None


def plan(asked: PlanAssumptions) -> NationalPlan:
    """Return the plan of a country."""
    sized = size(asked)
    return NationalPlan(asked, sized, notice_time(asked), tuple(uses(asked, sized)))
