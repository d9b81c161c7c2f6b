"""Webhooks: which addresses are taken, when a delivery is tried again, and when a webhook is disabled.

How deliveries are signed is in `exchange.machine.webhook_signature`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from exchange.errors import CallerError, Denied
from exchange.language import Text
from exchange.machine.public_addresses import Ip, is_public, plain
from exchange.transitions import machine

PATIENCE = timedelta(days=3)
"""After so long without a success a webhook is disabled."""
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(hours=1)
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class DeliveryState(StrEnum):
    """One event on its way to one webhook; what is never taken waits until the webhook is removed."""

    WAITING = "waiting"
    DELIVERED = "delivered"


DELIVERIES = machine(
    "a webhook's delivery",
    {DeliveryState.WAITING},
    {DeliveryState.WAITING: {DeliveryState.DELIVERED}, DeliveryState.DELIVERED: ()},
)


class Event(StrEnum):
    """What a webhook can be told of."""

    ARRIVED = "message.arrived"
    RECEIPT = "receipt.in"
    DECIDED = "case.decided"
    DEADLINE = "deadline.near"
    AWAITED = "decision.awaited"
    FILING_RECEIVED = "filing.received"
    FILING_INCOMPLETE = "filing.incomplete"
    FILING_ACCEPTED = "filing.accepted"
    FILING_REFUSED = "filing.refused"
    FILING_PROGRESS = "filing.progress"
    FILING_DECIDED = "filing.decided"


def check_url(url: str) -> None:
    """Raise CallerError for a URL that no webhook may have: anything but https, or http to this machine itself."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _bad(Text("the URL cannot be read")) from None
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _bad(Text("a webhook's URL has neither user nor fragment"))
    if not host or port == 0 or not url.isascii() or any(sign <= " " for sign in url):
        raise _bad(Text("the URL names no host, or holds what must be escaped"))
    if parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK_NAMES):
        return
    raise _bad(Text("only https, or http to this machine itself"))


def check_reachable(addresses: Sequence[str], allowed: Sequence[str]) -> str:
    """Return the address to connect to, of those a host resolves to.

    Raises Denied if any is not public and in no allowed network: a name that leads both ways is not to be trusted.
    """
    found = [plain(ip_address(one.partition("%")[0])) for one in addresses]
    if not found or not all(_may(one, allowed) for one in found):
        raise Denied(
            "the webhook's host is on a network to which webhooks do not go",
            remedy="name the network in EXCHANGE_WEBHOOK_NETWORKS, if that is meant",
        )
    return str(found[0])


def again_after(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 5 s, doubled each time, an hour at most."""
    doublings = min(max(attempts, 1) - 1, 20)
    return min(_LONGEST, _FIRST * (1 << doublings))


def has_failed_long(failing_since: datetime | None, now: datetime) -> bool:
    """Return whether a webhook has failed so long that it is to be disabled."""
    return failing_since is not None and now - failing_since >= PATIENCE


def _may(address: Ip, allowed: Sequence[str]) -> bool:
    return is_public(address) or any(address in ip_network(one) for one in allowed)


def _bad(what: Text) -> CallerError:
    return CallerError(what, code="webhook-url", remedy="give an https URL of your own system")
