"""What happened, message by message: who signed it, and between which moments, as others have signed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.evidence.proof.findings import EvidenceFinding, FindingCode
from exchange.evidence.proof.records import ProvedDocument, ProvedRecords
from exchange.evidence.proof.withheld import WithheldRecords
from exchange.schemas import Receipt

_ID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


@dataclass(frozen=True)
class TimelineEntry:
    """A message that somebody has signed, or of which there are receipts alone."""

    message_id: str
    sender: str
    kind: str
    """Empty of one that is withheld."""
    title: str
    """What it calls itself, where it does."""
    dated: datetime | None
    """When it was signed, by the word of its signer; None of one that is withheld."""
    at_earliest: datetime | None
    """Of what it names of others, the latest: by the word of those who have signed that."""
    receipts: tuple[Receipt, ...]
    """Whoever has signed for it, the first before the others."""
    stamped_at: datetime | None = None
    """The first time-stamp over a log that names it, by an authority that the reader trusts."""

    @property
    def at_latest(self) -> datetime | None:
        """Return when somebody else had first signed for it, or for a log that names it: it existed by then."""
        signed_for = [one.signed_for_at for one in self.receipts[:1]]
        return min([*signed_for, *([self.stamped_at] if self.stamped_at is not None else [])], default=None)


def timeline(
    records: ProvedRecords, withheld: WithheldRecords, findings: Iterable[EvidenceFinding]
) -> tuple[TimelineEntry, ...]:
    """Return what is there, and what is withheld and signed for, in the order of their moments."""
    stamped = {one.about: one.at_latest for one in findings if one.code is FindingCode.NAMED_BY}
    dated = {key[1]: (key[0], one.verified.header.created_at) for key, one in records.documents.items()}
    found = [_entry(one, _named(one, dated), records, stamped.get(key[1])) for key, one in records.documents.items()]
    found += _withheld(records, withheld)
    return tuple(sorted(found, key=lambda one: (one.dated or _first(one.receipts), one.message_id)))


def _entry(
    document: ProvedDocument, named: list[datetime], records: ProvedRecords, stamped_at: datetime | None
) -> TimelineEntry:
    header, body = document.verified.header, document.verified.body
    mine = [one for one in records.receipts.get(document.key, ()) if one.digest == document.digest]
    title = getattr(body, "title", "")
    return TimelineEntry(
        header.message_id, header.sender, header.kind, title if isinstance(title, str) else "", header.created_at,
        max(named, default=None), _in_order(mine), stamped_at,
    )  # fmt: skip


def _named(document: ProvedDocument, dated: dict[str, tuple[str, datetime]]) -> list[datetime]:
    """When others date what it names: ids are drawn by chance, so nobody names one that is not there yet."""
    verified = document.verified
    ids = {one.decode() for one in (*_ID.findall(verified.payload), *_ID.findall(verified.header_bytes))}
    others = (dated[one] for one in ids if one in dated)
    return [at for sender, at in others if sender != verified.header.sender]


def _withheld(records: ProvedRecords, withheld: WithheldRecords) -> Iterator[TimelineEntry]:
    for (sender, message_id), those in records.receipts.items():
        mine = [one for one in those if one.digest in withheld.named]
        if mine and (sender, message_id) not in records.documents:
            yield TimelineEntry(message_id, sender, "", "", None, None, _in_order(mine))


def _in_order(receipts: list[Receipt]) -> tuple[Receipt, ...]:
    return tuple(sorted(receipts, key=lambda one: (one.signed_for_at, one.receiver)))


def _first(receipts: tuple[Receipt, ...]) -> datetime:
    return receipts[0].signed_for_at
