"""All sections of the console, in the order of its menu."""

from __future__ import annotations

import re
from dataclasses import replace

from exchange.console.pages import (
    accounts,
    alerts,
    audit,
    boards,
    dead_letters,
    figures,
    holds,
    members,
    overview,
    probes,
    queues,
    reconciliation,
    search,
    tokens,
    trace,
    webhooks,
)
from exchange.console.section import Section

SECTIONS: tuple[Section, ...] = (
    overview.SECTION,
    boards.SECTION,
    figures.SECTION,
    search.SECTION,
    trace.SECTION,
    queues.SECTION,
    members.SECTION,
    dead_letters.SECTION,
    holds.SECTION,
    reconciliation.SECTION,
    replace(alerts.SECTION, beside=(lambda view: alerts.round_of(view, is_page),)),
    accounts.SECTION,
    tokens.SECTION,
    webhooks.SECTION,
    audit.SECTION,
    probes.SECTION,
)


def is_page(path: str) -> bool:
    """Return whether the console has a page of this path."""
    known = {page.path for section in SECTIONS for page in section.pages}
    return any(re.fullmatch(re.sub(r"{[^}]*}", "[^/]+", one), path) for one in known)
