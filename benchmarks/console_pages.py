"""(h) The console's pages over a store of a million messages: server time of each page, on SQLite and PostgreSQL.

What the store holds says benchmarks/console_store.py. The broker is a private node with the domain's queues.
The page of the reconciliation shows the last result, as it does within half a minute of one: runs go on beside the
pages, and here, where most messages have no other side, a look would find nearly all of them at fault.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.testclient import TestClient

from benchmarks.console_store import fill, real_case
from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.throughput import on_a_broker
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import parse_clock
from exchange.console.app import create_app
from exchange.console.pages.reconciliation import reconciler
from exchange.console.sections import SECTIONS
from exchange.operations.domain_view import DomainView
from exchange.operations.reconciliation.books import Books
from exchange.runtime.logs import configure
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Settings
from exchange.schemas import Role
from exchange.setup.init import init_broker, init_files
from exchange.web.door.account import Account
from exchange.web.door.permissions import AccountRole, Action
from tests.postgres import PostgresServer

_GUARDED = frozenset(
    page.path for section in SECTIONS for page in section.pages if page.action in (Action.ACCOUNTS, Action.AUDIT)
)


class Everybody:
    """A door that is open, to whoever may see the page."""

    def account(self, request: Request) -> Account | None:
        role = AccountRole.SECURITY if request.url.path in _GUARDED else AccountRole.OPERATOR
        return Account("benchmark", role)

    def token(self, request: Request) -> str:
        return ""

    def check_token(self, request: Request, sent: str) -> None:
        return None

    def record(self, account: str, action: str, what: str, outcome: str) -> None:
        return None

    def routes(self) -> list[BaseRoute]:
        return []


def paths(view: DomainView, real: str) -> list[str]:
    """The pages: all that need no parameter, and those of search and boards with the filters people use."""
    plain = [page.path for section in SECTIONS for page in section.pages if "{" not in page.path]
    department = next(p.address for p in load_profiles(view.home.departments).values() if Role.DEPARTMENT in p.roles)
    number = "OLD-2026-0000007"
    return [
        *plain, f"/trace/{real}", f"/trace/{number}", f"/case/{number}", "/search?kind=opinion", "/search?state=failed",
        f"/search?department={department}&direction=received", "/search?number=" + real, "/search?until=2026-01-31",
        "/search?what=cases&state=withdrawn", f"/search?what=cases&department={department}",
        f"/cases?department={department}&standing=past-90", "/cases?standing=running", "/cases?standing=overdue",
    ]  # fmt: skip


def measure(
    database: str, url: str | None, broker: NodeInfo, scratch: Path, messages: int, rounds: int
) -> list[Figure]:
    """Every page, so many times, in milliseconds."""
    settings = Settings(scratch / "home", broker.url, broker.management_url, url, parse_clock("real"))
    init_broker(settings, broker, init_files(settings, lambda said: None), lambda said: None)
    real = real_case(settings)
    view = DomainView(settings)
    began = time.perf_counter()
    fill(view, messages)
    print(f"({database}: filled in {time.perf_counter() - began:.0f} s)", file=sys.stderr)
    reconciler(view).keep(Books().balance(None, ()))
    client = TestClient(create_app(view, Everybody(), SECTIONS))
    figures = []
    for path in paths(view, real):
        answer = client.get(path)
        if answer.status_code != 200:
            print(f"({path}: {answer.status_code}, left out)", file=sys.stderr)
            continue
        times = []
        for _ in range(rounds):
            start = time.perf_counter()
            client.get(path)
            times.append((time.perf_counter() - start) * 1000)
        shown = path.replace(real, "ID")
        figures.append(Figure(f"{database}, `{shown}`", times, "ms"))
    client.close()
    view.close()
    return figures


@contextmanager
def postgres() -> Iterator[str]:
    """The server that EXCHANGE_TEST_DATABASE_URL names, or one of its own."""
    given = os.environ.get("EXCHANGE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    server = PostgresServer()
    try:
        server.start()
        yield server.url
    finally:
        server.remove()


def main() -> None:
    """Fills, looks, prints."""
    given = arguments(__doc__, messages=1_000_000, rounds=15)
    messages, rounds = given.messages, given.rounds
    configure(quiet=True)
    print(machine())

    def work(broker: NodeInfo) -> None:
        with folder("console") as scratch:
            figures = measure("SQLite", None, broker, scratch, messages, rounds)
        with folder("console") as scratch, postgres() as url:
            figures += measure("PostgreSQL", url, broker, scratch, messages, rounds)
        show(f"Console pages, {messages:,} messages", figures)
        slow = [figure.name for figure in figures if figure.median >= 100]
        print(f"\npages slower than 100 ms at the median: {', '.join(slow) or 'none'}")

    on_a_broker(work)


if __name__ == "__main__":
    main()
