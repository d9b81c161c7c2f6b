"""Files too large for the envelope: encrypted and left in the claim store, before anything of the draft names them."""

from __future__ import annotations

from pathlib import Path

from exchange.claims import ClaimStore, upload
from exchange.messaging.node import Node
from exchange.portal.drafting import RoomRule, any_room, attach_claim
from exchange.portal.records import ApplicationDraft
from exchange.portal.removing import note_begun
from exchange.schemas import ClaimCheck


def attach_large(
    node: Node,
    number: str,
    material: str,
    name: str,
    media_type: str,
    path: Path,
    store: ClaimStore,
    journals: Path,
    scanned: str = "",
    room: RoomRule = any_room,
) -> ApplicationDraft:
    """Leave a file in the claim store under a key of its own, and add it to a draft by its claim check.

    ``path`` is where its content lies on this machine, ``name`` what its applicant calls it. ``journals`` is a folder
    of the portal's own, for uploads that are interrupted; what no draft comes to name is removed in a day. Raises
    NotFound, Conflict (handed in, or removed already), BadApplication (too many files), BadFile (no room), CallerError
    (too large), ClaimStoreUnavailable or FileUnusable.
    """
    claim = upload(path, store, journals, media_type=media_type, begun=note_begun(node, number))
    return attach_claim(node, number, material, claim.model_copy(update={"name": name}), scanned, room)


def claim_of(text: str) -> ClaimCheck:
    """Return the claim check that a draft keeps of a file."""
    return ClaimCheck.model_validate_json(text)
