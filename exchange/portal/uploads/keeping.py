"""Keeping an uploaded file: small ones with the draft, larger ones encrypted in the claim store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from exchange.claims import ClaimStore
from exchange.machine.files import make_folder
from exchange.messaging.node import Node
from exchange.portal.drafting import attach
from exchange.portal.large_files import attach_large
from exchange.schemas.base import ATTACHMENT_LIMIT

LARGE_AT_ONCE = threading.BoundedSemaphore(4)
"""How many files are in memory at once while they are looked at: whoever comes next waits, on disk, for a moment."""


@dataclass(frozen=True)
class KeptFile:
    """A file that was looked at."""

    name: str
    media_type: str
    content: bytes
    scanned: str
    """What looked for malware in it; empty where nothing did."""


@dataclass(frozen=True)
class Keeping:
    """Where files are kept."""

    node: Node
    uploads: Path
    """A folder of the portal's own, for what is under way."""
    claims: Callable[[], ClaimStore]

    def keep(self, number: str, material: str, file: KeptFile, at: Path | None = None) -> None:
        """Add a file to a draft; ``at`` is where its content lies on this machine, if it does.

        Raises BadApplication, Conflict, NotFound or ClaimStoreUnavailable.
        """
        kept = (file.name, file.media_type)
        if len(file.content) <= ATTACHMENT_LIMIT:
            attach(self.node, number, material, *kept, file.content, file.scanned)
            return
        make_folder(self.uploads, 0o700)
        if at is not None:  # what is killed goes on with the same keys
            attach_large(self.node, number, material, *kept, at, self.claims(), self.uploads, file.scanned)
            return
        with NamedTemporaryFile(dir=self.uploads, prefix="incoming-") as spooled:
            spooled.write(file.content)
            spooled.flush()
            path = Path(spooled.name)
            attach_large(self.node, number, material, *kept, path, self.claims(), self.uploads, file.scanned)
