"""What the pages of a desk work with: one member's node and profile, and the door before them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from exchange.clock import monotonic
from exchange.errors import ExchangeError
from exchange.language import Words
from exchange.machine.posting.outgoing import OutgoingMail
from exchange.messaging.node import Node
from exchange.portal.uploads.scanning import ScannerPlace
from exchange.runtime.live_catalogue import LiveCatalogue
from exchange.runtime.profiles import Profile, load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Matter, Role
from exchange.web.door.gate import Gate

_NAMES_HOLD = 30.0
"""Seconds for which names are taken to be as they were read."""


@dataclass
class DeskFace:
    """One member's desk. Safe to use from several threads."""

    node: Node
    profile: Profile
    settings: Settings
    gate: Gate
    mail: OutgoingMail | None = None
    """How letters to its officers go out; None: they get none."""
    scanner: ScannerPlace | None = None
    """What looks for malware in files that applicants have brought; None: nothing does."""
    handed: dict[str, str] = field(default_factory=dict, repr=False)
    """Tokens of calendars just made, by account, until they are shown once."""
    codes: dict[str, str] = field(default_factory=dict, repr=False)
    """Access codes of what was just handed in, by its number, until they are handed to the applicant."""
    _read: tuple[float, Mapping[str, Profile]] = field(default=(0.0, {}), repr=False)
    _catalogue: LiveCatalogue | None = field(default=None, repr=False)

    @property
    def home(self) -> Home:
        """Return the domain's folder."""
        return Home(self.settings.home)

    @property
    def roles(self) -> frozenset[Role]:
        """Return what the member is in its domain."""
        return frozenset(self.profile.roles)

    def now(self) -> datetime:
        """Return the time that counts for cases."""
        return self.node.clock.now()

    def office(self) -> Words:
        """Return what the member is called."""
        return self.profile.name, self.profile.name_en

    def profiles(self) -> Mapping[str, Profile]:
        """Return the domain's members by address, not older than half a minute; the last ones known where they cannot
        be read."""
        read_at, found = self._read
        if not found or monotonic() - read_at > _NAMES_HOLD:
            with suppress(ExchangeError):
                found = load_profiles(self.home.departments)
            self._read = monotonic(), found
        return found

    def names(self) -> Mapping[str, Words]:
        """Return the members' names by address."""
        return {one.address: (one.name, one.name_en) for one in self.profiles().values()}

    def catalogue(self) -> Mapping[str, Matter]:
        """Return the domain's matters by code; none where they cannot be read."""
        if self._catalogue is None:
            try:
                self._catalogue = LiveCatalogue(self.home)
            except ExchangeError:
                return {}
        return self._catalogue

    def matter(self, code: str) -> Matter | None:
        """Return a matter as the catalogue has it now; None where it is not there."""
        return self.catalogue().get(code)

    def matters(self) -> Mapping[str, Words]:
        """Return what matters are called, by code."""
        return {code: matter.names for code, matter in self.catalogue().items()}
