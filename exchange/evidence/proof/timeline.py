"""What happened, message by message: who signed it, and between which moments, as others have signed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.named import Bounds
from exchange.evidence.proof.records import ProvedDocument, ProvedRecords
from exchange.evidence.proof.withheld import WithheldRecords
from exchange.language import Text
from exchange.language.names import coded
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import Receipt
from exchange.schemas.instants import CLOCK_SKEW
from exchange.schemas.titles import TITLES

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
    logged_at: datetime | None = None
    """When a log had first named its bytes, by the word of another member, a witness or an authority of time."""

    @property
    def at_latest(self) -> datetime | None:
        """Return when somebody else had first signed for it, or for a log that names it: it existed by then."""
        signed_for = [one.signed_for_at for one in self.receipts if one.receiver != self.sender][:1]
        return min([*signed_for, *([self.logged_at] if self.logged_at is not None else [])], default=None)


def timeline(records: ProvedRecords, withheld: WithheldRecords, logged: Bounds) -> tuple[TimelineEntry, ...]:
    """Return what is there, and what is withheld and signed for, in the order of their moments."""
    dated = {key[1]: (key[0], one.verified.header.created_at) for key, one in records.documents.items()}
    found = [_entry(one, _named(one, dated), records, logged) for one in records.documents.values()]
    found += _withheld(records, withheld)
    return tuple(sorted(found, key=lambda one: (one.dated or _first(one.receipts), one.message_id)))


def bound_findings(entries: Iterable[TimelineEntry]) -> Iterator[EvidenceFinding]:
    """Yield between which moments each document was signed, and those whose logs were there before they are dated."""
    for one in entries:
        if one.dated is None or (one.at_earliest, one.at_latest) == (None, None):
            continue
        named: dict[str, object] = {
            "sender": one.sender,
            "id": one.message_id,
            "said": moment_text(one.dated),
            "kind": coded(TITLES, one.kind),
        }
        if one.logged_at is not None and one.dated > one.logged_at + CLOCK_SKEW:
            named["at"] = moment_text(one.logged_at)
            words = Text("{sender} dates {id} {said}, and a log had named it by {at}", named)
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.DATED_WRONGLY, one.message_id, words)
            continue
        words = _between(one.at_earliest, one.at_latest, named)
        yield EvidenceFinding(Weight.PROVED, FindingCode.SIGNED_BETWEEN, one.message_id, words, one.at_latest,
                              one.at_earliest)  # fmt: skip


def _between(earliest: datetime | None, latest: datetime | None, named: dict[str, object]) -> Text:
    moments = {"earliest": earliest, "latest": latest}
    told = named | {name: moment_text(at) for name, at in moments.items() if at is not None}
    if latest is None:
        return Text("{sender}'s {kind} {id}, dated {said}, was signed not before {earliest}, as others say", told)
    if earliest is None:
        return Text("{sender}'s {kind} {id}, dated {said}, was signed not after {latest}, as others say", told)
    return Text("{sender}'s {kind} {id}, dated {said}, was signed not before {earliest} and not after {latest}, as"
                " others say", told)  # fmt: skip


def _entry(document: ProvedDocument, named: list[datetime], records: ProvedRecords, logged: Bounds) -> TimelineEntry:
    header, body = document.verified.header, document.verified.body
    mine = [one for one in records.receipts.get(document.key, ()) if one.digest == document.digest]
    title = getattr(body, "title", "")
    by_others = [bound.at for bound in logged.get(document.digest, ()) if bound.by != header.sender]
    return TimelineEntry(
        header.message_id, header.sender, header.kind, title if isinstance(title, str) else "", header.created_at,
        max(named, default=None), _in_order(mine), min(by_others, default=None),
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
