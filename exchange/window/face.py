"""What the pages of the public window work with: the portal's node, the matters for the public, the door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exchange.claims import ClaimStore
from exchange.clock import monotonic
from exchange.errors import ExchangeError, NotFound
from exchange.language import Words
from exchange.messaging.node import Node
from exchange.paper.fonts import PaperFonts
from exchange.portal.told.settings import ToldSettings
from exchange.portal.uploads.joining import JoiningFiles
from exchange.portal.uploads.keeping import Keeping
from exchange.portal.uploads.partial import PartialUploads
from exchange.portal.uploads.scanning import ScannerPlace
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home
from exchange.schemas import Matter
from exchange.web.access.door import NumberDoor
from exchange.web.door.attempts import Attempts
from exchange.window.pictures import DrawnProcedures

_OF_A_NUMBER, _OF_A_PLACE, _ASKED_WITHIN = 5, 20, 900.0
"""Addresses that are asked, for one number and for all from one place, within so many seconds."""
_PROVED, _PROVED_THERE = 10, 60
"""Bundles of evidence within the same time, alike."""
_NAMES_HOLD = 30.0
"""Seconds for which names are taken to be as they were read."""


class PublicMatters(Mapping[str, Matter]):
    """The matters of a catalogue that the public is told of, by code."""

    def __init__(self, catalogue: Mapping[str, Matter]) -> None:
        self._catalogue = catalogue

    def __getitem__(self, code: str) -> Matter:
        matter = self._catalogue[code]
        if matter.guide is None:
            raise KeyError(code)
        return matter

    def __iter__(self) -> Iterator[str]:
        return (code for code, matter in self._catalogue.items() if matter.guide is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass
class PublicFace:
    """One domain's public window. Safe to use from several threads."""

    node: Node
    home: Home
    matters: PublicMatters
    door: NumberDoor
    claims: Callable[[], ClaimStore]
    """Opens the store of large files."""
    tag: str = ""
    """Sets its cookies apart from those of another window on this machine: cookies know no ports."""
    scanner: ScannerPlace | None = None
    """What uploaded files are scanned by."""
    site: str = ""
    """Where people reach it from outside; empty: as each guest has called it."""
    fonts: PaperFonts = field(default_factory=PaperFonts)
    told: ToldSettings = field(default_factory=ToldSettings)
    """By which ways applicants are told of what happens."""
    askings: Attempts = field(default_factory=lambda: Attempts(monotonic, _OF_A_NUMBER, _OF_A_PLACE, _ASKED_WITHIN))
    """How often it was asked for, from one place, that an address be told."""
    proving: Attempts = field(default_factory=lambda: Attempts(monotonic, _PROVED, _PROVED_THERE, _ASKED_WITHIN))
    """How often evidence was asked for, of one number and from one place."""
    handed: dict[str, str] = field(default_factory=dict)
    """Access codes of numbers just begun, until somebody says that they are written down."""

    pictures: DrawnProcedures = field(default_factory=DrawnProcedures, repr=False)

    _names: tuple[float, Mapping[str, Words]] = field(default=(0.0, {}), repr=False)

    @property
    def keeping(self) -> Keeping:
        """Return where uploaded files are kept."""
        return Keeping(self.node, self.home.uploads(self.node.address), self.claims)

    @property
    def partials(self) -> PartialUploads:
        """Return the files that are under way."""
        return PartialUploads(self.home.uploads(self.node.address))

    @property
    def joining(self) -> JoiningFiles:
        """Return what a file goes through that came in parts."""
        return JoiningFiles(self.keeping, self.partials, self.scanner)

    def now(self) -> datetime:
        """Return the time that counts for cases."""
        return self.node.clock.now()

    def matter(self, code: str) -> Matter:
        """Return a matter that the public is told of. Raises NotFound."""
        found = self.matters.get(code)
        if found is None:
            raise NotFound("there is no matter {code!r} here", remedy="look for it in the list of matters", code=code)
        return found

    def names(self) -> Mapping[str, Words]:
        """Return the members' names by address, not older than half a minute; the last ones known where the profiles
        cannot be read.
        """
        read_at, found = self._names
        if not found or monotonic() - read_at > _NAMES_HOLD:
            try:
                profiles = load_profiles(self.home.departments).values()
                found = {one.address: (one.name, one.name_en) for one in profiles}
            except ExchangeError:
                pass
            self._names = monotonic(), found
        return found

    def office(self) -> Words:
        """Return what the window is called."""
        return self.names().get(self.node.address, (self.node.address, self.node.address))
