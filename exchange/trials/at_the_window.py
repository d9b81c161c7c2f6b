"""The window's officers in a demonstration: they accept what is complete, and confirm what its rule prepares."""

from __future__ import annotations

from contextlib import suppress

from exchange.approval.acceptance.officers import accept, filings
from exchange.approval.filings.states import FilingState
from exchange.approval.window.conclude import confirm
from exchange.approval.window.status import recent_cases
from exchange.errors import BadApplication, Conflict
from exchange.messaging.node import Node

_AT_ONCE = 50
"""Filings, and cases, that they look at."""


def attend(window: Node, officer: str) -> None:
    """Do what waits for an officer; what has moved on meanwhile is left alone, and so is what is incomplete."""
    for row in filings(window, FilingState.RECEIVED, _AT_ONCE):
        with suppress(Conflict, BadApplication):
            accept(window, row.number, officer, portal=row.portal)
    for case in recent_cases(window, _AT_ONCE):
        if case.prepared is not None:
            with suppress(Conflict):
                confirm(window, case.number, officer)
