"""What a plan is asked with: the shape of a country, its load, and what machines and links can do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum

from exchange.errors import CallerError

CITY_CASES_A_MONTH = 20_000
"""Cases in a month that the public report of 2006 gives for one city, Hefei."""
REPORT_DAYS_A_CASE = 3.5
"""Working days that the same report gives for a case."""
WORKING_DAYS = 250
"""In a year; the calendars of 2020 to 2026 have 248 to 252."""


class DecidingLevel(StrEnum):
    """The level whose windows take the cases."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True, kw_only=True)
class PlanAssumptions:
    """All that is assumed, and may be given otherwise. Nothing here is measured."""

    provinces: int = 31
    cities: int = 333
    counties: int = 2_843
    deciding: DecidingLevel = DecidingLevel.CITY
    cases_a_day: float = CITY_CASES_A_MONTH * 12 / WORKING_DAYS * 333
    """In the whole country, on a working day; by default every city as Hefei in 2006."""
    departments: float = 5
    """Asked in a case."""
    cost_factor: float = 2
    """What a case costs by the measured figures, which are of some eight a second: fewer share fewer batches. At 0.7 a
    second a case was measured to cost 1.9 times as much.
    """
    days_a_case: float = REPORT_DAYS_A_CASE
    """Working days from the submission to the decision."""
    letters_a_day: float = 0
    """Documents between authorities of one domain beside cases, in the whole country."""
    notices_a_day: float = 10
    """That go from the top to every county."""
    hours: float = 8
    """Of a working day in which cases come in."""
    peak_factor: float = 3
    """The busiest moment by the mean of those hours."""
    busiest: float = 5
    """The busiest domain by the mean of its level."""
    cores: int = 8
    """Of a machine."""
    utilisation: float = 0.5
    """Of its cores that a domain's machines use at most at the peak, one of them being away."""
    machines_at_least: int = 3
    """Of a domain: its broker has three nodes, its database and its members a standby."""
    disk_tb: float = 4
    """Of a machine, for databases."""
    link_mbit: float = 100
    """Of the link between two levels, in each direction."""
    link_ms: float = 20
    """From one end of it to the other."""
    authorities: float = 12
    """Members of a domain: window, monitor, relay office, portal and departments."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            lowest = 1 if field.name in _COUNTED else 0
            if isinstance(value, int | float) and not lowest <= value < float("inf"):
                raise CallerError(
                    "{name} must be a number from {lowest} on, and is {value}",
                    remedy="`exchange plan --help` says what each number is",
                    name=field.name, lowest=lowest, value=value,
                )  # fmt: skip
        if not self.deciding_domains:
            raise CallerError(
                "there is no {level} whose window takes the cases", remedy="name a level that there is: --at",
                level=self.deciding.value,
            )  # fmt: skip
        if not 0 < self.utilisation < 1 or min(self.hours, self.disk_tb, self.link_mbit) <= 0:
            raise CallerError(
                "of their cores machines use a part between 0 and 1, and hours, disk and links are more than nothing",
                remedy="`exchange plan --help` says what each number is",
            )

    @property
    def deciding_domains(self) -> int:
        """How many domains have a window that takes cases."""
        by_level = {
            DecidingLevel.PROVINCE: self.provinces,
            DecidingLevel.CITY: self.cities,
            DecidingLevel.COUNTY: self.counties,
        }
        return by_level[self.deciding]

    @property
    def domains(self) -> int:
        """All: the country's own, and those of provinces, cities and counties."""
        return 1 + self.provinces + self.cities + self.counties

    @property
    def cases_a_second(self) -> float:
        """At the peak, in the busiest domain."""
        return self.peak_of(self.cases_a_day / self.deciding_domains) * self.busiest

    def peak_of(self, a_day: float) -> float:
        """Return how many a second come at the peak, of so many a day."""
        return a_day / (self.hours * 3600) * self.peak_factor


_COUNTED = {"departments", "peak_factor", "busiest", "cores", "machines_at_least"}
