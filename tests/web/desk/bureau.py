"""A city with a relay office, whose notices wait for its cover."""

from __future__ import annotations

from pathlib import Path

from exchange.broker.admin.node_info import NodeInfo
from exchange.notices.rules.covering import Covering
from exchange.runtime.work import work_for
from exchange.schemas import Role
from exchange.trials.local import Seat
from tests.journeys.city import City, make_city


def make_relayed_city(folder: Path, broker: NodeInfo, domain: str, departments: tuple[str, ...]) -> City:
    """A city that is not yet served, with a relay office beside its departments."""
    city = make_city(folder, broker, domain, departments)
    relay = Seat((Role.RELAY,), work_for((Role.RELAY,), covering=Covering.ASK_ALL))
    city.local.seats = {**city.local.seats, f"{domain}.relay": relay}
    return city


def write_relay(folder: Path, domain: str) -> None:
    """The profile of a domain's relay office."""
    _write(folder, domain, "relay")


def write_portal(folder: Path, domain: str) -> None:
    """The profile of a portal of a domain's window."""
    _write(folder, domain, "portal", f'superior = "{domain}.window"\n')


def _write(folder: Path, domain: str, role: str, more: str = "") -> None:
    (folder / role).mkdir()
    (folder / role / "profile.toml").write_text(
        f'address = "{domain}.{role}"\nname = "{role}"\nname_en = "{role}"\nroles = ["{role}"]\n'
        f'officer = "officer"\n{more}'
    )
