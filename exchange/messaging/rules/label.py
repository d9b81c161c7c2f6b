"""Transit: which way a message goes that a relay office has not opened, from its label alone.

A label (two headers beside the sealed bytes) names the final addressee and counts hops. Nothing of it is trusted
further than to choose a queue: receivers look at the signed header, senders at signed receipts. It is bounded so that
no message travels for ever, whatever a neighbour does: the hops are counted, and nothing returns where it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from exchange.directory.addressing import home_of, hop_towards, queue_towards
from exchange.language import Joined, Recorded, Text
from exchange.schemas import Header, NonDeliveryReason

TO, HOPS = "yz-to", "yz-hops"
"""The label: the final addressee's address, and how many relay offices have passed it on."""

MAX_HOPS = 8
"""More than the levels of any government need, there and back."""


@dataclass(frozen=True)
class Onward:
    """The next queue, and the label it goes on with."""

    queue: str
    label: Mapping[str, str | int]


@dataclass(frozen=True)
class Stuck:
    """It ends here. ``addressee`` is None where the label names none of the message's own addressees."""

    addressee: str | None
    reason: NonDeliveryReason
    why: Text | Joined | Recorded


def label_for(addressee: str) -> dict[str, str | int]:
    """Return the label of a copy that sets out."""
    return {TO: addressee, HOPS: 0}


def next_stage(
    header: Header, label: Mapping[str, Any], own: str, came_from: str | None, is_member: Callable[[str], bool]
) -> Onward | Stuck:
    """Decide where a message in transit at domain ``own`` goes next; neighbour ``came_from``'s link brought it."""
    to, hops = label.get(TO), label.get(HOPS)
    if not isinstance(to, str) or to not in header.addressees:
        return Stuck(None, NonDeliveryReason.UNREADABLE, Text("its label names none of its addressees"))
    fault = _fault(to, hops, own, came_from, is_member)
    if fault is not None:
        return Stuck(to, *fault)
    queue = queue_towards(own, header.kind, to, header.urgency)
    if queue is None:
        return Stuck(
            to, NonDeliveryReason.OTHER_TREE, Text("{to} belongs to another tree than {own}", {"to": to, "own": own})
        )
    return Onward(queue, {TO: to, HOPS: hops + 1})  # type: ignore[operator]


def _fault(
    to: str, hops: Any, own: str, came_from: str | None, is_member: Callable[[str], bool]
) -> tuple[NonDeliveryReason, Text] | None:
    if not isinstance(hops, int) or isinstance(hops, bool) or hops < 0:
        return NonDeliveryReason.UNREADABLE, Text("its label does not count hops")
    if hops >= MAX_HOPS:
        return NonDeliveryReason.TOO_MANY_HOPS, Text(
            "it was passed on {times} times without arriving", {"times": MAX_HOPS}
        )
    target = home_of(to)
    if target == own:
        unknown = Text("{own} has no member of the address {to}", {"own": own, "to": to})
        return None if is_member(to) else (NonDeliveryReason.UNKNOWN_ADDRESSEE, unknown)
    if came_from is not None and hop_towards(own, target) == came_from:
        back = Text(
            "its way from {own} leads back to {neighbour}, where it came from", {"own": own, "neighbour": came_from}
        )
        return NonDeliveryReason.WENT_BACK, back
    return None
