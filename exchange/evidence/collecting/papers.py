"""By what a bundle's signatures are verified: directories, calendars, who came after whom, and what is present."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from exchange.directory.freshness import load_freshness_key
from exchange.directory.succession import FORMER, SUCCESSION
from exchange.directory.view import read_paper
from exchange.errors import BadDirectory, BadKeys
from exchange.evidence.bundle.workdays_file import WORKDAYS, package_days
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.trusting import AUTHORITIES, CALENDARS, DIRECTORIES, FRESHNESS, PAPERS
from exchange.runtime.settings import Home
from exchange.workdays import ChinaCalendar


def add_papers(parts: BundleParts, home: Home) -> None:
    """Add the papers of a domain's folder. Raises BadDirectory where its directory cannot be read."""
    try:
        parts.paper(DIRECTORIES, home.directory.read_bytes())
    except OSError as error:
        raise BadDirectory("{path} cannot be read", path=home.directory) from error
    for data in _read(home.tree, "*.cose"):
        parts.paper(DIRECTORIES, data)
    for data in _read(home.calendars, "*.cose"):
        parts.paper(CALENDARS, data)
    for data in _read(home.trusted / FORMER, "*.der"):
        parts.paper(AUTHORITIES, data, ".der")
    for data in _read(home.trusted / SUCCESSION, "*.cose"):
        parts.paper(PAPERS, data)
    if home.freshness.exists():
        parts.paper(FRESHNESS, home.freshness.read_bytes())


def add_statement(parts: BundleParts, home: Home, now: datetime) -> None:
    """Add a word, signed now, that the directory is the present one; nothing where the key for that is not at hand."""
    try:
        data, key = home.directory.read_bytes(), load_freshness_key(home.freshness_key)
        parts.paper(FRESHNESS, key.sign(read_paper(data).directory, data, now))
    except (OSError, BadKeys, BadDirectory):
        return


def add_days(parts: BundleParts, now: datetime) -> None:
    """Add the days of the package of holidays, from ten years ago to the next year."""
    days = package_days(ChinaCalendar(), now.year - _YEARS, now.year + 1)
    parts.files[WORKDAYS] = days.as_json()


_YEARS = 10
"""As far back as a term may reach."""


def _read(folder: Path, pattern: str) -> Iterator[bytes]:
    if folder.is_dir():
        yield from (path.read_bytes() for path in sorted(folder.glob(pattern)))
