"""What the proofs of a long log take: octets, and time to make and to verify one; and its tiles on the disk.

    python -m benchmarks.log_proofs 10000 10000000

For each size a log is written whose entries are numbers, into a member's database in SQLite. Receipts of entries and of
growth are made at places and sizes that are drawn by chance, each in a look of its own at the database, and verified
by a directory, signature and all: medians of two hundred, of processor time. The floor is one signature, verified.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from benchmarks.log_cost import table_sizes
from benchmarks.measure import Figure, arguments, folder, machine, show
from exchange.audit.log.receipts import consistency_receipt, inclusion_receipt, verify_consistency, verify_inclusion
from exchange.audit.log.tiles import extended
from exchange.audit.merkle import leaf_hash
from exchange.clock import RealClock
from exchange.directory import Authority, DirectoryView, load_directory
from exchange.envelope import Identity
from exchange.envelope.detached import sign_root
from exchange.machine.urls import sqlite_url
from exchange.messaging.log.store import MemberLog
from exchange.schemas import Role
from exchange.store import Store, open_store

T = TypeVar("T")

PROOFS = 200
_AT_ONCE = 65_536
_TERM = timedelta(days=1)
FLOOR = "floor: a signature verified"


@dataclass(frozen=True)
class LongLog:
    """A log in a member's database."""

    store: Store
    identity: Identity
    size: int

    def read(self, look: Callable[[MemberLog], T]) -> T:
        """Look at it, as somebody does who has not looked before."""
        with self.store.reading() as tx:
            return look(tx[MemberLog])

    def write(self) -> None:
        """Write its tiles."""
        for begin in range(0, self.size, _AT_ONCE):
            hashes = [leaf_hash(leaf(index)) for index in range(begin, min(begin + _AT_ONCE, self.size))]
            with self.store.transaction() as tx:
                kept = tx[MemberLog]
                kept.keep_tiles(extended(kept.tile, begin, hashes))

    def root(self, size: int) -> bytes:
        """The root that it had at a size."""
        return self.read(lambda kept: kept.tiles.root(size))

    def entry(self, index: int, signature: bytes) -> bytes:
        """The receipt of an entry."""
        path = self.read(lambda kept: kept.tiles.inclusion(index, self.size))
        return inclusion_receipt(index, self.size, path, self.identity.x5t, signature)

    def growth(self, before: int, signature: bytes) -> bytes:
        """The receipt of its growth from a size on."""
        path = self.read(lambda kept: kept.tiles.consistency(before, self.size))
        return consistency_receipt(before, self.size, path, self.identity.x5t, signature)


def leaf(index: int) -> bytes:
    """An entry."""
    return index.to_bytes(8, "big")


def member(path: Path) -> tuple[Identity, DirectoryView]:
    """Whose log it is, and by what that is verified."""
    now = RealClock().now()
    authority = Authority.open_or_create(path / "authority", "bench", now)
    identity = authority.certify("bench.member", now)
    entry = authority.member(identity, "member", "member", (Role.DEPARTMENT,))
    authority.publish(path / "directory.cose", [entry], now, now + _TERM)
    return identity, load_directory((path / "directory.cose").read_bytes(), authority.certificate, now, 0)


def proofs(log: LongLog, view: DirectoryView) -> dict[str, list[float]]:
    """Octets of proofs, and microseconds of processor time, by what they are of."""
    chance, found = random.Random(log.size), defaultdict[str, list[float]](list)
    key, new = log.identity.signing_key, log.root(log.size)
    signature, said, public = sign_root(new, log.identity.x5t, key), key.sign(new), key.public_key()

    def timed(name: str, work: Callable[[], T]) -> T:
        began = time.process_time_ns()
        made = work()
        found[name].append((time.process_time_ns() - began) / 1000)
        return made

    for index, before in [(chance.randrange(log.size), chance.randrange(1, log.size)) for _ in range(PROOFS)]:
        old = log.root(before)
        timed(FLOOR, lambda: public.verify(said, new))
        entry = timed("an entry: made", lambda at=index: log.entry(at, signature))
        timed("an entry: verified", lambda at=index, data=entry: verify_inclusion(data, leaf(at), view))
        growth = timed("growth: made", lambda at=before: log.growth(at, signature))
        timed("growth: verified", lambda was=old, data=growth: verify_consistency(data, was, new, view))
        found["an entry: receipt"].append(len(entry))
        found["growth: receipt"].append(len(growth))
    return found


def figures(found: dict[str, list[float]]) -> list[Figure]:
    """As lines of a table."""
    floor, made = statistics.median(found[FLOOR]), []
    for name, values in sorted(found.items()):
        is_size = name.endswith("receipt")
        made.append(
            Figure(name, values, "B" if is_size else "µs", None if is_size else statistics.median(values) / floor)
        )
    return made


def measure(size: int) -> None:
    """Write a log and print what its proofs take."""
    with folder("proofs") as path:
        identity, view = member(path)
        store = open_store(sqlite_url(path / "store.db"), member=identity.address)
        store.migrate()
        log = LongLog(store, identity, size)
        began = time.process_time()
        log.write()
        spent = time.process_time() - began
        found = proofs(log, view)
        store.close()
        tiles = table_sizes(path / "store.db")["log_tile"]
    show(f"{size:,} entries", figures(found), "to the floor")
    print(f"\nwritten in {spent:.1f} s of processor time, {1e6 * spent / size:.2f} µs an entry")
    print(f"tiles on the disk: {tiles:,} B, {tiles / size:.1f} B an entry")


def main() -> None:
    """Runs the benchmark."""
    sizes = arguments(__doc__, entries=[10_000, 10_000_000]).entries
    print(machine())
    for size in sizes:
        measure(size)


if __name__ == "__main__":
    main()
