"""Makes a bundle of evidence from the records of a domain, or of some of its members."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange.evidence.bundle.contents import BundleReader, BundleSubject
from exchange.evidence.bundle.writing import write_bundle
from exchange.evidence.collecting.cases import collect_case
from exchange.evidence.collecting.documents import collect_document
from exchange.evidence.collecting.papers import add_days, add_papers, add_statement
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.events import with_events
from exchange.evidence.redacting.redact import redact
from exchange.runtime.settings import Home
from exchange.store import Store


@dataclass(frozen=True)
class MadeBundle:
    """A bundle, and what it is about."""

    data: bytes
    subject: BundleSubject
    made_by: tuple[str, ...]
    files: int
    reader: BundleReader
    withheld: int
    """How many files were left out for the reader."""


_MESSAGE_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.ASCII)


def is_message_id(what: str) -> bool:
    """Return whether a bundle that is asked for is that of a message, and not of a case."""
    return _MESSAGE_ID.fullmatch(what) is not None


def bundle_of(
    home: Home, stores: Mapping[str, Store], what: str, now: datetime, reader: BundleReader = BundleReader.ALL
) -> MadeBundle:
    """Return the bundle of a case, by its number, or of a message, by its id.

    Raises NotFound, or BadBundle for more than a bundle can hold.
    """
    return (bundle_of_message if is_message_id(what) else bundle_of_case)(home, stores, what, now, reader)


def bundle_of_case(
    home: Home, stores: Mapping[str, Store], number: str, now: datetime, reader: BundleReader = BundleReader.ALL
) -> MadeBundle:
    """Return what these members have on record about a case, as far as the reader may see it. Raises NotFound."""
    parts = BundleParts()
    return _bound(parts, home, *collect_case(parts, stores, number, now), now, reader)


def bundle_of_message(
    home: Home, stores: Mapping[str, Store], message_id: str, now: datetime, reader: BundleReader = BundleReader.ALL
) -> MadeBundle:
    """Return what these members have on record about one message and its conversation, as far as the reader may see
    it. Raises NotFound.
    """
    parts = BundleParts()
    return _bound(parts, home, *collect_document(parts, stores, message_id), now, reader)


def _bound(
    parts: BundleParts, home: Home, subject: BundleSubject, made_by: tuple[str, ...], now: datetime,
    reader: BundleReader,
) -> MadeBundle:  # fmt: skip
    add_papers(parts, home)
    add_statement(parts, home, now)
    add_days(parts, now)
    given = redact(parts.files, reader)
    files = with_events(given.files)
    data = write_bundle(subject, made_by, now, files, reader, given.withheld)
    return MadeBundle(data, subject, made_by, len(files), reader, len(given.withheld))
