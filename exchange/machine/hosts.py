"""Which names a server answers to.

A page of another site can have its own name lead to this machine (DNS rebinding), and then reads what it gets as its
own; so whatever comes under a name that is not ours is refused.

IP addresses are taken as they are: nobody can have one lead elsewhere.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from ipaddress import ip_address

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]/@?#\s]+)(?::\d{1,5})?")


class KnownHosts:
    """The names a server answers to: `localhost`, the machine's own, and those it was given."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Of ``names``, one that begins with ``*.`` is every name with one more label."""
        own = socket.gethostname()
        self._names = frozenset(
            _plain(name) for name in ("localhost", own, own.partition(".")[0], *names) if name.strip()
        )

    def knows(self, host: str) -> bool:
        """Return whether a Host header names this server; an empty one, of clients without it, leads nobody astray."""
        if not host:
            return True
        found = _HOST.fullmatch(host)
        if found is None:
            return False
        name = _plain(found.group(1))
        return name in self._names or f"*.{name.partition('.')[2]}" in self._names or _is_address(name)


def _plain(name: str) -> str:
    return name.strip().strip("[]").removesuffix(".").casefold()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
