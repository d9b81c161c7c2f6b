"""The plan of faults: the same from the same seed, and never more of the broker than it can spare."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from exchange.trials.prove.rules.faults import AT_ONCE, DATABASE, OF_NODES, OF_ROLES, OF_WAYS, Fault, FaultKind
from exchange.trials.prove.rules.plan import FaultGround, make_plan

MEMBERS = ("window", "monitor", "planning", "housing")
SINGLE = FaultGround(MEMBERS, small_disk="housing", sure_of_time=("window",))
CLUSTER = FaultGround(MEMBERS, nodes=3, has_server=True)


def test_a_seed_gives_one_plan_and_another_seed_another() -> None:
    assert make_plan(7, 200, 1.5, CLUSTER) == make_plan(7, 200, 1.5, CLUSTER)
    assert make_plan(7, 200, 1.5, CLUSTER) != make_plan(8, 200, 1.5, CLUSTER)
    assert make_plan(7, 50, 1.5, CLUSTER) == make_plan(7, 200, 1.5, CLUSTER)[:50], "a longer one begins the same"


@pytest.mark.parametrize("field", [SINGLE, CLUSTER])
def test_faults_come_in_order_and_as_often_as_is_asked(field: FaultGround) -> None:
    plan = make_plan(1, 1000, 1.5, field)
    assert [one.number for one in plan] == list(range(1, 1001))
    assert all(before.at < after.at for before, after in pairwise(plan))
    assert 1400 < plan[-1].at < 1700
    assert all((one.lasts == 0) == (one.kind in AT_ONCE) for one in plan)


def test_everything_that_there_is_is_struck_and_nothing_else() -> None:
    single, cluster = (Counter(one.kind for one in make_plan(2, 2000, 1.5, field)) for field in (SINGLE, CLUSTER))
    of_server = {FaultKind.KILL_DATABASE, FaultKind.FREEZE_DATABASE}
    assert set(single) == set(FaultKind) - OF_WAYS - of_server
    assert set(cluster) == set(FaultKind) - {FaultKind.DISK}
    targets = {one.target for one in make_plan(2, 2000, 1.5, CLUSTER)}
    assert {*MEMBERS, DATABASE, "node-1", "node-2", "node-3"} < targets


def test_a_clock_that_others_are_told_by_does_not_jump() -> None:
    jumps = [one for one in make_plan(3, 2000, 1.5, SINGLE) if one.kind is FaultKind.CLOCK]
    assert {one.target for one in jumps} == {"monitor", "planning", "housing"}
    assert min(one.amount for one in jumps) < -1 < 1 < max(one.amount for one in jumps)


def struck_at_once(plan: tuple[Fault, ...], kinds: frozenset[FaultKind]) -> int:
    """How many targets of these kinds are struck at one time, at most."""
    chosen = [one for one in plan if one.kind in kinds]
    return max(
        len({other.target for other in chosen if other.at <= one.at <= other.at + other.lasts}) for one in chosen
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_majority_of_nodes_always_stands_while_several_roles_may_be_struck(seed: int) -> None:
    plan = make_plan(seed, 1000, 1.0, CLUSTER)
    assert struck_at_once(plan, OF_NODES) == 1
    assert struck_at_once(plan, OF_ROLES) > 1
    assert struck_at_once(make_plan(seed, 1000, 1.0, FaultGround(MEMBERS, nodes=5)), OF_NODES) == 2


def test_nothing_is_struck_again_while_it_is() -> None:
    until: dict[str, float] = {}
    for one in make_plan(4, 2000, 0.5, CLUSTER):
        assert one.at >= until.get(one.target, 0.0)
        until[one.target] = one.at + one.lasts


def test_a_node_is_told_by_its_number() -> None:
    nodes = [one for one in make_plan(5, 500, 1.5, CLUSTER) if one.kind in OF_NODES]
    assert {one.node for one in nodes} == {1, 2, 3}
    assert all(one.target == f"node-{one.node}" for one in nodes)
    assert all(one.node is None for one in make_plan(5, 500, 1.5, CLUSTER) if one.kind not in OF_NODES)
