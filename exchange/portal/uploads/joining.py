"""A file that was under way is whole: it is compared with what was announced, looked at, and joins its draft."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from exchange.errors import BadApplication, BadFile
from exchange.portal.drafting import draft_of
from exchange.portal.records import ApplicationDraft
from exchange.portal.uploads.keeping import LARGE_AT_ONCE, Keeping, KeptFile
from exchange.portal.uploads.looking import look_at
from exchange.portal.uploads.partial import PartialFile, PartialUploads, key_of_file
from exchange.portal.uploads.room import expect_room
from exchange.portal.uploads.scanning import ScannerPlace
from exchange.schemas import Material


def is_there(draft: ApplicationDraft, key: str) -> bool:
    """Return whether a file that came under this key has joined the draft."""
    return any(key_of_file(draft.number, file) == key for file in draft.files)


@dataclass(frozen=True)
class JoiningFiles:
    """What a file goes through when it is whole."""

    keeping: Keeping
    partials: PartialUploads
    scanner: ScannerPlace | None

    def join(self, partial: PartialFile, material: Material) -> None:
        """Have a whole file join its draft, once; call it while nobody else writes to the file.

        Raises BadFile where it is not what was announced, or is not taken: it is deleted then. Raises as `Keeping.keep`
        does otherwise; the file stays under way, and joins when it is asked for again.
        """
        announced = partial.announced
        try:
            with self.partials.joining(announced.number):
                draft = draft_of(self.keeping.node, announced.number)
                if not is_there(draft, announced.key):
                    expect_room(draft, material, announced.size)
                    self._keep(partial, material)
        except (BadFile, BadApplication):
            partial.drop()
            raise
        partial.drop()

    def _keep(self, partial: PartialFile, material: Material) -> None:
        announced = partial.announced
        with LARGE_AT_ONCE:
            data = partial.path.read_bytes()
            if hashlib.sha256(data).hexdigest() != announced.digest:
                raise BadFile("the file did not come as it was sent", remedy="choose it once more")
            look = look_at(self.scanner, data)
            kept = KeptFile(announced.name, look.media_type, data, look.scanned)
            self.keeping.keep(announced.number, material, kept, partial.path)
