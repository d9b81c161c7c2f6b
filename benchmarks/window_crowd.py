"""(j) Many people file at a served window at once, each with a file: whether all are taken, how long pages take
meanwhile, and what memory the window's process takes.

No broker is needed: what is handed in is signed and lies in the portal's outbox.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from statistics import quantiles

from benchmarks.measure import arguments, folder, machine
from benchmarks.window_people import Browser, ServedWindow, place, served_window
from exchange.portal.states import DraftState
from exchange.portal.store import Drafts
from exchange.runtime.home import open_member
from exchange.runtime.logs import configure
from tests.web.window.wicket import make_home

MEGABYTE = 1_048_576


async def crowd(window: ServedWindow, people: int, data: bytes) -> tuple[list[Browser], int, list[int]]:
    """All at once; who was there, how many were taken, and the memory meanwhile."""
    memory: list[int] = []
    watching = asyncio.create_task(window.memory(memory))
    browsers = [Browser(window.url, place(number)) for number in range(people)]
    taken = await asyncio.gather(*(one.file(data) for one in browsers), return_exceptions=True)
    for error in {repr(one) for one in taken if isinstance(one, BaseException)}:
        print(f"(failed: {error})")
    await asyncio.sleep(2)
    watching.cancel()
    return browsers, sum(one is True for one in taken), memory


def main() -> None:
    """Serves, files, prints."""
    given = arguments(__doc__, people=200, megabytes=5)
    configure(quiet=True)
    print(machine())
    data = "方案\n".encode() * (given.megabytes * MEGABYTE // 7)
    with folder("crowd") as scratch:
        settings = make_home(scratch)
        with served_window(settings.home) as window:
            first, _, before = asyncio.run(crowd(window, 4, data))
            browsers, taken, memory = asyncio.run(crowd(window, given.people, data))
        store = open_member(settings, "hefei.portal").store
        with store.reading() as tx:
            filed = tx[Drafts].counts().get(f"draft-{DraftState.FILED.value}", 0) - len(first)
        store.close()
    print(f"\n{given.people} people with {given.megabytes} MB each: {taken} saw it taken, {filed} are on record")
    print(f"private memory: {max(before) / MEGABYTE:.0f} MB after four people, {max(memory) / MEGABYTE:.0f} MB at most")
    times = defaultdict(list)
    for name, seconds in (each for one in browsers for each in one.times):
        times[name].append(seconds)
    print("\n| answers | number | median | p95 | longest |\n|---|---:|---:|---:|---:|")
    for name, found in sorted(times.items()):
        cuts = quantiles(found, n=20) if len(found) > 1 else found * 19
        print(f"| {name} | {len(found):,} | {cuts[9]:.2f} s | {cuts[18]:.2f} s | {max(found):.2f} s |")


if __name__ == "__main__":
    main()
