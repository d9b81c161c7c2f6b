"""What `exchange up` answers for the whole domain it runs, at EXCHANGE_METRICS; its members choose free ports.

Members are always asked through their own endpoints, on the loopback; how they fare as processes the supervisor knows.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from exchange.runtime.settings import Home
from exchange.runtime.supervision.supervise import Supervisor
from exchange.telemetry.endpoint import LOOPBACK, Answers, Endpoint
from exchange.telemetry.gathering import announced, gather
from exchange.telemetry.watching import METRICS, OFF, metrics_place, metrics_token


def member_environment(env: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what members are told: a free port of the loopback each, or none where metrics are off altogether."""
    found = (os.environ if env is None else env).get(METRICS, "")
    return {METRICS: OFF if found == OFF else f"{LOOPBACK}:0"}


@contextmanager
def domain_endpoint(supervisor: Supervisor, home: Home, addresses: Collection[str]) -> Iterator[Endpoint | None]:
    """Answer for the domain while it is run, where EXCHANGE_METRICS names a place.

    Raises BadConfiguration or OperatorError.
    """
    place = metrics_place()
    if place is None:
        yield None
        return
    token, children = metrics_token(), Children(supervisor)
    answers = Answers(
        metrics=lambda: gather(announced(home, addresses), token, own=[children]),
        alive=lambda: True,
        ready=lambda: {name: child.alive for name, child in supervisor.children.items()},
        token=token,
    )
    with Endpoint(place, answers) as endpoint:
        yield endpoint


class Children(Collector):
    """The processes of a supervisor."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        running = GaugeMetricFamily("yizhan_role_running", "Whether a role's process runs.", labels=("member",))
        restarts = CounterMetricFamily("yizhan_role_restarts", "Restarts of a role's process.", labels=("member",))
        for name, child in self._supervisor.children.items():
            running.add_metric((name,), float(child.alive))
            restarts.add_metric((name,), float(child.restarts))
        yield running
        yield restarts
