"""What counts as one source of requests: an IPv4 address, or the network that one subscriber has of IPv6."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

_SUBSCRIBER = 64
"""Bits of an IPv6 address that whoever has it cannot choose."""


@lru_cache(maxsize=4096)
def source_of(address: str) -> str:
    """Return the source of what comes from an address; of what is no address, that itself."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), _SUBSCRIBER), strict=False)) if not found.is_loopback else str(found)
