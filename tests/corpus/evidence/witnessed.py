"""Logs that others have seen: what a witness has countersigned, and what somebody has made of the log since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.audit.log.cosignatures import sign_cosignature
from exchange.audit.log.growth import growth_file
from exchange.audit.log.heads import sign_log_head
from exchange.audit.log.leaves import LogEntry
from exchange.audit.log.receipts import consistency_receipt
from exchange.audit.merkle import consistency_within, leaf_hash, root_of
from exchange.envelope import Identity
from exchange.envelope.detached import sign_root
from exchange.evidence.proof.logs import LOG
from tests.corpus.evidence.town import LEAD, NUMBER, PaperTown, good
from tests.unit.facts import at

EVENTS = ("submitted", "opinion", "deemed", "decided")
"""Of the window's log in the good bundle, under a head of 10:00."""
EARLIER, SEEN = at("03-10", "09:00"), at("03-10", "09:01")


@dataclass(frozen=True)
class PaperLog:
    """A history of the window's log, in which `PaperTown.log` begins."""

    town: PaperTown
    events: Sequence[str] = EVENTS

    @property
    def own(self) -> Identity:
        return self.town.kin["window"]

    @property
    def hashes(self) -> list[bytes]:
        named = enumerate(self.events, 1)
        entries = [LogEntry(n, self.town.asked_at, event, NUMBER, None, "{}") for n, event in named]
        return [leaf_hash(entry.as_leaf()) for entry in entries]

    def root(self, size: int) -> bytes:
        return root_of(self.hashes[:size])

    def head(self, size: int, said: datetime = EARLIER) -> bytes:
        return sign_log_head(self.own, size, self.root(size), None, said, 0)

    def seen(self, size: int, witness: str, *, said: datetime = EARLIER, seen: datetime = SEEN, by: str = "") -> None:
        """A witness has countersigned a head of it; ``by``: somebody else has put it down as this one's."""
        signed = sign_cosignature(self.town.kin[by or witness], self.head(size, said), seen)
        self.town.parts.files[f"{LOG}/{LEAD}/witnesses/c.{witness}/{size}.cose"] = signed

    def grown(self, before: int, size: int, name: str = "") -> None:
        """What leads from one size of it to another."""
        hashes = self.hashes
        path = consistency_within(lambda begin, end: root_of(hashes[begin:end]), before, size)
        signature = sign_root(self.root(size), self.own.x5t, self.own.signing_key)
        receipt = consistency_receipt(before, size, path, self.own.x5t, signature)
        place = f"{LOG}/{LEAD}/growth/{name or f'{before}-{size}'}.cbor"
        self.town.parts.files[place] = growth_file(self.root(before), receipt)


def witnessed(change: Callable[[PaperTown, PaperLog], None]) -> Callable[[], PaperTown]:
    """The good bundle, and what others have seen of the window's log."""

    def make() -> PaperTown:
        town = good()
        change(town, PaperLog(town))
        return town

    return make


def by_two(_: PaperTown, log: PaperLog) -> None:
    """The police have seen three entries, transport all four."""
    log.seen(3, "police")
    log.grown(3, 4)
    log.seen(4, "transport", said=at("03-10", "10:00"), seen=at("03-10", "10:02"))


def two_histories(town: PaperTown, log: PaperLog) -> None:
    """The police were shown another history than transport."""
    PaperLog(town, ("submitted", "opinion-late", "deemed")).seen(3, "police")
    log.seen(3, "transport")
    log.grown(3, 4)


def two_histories_of_other_sizes(town: PaperTown, log: PaperLog) -> None:
    """The police were shown another history, and no other head has its size."""
    PaperLog(town, ("submitted", "opinion-late", "deemed")).seen(2, "police")
    log.seen(3, "transport")
    log.grown(3, 4)
    log.grown(2, 4)


def reordered(town: PaperTown, log: PaperLog) -> None:
    """Entries that the police had seen in another order were exchanged."""
    PaperLog(town, ("submitted", "deemed", "opinion", "decided")).seen(3, "police")
    log.grown(3, 4)


def truncated(town: PaperTown, _: PaperLog) -> None:
    """The police have seen six entries, of which an hour later four are there."""
    PaperLog(town, (*EVENTS, "reviewed", "objected")).seen(6, "police")


def not_shown(_: PaperTown, log: PaperLog) -> None:
    """Nothing leads from the head that the police have seen to the one in the bundle."""
    log.seen(3, "police")


def invented(_: PaperTown, log: PaperLog) -> None:
    """The window's relay office signs in the police's name."""
    log.seen(3, "police", by="relay")
    log.grown(3, 4)


def by_itself(town: PaperTown, log: PaperLog) -> None:
    """The window countersigns its own log."""
    log.seen(4, "window")


def seen_before_it_was_signed(_: PaperTown, log: PaperLog) -> None:
    """The police date what they have seen back."""
    log.seen(3, "police", seen=at("03-10", "08:45"))
    log.grown(3, 4)


def growth_of_another(town: PaperTown, log: PaperLog) -> None:
    """What is to lead from one head to the other is of another log."""
    log.seen(3, "police")
    PaperLog(town, (*EVENTS[:3], "reviewed")).grown(3, 4)


def growth_misnamed(_: PaperTown, log: PaperLog) -> None:
    """What leads from two entries to four is given out as leading from three."""
    log.seen(3, "police")
    log.grown(2, 4, name="3-4")
