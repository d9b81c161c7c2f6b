"""A member's periodic work: a monitor's sweep, a department's look at its desk, and how often."""

from __future__ import annotations

from datetime import timedelta

from exchange.approval.department.open_desk import OpenDesk
from exchange.approval.monitor import lapse
from exchange.clock import Clock
from exchange.messaging.node import Node
from exchange.schemas import Role


def periodic_work(node: Node, desk: OpenDesk | None = None) -> int:
    """Run a monitor's sweep and a department's look at its desk; returns how much was done."""
    roles = node.directory.member(node.address).roles
    done = 0
    if Role.MONITOR in roles:
        lapse.reproject(node)
        while (swept := lapse.sweep(node)).looked_at:
            done += swept.looked_at
            if swept.looked_at < lapse.SWEEP_LIMIT:
                break
    while desk is not None and (looked := desk.look()):
        done += looked
    return done


def tick_for(clock: Clock) -> float:
    """Return the seconds between looks: an hour of the node's clock, within a tenth of a second and ten seconds."""
    return min(10.0, max(0.1, clock.real_seconds(timedelta(hours=1))))
