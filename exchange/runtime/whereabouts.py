"""Where a domain's broker is: as the environment names it, or as the folder of its private node says. Starts none."""

from __future__ import annotations

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.broker import PrivateBroker
from exchange.errors import BrokerUnavailable
from exchange.runtime.settings import Home, Settings


def known_broker(settings: Settings) -> NodeInfo | None:
    """Return how the broker is reached, whether it runs or not; None where neither environment nor folder tells."""
    if settings.broker_url:
        return NodeInfo(settings.broker_url, settings.management_url)
    return PrivateBroker(Home(settings.home).node).info


def find_broker(settings: Settings) -> NodeInfo:
    """Find the broker that the environment names, or the private node if it runs. Raises BrokerUnavailable."""
    if settings.broker_url:
        return NodeInfo(settings.broker_url, settings.management_url)
    found = PrivateBroker(Home(settings.home).node).found()
    if found is None:
        raise BrokerUnavailable(
            "the domain's private node is not running", remedy="`exchange up`, or set EXCHANGE_BROKER_URL"
        )
    return found
