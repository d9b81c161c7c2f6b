"""Where the domains of a tree are in tests: the root at one broker, all below at another, and nothing left behind."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node import PrivateNode
from exchange.broker.traffic.uplink import link_account


def new_root(name: str = "t") -> str:
    """The name of a tree that no other test has at the same brokers."""
    return f"{name}{secrets.token_hex(4)}"


def brokers_are_given() -> bool:
    """Whether the brokers are somebody's, and not to be stopped."""
    return bool(os.environ.get("TESTS_BROKER_URL") or os.environ.get("TESTS_SECOND_BROKER_URL"))


@contextmanager
def private_broker(folder: Path) -> Iterator[tuple[PrivateNode, NodeInfo]]:
    """A broker that a test may stop."""
    node = PrivateNode(folder / "node")
    try:
        yield node, node.start(print)
    finally:
        node.stop()


@contextmanager
def tree_on(
    upper: NodeInfo, lower: NodeInfo, domains: Sequence[str], accounts: Collection[str] = ()
) -> Iterator[dict[str, NodeInfo]]:
    """The broker of each domain, the root of the tree first.

    In the end their vhosts are removed, their links' accounts, and those of members, ``accounts``. Skips the test where
    a broker has no management API.
    """
    if upper.management_url is None or lower.management_url is None:
        pytest.skip("levels need the management API of each broker: EXCHANGE_MANAGEMENT_URL")
    try:
        yield {domain: lower if index else upper for index, domain in enumerate(domains)}
    finally:
        for info in {upper.url: upper, lower.url: lower}.values():
            leave(info, domains, accounts)


def leave(info: NodeInfo, domains: Collection[str], accounts: Collection[str] = ()) -> None:
    """Removes what a tree has made at a broker."""
    with ManagementClient(info.management_url or "", info.url) as management:
        for domain in domains:
            drop_vhost(management, domain)
        for account in (*map(link_account, domains), *accounts):
            management.delete_user(account)


def drop_vhost(management: ManagementClient, name: str) -> None:
    """Removes a virtual host with all it holds; the product itself never does."""
    management._delete(f"/api/vhosts/{quote(name, safe='')}")
