"""(m) A member is taken over: seconds until the process that stood by has committed its first step.

    python -m benchmarks.takeover 10

Rounds. The process that serves is killed; or it is stopped where it is, which counts as frozen after six seconds here
(ten unless set otherwise), and these are part of the figure; or the PostgreSQL primary is killed and its standby
promoted at once, by which both processes have to go to another server. Told is the whole, from the signal to the first
commit. Processes hold the database alone: a served member also connects to its broker, which takes a few hundredths of
a second, and what a frozen process had in hand there comes back after its heartbeats are missed.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.processes import ending_well
from exchange.runtime.logs import configure
from exchange.store import open_store
from tests.contract.processes import Other, others
from tests.postgres import PostgresServer
from tests.postgres_pair import pair


@contextmanager
def standing_by(url: str) -> Iterator[tuple[Other, Other]]:
    """Who serves a new member, and who stands by for it."""
    member = f"hefei.m{uuid.uuid4().hex[:8]}"
    with open_store(url, member=member) as store:
        store.migrate()
    with others(1, "stand-by", url, member) as [active]:
        _hear(active, "serving")
        with others(1, "stand-by", url, member) as [waiting]:
            _hear(waiting, "waiting")
            yield active, waiting


def _hear(process: Other, word: str) -> None:
    said = process.hear()
    if said != word:
        raise SystemExit(f"{said!r} instead of {word!r}")


def overtaken(url: str, blow: Callable[[Other], None]) -> float:
    """Seconds from what befalls the process that serves until the other has written."""
    with standing_by(url) as (active, waiting):
        began = time.perf_counter()
        blow(active)
        _hear(waiting, "serving")
        waiting.go_on()
        _hear(waiting, "wrote 1")
        return time.perf_counter() - began


def failed_over() -> float:
    """Seconds from the death of a primary, whose standby is promoted at once, until the member writes there."""
    with pair() as servers:
        servers.wait_for_commits(servers.first)
        with standing_by(servers.url) as both:
            began = time.perf_counter()
            servers.first.kill()
            servers.second.promote()
            servers.alone(servers.second)
            while not _writes(*both):
                time.sleep(0.02)
            return time.perf_counter() - began


def _writes(active: Other, waiting: Other) -> bool:
    """Whether the one that served, or the one that stood by where that was quicker, has written."""
    active.go_on()
    said = active.hear()
    if said == "IdentityLost":
        _hear(waiting, "serving")
        waiting.go_on()
        said = waiting.hear()
    return said.startswith("wrote")


def measure(times: int, sqlite: Path) -> None:
    """All cases, and prints."""
    print(machine(), flush=True)
    server = PostgresServer()
    try:
        server.start()
        places = {"SQLite": lambda: f"sqlite:///{sqlite / uuid.uuid4().hex}.db", "PostgreSQL": lambda: server.url}
        blows: dict[str, Callable[[Other], None]] = {"killed": Other.kill, "frozen, after 6 s": Other.freeze}
        figures = [
            Figure(f"{name}, {place}", [overtaken(url(), blow) for _ in range(times)], "s", None)
            for name, blow in blows.items()
            for place, url in places.items()
        ]
    finally:
        server.remove()
    figures.append(Figure("primary killed, standby promoted", [failed_over() for _ in range(times)], "s", None))
    show("A member is taken over", figures)


def main() -> None:
    """Runs the benchmark."""
    given = arguments(__doc__, rounds=10)
    configure(quiet=True)
    with ending_well(), folder("takeover") as place:
        measure(given.rounds, place)


if __name__ == "__main__":
    main()
