"""Who may read metrics: whoever has the token; where none is set, processes of this machine."""

from __future__ import annotations

import hmac
from ipaddress import ip_address


def may_scrape(peer: str, *, forwarded: bool, authorization: str | None, token: str | None) -> bool:
    """Return whether a request from ``peer`` may read metrics.

    ``forwarded`` says that a proxy passed it on: then the peer is the proxy, which says nothing of who asks.
    """
    if token:
        return hmac.compare_digest((authorization or "").encode(), f"Bearer {token}".encode())
    return is_loopback(peer) and not forwarded


def is_loopback(peer: str) -> bool:
    """Return whether an address is this machine's own."""
    try:
        return ip_address(peer.partition("%")[0]).is_loopback
    except ValueError:
        return False


FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Headers by which a proxy says that it passes on for somebody else."""
