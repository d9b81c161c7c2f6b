"""Waiting by queueing theory: M/G/1 (Pollaczek and Khinchine) and M/M/c (Erlang). Pure."""

from __future__ import annotations

from math import inf


def utilisation(arrivals: float, service: float, servers: int = 1) -> float:
    """Return which share of their time servers are at work; ``arrivals`` a second, ``service`` in seconds."""
    return arrivals * service / servers


def wait_of_one(arrivals: float, service: float, variation: float = 1.0) -> float:
    """Return the mean seconds that a job waits before one server takes it (M/G/1); infinite where it is overloaded.

    ``variation``: the square of the coefficient of variation of the service time; 1 is the exponential's.
    """
    share = utilisation(arrivals, service)
    if share >= 1:
        return inf
    return share * service * (1 + variation) / (2 * (1 - share))


def erlang_c(offered: float, servers: int) -> float:
    """Return the probability that a job has to wait (M/M/c); ``offered``: arrivals by service time."""
    if offered >= servers:
        return 1.0
    blocked = 1.0  # Erlang B, by its recursion: no factorials that overflow
    for count in range(1, servers + 1):
        blocked = offered * blocked / (count + offered * blocked)
    return servers * blocked / (servers - offered * (1 - blocked))


def wait_of_several(arrivals: float, service: float, servers: int) -> float:
    """Return the mean seconds that a job waits before one of several servers takes it (M/M/c)."""
    offered = arrivals * service
    if offered >= servers:
        return inf
    return erlang_c(offered, servers) * service / (servers - offered)
