"""Whether the nodes that were begun have joined the cluster: the others tell of it a moment later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_fixed

from exchange.broker.admin.nodes import NodeState
from exchange.errors import OperatorError

_PATIENCE = 30.0
"""Seconds until the others tell of a node that has joined: they look at each other now and then."""


def await_joined(states: Callable[[], Sequence[NodeState]], names: Sequence[str], folder: Path) -> None:
    """Wait until all nodes of these names are told of as running. Raises OperatorError for those that are not."""

    def missing() -> list[str]:
        running = {state.name for state in states() if state.running}
        return [name for name in names if name not in running]

    try:
        Retrying(retry=retry_if_result(bool), stop=stop_after_delay(_PATIENCE), wait=wait_fixed(0.2))(missing)
    except RetryError as error:
        raise OperatorError(
            "nodes did not join the private cluster in {folder}: {missing}",
            remedy="see their logs; a node that never joined may be begun anew: remove its folder node-N",
            folder=folder,
            missing=", ".join(error.last_attempt.result()),
        ) from None
