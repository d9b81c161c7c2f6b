"""Claim stores that tests use, and what they look at in them."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from exchange.claims import ClaimStore, open_claim_store, upload
from exchange.schemas import ClaimCheck

ROOT = Path(__file__).resolve().parents[2]
CHUNK = 65_536
PART = 8 * CHUNK


@contextmanager
def s3_server() -> Iterator[str]:
    """A real S3 server over HTTP, in a process of its own; its address."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.contract.s3_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def new_bucket(endpoint: str) -> str:
    """Makes a bucket that no other test uses; its name."""
    name = f"claims-{uuid.uuid4().hex[:12]}"
    with urlopen(Request(f"{endpoint}/{name}", method="PUT")):
        return name


class CountingStore(ClaimStore):
    """A store that notes what is sent and fetched."""

    def __init__(self, other: ClaimStore) -> None:
        super().__init__(other._store, other._folder)
        self.put_names: list[str] = []
        self.got_names: list[str] = []

    def put(self, name: str, data: bytes) -> None:
        self.put_names.append(name)
        super().put(name, data)

    def get(self, name: str, at_most: int) -> bytes:
        self.got_names.append(name)
        return super().get(name, at_most)


def open_place(place: str) -> ClaimStore:
    """The store at an address or in a folder."""
    return open_claim_store(place if place.startswith("s3://") else Path(place))


def leave(store: ClaimStore, folder: Path, content: bytes, name: str = "survey.zip") -> ClaimCheck:
    """Uploads bytes in small chunks."""
    path = folder / name
    path.write_bytes(content)
    return upload(path, store, folder / "uploads", chunk_size=CHUNK)


def content(size: int) -> bytes:
    """Bytes of which no two chunks are alike."""
    block = os.urandom(1024)
    return b"".join(index.to_bytes(4) + block[4:] for index in range(-(-size // 1024)))[:size]
