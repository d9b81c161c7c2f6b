"""Percentiles against their definition by sorting, and the longest way against bounds that always hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.rules.report.day_counts import DayCounts
from exchange.approval.rules.report.used import PartWay, longest_way, saved_in_parallel

days = st.lists(st.integers(-5, 300), max_size=60)


def counts(found: list[int]) -> DayCounts:
    counted = DayCounts()
    for one in found:
        counted.add(one)
    return counted


@given(days, st.integers(1, 100))
def test_a_percentile_is_the_fewest_days_within_which_so_many_were_done(found: list[int], percent: int) -> None:
    within = counts(found).within(percent)
    enough = [one for one in found if sum(other <= one for other in found) * 100 >= percent * len(found)]
    assert within == (min(enough) if found else None)


@given(days, days)
def test_joined_counts_are_those_of_all_together(some: list[int], others: list[int]) -> None:
    joined = counts(some)
    joined.join(counts(others))
    assert joined == counts(some + others)


@given(
    st.dictionaries(
        st.sampled_from("abcdefg"),
        st.builds(
            PartWay, st.integers(0, 40), st.integers(1, 3), st.lists(st.sampled_from("abcdefg"), max_size=2).map(tuple)
        ),
    )
)
def test_the_longest_way_is_no_shorter_than_any_department_and_no_longer_than_all(parts: dict[str, PartWay]) -> None:
    longest = longest_way(parts)
    assert max((part.days for part in parts.values()), default=0) <= longest
    assert saved_in_parallel(parts) >= 0
    everyone_waits = {name: PartWay(part.days, place) for place, (name, part) in enumerate(parts.items())}
    assert saved_in_parallel(everyone_waits) == 0
