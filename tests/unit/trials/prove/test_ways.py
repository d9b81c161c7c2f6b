"""Which ways a fault of the network strikes: never one between hosts that it does not concern, and the worst counts."""

from __future__ import annotations

import pytest

from exchange.trials.prove.rules.faults import OF_WAYS, Fault, FaultKind
from exchange.trials.prove.rules.ways import LOST, MEMBERS, all_ways, struck_ways


def fault(kind: FaultKind, node: int = 1, amount: float = 0.0) -> Fault:
    return Fault(1, 0.0, kind, f"node-{node}", 5.0, amount)


def test_a_partition_parts_a_node_from_the_others_both_ways_and_not_from_the_members() -> None:
    ways = struck_ways(fault(FaultKind.PARTITION, 2), 3)
    assert ways == {(2, 1): LOST, (2, 3): LOST, (1, 2): LOST, (3, 2): LOST}


def test_a_one_way_partition_leaves_the_node_hearing() -> None:
    assert struck_ways(fault(FaultKind.ONE_WAY, 2), 3) == {(2, 1): LOST, (2, 3): LOST}


def test_a_node_that_is_cut_off_loses_the_members_as_well() -> None:
    both = struck_ways(fault(FaultKind.PARTITION, 3), 3)
    assert struck_ways(fault(FaultKind.CUT_OFF, 3), 3) == {**both, (3, MEMBERS): LOST, (MEMBERS, 3): LOST}


def test_what_a_slow_node_says_is_late_for_everybody_and_what_it_hears_is_not() -> None:
    assert struck_ways(fault(FaultKind.DELAY, 1, 0.2), 3) == {(1, 2): 0.2, (1, 3): 0.2, (1, MEMBERS): 0.2}


@pytest.mark.parametrize("kind", FaultKind)
def test_only_faults_of_ways_strike_any_and_all_of_them_concern_their_node(kind: FaultKind) -> None:
    one = fault(kind, amount=0.1) if kind in OF_WAYS else Fault(1, 0.0, kind, "node-1", 5.0)
    ways = struck_ways(one, 5)
    assert bool(ways) == (kind in OF_WAYS)
    assert all(1 in way for way in ways)


def test_the_worst_of_what_stands_counts_and_what_is_lifted_does_not() -> None:
    slow, apart = fault(FaultKind.DELAY, 1, 0.2), fault(FaultKind.PARTITION, 2)
    both = all_ways([slow, apart], 3)
    assert both == all_ways([apart, slow], 3)
    assert (both[1, 2], both[1, 3], both[2, 3]) == (LOST, 0.2, LOST)
    assert all_ways([slow], 3) == struck_ways(slow, 3)
    assert all_ways([], 3) == {}
