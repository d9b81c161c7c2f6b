"""RabbitMQ's own programs, told to do something at a private node that runs."""

from __future__ import annotations

import subprocess

from exchange.broker.private.installation import find_installation
from exchange.broker.private.node_files import NodeFolder, environment
from exchange.broker.private.seat import ALONE, ClusterSeat
from exchange.errors import OperatorError
from exchange.language import Recorded, Text

PATIENCE = 60.0
"""Seconds for one call; under two on an idle machine."""


def control(
    node: NodeFolder,
    program: str,
    *arguments: str,
    seat: ClusterSeat = ALONE,
    patience: float = PATIENCE,
    remedy: str = "",
) -> str:
    """Run a program of RabbitMQ's, as ``rabbitmqctl`` or ``rabbitmq-queues``, for a node; return what it prints.

    Raises OperatorError with ``remedy`` where there is no such node or it cannot be told.
    """
    ports = node.read_ports()
    if ports is None:
        raise OperatorError("there is no private node in {folder}", remedy="run it: `exchange up`", folder=node.root)
    path = find_installation().server.with_name(program)
    try:
        done = subprocess.run(
            [*seat.enter, str(path), *arguments],
            env=environment(node, ports, seat=seat),
            cwd="/",
            capture_output=True,
            text=True,
            timeout=patience,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(program, arguments, type(error).__name__, remedy) from error
    if done.returncode != 0:
        raise _failed(program, arguments, (done.stderr or done.stdout).strip()[-300:], remedy)
    return done.stdout


def _failed(program: str, arguments: tuple[str, ...], reason: str, remedy: str) -> OperatorError:
    return OperatorError(
        "{program} {action} did not work: {reason}",
        remedy=remedy or "see the node's log",
        program=program,
        action=arguments[0],
        reason=Recorded(reason) if reason else Text("no answer"),
    )
