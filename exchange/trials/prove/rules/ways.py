"""Which ways between hosts a fault strikes: those of the nodes, and that of the members. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.trials.prove.rules.faults import Fault, FaultKind

MEMBERS = 0
"""The host on which the members are; those of the nodes have their numbers, from 1."""
LOST = float("inf")
"""Seconds by which packets are late that never come."""

Way = tuple[int, int]
"""From one host to another."""


def struck_ways(fault: Fault, nodes: int) -> dict[Way, float]:
    """Return by how many seconds packets come late, or that they are `LOST`, on the ways that a fault strikes."""
    node = fault.node or 1
    others = [number for number in range(1, nodes + 1) if number != node]
    heard, hears = [(node, other) for other in others], [(other, node) for other in others]
    members = [(node, MEMBERS), (MEMBERS, node)]
    if fault.kind is FaultKind.DELAY:
        return dict.fromkeys([*heard, (node, MEMBERS)], fault.amount)
    if fault.kind is FaultKind.PARTITION:
        return dict.fromkeys([*heard, *hears], LOST)
    if fault.kind is FaultKind.ONE_WAY:
        return dict.fromkeys(heard, LOST)
    return dict.fromkeys([*heard, *hears, *members], LOST) if fault.kind is FaultKind.CUT_OFF else {}


def all_ways(standing: Iterable[Fault], nodes: int) -> dict[Way, float]:
    """Return the same for all faults that stand: the worst of each way."""
    found: dict[Way, float] = {}
    for fault in standing:
        for way, late in struck_ways(fault, nodes).items():
            found[way] = max(late, found.get(way, 0.0))
    return found
