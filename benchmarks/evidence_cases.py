"""Domains of which bundles of evidence are made: a demonstration's, and one of a case with very many departments."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.month import Lead, application, city
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import RealClock
from exchange.directory import Authority
from exchange.directory.freshness import certify_freshness
from exchange.evidence.making import bundle_of_case
from exchange.operations.domain_view import DomainView
from exchange.operations.records.stores import stores_of
from exchange.runtime.settings import Home, Settings
from exchange.trials.demo_evidence import FOLDER

Maker = Callable[[str], bytes]
"""Makes the bundle of a case."""

_SUFFIX = ".evidence.zip"
_PATIENCE = 300.0


@dataclass(frozen=True)
class Source:
    """A domain through which cases have gone, and which is not served any more."""

    home: Home
    cases: list[str]
    opened: Callable[[], AbstractContextManager[Maker]]
    """Opens its databases anew."""

    @property
    def authority(self) -> bytes:
        """Whom a verifier trusts."""
        return (self.home.trusted / "authority.der").read_bytes()


def demonstration(root: Path) -> Source:
    """The domain of a demonstration, which runs for a minute and a half."""
    subprocess.run([Path(sys.executable).with_name("exchange"), "demo", "--home", root], check=True, stdout=sys.stderr)

    @contextmanager
    def opened() -> Iterator[Maker]:
        settings = Settings.read(home=root)
        with DomainView(settings) as view:
            stores = stores_of(view)
            yield lambda number: bundle_of_case(view.home, stores, number, settings.clock.now()).data

    found = sorted((root / FOLDER).glob(f"*{_SUFFIX}"))
    return Source(Home(root), [path.name.removesuffix(_SUFFIX) for path in found], opened)


def large_case(root: Path, info: NodeInfo, departments: int) -> Source:
    """A domain whose one case was put to so many departments, agreed to by each at once, and granted."""
    home, lead, clock = Home(root), Lead(), RealClock()
    domain = city(root, info, lead, departments)
    authority = Authority.open_or_create(home.authority, domain.domain, clock.now())
    certify_freshness(home.freshness_key, authority, clock.now())
    for address in domain.seats:
        domain.reopen(address)
        domain.start(address)
    window = f"{domain.domain}.window"
    number = submit(domain.nodes[window], application(domain.nodes[window])).number
    domain.members[window].wake()
    until = time.monotonic() + _PATIENCE
    while not lead.decided:
        if time.monotonic() > until:
            raise SystemExit(f"the case of {departments} departments was not decided within {_PATIENCE:.0f} s")
        time.sleep(0.1)
    domain.settle(_PATIENCE)
    domain.close()

    @contextmanager
    def opened() -> Iterator[Maker]:
        for address in domain.seats:
            domain.reopen(address)
        stores = {address: node.store for address, node in domain.nodes.items()}
        yield lambda number: bundle_of_case(home, stores, number, clock.now()).data
        domain.close()

    return Source(home, [number], opened)
