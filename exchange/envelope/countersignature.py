"""One authority's signature under a joint document, as it was verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Countersignature:
    """One authority's signature, verified before: whose it is, when it was made, over which bytes."""

    by: str
    at: datetime
    digest: str
