"""Authorities as people type them: chosen from the directory by name, or by address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from exchange.desk.letters.texts import members
from exchange.desk.visit import DeskVisit

_APART = re.compile(r"[\n、，,；;]+")


@dataclass(frozen=True)
class Parties:
    """Whom one may write to."""

    listed: Sequence[tuple[str, str]]
    """What is offered, and the address that it stands for: a name, with the address behind it where two have it."""
    by_name: Mapping[str, str]
    """Addresses by everything that one may type for them."""

    def found(self, typed: str) -> tuple[list[str], list[str]]:
        """Return the addresses of what was typed, each once, and what is nobody's name."""
        texts = [one.strip() for one in _APART.split(typed) if one.strip()]
        known = [self.by_name[_plain(one)] for one in texts if _plain(one) in self.by_name]
        return list(dict.fromkeys(known)), [one for one in texts if _plain(one) not in self.by_name]

    def label(self, address: str) -> str:
        """Return what an address is offered as; the address itself where it is not listed."""
        return next((label for label, one in self.listed if one == address), address)

    def labels(self, addresses: Iterable[str]) -> str:
        """The same of several, one a line."""
        return "\n".join(map(self.label, addresses))


def parties(visit: DeskVisit) -> Parties:
    """Read the directory, as it is now."""
    named, names = members(visit), visit.face.names()
    counted = Counter(name for _, name in named)
    listed = [(f"{name} {address}" if counted[name] > 1 else name, address) for address, name in named]
    known = {_plain(label): address for label, address in listed}
    known |= {_plain(address): address for address, _ in named}
    for address, _ in named:
        for name in names.get(address, ()):  # in the other language
            if counted[name] < 2:
                known.setdefault(_plain(name), address)
    return Parties(listed, known)


def _plain(text: str) -> str:
    return " ".join(normalize("NFKC", text).casefold().split())
