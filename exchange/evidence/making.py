"""Makes a bundle of evidence from the records of a domain, or of some of its members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange.evidence.bundle.contents import BundleSubject
from exchange.evidence.bundle.writing import write_bundle
from exchange.evidence.collecting.cases import collect_case
from exchange.evidence.collecting.papers import add_days, add_papers, add_statement
from exchange.evidence.collecting.parts import BundleParts
from exchange.runtime.settings import Home
from exchange.store import Store


@dataclass(frozen=True)
class MadeBundle:
    """A bundle, and what it is about."""

    data: bytes
    subject: BundleSubject
    made_by: tuple[str, ...]
    files: int


def bundle_of_case(home: Home, stores: Mapping[str, Store], number: str, now: datetime) -> MadeBundle:
    """Return everything that these members have on record about a case. Raises NotFound."""
    parts = BundleParts()
    subject, made_by = collect_case(parts, stores, number, now)
    add_papers(parts, home)
    add_statement(parts, home, now)
    add_days(parts, now)
    return MadeBundle(write_bundle(subject, made_by, now, parts.files), subject, made_by, len(parts.files))
