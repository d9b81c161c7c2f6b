"""Recovery is when traffic that began after a fault completes again, through what was struck; percentiles by rank."""

from __future__ import annotations

import pytest

from exchange.trials.prove.rules.faults import SUPERVISOR, Fault, FaultKind
from exchange.trials.prove.rules.measures import Passage, Passages, Struck, by_kind, recovered, spread

PASSAGES = Passages([
    Passage(1.0, 9.0, "window", "planning"),
    Passage(5.2, 8.0, "window", "planning"),
    Passage(5.5, 7.0, "planning", "housing"),
    Passage(5.1, 5.4, "window", "housing"),
    Passage(6.0, 6.3, "housing", "window"),
])  # fmt: skip


def struck(kind: FaultKind, target: str, lifted: float | None = 5.0) -> Struck:
    return Struck(Fault(1, 4.0, kind, target, 1.0), None if lifted is None else 4.0, lifted)


@pytest.mark.parametrize(
    ("kind", "target", "at"),
    [
        (FaultKind.FREEZE_ROLE, "planning", 7.0),
        (FaultKind.FREEZE_ROLE, "housing", 5.4),
        (FaultKind.FREEZE_ROLE, "transport", None),
        (FaultKind.FREEZE_NODE, "node-1", 5.4),
        (FaultKind.FREEZE_SUPERVISOR, SUPERVISOR, 5.4),
    ],
)
def test_the_first_that_began_afterwards_and_passes_what_was_struck(
    kind: FaultKind, target: str, at: float | None
) -> None:
    assert recovered(struck(kind, target), PASSAGES) == at


def test_what_was_under_way_before_tells_nothing_and_what_was_left_out_recovers_from_nothing() -> None:
    assert recovered(struck(FaultKind.FREEZE_NODE, "node-1", 6.1), PASSAGES) is None
    assert recovered(struck(FaultKind.FREEZE_NODE, "node-1", None), PASSAGES) is None


def test_recovery_is_counted_from_when_it_was_taken_back_and_outage_from_when_it_struck() -> None:
    one = Struck(Fault(1, 4.0, FaultKind.CLOCK, "planning", 1.0), 4.0, 5.0, recovered=7.0)
    assert (one.recovery, one.outage) == (2.0, 3.0)
    assert (struck(FaultKind.CLOCK, "planning").recovery, struck(FaultKind.CLOCK, "planning").outage) == (None, None)


def test_throughput_counts_each_where_it_ended() -> None:
    assert PASSAGES.throughput(2.0, 9.0) == [0, 0, 1, 2, 2]
    assert sum(PASSAGES.throughput(1.0, 4.0)) == 5, "nothing is left out, whatever the end"
    assert Passages([]).throughput(1.0, 0.0) == [0]


def test_percentiles_are_figures_that_were_measured() -> None:
    found = spread([float(one) for one in range(100, 0, -1)])
    assert found is not None
    assert (found.number, dict(found.at)) == (100, {50: 50.0, 90: 90.0, 99: 99.0, 100: 100.0})
    alone = spread([3.0])
    assert alone is not None
    assert set(alone.at.values()) == {3.0}
    assert spread([]) is None


def test_kinds_without_a_figure_are_left_out() -> None:
    one = Struck(Fault(1, 4.0, FaultKind.CLOCK, "planning", 1.0), 4.0, 5.0, recovered=7.0)
    found = by_kind([one, struck(FaultKind.FREEZE_NODE, "node-1")], lambda each: each.recovery)
    assert {kind: each.number for kind, each in found.items()} == {FaultKind.CLOCK: 1}
