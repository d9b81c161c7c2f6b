"""Upload: a file is read once, sealed part by part and stored; what an earlier attempt stored is not sent again."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from exchange.claims.journal import Journal, new_journal, open_journal
from exchange.claims.objects import ClaimStore
from exchange.envelope.chunks import ChunkDigests
from exchange.errors import CallerError, Conflict
from exchange.machine.filenames import is_utf8
from exchange.machine.files import make_folder, open_file, unusable
from exchange.machine.mediatypes import media_type_of
from exchange.schemas.claim import CHUNK_SIZE, CLAIM_LIMIT, ClaimCheck

Progress = Callable[[int, int], None]
"""Called after each part with the bytes done and the bytes in all, of plaintext."""
Begun = Callable[[str, int], None]
"""Called before anything is stored with the object's key and the number of its parts; the same ones again where an
upload goes on, others where it is begun anew.
"""


def upload(
    path: Path,
    store: ClaimStore,
    journals: Path,
    *,
    media_type: str | None = None,
    progress: Progress | None = None,
    begun: Begun | None = None,
    chunk_size: int = CHUNK_SIZE,
) -> ClaimCheck:
    """Put a file into the store; return its claim check, to be named by a document.

    ``journals`` is a folder of the member's own: what is begun there and was killed goes on at the next call for the
    same file. Raises CallerError (no file, too large), Conflict (it changes meanwhile, or another process is at it),
    ClaimStoreUnavailable or FileUnusable.
    """
    if not path.is_file():
        raise CallerError("{path} is no file", remedy="name a file that exists", path=path)
    if not is_utf8(path.name):
        raise CallerError(
            "{path!r}: the file's name is not written in UTF-8, and would be signed as something else",
            remedy="rename it; for example: convmv -f GB18030 -t UTF-8 --notest FILE",
            path=os.fsencode(path),
        )
    try:
        make_folder(journals, 0o700)
        name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
        with path.open("rb") as file, _alone(journals / f"{name}.lock"):
            return _upload(file, path, store, journals / f"{name}.journal", media_type, progress, begun, chunk_size)
    except OSError as error:
        raise unusable(error, Path(os.fsdecode(error.filename or path))) from error


def _upload(
    file: BinaryIO,
    path: Path,
    store: ClaimStore,
    at: Path,
    media_type: str | None,
    progress: Progress | None,
    begun: Begun | None,
    chunk_size: int,
) -> ClaimCheck:
    before = os.fstat(file.fileno())
    if before.st_size > CLAIM_LIMIT:
        raise CallerError(
            "{path} has {st_size:,} bytes, at most {claim_limit:,} travel",
            remedy="split it",
            path=path,
            st_size=before.st_size,
            claim_limit=CLAIM_LIMIT,
        )
    journal = open_journal(at, before.st_size, chunk_size)
    tally = _store_parts(file, journal, store, progress, begun)
    if tally is None:
        # Under these keys a part went out with other text: they are not used again.
        journal = new_journal(at, before.st_size, chunk_size)
        tally = _store_parts(file, journal, store, progress, begun)
    after = os.fstat(file.fileno())
    if tally is None or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise _changed(path)
    claim = _claim(path, media_type, journal, tally)
    at.unlink()
    return claim


def _store_parts(
    file: BinaryIO, journal: Journal, store: ClaimStore, progress: Progress | None, begun: Begun | None
) -> ChunkDigests | None:
    """Stores all parts; None where one is not the text that it was when it was begun."""
    stream, tally, earlier = journal.stream, ChunkDigests(), len(journal.digests)
    file.seek(0)
    with closing(journal):
        if begun is not None:
            begun(journal.object_key, stream.parts)
        for part in range(stream.parts):
            plaintext = file.read(stream.plain_length(part))
            if len(plaintext) != stream.plain_length(part):
                return None
            if not journal.begin_part(part, hashlib.sha256(plaintext).hexdigest()):
                return None
            ciphertext, name = stream.seal_part(part, plaintext), part_name(journal.object_key, part)
            if part >= earlier or store.size(name) != len(ciphertext):
                store.put(name, ciphertext)
            tally.add(plaintext, ciphertext)
            if progress is not None:
                progress(file.tell(), stream.size)
    return tally


def part_name(object_key: str, part: int) -> str:
    """Return the name of a part in the store."""
    return f"{object_key}/{part:05d}"


def _claim(path: Path, media_type: str | None, journal: Journal, tally: ChunkDigests) -> ClaimCheck:
    return ClaimCheck(
        name=path.name,
        media_type=media_type or media_type_of(path.name),
        size=journal.stream.size,
        digest=tally.digest,
        chunk_size=journal.stream.chunk_size,
        object_key=journal.object_key,
        content_key=journal.stream.key,
        nonce_prefix=journal.stream.prefix,
        ciphertext_digest=tally.ciphertext_digest,
    )


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One upload of a file at a time: two would share keys, and the file might change between them."""
    with open_file(lock) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("this file is being uploaded already", remedy="wait until that is done") from None
        if not lock.exists() or not os.path.samestat(os.fstat(handle.fileno()), lock.stat()):
            raise Conflict("this file was uploaded a moment ago", remedy="attach it again")
        yield
        lock.unlink()


def _changed(path: Path) -> Conflict:
    return Conflict("{path} changed while it was read", remedy="attach it again when nobody writes to it", path=path)
