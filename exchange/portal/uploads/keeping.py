"""Keeping an uploaded file: small ones with the draft, larger ones encrypted in the claim store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from exchange.claims import ClaimStore
from exchange.machine.files import make_folder
from exchange.messaging.node import Node
from exchange.portal.drafting import RoomRule, attach
from exchange.portal.large_files import attach_large
from exchange.portal.uploads.room import expect_room
from exchange.schemas import Material
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

    def keep(self, number: str, material: Material, file: KeptFile, at: Path | None = None) -> None:
        """Add a file to a draft; ``at`` is where its content lies on this machine, if it does.

        Whether there is room is asked in the step that adds it: others may add theirs at the same time.

        Raises BadApplication, BadFile (no room), Conflict, NotFound or ClaimStoreUnavailable.
        """
        kept = (file.name, file.media_type)
        room = partial(expect_room, material=material, size=len(file.content))
        if len(file.content) <= ATTACHMENT_LIMIT:
            attach(self.node, number, material.code, *kept, file.content, file.scanned, room)
            return
        make_folder(self.uploads, 0o700)
        if at is not None:  # what is killed goes on with the same keys
            self._leave(number, material.code, file, at, room)
            return
        with NamedTemporaryFile(dir=self.uploads, prefix="incoming-") as spooled:
            spooled.write(file.content)
            spooled.flush()
            self._leave(number, material.code, file, Path(spooled.name), room)

    def _leave(self, number: str, material: str, file: KeptFile, at: Path, room: RoomRule) -> None:
        kept = (file.name, file.media_type)
        attach_large(self.node, number, material, *kept, at, self.claims(), self.uploads, file.scanned, room)
