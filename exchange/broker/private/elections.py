"""Has queues of a private node elect a leader: what RabbitMQ leaves out where it begins a queue's log anew."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Collection
from pathlib import Path

from exchange.broker.private.installation import find_installation
from exchange.broker.private.node_files import NodeFolder, environment
from exchange.errors import OperatorError
from exchange.language import Recorded, Text

_PATIENCE = 60.0
"""Seconds for one call of ``rabbitmqctl``; under one on an idle machine."""

_AT_ONCE = 200
"""Queues of one call."""

_NAME = re.compile(r"[a-z0-9.-]+")
"""Queues of a domain, see `topology`; nothing else gets into an Erlang expression."""

_ELECT = (
    "[ra:trigger_election(amqqueue:get_pid(Queue)) || Name <- [{names}], "
    '{{ok, Queue}} <- [rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, Name))]].'
)


def elect_leaders(folder: Path, queues: Collection[str]) -> None:
    """Have queues of the node that runs in ``folder`` elect a leader each; what is in them stays.

    Whether they have one then, they have to be asked. Raises OperatorError where the node cannot be told.
    """
    node = NodeFolder(folder.resolve())
    ports = node.read_ports()
    if ports is None:
        raise OperatorError("there is no private node in {folder}", remedy="run it: `exchange up`", folder=folder)
    control = find_installation().server.with_name("rabbitmqctl")
    names = [name for name in queues if _NAME.fullmatch(name)]
    for first in range(0, len(names), _AT_ONCE):
        listed = ", ".join(f'<<"{name}">>' for name in names[first : first + _AT_ONCE])
        command = [str(control), "eval", _ELECT.format(names=listed)]
        try:
            done = subprocess.run(
                command, env=environment(node, ports), cwd="/", capture_output=True, text=True, timeout=_PATIENCE
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _failed(control, type(error).__name__) from error
        if done.returncode != 0:
            raise _failed(control, (done.stderr or done.stdout).strip()[-300:])


def _failed(control: Path, reason: str) -> OperatorError:
    return OperatorError(
        "{control} could not have queues elect a leader: {reason}",
        remedy="see the node's log; `exchange init` tries it again",
        control=control,
        reason=Recorded(reason) if reason else Text("no answer"),
    )
