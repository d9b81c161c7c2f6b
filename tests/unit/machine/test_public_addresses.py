"""Which addresses are public: by registries, not by the interpreter's idea of them."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from exchange.machine.public_addresses import is_public


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.0.1.1", "198.20.0.1",
     "223.255.255.255", "2400:3200::1", "2606:4700::1111", "2001:4860:4860::8888", "2001:200::1", "::ffff:1.1.1.1"],
)  # fmt: skip
def test_what_is_allocated_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "168.63.129.16", "172.16.0.1", "172.31.255.1",
     "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.1",
     "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
     "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::1.1.1.1", "64:ff9b:1::1", "100::1",
     "100:0:0:1::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:0101:0101::1",
     "2620:4f:8000::1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1"],
)  # fmt: skip
def test_what_is_set_aside_or_allocated_to_nobody_is_not(address: str) -> None:
    assert not is_public(ip_address(address))
