"""How long a notice takes from the top through provinces and cities to every county, and back as counts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exchange.plan.assumptions import PlanAssumptions
from exchange.plan.measured import measured
from exchange.plan.work import notice_messages, notice_slope

_PARENT_ENDS = 4
"""Ends of messages that the upper relay office has for each lower domain: the copy out, its receipt, a tally, its
receipt. A message has two ends."""


@dataclass(frozen=True)
class NoticeTime:
    """Seconds until every county has signed and the top knows it."""

    likely: float
    """Each relay office does its own share of the work."""
    at_most: float
    """On busy machines, and as if each relay office did all the work of the domains directly below it as well."""
    messages: float
    domains: int


def _below(asked: PlanAssumptions) -> Iterator[float]:
    """How many domains lie below each of the level above, level by level; a level that there is not is left out."""
    above = 1
    for count in (asked.provinces, asked.cities, asked.counties):
        if count:
            yield count / above
            above = count


def notice_time(asked: PlanAssumptions) -> NoticeTime:
    """Return how long a notice to every county takes."""
    below = list(_below(asked))
    first, slope = measured("notice-one") / 1000, notice_slope()
    own = slope * _PARENT_ENDS / (2 * notice_messages())
    links = 2 * asked.link_ms / 1000 * len(below)
    further = sum(max(0.0, count - 1) for count in below)
    domains = asked.domains - 1
    return NoticeTime(
        likely=len(below) * first + links + own * further,
        at_most=len(below) * measured("notice-busy") / 1000 + links + slope * further,
        messages=domains * notice_messages(),
        domains=domains,
    )
