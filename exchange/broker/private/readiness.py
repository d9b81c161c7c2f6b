"""Whether a private node serves."""

from __future__ import annotations

from exchange.broker.admin.errand import errand
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import BrokerError


def serves(info: NodeInfo) -> bool:
    """Return whether both the broker and its management API let the administrator in."""
    if info.management_url is None:
        return False
    try:
        with ManagementClient(info.management_url, info.url, timeout=5) as management:
            management.read("/api/whoami")
        with errand(info.url, "node:ready"):
            return True
    except BrokerError:
        return False
