"""Members by their names: what people read where records hold addresses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from exchange.language import Words, choose, tr
from exchange.language.names import matter_name
from exchange.runtime.catalogue import matter_names
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home

_names: dict[str, Words] = {}
"""Names by address, of the domain that this command works in."""

_matters: dict[str, Words] = {}
_catalogues: list[Path] = []
"""Folders of matters that nobody has asked for yet."""


def learn(profiles: Mapping[str, Profile]) -> None:
    """Take the names of a domain's members from their profiles."""
    _names.update({address: (profile.name, profile.name_en) for address, profile in profiles.items()})


def learn_domain(home: Home) -> None:
    """Take the names of a domain's members; those of its matters are read when the first is shown."""
    learn(load_profiles(home.departments))
    _catalogues.append(home.catalogue)


def matter_called(code: str, said: str = "") -> str:
    """Name a matter in the reader's language; as a message says it, or by its code, where the catalogue is not here."""
    while _catalogues:
        _matters.update(matter_names(_catalogues.pop()))
    return matter_name(code, _matters, said)


def names() -> Mapping[str, Words]:
    """Return the names of members known so far, by their addresses."""
    return _names


def called(address: str) -> str:
    """Name a member in the reader's language; by the address where its profile is not here."""
    return choose(_names[address]) if address in _names else address


def in_full(address: str) -> str:
    """Name and address, where somebody may want to type the address."""
    name = called(address)
    return name if name == address else f"{name} ({address})"


def for_another(substitute: str, department: str) -> str:
    """Say who has spoken for which department."""
    return tr("{substitute} for {department}", substitute=called(substitute), department=called(department))


def label(profile: Profile) -> str:
    """Return what a table's column calls a member: its short name, or the whole one where there is none."""
    return choose((profile.label, profile.short_en or profile.name_en))
