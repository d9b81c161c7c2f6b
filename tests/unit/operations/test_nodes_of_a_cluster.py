"""What the doctor says of a cluster's nodes and queues."""

from __future__ import annotations

from exchange.broker.admin.nodes import NodeState, QueuePlace, risks, states_of
from exchange.broker.admin.sight import Heard
from exchange.operations.health.checkups.nodes import judge
from exchange.operations.troubles import broker_lights
from exchange.operations.troubles.broker_lights import NodeFacts
from exchange.operations.troubles.lights import Light

ALL = frozenset({"a", "b", "c"})


def states(*, away: str = "", drained: str = "") -> list[NodeState]:
    return [NodeState(name, name not in away, name in drained) for name in sorted(ALL)]


def place(name: str, leader: str = "a", members: frozenset[str] = ALL) -> QueuePlace:
    return QueuePlace(name, leader, members, members)


def said(
    found: list[NodeState], places: list[QueuePlace] | None, hosts: int = 3, *, own: bool = False
) -> dict[str, str]:
    """What was found, and its level."""
    return {finding.finding: finding.level for finding in judge(found, places, hosts, own=own)}


def test_a_whole_cluster_is_good_and_a_single_node_is_none() -> None:
    assert said(states(), [place("q")]) == {"3 nodes run": "good"}
    assert said(states()[:1], [place("q", members=frozenset("a"))]) == {}


def test_a_node_that_is_away_is_bad_and_one_for_maintenance_is_noted() -> None:
    assert said(states(away="b"), [place("q")]) == {"nodes that do not run: b": "bad"}
    assert said(states(drained="c"), [place("q")]) == {"nodes that are out of service for maintenance: c": "note"}


def test_a_node_that_has_lost_the_others_is_bad_and_those_that_lost_it_are_not_blamed() -> None:
    frozen = [NodeState(name, True, False, ALL - {name} if name == "b" else frozenset("b")) for name in "abc"]
    assert said(frozen, [place("q")]) == {"nodes that have lost sight of the others: b": "bad"}


def test_queues_that_could_not_lose_a_node_are_bad_unless_it_is_not_known() -> None:
    few = [place(f"q{number}", members=frozenset("ab")) for number in range(7)]
    found = said(states(), few)
    assert found["queues with fewer than 3 replicas: q0, q1, q2, q3, q4 (+2)"] == "bad"
    assert said(states(), [place("q", "", frozenset())]) == {"3 nodes run": "good"}
    assert said(states(), [place("q", leader="")])["queues without a leader take nothing: q"] == "bad"


def test_replicas_that_do_not_keep_up_are_noted_unless_a_node_is_away_anyway() -> None:
    lagging = QueuePlace("q", "a", ALL, frozenset("ab"))
    found = said(states(), [lagging])
    assert found["queues with replicas that do not keep up, though all nodes run: q"] == "note"
    assert said(states(drained="c"), [lagging]) == said(states(drained="c"), [place("q")])


def test_remedies_are_those_of_the_own_broker_or_of_another() -> None:
    few = [place("q", members=frozenset("ab"))]
    remedies = [[finding.remedy for finding in judge(states(), few, 3, own=own)][-1] for own in (True, False)]
    assert "exchange init" in remedies[0]
    assert "rabbitmq-queues grow" in remedies[1]


def test_a_setting_that_names_one_of_three_hosts_is_noted() -> None:
    assert said(states(), [place("q")], hosts=1)["1 of 3 nodes are named as hosts"] == "note"


def heard(*names: str, mute: int = 0, hosts: int = 3) -> Heard:
    """Who answered, of so many hosts."""
    return Heard("http://first", {}, frozenset(names), tuple(f"mq{number}:15672" for number in range(mute)), hosts)


def told(names: str = "abc") -> list[dict[str, object]]:
    """The nodes as the management API tells them: all run, also one that is frozen and not yet given up."""
    return [{"name": name, "running": True} for name in names]


def test_the_node_that_did_not_answer_is_the_one_that_was_not_heard() -> None:
    assert [one.answers for one in states_of(heard("a", "c", mute=1), told())] == [True, False, True]
    assert [one.answers for one in states_of(heard("a", "c", mute=1), None, told())] == [True, False, True]
    hosts = states_of(heard("a", "c", mute=1), None)
    assert {one.name: one.answers for one in hosts} == {"a": True, "c": True, "mq0:15672": False}
    assert all(one.answers for one in states_of(heard("a", hosts=1), told())), "of one host, nobody else was asked"


def test_a_node_that_does_not_answer_is_bad_and_so_is_a_queue_it_leads() -> None:
    found = states_of(heard("a", "c", mute=1), told())
    assert said(found, [place("q", leader="b"), place("r")]) == {
        "nodes that do not answer: b": "bad",
        "queues without a leader take nothing: q": "bad",
    }


def test_queues_that_were_not_told_in_time_are_said_to_be_unknown() -> None:
    found = said(states_of(heard("a", "c", mute=1), told()), None)
    assert [level for finding, level in found.items() if finding.startswith("on which nodes the queues lie")] == [
        "note"
    ]


def test_lights_of_a_cluster_say_the_gravest_of_its_queues() -> None:
    few, lagging = place("q", members=frozenset("ab")), QueuePlace("q", "a", ALL, frozenset("ab"))
    for places, light in (([place("q", leader="")], Light.BAD), ([few], Light.WARN), ([lagging], Light.WARN)):
        assert [sign.light for sign in broker_lights.cluster(risks(states(), places), all_run=True)] == [light]
    assert list(broker_lights.cluster(risks(states(), [lagging]), all_run=False)) == [], "while a node is away they do"
    assert list(broker_lights.cluster(risks(states(), [place("q")]), all_run=True)) == []


def test_lights_of_nodes_tell_frozen_and_drained_from_well() -> None:
    facts = [NodeFacts("a", True, False, False, False, *more) for more in ((False, True), (True, True), (False, False))]
    assert [sign.light for sign in broker_lights.broker("4.3", facts)] == [Light.GOOD, Light.WARN, Light.BAD]
