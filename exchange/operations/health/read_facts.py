"""The facts of a domain as the alerts go by them: those of the last snapshot, or of one made now."""

from __future__ import annotations

from exchange.operations.domain_view import DomainView
from exchange.operations.health.sampler import sampler_of
from exchange.operations.health.snapshots import SnapshotTaker
from exchange.operations.troubles.facts import Facts


def read_facts(view: DomainView) -> Facts:
    """Read a domain as it is now. Raises BadConfiguration where its members cannot even be listed."""
    taker = SnapshotTaker(view)
    try:
        return taker.take().facts
    finally:
        taker.close()


def latest_facts(view: DomainView) -> Facts:
    """Return the domain as every page shows it now. Raises BadConfiguration, or OperatorError before the first
    snapshot.
    """
    return sampler_of(view).latest().facts
