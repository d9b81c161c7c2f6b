"""What a deployment consists of: the members of a domain, and the names under which they find broker and database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from exchange.runtime.profiles import Profile
from exchange.schemas import Role

HOME = "/var/lib/exchange"
"""The domain's folder inside a container."""
SHARED = ("public", "calendars")
"""Folders of it that hold no secret and that all members read; beside them ``tree``, which a relay office writes."""
BROKER_NODES = 3
"""A quorum queue goes on while two of three nodes do; two nodes would be no safer than one."""
METRICS = "0.0.0.0:9464"
METRICS_PORT = 9464
CONSOLE_PORT = 8480
WINDOW_PORT = 8500
AMQPS, MANAGEMENT_TLS, POSTGRESQL = 5671, 15671, 5432
USER = 10001
"""Whom the image runs as."""


@dataclass(frozen=True)
class DeployedMember:
    """A member that is served by a process of its own."""

    address: str
    name: str
    roles: frozenset[Role]

    @property
    def label(self) -> str:
        """Its name where only letters, digits and hyphens may stand: ``hefei-window``."""
        return self.address.replace(".", "-").replace("_", "-")

    @property
    def keeps_tree(self) -> bool:
        """Whether it writes what it hears of other domains' directories; only a relay office does."""
        return Role.RELAY in self.roles


@dataclass(frozen=True)
class Topology:
    """A domain as it is deployed."""

    domain: str
    members: tuple[DeployedMember, ...]
    image: str

    @property
    def portal(self) -> DeployedMember | None:
        """The member that applications of the public come by; the public window has its folder."""
        return next((member for member in self.members if Role.PORTAL in member.roles), None)


def topology_of(profiles: Iterable[Profile], image: str) -> Topology:
    """Return the topology of a domain's members; there is at least one."""
    members = tuple(DeployedMember(one.address, one.name, frozenset(one.roles)) for one in profiles)
    return Topology(members[0].address.rpartition(".")[0], members, image)
