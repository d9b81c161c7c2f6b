"""Hosts of the nodes of a private cluster, where each has one of its own: network namespaces that somebody else made.

A fault proof makes them, to cut nodes off from each other. Whoever starts a node, or starts it again, reads in the
broker's folder in which it belongs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from exchange.machine.files import make_folder, read_json, write_file

_FILE = "hosts.json"


@dataclass(frozen=True)
class NodeHost:
    """One host."""

    name: str
    """As Erlang names it."""
    address: str
    """IPv4, by which the other hosts reach it."""
    network: str
    """Where its network namespace is found."""

    @property
    def enter(self) -> tuple[str, ...]:
        """The command line's beginning that has a program run there."""
        return ("nsenter", f"--net={self.network}", "--")


def write_hosts(folder: Path, hosts: Sequence[NodeHost]) -> None:
    """Note the hosts of the nodes of a broker's folder, the first node's first. Raises FileUnusable."""
    make_folder(folder, 0o700)
    write_file(folder / _FILE, json.dumps({"hosts": [asdict(host) for host in hosts]}))


def read_hosts(folder: Path) -> tuple[NodeHost, ...]:
    """Return the hosts of the nodes; nothing where they all are on this one."""
    return tuple(NodeHost(**one) for one in (read_json(folder / _FILE) or {}).get("hosts", ()))


def names_for_erlang(hosts: Sequence[NodeHost]) -> str:
    """Return the text of the file that tells Erlang, and it alone, which address each host has."""
    lines = [f'{{host, {{{host.address.replace(".", ",")}}}, ["{host.name}"]}}.' for host in hosts]
    return "\n".join([*lines, "{lookup, [file, native]}.", ""])
