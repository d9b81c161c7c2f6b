"""All sections of the console, in the order of its menu."""

from __future__ import annotations

from exchange.console import ledger, overview
from exchange.console.section import Section

SECTIONS: tuple[Section, ...] = (overview.SECTION, ledger.SECTION)
