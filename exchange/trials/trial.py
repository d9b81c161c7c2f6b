"""A tree of domains in one process, for trials: each with its own certificate authority, vhost, relay office and
members, linked.

Nothing is simplified between them: directories are delegated, links are shovels, relay offices pass on and count. Only
the members share a process, and domains share brokers where there are fewer brokers than domains.
"""

from __future__ import annotations

import csv
import secrets
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.provision import SETTLE
from exchange.broker.traffic.urls import with_vhost
from exchange.clock import Clock
from exchange.directory import Authority, Ties, TreeView, grow, load_directory
from exchange.directory.certificates import der
from exchange.directory.hierarchy import superior_of
from exchange.envelope import Identity
from exchange.language import tr
from exchange.runtime.links import KnownLink, save_links
from exchange.schemas import Delegation, Role, Upper
from exchange.setup.linking import LinkSide
from exchange.trials.local import LocalDomain, Seat

_TERM = timedelta(days=365)
_SWITCH_EACH = 0.001
"""Seconds of the interpreter's switch interval for each member of the process."""
_AT_ONCE = 6
"""Domains that are prepared or linked at the same time: most of it is waiting for the broker."""


@dataclass(frozen=True)
class TrialDomain:
    """A domain of the tree, by its address and name."""

    domain: str
    name: str
    code: str = ""


@dataclass
class Trial:
    """A tree that is served."""

    domains: dict[str, LocalDomain]
    sides: dict[str, LinkSide]
    """Of the links, by domain."""


def anhui() -> list[TrialDomain]:
    """Return Anhui province, its 16 cities and their 104 counties, districts and county-level cities."""
    with files("exchange.trials").joinpath("anhui.csv").open(encoding="utf-8") as file:
        return [TrialDomain(row["domain"], row["name"], row["code"]) for row in csv.DictReader(file)]


@contextmanager
def trial(
    folder: Path,
    seats: Mapping[str, Mapping[str, Seat]],
    brokers: Mapping[str, NodeInfo],
    clock: Clock,
    say: Callable[[str], None] = lambda text: None,
) -> Iterator[Trial]:
    """Serve a tree of domains: ``seats`` are the authorities of each by address, ``brokers`` the broker of each.

    Domains of one broker have a vhost each there. Everything is stopped on leaving. Raises what brokers and databases
    raise when they cannot be used.
    """
    _let_threads_finish(sum(map(len, seats.values())))
    say(tr("authorities and delegated directories of {count} domains", count=len(seats)))
    certified = certify_tree(folder, seats, clock.now())
    infos = {domain: vhost_of(brokers[domain], domain) for domain in seats}
    domains = {
        domain: LocalDomain(
            folder / domain, domain, infos[domain], clock, dict(some), certified=certified[domain], rest=0.0
        )
        for domain, some in seats.items()
    }
    sides = {domain: LinkSide(domain, infos[domain], folder / domain / "links.json", 0.0) for domain in seats}
    _seed_accounts(sides)
    with ExitStack() as stack, ThreadPoolExecutor(_AT_ONCE) as pool:
        stack.callback(_close_all, domains)
        say(tr("queues and databases"))
        list(pool.map(lambda domain: domain.prepare(), domains.values()))
        say(tr("links"))
        for domain in [name for name in seats if superior_of(name) in seats]:
            _link(sides, domain)  # one after another: several may set the same account of a shared broker
        threading.Event().wait(SETTLE)  # new queues, on all brokers at once
        say(tr("serving {sum} authorities", sum=sum(map(len, seats.values()))))
        list(pool.map(_start_all, domains.values()))
        yield Trial(domains, sides)


def _let_threads_finish(members: int) -> None:
    """Every thread that waits for the interpreter wakes once a switch interval only to ask again; of thousands, that
    is all that would ever happen. Threads here give way by themselves, whenever they wait for broker or database."""
    sys.setswitchinterval(max(sys.getswitchinterval(), members * _SWITCH_EACH))


def certify_tree(
    folder: Path, seats: Mapping[str, Mapping[str, Seat]], now: datetime
) -> dict[str, tuple[Mapping[str, Identity], TreeView]]:
    """Make an authority for each domain, delegated to by the one above; keys of all members, and each domain's view."""
    authorities = {name: Authority.open_or_create(folder / name / "authority", name, now) for name in seats}
    identities: dict[str, dict[str, Identity]] = {}
    papers: dict[str, bytes] = {}
    for name, authority in authorities.items():
        identities[name] = {address: authority.certify(address, now, valid_for=_TERM) for address in seats[name]}
        members = [
            authority.member(identities[name][address], address, address, seat.roles)
            for address, seat in seats[name].items()
        ]
        path = folder / name / "directory.cose"
        authority.publish(path, members, now, now + _TERM, _ties(name, authorities, now))
        papers[name] = path.read_bytes()
    views: dict[str, tuple[Mapping[str, Identity], TreeView]] = {}
    for name, authority in authorities.items():
        own = load_directory(papers[name], authority.certificate, now, 0)
        others = [paper for other, paper in papers.items() if other != name]
        tree = grow(own, der(authority.certificate), others, now, {})
        views[name] = identities[name], TreeView(own, papers[name], tree, now)
    return views


def vhost_of(broker: NodeInfo, domain: str) -> NodeInfo:
    """Return a domain's own vhost at a broker, made if it is not there. Raises BrokerUnavailable or BadTopology."""
    with ManagementClient(broker.management_url or "", broker.url) as management:
        management.put_vhost(domain)
    return NodeInfo(with_vhost(broker.url, domain), broker.management_url)


def _ties(name: str, authorities: Mapping[str, Authority], now: datetime) -> Ties:
    superior = superior_of(name)
    upper = None
    if superior is not None and superior in authorities:
        upper = Upper(domain=superior, certificates=(der(authorities[superior].certificate),))
    lower = [
        Delegation(domain=one, certificates=(der(authority.certificate),), issued_at=now, expires_at=now + _TERM)
        for one, authority in authorities.items()
        if superior_of(one) == name
    ]
    return Ties(upper, tuple(sorted(lower, key=lambda one: one.domain)))


def _seed_accounts(sides: Mapping[str, LinkSide]) -> None:
    """One password for all links: accounts are a broker's, not a vhost's, and several domains share one here."""
    password = secrets.token_urlsafe(24)
    for name, side in sides.items():
        neighbours = [other for other in sides if superior_of(other) == name or superior_of(name) == other]
        save_links(side.file, {neighbour: KnownLink(password) for neighbour in neighbours})


def _link(sides: Mapping[str, LinkSide], lower: str) -> None:
    upper = superior_of(lower) or ""
    url = sides[upper].admit(lower, lambda text: None)
    sides[lower].join(url, lambda text: None)


def _start_all(domain: LocalDomain) -> None:
    for address in domain.seats:
        domain.start(address)


def _close_all(domains: Mapping[str, LocalDomain]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(lambda domain: domain.close(), domains.values()))


def relay_and(domain: str, bodies: Sequence[tuple[str, Seat]]) -> dict[str, Seat]:
    """Return the seats of a domain: its relay office, and its authorities by their last label."""
    return {f"{domain}.relay": Seat((Role.RELAY,)), **{f"{domain}.{label}": seat for label, seat in bodies}}
