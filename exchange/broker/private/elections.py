"""Has queues of a private node elect a leader: what RabbitMQ leaves out where it begins a queue's log anew."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from exchange.broker.private.control import control
from exchange.broker.private.node_files import NodeFolder
from exchange.broker.private.seat import ALONE, ClusterSeat

_AT_ONCE = 200
"""Queues of one call."""

_NAME = re.compile(r"[a-z0-9.-]+")
"""Queues of a domain, see `topology`; nothing else gets into an Erlang expression."""

_ELECT = (
    "[ra:trigger_election(amqqueue:get_pid(Queue)) || Name <- [{names}], "
    '{{ok, Queue}} <- [rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, Name))]].'
)


def elect_leaders(folder: Path, queues: Collection[str], seat: ClusterSeat = ALONE) -> None:
    """Have queues of the node that runs in ``folder`` elect a leader each; what is in them stays.

    ``seat``: the node's place in a cluster.

    Whether they have one then, they have to be asked. Raises OperatorError where the node cannot be told.
    """
    names = [name for name in queues if _NAME.fullmatch(name)]
    remedy = "see the node's log; `exchange init` tries it again"
    for first in range(0, max(1, len(names)), _AT_ONCE):
        listed = ", ".join(f'<<"{name}">>' for name in names[first : first + _AT_ONCE])
        expression = _ELECT.format(names=listed)
        control(NodeFolder(folder.resolve()), "rabbitmqctl", "eval", expression, seat=seat, remedy=remedy)
