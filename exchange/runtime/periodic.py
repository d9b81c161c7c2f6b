"""A member's periodic work: a monitor's sweep, a department's look at its desk, and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from exchange.approval.department.open_desk import LOOK_LIMIT, OpenDesk
from exchange.approval.monitor import lapse
from exchange.clock import Clock
from exchange.messaging.failing.apart import each_alone
from exchange.messaging.node import Node
from exchange.schemas import Role

Round = Callable[[Node], object]

ROUNDS = "rounds"
"""What the rounds are called, as items of work, where one fails as a whole."""

_REST = timedelta(minutes=1)
"""A round that failed as a whole rests no longer: what it failed on may be keys that somebody has just put right."""


def periodic_work(node: Node, desk: OpenDesk | None = None, further: Mapping[str, Round] = MappingProxyType({})) -> int:
    """Run a monitor's sweep, a department's look at its desk and further rounds; returns how much the first two did.

    A round that fails keeps none of the others from their turn; it is put down, and tried again with patience.

    Raises DatabaseUnavailable.
    """
    own: dict[str, Round] = {"keys and directory": Node.renew, "deadlines": _watch}
    if desk is not None:
        own["desk"] = lambda node: _look_at(desk)
    done = each_alone(node, ROUNDS, {**own, **further}.items(), lambda look: look(node), rest=_REST, all_of_them=False)
    return sum(number for number in done if isinstance(number, int))


def look_at_desk(node: Node, desk: OpenDesk | None) -> None:
    """Run the desk's round alone: what has just come in waits for it, while the others only ask what is due.

    Raises DatabaseUnavailable.
    """
    if desk is not None:
        own: dict[str, Round] = {"desk": lambda node: _look_at(desk)}
        each_alone(node, ROUNDS, own.items(), lambda look: look(node), rest=_REST, all_of_them=False)


def _watch(node: Node) -> int:
    done = 0
    if Role.MONITOR not in node.directory.member(node.address).roles:
        return done
    lapse.reproject(node)
    while (swept := lapse.sweep(node)).looked_at:
        done += swept.looked_at
        if swept.looked_at < lapse.SWEEP_LIMIT:
            break
    return done


def _look_at(desk: OpenDesk) -> int:
    done = 0
    while True:
        looked = desk.look()
        done += looked
        if looked < LOOK_LIMIT:
            return done


def tick_for(clock: Clock) -> float:
    """Return the seconds between looks: an hour of the node's clock, within a tenth of a second and ten seconds."""
    return min(10.0, max(0.1, clock.real_seconds(timedelta(hours=1))))
