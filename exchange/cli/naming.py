"""Members by their names: what people read where records hold addresses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from exchange.language import Words, choose
from exchange.operations.said.names import SaidNames
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


def names_known() -> SaidNames:
    """Return the names known so far, of members and of matters."""
    return SaidNames(_names, _matters_read)


def _matters_read() -> Mapping[str, Words]:
    while _catalogues:
        _matters.update(matter_names(_catalogues.pop()))
    return _matters


def matter_called(code: str, said: str = "") -> str:
    """Name a matter in the reader's language; as a message says it, or by its code, where the catalogue is not here."""
    return names_known().matter(code, said)


def names() -> Mapping[str, Words]:
    """Return the names of members known so far, by their addresses."""
    return _names


def called(address: str) -> str:
    """Name a member in the reader's language; by the address where its profile is not here."""
    return names_known().called(address)


def in_full(address: str) -> str:
    """Name and address, where somebody may want to type the address."""
    return names_known().in_full(address)


def label(profile: Profile) -> str:
    """Return what a table's column calls a member: its short name, or the whole one where there is none."""
    return choose((profile.label, profile.short_en or profile.name_en))
