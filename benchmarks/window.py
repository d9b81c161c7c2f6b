"""(i) The public window's pages over a portal of a million cases: server time of each page, on SQLite and PostgreSQL.

What the store holds says benchmarks/window_store.py. ``databases`` may name one of them.
"""

from __future__ import annotations

import secrets
import sys
import time
from pathlib import Path

from starlette.requests import Request
from starlette.testclient import TestClient

from benchmarks.console_pages import postgres
from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.throughput import on_a_broker
from benchmarks.window_store import SOUGHT, MillionCases, fill, own_name, real_case, size_of_parts
from exchange.broker.admin.node_info import NodeInfo
from exchange.runtime.logs import configure
from exchange.window.app import create_app
from exchange.window.guest import Guest
from tests.web.window.wicket import HOST

AIM = 50
"""Milliseconds."""


def paths(found: MillionCases) -> list[str]:
    """Whom strangers find, and what an applicant sees."""
    licence = found.licence
    own = own_name(SOUGHT)
    searches = (
        licence.number, f"OLD-2026-L{SOUGHT:07d}", f"91340100{SOUGHT:010d}", own, f"{own}第{SOUGHT}", "安徽",
        "建设工程", f"第{SOUGHT}建设", f"{SOUGHT}", "12", "QX", f"L{SOUGHT:07d}", "没有这个名字", "工程安徽", "徽",
    )  # fmt: skip
    return [
        "/", "/matters", "/matters?words=道路", f"/matters/{found.matter}", f"/matters/{found.matter}.json",
        "/catalogue.jsonld", f"/cases/{found.number}", f"/cases/{found.number}/live", "/licences",
        *(f"/licences?q={words}" for words in searches), f"/verify/{licence.number}/{licence.code}", "/licences.atom",
    ]  # fmt: skip


def client_of(found: MillionCases) -> TestClient:
    """A browser that has given the real case's number and code."""
    face = found.shown.face
    client = TestClient(create_app(face), base_url=HOST, headers={"accept-language": "zh"})
    guest = Guest(face, Request({"type": "http", "headers": [], "query_string": b"", "path": "/"}))
    client.cookies.set(guest.cookie(found.number), face.door.open(found.number), domain="window.test")
    return client


def measure(database: str, url: str | None, broker: NodeInfo, scratch: Path, cases: int, rounds: int) -> list[Figure]:
    """Every page, so many times, in milliseconds."""
    found = real_case(scratch, broker, f"w{secrets.token_hex(3)}", url)
    try:
        began = time.perf_counter()
        fill(found, cases)
        print(f"({database}: filled in {time.perf_counter() - began:.0f} s)", file=sys.stderr)
        size = size_of_parts(found.shown.city.node("portal").store)
        print(f"({database}: parts of a licence take {size:.0f} octets)", file=sys.stderr)
        client = client_of(found)
        figures = []
        for path in paths(found):
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
            times = []
            for _ in range(rounds):
                start = time.perf_counter()
                client.get(path)
                times.append((time.perf_counter() - start) * 1000)
            shown = path.replace(found.number, "NUMBER").replace(found.licence.number, "LICENCE")
            figures.append(Figure(f"{database}, `{shown.replace(found.licence.code, 'CODE')}`", times, "ms"))
        return figures
    finally:
        found.shown.city.local.close()


def main() -> None:
    """Fills, looks, prints."""
    given = arguments(__doc__, cases=1_000_000, rounds=15, databases="sqlite,postgresql")
    configure(quiet=True)
    print(machine())

    def work(broker: NodeInfo) -> None:
        figures: list[Figure] = []
        if "sqlite" in given.databases:
            with folder("window") as scratch:
                figures += measure("SQLite", None, broker, scratch, given.cases, given.rounds)
        if "postgresql" in given.databases:
            with folder("window") as scratch, postgres() as url:
                figures += measure("PostgreSQL", url, broker, scratch, given.cases, given.rounds)
        show(f"Pages of the public window, {given.cases:,} cases", figures)
        slow = [figure.name for figure in figures if figure.median >= AIM]
        print(f"\npages slower than {AIM} ms at the median: {', '.join(slow) or 'none'}")

    on_a_broker(work)


if __name__ == "__main__":
    main()
