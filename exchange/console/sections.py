"""All sections of the console, in the order of its menu."""

from __future__ import annotations

from exchange.console import (
    accounts,
    alerts,
    audit_page,
    boards,
    dead,
    holds,
    ledger,
    members,
    overview,
    probes,
    queues,
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
    dead.SECTION,
    holds.SECTION,
    ledger.SECTION,
    alerts.SECTION,
    accounts.SECTION,
    tokens.SECTION,
    webhooks.SECTION,
    audit_page.SECTION,
    probes.SECTION,
)
