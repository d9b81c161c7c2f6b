"""What restorations of logs change for witnesses and for a log's own member: what is told, kept, and named as gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exchange.audit.log.heads import LogHead, SignedHead, open_log_head
from exchange.audit.log.restorations import SignedRestoration, dividing
from exchange.machine.logger import get_logger
from exchange.messaging.log.restorations import KeptRestoration, LogRestorations
from exchange.messaging.log.witnesses import KeptCosignature
from exchange.messaging.node import Node, Step

log = get_logger()


@dataclass(frozen=True)
class UntoldRestoration:
    """A restoration of the own log, and who has countersigned a head from after it."""

    size: int
    """Entries that were there again: what may be proved to whoever has not said what it holds."""
    signed: bytes
    known_to: frozenset[str]

    def addresses(self, shown: Iterable[str]) -> set[str]:
        """Return who is to be told, of those that are shown a head."""
        return {one for one in shown if one not in self.known_to}


def untold_to(restorations: Sequence[KeptRestoration], answered: Sequence[KeptCosignature]) -> UntoldRestoration | None:
    """Return the last restoration of the own log, with who knows it by now; None where there is none."""
    if not restorations:
        return None
    last = restorations[-1]
    return UntoldRestoration(
        last.size, last.signed, frozenset(one.member for one in answered if one.seen_at >= last.restored_at)
    )


def take_restoration(node: Node, told: SignedRestoration) -> None:
    """Keep what another member says of its log; what follows is told when a head goes by it."""
    if told.body.origin != node.address:
        with node.step() as step:
            step.tx[LogRestorations].add(told.body, told.signed)


def goes_on_restored(step: Step, before: bytes, shown: SignedHead, growth: bytes) -> bool:
    """Return whether a head goes on from a backup, as its member has signed; what is gone is journaled."""
    told, earlier = step.tx[LogRestorations], open_log_head(before).head
    trust = step.node.directory
    found = dividing(told.verified(shown.head.origin, trust), earlier, shown, growth, trust)
    if found is not None:
        note_lost(step, found, earlier.size)
    return found is not None


def note_lost(step: Step, found: SignedRestoration, size: int) -> None:
    """Name what a head from before had, and is gone: once for each longer one."""
    body = found.body
    if step.tx[LogRestorations].seen(body, size):
        facts = {"origin": body.origin, "size": body.size, "held": size, "restored_at": body.restored_at.isoformat()}
        step.note("log-entries-lost", None, None, **facts)
        log.warning("log.entries-lost", node=step.node.address, **facts)


def of_ended_history(restorations: Sequence[SignedRestoration], head: LogHead) -> SignedRestoration | None:
    """The restoration after which a head of the own log is not of it any more; None for one that is to be in it."""
    beyond = (one for one in restorations if head.issued_at < one.body.restored_at and head.size > one.body.size)
    return next(beyond, None)
