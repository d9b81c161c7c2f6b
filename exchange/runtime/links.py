"""What a domain knows of its links: one small file, with the passwords of both accounts of each link."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from exchange.errors import BadConfiguration
from exchange.machine.files import make_folder, write_secret


@dataclass(frozen=True)
class KnownLink:
    """A link to a neighbour: the password of its account at our broker, and, upwards, how to reach the other one."""

    password: str = field(repr=False)
    url: str | None = field(default=None, repr=False)
    """The neighbour's broker under the link's account there; None for a lower domain, which comes to us."""


def load_links(path: Path) -> dict[str, KnownLink]:
    """Read the links by neighbouring domain; none where there is no such file. Raises BadConfiguration."""
    if not path.exists():
        return {}
    try:
        return {str(name): KnownLink(**fields) for name, fields in json.loads(path.read_text()).items()}
    except OSError as error:
        raise BadConfiguration(
            "{path}: {reason}", remedy="make it readable to its owner", path=path, reason=error.strerror
        ) from error
    except (ValueError, TypeError, AttributeError):
        remedy = "delete it and declare the links again: exchange link NEIGHBOUR"
        raise BadConfiguration("{path} is invalid", remedy=remedy, path=path) from None


def save_links(path: Path, links: Mapping[str, KnownLink]) -> None:
    """Write all links, readable by their owner only."""
    make_folder(path.parent)
    write_secret(path, json.dumps({name: asdict(link) for name, link in links.items()}, indent=1))
