"""Having a served member watched: its metrics endpoint and its traces, where the environment asks for them.

Nothing of either is even imported where it does not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from exchange.errors import BadConfiguration
from exchange.machine.logger import get_logger
from exchange.messaging.observer import Observer, Observers
from exchange.runtime.settings import Home
from exchange.telemetry.endpoint import Answers, Endpoint, EndpointPlace, parse_place

if TYPE_CHECKING:
    from exchange.messaging.node import Node
    from exchange.runtime.member import RunningMember
    from exchange.store import Store

log = get_logger()

METRICS, TOKEN, TRACING = "EXCHANGE_METRICS", "EXCHANGE_METRICS_TOKEN", "EXCHANGE_TRACING"
"""Environment variables: where to listen, what a scraper must show, where traces go."""

OFF = "off"


def metrics_place(env: Mapping[str, str] | None = None) -> EndpointPlace | None:
    """Return where the endpoint is to listen; None for nowhere. Raises BadConfiguration."""
    text = (os.environ if env is None else env).get(METRICS, "")
    return None if text in ("", OFF) else parse_place(text)


def metrics_token(env: Mapping[str, str] | None = None) -> str | None:
    """Return what a scraper must show as its bearer token: itself, or in the file named after an `@`.

    Raises BadConfiguration for a file that cannot be read, or holds nothing.
    """
    text = (os.environ if env is None else env).get(TOKEN, "")
    if not text.startswith("@"):
        return text or None
    try:
        read = Path(text[1:]).read_text().strip()
    except OSError as error:
        raise BadConfiguration(
            "{token}: {text}: {reason}",
            remedy="name a readable file",
            token=TOKEN,
            text=text[1:],
            reason=error.strerror,
        ) from error
    if not read:
        raise BadConfiguration("{token}: {text} is empty", remedy="write the token into it", token=TOKEN, text=text[1:])
    return read


class MemberWatch:
    """What watches one member of this process."""

    def __init__(self, node: Node, home: Home, env: Mapping[str, str]) -> None:
        self._node, self._home = node, home
        self._place, self._token = metrics_place(env), metrics_token(env)
        self._endpoint: Endpoint | None = None
        observers: list[Observer] = []
        if self._place is not None:
            from prometheus_client import CollectorRegistry, ProcessCollector, disable_created_metrics

            from exchange.telemetry.metrics import MemberMetrics

            disable_created_metrics()  # type: ignore[no-untyped-call]
            self._registry = CollectorRegistry(auto_describe=False)
            ProcessCollector(registry=self._registry)
            observers.append(MemberMetrics(self._registry, node.address))
        self._tracing = None
        if env.get(TRACING):
            from exchange.telemetry.tracing import open_tracing

            self._tracing = open_tracing(env[TRACING], node)
            observers.append(self._tracing)
        if observers:
            node.observer = observers[0] if len(observers) == 1 else Observers(observers)

    def serve(self, member: RunningMember, store: Store) -> None:
        """Open the endpoint of a member, before or after it was started. Raises OperatorError."""
        if self._place is None:
            return
        from prometheus_client import generate_latest

        from exchange.telemetry.gathering import announce
        from exchange.telemetry.gauges import MemberGauges

        gauges = MemberGauges(member, store)
        self._registry.register(gauges)
        answers = Answers(
            metrics=lambda: generate_latest(self._registry),
            alive=lambda: gauges.state().alive,
            ready=lambda: gauges.state().checks(),
            token=self._token,
            remarks=lambda: gauges.state().remarks,
        )
        self._endpoint = Endpoint(self._place, answers)
        log.info("metrics.listening", node=self._node.address, url=self._endpoint.place.url)
        announce(self._home, self._node.address, self._endpoint.place.url)

    def close(self) -> None:
        """Stop watching; traces that are still here go out."""
        if self._endpoint is not None:
            from exchange.telemetry.gathering import withdraw

            withdraw(self._home, self._node.address)
            self._endpoint.close()
        if self._tracing is not None:
            self._tracing.close()


@contextmanager
def watching(node: Node, home: Home, env: Mapping[str, str] | None = None) -> Iterator[MemberWatch]:
    """Watch a member's node as the environment says. Raises BadConfiguration."""
    watch = MemberWatch(node, home, os.environ if env is None else env)
    try:
        yield watch
    finally:
        watch.close()


@contextmanager
def resting(env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Serve the endpoint of a drained member that waits for its release.

    Nothing is to be restarted, and it is not ready.

    Raises BadConfiguration or OperatorError.
    """
    with _answering(b"", {"released": False}, env):
        yield


@contextmanager
def standing_by(address: str, env: Mapping[str, str] | None = None) -> Iterator[None]:
    """Serve the endpoint of a process that stands by: it is as ready as it can be, and says that it is not at work.

    Raises BadConfiguration or OperatorError.
    """
    with _answering(_STANDS_BY.format(address=address).encode(), {"standing-by": True}, env):
        yield


_STANDS_BY = """# HELP yizhan_standing_by Whether this process stands by to serve the member.
# TYPE yizhan_standing_by gauge
yizhan_standing_by{{member="{address}"}} 1.0
"""


@contextmanager
def _answering(metrics: bytes, ready: dict[str, bool], env: Mapping[str, str] | None) -> Iterator[None]:
    place = metrics_place(env)
    if place is None:
        yield
        return
    answers = Answers(metrics=lambda: metrics, alive=lambda: True, ready=lambda: ready, token=metrics_token(env))
    endpoint = Endpoint(place, answers)
    try:
        yield
    finally:
        endpoint.close()
