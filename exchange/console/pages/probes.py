"""`/healthz`, `/readyz` and `/metrics` of the console, for machines.

Health and readiness are told to anybody, in one word; what makes the console unready, and metrics, only to processes of
this machine, or to whoever has EXCHANGE_METRICS_TOKEN where that is set.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from exchange.console.section import Section
from exchange.errors import BrokerError, ExchangeError
from exchange.operations.domain_view import DomainView
from exchange.operations.health.sampler import sampler_of
from exchange.operations.troubles.kinds import AlertKind, Severity
from exchange.operations.troubles.store import Alerts
from exchange.telemetry.endpoint import CONTENT_TYPE
from exchange.telemetry.gathering import announced, gather
from exchange.telemetry.scraping import FORWARDED, may_scrape
from exchange.telemetry.watching import metrics_token


def _routes(view: DomainView) -> Sequence[BaseRoute]:
    token = metrics_token()

    def allowed(request: Request) -> bool:
        peer = request.client.host if request.client else ""
        forwarded = any(name in request.headers for name in FORWARDED)
        return may_scrape(
            peer, forwarded=forwarded, authorization=request.headers.get("authorization"), token=token
        )  # fmt: skip

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(request: Request) -> Response:
        checks = await run_in_threadpool(_checks, view)
        good = all(checks.values())
        shown = {"ready": good, "checks": checks} if allowed(request) else {"ready": good}
        return JSONResponse(shown, 200 if good else 503)

    async def metrics(request: Request) -> Response:
        if not allowed(request):
            return PlainTextResponse("not from here without the token\n", 403)
        body = await run_in_threadpool(_metrics, view, token)
        return Response(body, media_type=CONTENT_TYPE)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def _checks(view: DomainView) -> dict[str, bool]:
    """What the console needs for its own work: its database, and its members' names. Members' troubles are not its."""
    return {"database": _holds(lambda: view.console.ping()), "profiles": _holds(view.profiles)}


def _metrics(view: DomainView, token: str | None) -> bytes:
    return gather(announced(view.home, list(view.profiles())), token, own=[_Own(view)])


class _Own(Collector):
    """What the console knows beyond its members: alerts, broker, links."""

    def __init__(self, view: DomainView) -> None:
        self._view = view

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._alerts()
        yield from self._troubles()
        where = self._view.where()
        if where is not None and where.management_url is not None:
            yield from self._broker()

    def _alerts(self) -> Iterator[Metric]:
        standing = GaugeMetricFamily("yizhan_alerts_standing", "Alerts that are not over.", labels=("kind",))
        failing = GaugeMetricFamily("yizhan_alert_deliveries_failing", "Alerts that no one has taken yet.")
        try:
            with self._view.console.reading() as tx:
                counts = tx[Alerts].counts()
                failing.add_metric((), tx[Alerts].troubled())
        except ExchangeError:
            return
        for kind in AlertKind:
            standing.add_metric((kind.value,), counts.get(kind, 0))
        yield standing
        yield failing

    def _troubles(self) -> Iterator[Metric]:
        """The list of troubles as every page shows it, told or not; nothing before the first look."""
        found = GaugeMetricFamily("yizhan_troubles", "Standing troubles.", labels=("kind", "severity"))
        try:
            alerts = sampler_of(self._view).latest(0.0).standing.alerts
        except ExchangeError:
            return
        counts = Counter((alert.kind, alert.severity) for alert in alerts)
        for kind in AlertKind:
            for severity in Severity:
                found.add_metric((kind.value, severity.value), counts[kind, severity])
        yield found

    def _broker(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("yizhan_broker_up", "Whether the broker's management API answers.")
        links = GaugeMetricFamily("yizhan_link_running", "Whether a link to another level runs.", labels=("link",))
        try:
            with self._view.management() as management:
                shovels = management.shovels() or {}
        except BrokerError:
            shovels = None
        up.add_metric((), float(shovels is not None))
        for name, state in (shovels or {}).items():
            links.add_metric((name,), float(state == "running"))
        yield up
        yield links


def _holds(look: Callable[[], object]) -> bool:
    try:
        look()
    except ExchangeError:
        return False
    return True


SECTION = Section(routes=_routes)
