"""Which RabbitMQ is installed here: where its server is, and what version."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange.errors import OperatorError

OVERRIDE = "EXCHANGE_RABBITMQ_SERVER"
"""Environment variable naming the ``rabbitmq-server`` of another installation."""

_DISTRIBUTION = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Where distributions keep the server itself; what they have on PATH wants root or the user rabbitmq."""

_STAMPS_SINCE = (3, 12)
"""The first version with the incoming timestamp interceptor; older ones do not start with it configured."""


_BEFORE_FOUR = (3, 13)
"""The only version from which RabbitMQ 4 takes data over."""


@dataclass(frozen=True)
class Installation:
    """A RabbitMQ server that can be run. ``version`` is empty where it cannot be told."""

    server: Path
    version: tuple[int, ...]

    @property
    def can_stamp(self) -> bool:
        """Whether it knows how to stamp messages on arrival."""
        return self.version >= _STAMPS_SINCE

    def __str__(self) -> str:
        return f"RabbitMQ {'.'.join(map(str, self.version)) or '(version unknown)'}"


def check_data(before: tuple[int, ...], now: tuple[int, ...], folder: Path) -> None:
    """Raise OperatorError where a version of RabbitMQ cannot use the data that another has left in a node's folder.

    It never goes back to an earlier minor version, and from 3 to 4 by way of 3.13 alone (RabbitMQ, "Upgrading").
    """
    if not before or not now:
        return
    if now[:2] < before[:2] or (now[0] >= 4 and before[:2] < _BEFORE_FOUR):
        way = "through 3.13" if now > before else "never back to an earlier version"
        raise OperatorError(
            "the data in {folder} was made by RabbitMQ {before}, which {now} cannot use: it goes {way}",
            remedy="name that version's server in {setting}; or move {data} away: `exchange init` makes the queues "
            "anew, and what was not signed for is sent again from the outboxes",
            setting=OVERRIDE,
            folder=folder,
            before=".".join(map(str, before)),
            now=".".join(map(str, now)),
            way=way,
            data=folder / "data",
        )


def find_installation(env: Mapping[str, str] = os.environ) -> Installation:
    """Find the server to run: the one ``EXCHANGE_RABBITMQ_SERVER`` names, the distribution's, or that on PATH.

    Raises OperatorError when there is none.
    """
    server = _find(env)
    return Installation(server, _version_of(server))


def _find(env: Mapping[str, str]) -> Path:
    named = env.get(OVERRIDE)
    if named:
        if not os.access(named, os.X_OK):
            raise OperatorError(
                "{override} names {named}, which cannot be run",
                remedy="correct or unset {override}",
                override=OVERRIDE,
                named=named,
            )
        return Path(named)
    if os.access(_DISTRIBUTION, os.X_OK):
        return _DISTRIBUTION
    found = shutil.which("rabbitmq-server", path=env.get("PATH"))
    if found is None:
        raise OperatorError(
            "RabbitMQ is not installed here",
            remedy="run script/bootstrap (or apt-get install rabbitmq-server), or set EXCHANGE_BROKER_URL",
        )
    return Path(found)


def _version_of(server: Path) -> tuple[int, ...]:
    """The version in the installation's path, or what its ``rabbitmqctl`` says."""
    return _numbers(r"rabbitmq_server-(\d+(?:\.\d+)+)", str(server.resolve())) or _numbers(
        r"^(\d+(?:\.\d+)+)", _ask(server.with_name("rabbitmqctl"))
    )


def _ask(control: Path) -> str:
    try:
        env = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return subprocess.run([control, "version"], env=env, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _numbers(pattern: str, text: str) -> tuple[int, ...]:
    found = re.search(pattern, text, re.MULTILINE)
    return tuple(int(part) for part in found.group(1).split(".")) if found else ()
