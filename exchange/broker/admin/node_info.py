"""How a broker is reached by whoever administers it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class NodeInfo:
    """How to reach a broker as its administrator."""

    url: str = field(repr=False)
    management_url: str | None
