"""How one member reaches the broker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """How a member reaches the broker."""

    url: str
    user_id: str | None
    """The member's own account name; None where all members share one account."""
    stamps: bool = False
    """Whether this broker stamps every message on arrival."""
