"""What restorations of a log divide in a bundle: the histories that they ended from the one that goes on. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from exchange.audit.log.heads import LogHead
from exchange.audit.log.restorations import LogRestoration
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.language import Text
from exchange.messaging.rules.moments import moment_text

LogPoint = tuple[int, str]
"""Size of a log and its root, in hexadecimal."""


@dataclass(frozen=True)
class Histories:
    """The histories of one log, counted from 0; each restoration ends one and begins the next."""

    restorations: Sequence[LogRestoration]
    """In the order of their moments."""

    def of(self, at: datetime) -> int:
        """Return the history of what was signed at a moment."""
        return sum(one.restored_at <= at for one in self.restorations)

    def divided(self, size: int, one: int, other: int) -> bool:
        """Whether the log may have differed at a size in two histories: beyond what was put back between them."""
        return any(size > each.size for each in self.restorations[min(one, other) : max(one, other)])

    def points(self) -> Iterator[tuple[LogPoint, int]]:
        """Yield what was put back, which belongs to the history before and to the one after."""
        for number, one in enumerate(self.restorations):
            if one.size:
                yield (one.size, one.root), number
                yield (one.size, one.root), number + 1

    def forks(self, points: Iterable[tuple[LogPoint, int]]) -> list[int]:
        """Return the sizes at which a log had two roots that no restoration divides."""
        roots: dict[int, set[tuple[str, int]]] = defaultdict(set)
        for (size, root), history in points:
            roots[size].add((root, history))
        return sorted(size for size, those in roots.items() if self._differ(size, those))

    def _differ(self, size: int, roots: Iterable[tuple[str, int]]) -> bool:
        pairs = combinations(roots, 2)
        return any(a != b and not self.divided(size, one, other) for (a, one), (b, other) in pairs)

    def told(self, member: str, heads: Iterable[LogHead]) -> Iterator[EvidenceFinding]:
        """Yield each restoration, with what heads from before it have that is gone. It is the member's word alone."""
        known = list(heads)
        for number, one in enumerate(self.restorations):
            beyond = [head.size for head in known if self.of(head.issued_at) <= number and head.size > one.size]
            facts = {"member": member, "size": one.size, "at": moment_text(one.restored_at),
                     "backed_up": moment_text(one.backed_up_at), "more": max(beyond, default=0)}  # fmt: skip
            words = Text(
                "{member} says that its log was put back at {at} from a backup of {backed_up}, to {size} entries", facts
            )
            if beyond:
                words = Text(
                    "{member} says that its log was put back at {at} from a backup of {backed_up}, to {size} entries;"
                    " of the {more} that it had signed before, those from {size} on are not in it any more", facts
                )  # fmt: skip
            yield EvidenceFinding(Weight.CLAIMED, FindingCode.LOG_RESTORED, member, words)
