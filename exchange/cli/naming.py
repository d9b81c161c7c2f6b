"""Members by their names: what people read where records hold addresses."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language import choose
from exchange.profiles import Profile

_names: dict[str, tuple[str, str]] = {}
"""Names by address, of the domain that this command works in."""


def learn(profiles: Mapping[str, Profile]) -> None:
    """Takes the names of a domain's members from their profiles."""
    _names.update({address: (profile.name, profile.name_en) for address, profile in profiles.items()})


def called(address: str) -> str:
    """A member's name in the reader's language; the address of one whose profile is not here."""
    return choose(_names[address]) if address in _names else address


def in_full(address: str) -> str:
    """Name and address, where somebody may want to type the address."""
    name = called(address)
    return name if name == address else f"{name} ({address})"


def label(profile: Profile) -> str:
    """What a table's column calls a member: its short name, or the whole one where there is none."""
    return choose((profile.label, profile.short_en or profile.name_en))
