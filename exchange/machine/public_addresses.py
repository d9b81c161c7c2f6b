"""Which IP addresses are public: allocated for unicast on the internet, and set aside by IANA for nothing else.

What Python calls global differs from one of its versions to the next; so the registries stand here: of IPv6 what is
allocated as global unicast, and of both families what is in the special-purpose registries (RFC 6890 and its updates,
as of 2025), or stands for an IPv4 address behind a gateway, whatever that gateway would do with it.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

Ip = IPv4Address | IPv6Address

_GLOBAL_IPV6 = ip_network("2000::/3")
"""All that IANA has allocated from for global unicast."""

_SPECIAL_IPV4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared, behind a carrier's gateway
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # a cloud's own service, on an address that is otherwise public
            "169.254.0.0/16",  # link-local; clouds tell their secrets there
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays, deprecated
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_SPECIAL_IPV6 = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # protocol assignments, Teredo and ORCHID among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: stands for an IPv4 address
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)


def plain(address: Ip) -> Ip:
    """Return an IPv4 address that came as IPv6 (mapped) as what it is."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def is_public(address: Ip) -> bool:
    """Return whether an address is somebody's on the internet."""
    found = plain(address)
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _SPECIAL_IPV4)
    return found in _GLOBAL_IPV6 and not any(found in network for network in _SPECIAL_IPV6)
