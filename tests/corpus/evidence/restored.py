"""Logs that go on from a backup: what their members say of it, and what cannot hide behind such a word."""

from __future__ import annotations

import hashlib

from exchange.audit.log.restorations import LogRestoration, sign_restoration
from exchange.evidence.proof.logs import LOG
from tests.corpus.evidence.town import LEAD, PaperTown
from tests.corpus.evidence.witnessed import EVENTS, PaperLog
from tests.unit.facts import at

BACKED_UP, RESTORED = at("03-10", "08:00"), at("03-10", "09:30")
GONE = (*EVENTS[:3], "decided-then", "reviewed", "objected")
"""What the log had before; three of it were in the backup."""


def says(log: PaperLog, size: int, *, by: str = "window") -> None:
    """The window has signed that its log was put back to so many entries."""
    root = log.root(size).hex()
    body = LogRestoration(origin=LEAD, size=size, root=root, backup="b" * 64, backed_up_at=BACKED_UP,
                          restored_at=RESTORED)  # fmt: skip
    signed = sign_restoration(log.town.kin[by], body)
    log.town.parts.files[f"{LOG}/{LEAD}/restored/{hashlib.sha256(signed).hexdigest()}.cose"] = signed


def restored(town: PaperTown, log: PaperLog) -> None:
    """The police have seen six entries, of which three were in the backup; transport what followed."""
    PaperLog(town, GONE).seen(6, "police")
    says(log, 3)
    log.grown(3, 4)
    log.seen(4, "transport", said=at("03-10", "10:00"), seen=at("03-10", "10:02"))


def restored_and_rewritten(town: PaperTown, log: PaperLog) -> None:
    """The police have seen two entries, which were in the backup, and are others now."""
    PaperLog(town, ("submitted", "opinion-late")).seen(2, "police")
    says(log, 3)
    log.grown(2, 4)
    log.grown(3, 4)


def restored_to_another(town: PaperTown, log: PaperLog) -> None:
    """What the window says that was put back is not what its log begins with."""
    PaperLog(town, GONE).seen(6, "police")
    says(PaperLog(town, ("submitted", "opinion-late", "deemed")), 3)
    log.grown(3, 4)


def cut_off_afterwards(town: PaperTown, log: PaperLog) -> None:
    """The police have seen six entries after the restoration, and an hour later four are there."""
    said, seen = at("03-10", "09:40"), at("03-10", "09:41")
    PaperLog(town, GONE).seen(6, "police", said=said, seen=seen)
    says(log, 3)
    log.grown(3, 4)


def restored_by_another(town: PaperTown, log: PaperLog) -> None:
    """A relay office says that the window's log was put back."""
    PaperLog(town, GONE).seen(6, "police")
    says(log, 3, by="relay")
