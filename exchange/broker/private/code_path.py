"""Where a server finds most of its code: folders that Erlang is to look in first.

A server loads a thousand modules, and Erlang, before release 26, looks for each in one folder after another, ninety of
them with the plugins that nobody enabled: a tenth of what a start takes of a processor.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

_OF_RABBITMQ = (
    "rabbit", "rabbitmq_management", "rabbit_common", "ra", "rabbitmq_shovel", "cuttlefish", "cowlib", "cowboy",
    "rabbitmq_web_dispatch", "ranch", "amqp_client", "rabbitmq_management_agent", "osiris",
)  # fmt: skip
_OF_ERLANG = ("inets", "compiler", "ssl", "xmerl", "mnesia", "public_key")
"""Most modules first."""


def code_path(server: Path, env: Mapping[str, str]) -> list[Path]:
    """Return the folders of what the server loads most of, the one with the most first.

    Those that do not lie where they usually do are left out: Erlang finds them as it always does.
    """
    program = server.resolve()
    erlang = shutil.which("erl", path=env.get("PATH"))
    places: list[tuple[Path, tuple[str, ...]]] = [(program.parent.parent / "plugins", _OF_RABBITMQ)]
    if erlang:
        places.append((Path(erlang).resolve().parent.parent / "lib", _OF_ERLANG))
    return [folder for place, names in places for name in names for folder in _only(place, name)]


def _only(place: Path, name: str) -> list[Path]:
    """The folder of an application's code, unless there are several versions, or words of the path would be split."""
    found = [folder for folder in place.glob(f"{name}-[0-9]*/ebin") if folder.is_dir()]
    return found if len(found) == 1 and not any(map(str.isspace, str(found[0]))) else []
