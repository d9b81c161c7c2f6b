"""What the prover itself knows of a run: what it handed in and when, and what it has seen come of it.

Moments are seconds of the run, by a clock that nothing in it moves. Safe from any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from exchange.trials.prove.rules.judgement import Behaviour, Handed
from exchange.trials.prove.rules.measures import Passage


@dataclass(slots=True)
class DocumentNote:
    """A document: who wrote it to whom and when, and when it was seen to be signed for."""

    sender: str
    addressee: str
    began: float
    taken: bool
    ended: float | None = None


@dataclass(slots=True)
class OpinionNote:
    """An officer's opinion: when it was written, and when the broker was seen to have it."""

    given: float
    confirmed: float | None = None


@dataclass
class Notebook:
    """Everything of one run."""

    documents: dict[str, DocumentNote] = field(default_factory=dict)
    """By message id."""
    cases: dict[str, tuple[Behaviour, ...]] = field(default_factory=dict)
    """What the departments are to do, by number of those that the window has taken."""
    opinions: dict[tuple[str, str], OpinionNote] = field(default_factory=dict)
    """By case and department."""
    refusals: int = 0
    """How often a database did not take something: it was away, or full."""
    under_way: dict[str, dict[str, None]] = field(default_factory=dict)
    """Documents that are not signed for, by sender."""
    completed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hand_in(self, message_id: str, note: DocumentNote) -> None:
        """Note a document that was handed in, or may have been."""
        with self._lock:
            self.documents[message_id] = note
            self.under_way.setdefault(note.sender, {})[message_id] = None

    def complete(self, sender: str, message_ids: Sequence[str], at: float) -> None:
        """Note documents that are seen to be signed for."""
        with self._lock:
            for message_id in message_ids:
                self.documents[message_id].ended = at
                self.under_way[sender].pop(message_id, None)
            self.completed += len(message_ids)

    def forget(self, sender: str, message_ids: Sequence[str]) -> None:
        """Wait no more for documents of which nobody knew whether they were taken, and which were not."""
        with self._lock:
            for message_id in message_ids:
                if not self.documents[message_id].taken:
                    self.under_way[sender].pop(message_id, None)

    def waiting(self) -> dict[str, list[str]]:
        """Return the documents that are not signed for, by sender."""
        with self._lock:
            return {sender: list(ids) for sender, ids in self.under_way.items()}

    @property
    def in_flight(self) -> int:
        """How many documents are not signed for."""
        with self._lock:
            return sum(map(len, self.under_way.values()))

    def handed(self) -> list[Handed]:
        """Return the documents as the judge wants them."""
        return [Handed(id, one.sender, one.addressee, one.taken) for id, one in self.documents.items()]

    def passages(self) -> Iterator[Passage]:
        """Yield the documents that came to their end."""
        for one in self.documents.values():
            if one.ended is not None:
                yield Passage(one.began, one.ended, one.sender, one.addressee)
