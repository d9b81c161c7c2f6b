"""(k) The page of a case while wrong access codes pour in: from one place, and from many.

The attempts go on as fast as the window answers them, from so many connections; pages are asked for beside them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.window_people import Browser, place, served_window
from exchange.runtime.logs import configure
from tests.web.window.wicket import make_home

_FILE = "方案".encode()


async def wrong_codes(url: str, origin: Callable[[int], str], number: int, said: Counter[int]) -> None:
    """Wrong codes without end, each on a connection of its own."""
    tries = number * 1_000_000
    while True:
        tries += 1
        browser = Browser(url, origin(tries))
        body = f"number=2026-{tries % 10_000:04d}-ABCD&code=ABCD-EFGH-JKMN".encode()
        said[(await browser.ask("code", "POST", "/case", body, "application/x-www-form-urlencoded")).status] += 1


async def beside(url: str, guest: Browser, pages: int, flood: Callable[[int], str] | None, at_once: int) -> list[float]:
    """How long the page of a case takes while codes come."""
    said: Counter[int] = Counter()
    flooding = [asyncio.create_task(wrong_codes(url, flood, number, said)) for number in range(at_once if flood else 0)]
    await asyncio.sleep(1)
    found = []
    for _ in range(pages):
        answer = await guest.page(f"/cases/{guest.number}")
        assert answer.status == 200, answer.status
        found.append(answer.seconds * 1000)
        await asyncio.sleep(0.05)
    for one in flooding:
        one.cancel()
    await asyncio.gather(*flooding, return_exceptions=True)
    if said:
        print(f"(answers to codes: {dict(said)})")
    return found


def main() -> None:
    """Serves, floods, prints."""
    given = arguments(__doc__, pages=60, at_once=50)
    configure(quiet=True)
    print(machine())

    async def work(url: str) -> list[Figure]:
        guest = Browser(url, place(0, 9))
        assert await guest.file(_FILE)
        floods = (("no codes", None), ("from one place", one_place), ("from 5,000 places", many_places))
        return [
            Figure(name, await beside(url, guest, given.pages, flood, given.at_once), "ms") for name, flood in floods
        ]

    with folder("flood") as scratch:
        settings = make_home(scratch)
        with served_window(settings.home) as window:
            show(
                f"The page of a case beside {given.at_once} connections with wrong codes", asyncio.run(work(window.url))
            )


def one_place(tries: int) -> str:
    """All from one address."""
    return place(0, 2)


def many_places(tries: int) -> str:
    """One of five thousand addresses."""
    return place(tries % 5_000, 3)


if __name__ == "__main__":
    main()
