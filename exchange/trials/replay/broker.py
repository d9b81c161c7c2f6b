"""The broker of a replay: the one that is set, or a private one for as long as the replay lasts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node import PrivateNode
from exchange.runtime.settings import Settings


@contextmanager
def replay_broker(settings: Settings, folder: Path, say: Callable[[str], None]) -> Iterator[NodeInfo]:
    """Yield how the broker is reached; a private one has its files in ``folder``, and ends behind.

    Raises BrokerUnavailable.
    """
    if settings.broker_url:
        yield NodeInfo(settings.broker_url, settings.management_url)
        return
    node = PrivateNode(folder)
    try:
        yield node.start(say)
    finally:
        node.stop()
