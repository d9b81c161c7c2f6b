"""A plan in words: what is asked, what is needed, and what breaks first, as rows of a label and a value."""

from __future__ import annotations

from math import isinf

from exchange.language import tr
from exchange.plan.limits import PlannedPlace, PlannedUse
from exchange.plan.national import NationalPlan

PlanRow = tuple[str, str]


def needs(found: NationalPlan) -> list[PlanRow]:
    """Return what the country needs."""
    sized = found.sized
    return [
        (tr("domains"), _whole(found.asked.domains)),
        (tr("machines of {cores} cores", cores=found.asked.cores), _whole(sized.machines)),
        (tr("broker nodes"), _whole(sized.brokers)),
        (tr("databases, with their standbys"), _whole(sized.databases)),
        (tr("links between levels"), _whole(sized.links)),
        (tr("members"), _whole(sized.members)),
        (tr("memory of members and standbys"), f"{sized.memory_gb:,.0f} GB"),
        (tr("cores busy with cases at the peak"), _short(sized.cores_at_peak)),
        (tr("cores busy with members' rounds at any time"), _short(sized.idle_cores)),
        (tr("messages a second at the peak"), _short(sized.messages_a_second)),
        (tr("cases open at a time"), _whole(sized.open_cases)),
        (tr("disk a year"), f"{_short(sized.disk_tb_a_year)} TB"),
        (tr("disk a year, the busiest domain"), f"{_short(sized.busiest_gb_a_year)} GB"),
        (tr("through the busiest broker at the peak"), f"{_short(sized.busiest_mbit)} Mbit/s"),
        (tr("a notice to every county, and all known at the top"),
         tr("{likely} s, at most {most} s", likely=_short(found.notice.likely), most=_short(found.notice.at_most))),
        (tr("messages of such a notice"), _whole(found.notice.messages)),
    ]  # fmt: skip


def peak(found: NationalPlan) -> list[tuple[str, str, str, str]]:
    """Return what is used at the peak in the busiest domain, what breaks first in front: what, share, wait, growth."""
    return [(place(one.place), f"{100 * one.share:.2g} %", _wait(one), _growth(one)) for one in found.uses]


def place(one: PlannedPlace) -> str:
    """Return what a place is called."""
    return {
        PlannedPlace.WINDOW: tr("the window's process"),
        PlannedPlace.DEPARTMENT: tr("a department's process"),
        PlannedPlace.MONITOR: tr("the monitor's process"),
        PlannedPlace.BROKER: tr("a broker node"),
        PlannedPlace.MACHINES: tr("the machines, one of them away"),
        PlannedPlace.DISK: tr("a machine's disk, in a year"),
        PlannedPlace.LINK: tr("a link"),
    }[one]


def _wait(one: PlannedUse) -> str:
    if one.wait is None:
        return "–"
    if isinf(one.wait):
        return tr("without end")
    return f"{_short(1000 * one.wait)} ms"


def _growth(one: PlannedUse) -> str:
    return "–" if isinf(one.growth) else tr("{times} times", times=_short(one.growth))


def _whole(number: float) -> str:
    return f"{number:,.0f}"


def _short(number: float) -> str:
    """Three digits: more would say more than the model knows."""
    if number == 0:
        return "0"
    return f"{float(f'{number:.3g}'):,.10g}" if number >= 0.001 else "< 0.001"
