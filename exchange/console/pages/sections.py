"""All sections of the console, in the order of its menu."""

from __future__ import annotations

from exchange.console.pages import (
    accounts,
    alerts,
    audit,
    boards,
    dead_letters,
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
    search.SECTION,
    trace.SECTION,
    queues.SECTION,
    members.SECTION,
    dead_letters.SECTION,
    holds.SECTION,
    reconciliation.SECTION,
    alerts.SECTION,
    accounts.SECTION,
    tokens.SECTION,
    webhooks.SECTION,
    audit.SECTION,
    probes.SECTION,
)
