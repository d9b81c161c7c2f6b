"""A view of a list as an account keeps it."""

from __future__ import annotations

from dataclasses import dataclass

MOST = 12
"""Views that an account keeps of one list."""
LONGEST = 40
"""Characters of a view's name."""


@dataclass(frozen=True)
class SavedView:
    """One view."""

    account: str
    place: str
    """The list, as its page names it: ``inbox:consultations``."""
    name: str
    query: str
    """What is looked for, as it stands in the address."""
