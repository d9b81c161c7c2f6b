"""What tests have another process do with a claim: ``python -m tests.contract.claim_process TASK PLACE FOLDER [N]``.

It says on its standard output how far it is, and stops for ever at part N, to be killed there.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from exchange.claims import ClaimStore, fetch, upload
from exchange.schemas import ClaimCheck
from tests.contract.claim_stores import CHUNK, PART, open_place


def stop() -> None:
    """Says so and waits to be killed."""
    print("stopped", flush=True)
    sys.stdin.readline()


class StoppingStore(ClaimStore):
    """A store that never stores part N: its journal says begun, the store has nothing."""

    def __init__(self, other: ClaimStore, at: int) -> None:
        super().__init__(other._store, other._folder)
        self._at = at

    def put(self, name: str, data: bytes) -> None:
        if name.endswith(f"/{self._at:05d}"):
            stop()
        super().put(name, data)


def peak() -> int:
    """The most memory this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(task: str, place: str, folder: Path, at: int) -> None:
    store, path, claim_file = open_place(place), folder / "survey.zip", folder / "claim.json"
    if task == "upload":
        upload(path, StoppingStore(store, at), folder / "uploads", chunk_size=CHUNK)
    elif task == "fetch":
        claim = ClaimCheck.model_validate_json(claim_file.read_bytes())
        fetch(claim, folder / "here.zip", store, progress=lambda done, _: stop() if done == at * PART else None)
    elif task == "peak":
        small = folder / "small"
        small.write_bytes(bytes(9_000_000))
        fetch(upload(small, store, folder / "uploads"), folder / "small-again", store)
        before = peak()
        fetch(upload(path, store, folder / "uploads"), folder / "here.zip", store)
        print(peak() - before, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]) if len(sys.argv) > 4 else -1)
