"""Something has changed about cases: those that came in by a portal are told of in a round of their own."""

from __future__ import annotations

from collections.abc import Collection

from exchange.approval.filings.store import Filings
from exchange.messaging.node import Step
from exchange.schemas import Role


def cases_changed(step: Step, numbers: Collection[str]) -> None:
    """Note it in the step's transaction; without a portal in the domain there is nobody to tell."""
    if numbers and step.node.directory.with_role(Role.PORTAL):
        step.tx[Filings].cases_changed(dict.fromkeys(numbers), step.now)
