"""Relay offices that are really served, on a real broker, tell each other of every directory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from exchange.bootstrap.certify import certify
from exchange.bootstrap.home import open_link, open_member, open_work
from exchange.bootstrap.init import init_broker
from exchange.bootstrap.linking import LinkSide
from exchange.bootstrap.links import KnownLink, save_links
from exchange.bootstrap.member import RunningMember
from exchange.bootstrap.trial import vhost_of
from exchange.broker.management import ManagementClient
from exchange.broker.node import NodeInfo
from exchange.clock import RealClock
from exchange.profiles import load_profiles
from tests.journeys.city import wait_until
from tests.journeys.folders import Domain, add

pytestmark = pytest.mark.broker


@pytest.fixture
def served(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[list[Domain]]:
    """Three levels, each with a vhost of one broker, linked, their relay offices served."""
    with ExitStack() as stack:
        domains = [Domain(tmp_path, name, RealClock()) for name in (domain, f"{domain}.b", f"{domain}.b.c")]
        for upper, lower in pairwise(domains):
            add(upper, lower)
        infos: dict[str, NodeInfo] = {}
        for one in domains:
            info = infos[one.name] = vhost_of(broker, one.name)
            stack.callback(_leave, broker, one.name)
            settings = replace(one.settings, broker_url=info.url, management_url=info.management_url)
            save_links(one.home.links, {other.name: KnownLink("the same for all") for other in domains if other != one})
            init_broker(settings, info, load_profiles(one.home.departments), one.say)
            opened = open_member(settings, f"{one.name}.relay")
            work = open_work(opened.profile, opened.take)
            member = RunningMember(opened.node, opened.store, open_link(settings, opened.node.address), work, tick=0.1)
            stack.callback(member.close)
            member.start()
        sides = {one.name: LinkSide(one.name, infos[one.name], one.home.links, 0.0) for one in domains}
        for upper, lower in pairwise(domains):
            sides[lower.name].join(sides[upper.name].admit(lower.name, print), print)
        yield domains


def _leave(broker: NodeInfo, name: str) -> None:
    with ManagementClient(broker.management_url or "", broker.url) as management:
        management.delete_vhost(name)


def test_directories_travel_all_the_way_up_and_down(served: list[Domain]) -> None:
    top, _, low = served
    wait_until(lambda: set(top.states()) == {one.name for one in served}, 90, "the county known at the top")
    certify(low.settings, f"{low.name}.planning", low.say)
    wait_until(lambda: top.view.of(low.name).directory == low.directory, 90, "the rotation below known at the top")
    certify(top.settings, f"{top.name}.planning", top.say)
    wait_until(lambda: low.view.of(top.name).directory == top.directory, 90, "the rotation at the top known below")
