"""The example city deployed, and command lines read as the command line reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from exchange.cli import app
from exchange.deployment.kinds import DeploymentKind, files_for
from exchange.deployment.topology import Topology, topology_of
from exchange.runtime.profiles import load_profiles
from exchange.setup.init import packaged_departments

CITY: Topology = topology_of(load_profiles(packaged_departments()).values(), "yizhan:0.1.0")
HOME = "/var/lib/exchange"
SHARED = {f"{HOME}/{name}" for name in ("departments", "public", "calendars", "tree")}
_EXCHANGE: Any = typer.main.get_command(app)


def files(kind: str) -> dict[str, str]:
    """The files of the city's deployment."""
    return files_for(DeploymentKind(kind), CITY)


def parsed(words: list[str], home: Path) -> dict[str, Any]:
    """The values of a command line; an error of usage where the command does not take it so."""
    command = _EXCHANGE.commands[words[0]]
    for name in ("departments", "members"):
        (home / name).mkdir(exist_ok=True)
    found: dict[str, Any] = command.make_context(words[0], [*words[1:], "--home", str(home)]).params
    return found
