"""The journal of an upload: its keys, and the digest of each part before anything of that part leaves the machine.

With it an upload that was killed goes on with the same keys. A part whose text has changed since is never sealed under
them: two plaintexts under one key and nonce would give both away (NIST SP 800-38D, section 8).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from typing import IO

from pydantic import TypeAdapter, ValidationError

from exchange.envelope.chunks import ChunkStream, new_content_key, new_nonce_prefix
from exchange.machine.files import open_file


@dataclass(frozen=True)
class _Head:
    """The first line; keys in hexadecimal."""

    object_key: str
    content_key: str
    nonce_prefix: str
    size: int
    chunk_size: int


_HEAD: TypeAdapter[_Head] = TypeAdapter(_Head)


@dataclass
class Journal:
    """One upload's journal, open for appending."""

    object_key: str
    stream: ChunkStream
    digests: list[str] = field(default_factory=list)
    """SHA-256 of the plaintext of each part that was begun, in order."""
    _file: IO[str] | None = None

    def begin_part(self, part: int, digest: str) -> bool:
        """Record that a part is about to be sealed; False where it was begun before with another text."""
        if part < len(self.digests):
            return self.digests[part] == digest
        if self._file is None:
            raise ValueError("a journal that is closed")
        self._file.write(digest + "\n")
        _flush(self._file)
        self.digests.append(digest)
        return True

    def close(self) -> None:
        """Stop writing; the file stays."""
        if self._file is not None:
            self._file.close()
            self._file = None


def open_journal(path: Path, size: int, chunk_size: int) -> Journal:
    """Open the journal at ``path`` if it is of a file of this size; else make one with new keys. Raises OSError."""
    journal = _read(path)
    if journal is None or (journal.stream.size, journal.stream.chunk_size) != (size, chunk_size):
        return new_journal(path, size, chunk_size)
    # A line that a kill cut short is not carried on.
    _write(path, journal)
    return journal


def new_journal(path: Path, size: int, chunk_size: int) -> Journal:
    """Make a journal with new keys, in place of any other. Raises OSError."""
    stream = ChunkStream(new_content_key(), new_nonce_prefix(), size, chunk_size)
    journal = Journal(os.urandom(32).hex(), stream)
    _write(path, journal)
    return journal


def _write(path: Path, journal: Journal) -> None:
    stream = journal.stream
    head = _Head(journal.object_key, stream.key.hex(), stream.prefix.hex(), stream.size, stream.chunk_size)
    temporary = path.with_suffix(".new")
    file = TextIOWrapper(open_file(temporary), encoding="ascii")
    file.write("\n".join([_HEAD.dump_json(head).decode(), *journal.digests]) + "\n")
    _flush(file)
    temporary.replace(path)
    journal._file = file


def _read(path: Path) -> Journal | None:
    """What an earlier upload left; None where there is nothing, or nothing that can be trusted."""
    try:
        lines = path.read_text(encoding="ascii").splitlines(keepends=True)
        head = _HEAD.validate_python(json.loads(lines[0]))
        stream = ChunkStream(
            bytes.fromhex(head.content_key), bytes.fromhex(head.nonce_prefix), head.size, head.chunk_size
        )
    except (FileNotFoundError, IndexError, ValueError, ValidationError):
        return None
    if (len(stream.key), len(stream.prefix), len(head.object_key)) != (32, 7, 64):
        return None
    return Journal(head.object_key, stream, [line.strip() for line in lines[1:] if len(line) == 65])


def _flush(file: IO[str]) -> None:
    file.flush()
    os.fsync(file.fileno())
