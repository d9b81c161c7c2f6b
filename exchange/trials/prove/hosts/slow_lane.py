"""The slow lane of a bridge: a port of it where frames wait as long as they are told to, and then go on to their host.

Frames come here because their sender has this lane's hardware address for their addressee. It takes the place of the
kernel's netem, which few kernels of virtual machines have.
"""

from __future__ import annotations

import fcntl
import heapq
import os
import select
import struct
from collections.abc import Mapping
from contextlib import suppress

from exchange.clock import monotonic
from exchange.machine.crew import Loop

_TUN = "/dev/net/tun"
_SET_INTERFACE = 0x400454CA
"""TUNSETIFF."""
_TAP_WITHOUT_HEADERS = 0x0002 | 0x1000
"""IFF_TAP, IFF_NO_PI."""
_MOST_OCTETS = 65_536
_AT_ONCE = 256
"""Frames that are taken in before those that have waited go on."""


class SlowLane:
    """An interface ``name`` with hardware address ``own``; ``hosts`` tells the true one of each IPv4 address.

    Raises OSError where there can be none.
    """

    def __init__(self, name: str, own: bytes, hosts: Mapping[bytes, bytes]) -> None:
        self._own, self._hosts = own, hosts
        self._late: Mapping[bytes, float] = {}
        self._wires: list[tuple[float, int, bytes]] = []
        self._seen = 0
        self._wire = os.open(_TUN, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.ioctl(self._wire, _SET_INTERFACE, struct.pack("16sH22x", name.encode(), _TAP_WITHOUT_HEADERS))
            self._told, self._tell = os.pipe2(os.O_CLOEXEC)
        except OSError:
            os.close(self._wire)
            raise
        self._closing = False
        self._thread = Loop(f"lane {name}", self._run, lambda: self._closing)
        self._thread.start()

    def wait(self, late: Mapping[bytes, float]) -> None:
        """Have frames wait so many seconds from now on, by the IPv4 address of their sender; others do not wait."""
        self._late = dict(late)

    def close(self) -> None:
        """Take it away with all frames that wait."""
        self._closing = True
        os.write(self._tell, b".")
        self._thread.join()
        for descriptor in (self._wire, self._told, self._tell):
            os.close(descriptor)

    def _run(self) -> None:
        while True:
            patience = max(0.0, self._wires[0][0] - monotonic()) if self._wires else None
            ready, _, _ = select.select([self._wire, self._told], [], [], patience)
            if self._told in ready:
                return
            if self._wire in ready:
                self._take_in()
            self._let_go()

    def _take_in(self) -> None:
        with suppress(BlockingIOError):
            for _ in range(_AT_ONCE):
                frame = os.read(self._wire, _MOST_OCTETS)
                on_its_way = onward(frame, self._own, self._hosts)
                if on_its_way is not None:
                    self._seen += 1  # those of one moment stay in their order
                    due = monotonic() + self._late.get(frame[26:30], 0.0)
                    heapq.heappush(self._wires, (due, self._seen, on_its_way))

    def _let_go(self) -> None:
        while self._wires and self._wires[0][0] <= monotonic():
            with suppress(OSError):  # a full queue loses frames, as any wire does
                os.write(self._wire, heapq.heappop(self._wires)[2])


def onward(frame: bytes, own: bytes, hosts: Mapping[bytes, bytes]) -> bytes | None:
    """Return a frame of IPv4 that came to the lane as it goes on to its host; None for what is not meant for it.

    It bears the lane's address as its sender's: the bridge would else look for the true sender here.
    """
    if len(frame) < 34 or frame[:6] != own or frame[12:14] != b"\x08\x00":
        return None
    host = hosts.get(frame[30:34])
    return None if host is None else host + own + frame[12:]
