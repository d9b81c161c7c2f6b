"""The metrics of a whole domain in one answer: every served member's own, gathered when they are asked for.

A served member says in its folder where its endpoint is; whoever gathers asks all of them at once, briefly.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from exchange.errors import FileUnusable
from exchange.machine.files import read_json, write_file
from exchange.machine.logger import get_logger
from exchange.machine.web_client import Unanswered, WebClient
from exchange.runtime.settings import Home

log = get_logger()

_TIMEOUT = 3.0
"""Seconds that one member has to answer."""

_LARGEST = 16_000_000
"""Octets of one member's answer."""


def announce(home: Home, address: str, url: str) -> None:
    """Note where a member's endpoint is. A folder that cannot be written is no harm: it is then known otherwise."""
    try:
        write_file(_file(home, address), json.dumps({"url": url}))
    except FileUnusable as error:
        log.info("metrics.not-announced", node=address, reason=str(error))


def withdraw(home: Home, address: str) -> None:
    """Forget where a member's endpoint is."""
    try:
        _file(home, address).unlink(missing_ok=True)
    except OSError as error:
        log.info("metrics.not-withdrawn", node=address, reason=error.strerror)


def announced(home: Home, addresses: Collection[str]) -> dict[str, str | None]:
    """Return where each member's endpoint is, as far as it says."""
    return {address: _url(_file(home, address)) for address in addresses}


def gather(targets: Mapping[str, str | None], token: str | None = None, own: Collection[Collector] = ()) -> bytes:
    """Gather all members' metrics in Prometheus' text format, with `yizhan_up` of each, and what ``own`` adds.

    Samples without a member's label (those of its process) get one. A member that does not answer is `yizhan_up` 0.
    """
    registry = CollectorRegistry(auto_describe=False)
    for collector in own:
        registry.register(collector)
    registry.register(_Gathered(_fetch_all(targets, token)))
    return generate_latest(registry)


class _Gathered(Collector):
    def __init__(self, texts: Mapping[str, str | None]) -> None:
        self._texts = texts

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("yizhan_up", "Whether a member's endpoint answers.", labels=("member",))
        families: dict[str, Metric] = {}
        for member, text in self._texts.items():
            up.add_metric((member,), float(text is not None))
            for family in text_string_to_metric_families(text or ""):
                merged = families.setdefault(family.name, Metric(family.name, family.documentation, family.type))
                for sample in family.samples:
                    merged.add_sample(sample.name, {"member": member, **sample.labels}, sample.value)
        yield up
        yield from families.values()


def _fetch_all(targets: Mapping[str, str | None], token: str | None) -> dict[str, str | None]:
    if not targets:
        return {}
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with (
        WebClient(keep=0) as client,
        ThreadPoolExecutor(min(16, len(targets))) as pool,
    ):
        return dict(zip(targets, pool.map(lambda url: _fetch(client, url, headers), targets.values()), strict=True))


def _fetch(client: WebClient, url: str | None, headers: Mapping[str, str]) -> str | None:
    if url is None:
        return None
    try:
        answer = client.ask("GET", f"{url}/metrics", seconds=_TIMEOUT, headers=headers, at_most=_LARGEST)
    except Unanswered:
        return None
    return answer.body.decode(errors="replace") if answer.is_success else None


def _file(home: Home, address: str) -> Path:
    return home.member(address) / "metrics.json"


def _url(file: Path) -> str | None:
    url = (read_json(file) or {}).get("url")
    return url if isinstance(url, str) else None
