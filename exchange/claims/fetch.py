"""Fetch: a claim's parts are opened into a hidden file beside the target, which gets its name once all is verified."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from exchange.claims.objects import ClaimStore
from exchange.claims.upload import Progress, part_name
from exchange.envelope.chunks import ChunkDigests, ChunkStream
from exchange.errors import BadClaim, ClaimDiffers, ClaimMissing, Conflict
from exchange.machine.files import open_file, unusable
from exchange.schemas.claim import ClaimCheck

_AT_ONCE = 1_048_576


def fetch(claim: ClaimCheck, target: Path, store: ClaimStore, *, progress: Progress | None = None) -> Path:
    """Bring an attachment to ``target`` and return it; a fetch that was interrupted goes on where it was.

    A target that is this very attachment is left as it is. Raises Conflict for any other, ClaimMissing,
    ClaimTruncated, ClaimTooLarge or ClaimDiffers for what is in the store, ClaimStoreUnavailable or FileUnusable.
    """
    try:
        if target.exists():
            if is_at(claim, target):
                return target
            raise Conflict(
                "{target} exists and is something else", remedy="choose another name, or move it away", target=target
            )
        partial = target.with_name(f".{claim.object_key}.part")
        with open_file(partial, "r+b") as file:
            _take_alone(file)
            try:
                _bring(claim, file, store, progress)
            except ClaimMissing:
                raise
            except BadClaim:
                partial.unlink()
                raise
            _publish(file, partial, target)
    except OSError as error:
        raise unusable(error, Path(os.fsdecode(error.filename or target))) from error
    return target


def opened_parts(claim: ClaimCheck, store: ClaimStore) -> Iterator[bytes]:
    """Return an attachment's content part by part, each proved by its key before it is given out.

    Raises ClaimMissing, ClaimTruncated, ClaimTooLarge or ClaimDiffers, the last one behind the last part too, or
    ClaimStoreUnavailable.
    """
    stream, tally = ChunkStream.of(claim), ChunkDigests()
    for part in range(stream.parts):
        ciphertext = store.get(part_name(claim.object_key, part), stream.sealed_length(part))
        plaintext = stream.open_part(part, ciphertext)
        tally.add(plaintext, ciphertext)
        yield plaintext
    tally.check(claim)


def is_at(claim: ClaimCheck, path: Path) -> bool:
    """Return whether a file is this very attachment."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_AT_ONCE):
            digest.update(data)
    return digest.hexdigest() == claim.digest


def _bring(claim: ClaimCheck, file: BinaryIO, store: ClaimStore, progress: Progress | None) -> None:
    stream, tally = ChunkStream.of(claim), ChunkDigests()
    here = _resume(stream, file, tally)
    _fetch_from(here, claim, file, store, tally, progress)
    try:
        tally.check(claim)
    except ClaimDiffers:
        if here == 0:
            raise
        # What lay here from before may be at fault, and not the store: once more from the beginning.
        tally = ChunkDigests()
        file.seek(0)
        file.truncate()
        _fetch_from(0, claim, file, store, tally, progress)
        tally.check(claim)


def _resume(stream: ChunkStream, file: BinaryIO, tally: ChunkDigests) -> int:
    """Counts the whole parts that are here already and cuts off the rest; returns the part to go on with.

    They are sealed again for the digest of the ciphertext: it needs the bytes as they lie in the store.
    """
    length = os.fstat(file.fileno()).st_size
    part = kept = 0
    while part < stream.parts and stream.size and kept + stream.plain_length(part) <= length:
        plaintext = file.read(stream.plain_length(part))
        tally.add(plaintext, stream.seal_part(part, plaintext))
        kept += len(plaintext)
        part += 1
    file.seek(kept)
    file.truncate()
    return part


def _fetch_from(
    first: int, claim: ClaimCheck, file: BinaryIO, store: ClaimStore, tally: ChunkDigests, progress: Progress | None
) -> None:
    stream = ChunkStream.of(claim)
    for part in range(first, stream.parts):
        ciphertext = store.get(part_name(claim.object_key, part), stream.sealed_length(part))
        plaintext = stream.open_part(part, ciphertext)
        file.write(plaintext)
        tally.add(plaintext, ciphertext)
        if progress is not None:
            progress(file.tell(), claim.size)


def _publish(file: BinaryIO, partial: Path, target: Path) -> None:
    """The file gets its name, after its bytes are on the disk."""
    file.flush()
    os.fsync(file.fileno())
    partial.rename(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _take_alone(file: BinaryIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Conflict("this attachment is being fetched here already", remedy="wait until that is done") from None
