"""TCP ports of a private node: chosen once, kept while they are free."""

from __future__ import annotations

import secrets
import socket
import threading
from dataclasses import asdict, dataclass, replace

from exchange.clock import monotonic

_PORTS = range(21_000, 29_000)
"""Outside what the system gives to outgoing connections, so that a port is still free after a restart."""

_LETTING_GO = 5.0
"""Seconds that a server which has just ended may take to let go of its ports."""


@dataclass(frozen=True)
class Ports:
    """The node's TCP ports on 127.0.0.1: AMQP, management API, Erlang's port mapper and distribution."""

    amqp: int
    management: int
    epmd: int
    distribution: int


def choose_ports(before: Ports | None, shared_epmd: int | None = None) -> Ports:
    """Choose the ports of before, once a server that has just ended lets them go; else four free ones.

    ``shared_epmd``: the port mapper that other nodes of the cluster use already.
    """
    if before is not None and shared_epmd is not None:
        before = replace(before, epmd=shared_epmd)
    until, pause = monotonic() + _LETTING_GO, threading.Event()
    while before is not None and monotonic() < until:
        if all(port == shared_epmd or _is_free(port) for port in asdict(before).values()):
            return before
        pause.wait(0.1)
    found: list[int] = []
    while len(found) < 4:
        port = secrets.choice(_PORTS)
        if port not in found and _is_free(port):
            found.append(port)
    chosen = Ports(*found)
    return chosen if shared_epmd is None else replace(chosen, epmd=shared_epmd)


def free_port(before: int | None) -> int:
    """Choose the port of before if it is free, else another."""
    port = before
    while port is None or not _is_free(port):
        port = secrets.choice(_PORTS)
    return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
