"""Where a case's time goes: processor time by process and by step, statements and commits, messages and octets a case.

    python -m benchmarks.profile 300
    python -m benchmarks.profile 300 2      # with two departments instead of five

The same city as `benchmarks.month`, every member a process, twice: once as it is, which tells the processor time, and
once watched, which costs some of it. A watched process looks every few milliseconds at what its threads are doing, and
gives the processor time since its last look to those that were at work: shares, not exact times, and too much to what
lets others have the interpreter, as calls of SQLite do. Statements are counted by SQLite itself.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from types import FrameType
from typing import Any

import psutil
from sqlalchemy import Engine, event

from benchmarks.measure import arguments, folder, machine
from benchmarks.month import AHEAD, APPROVERS, Lead, application, city, taken_in
from benchmarks.processes import fork
from benchmarks.throughput import on_a_broker
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.runtime.logs import configure
from exchange.trials.local import LocalDomain

_EVERY = 0.004

_STEPS = (
    ("/exchange/envelope/", "seal and open"),
    ("/exchange/audit/", "receipts"),
    ("/exchange/messaging/receipts", "receipts"),
    ("/exchange/schemas/", "bodies"),
    ("/pydantic", "bodies"),
    ("/exchange/store/", "database, by the driver alone"),
    ("/sqlalchemy/", "database, through SQLAlchemy"),
    ("/pika/", "AMQP"),
    ("/exchange/broker/", "AMQP"),
    ("/exchange/approval/", "approval"),
    ("/exchange/directory/", "directory"),
    ("/exchange/messaging/", "flow"),
)
"""Parts of the path of a file, and what its code does."""

_WAITS = frozenset(
    {"wait", "poll", "select", "_wait_for_tstate_lock", "acquire", "sleep", "get", "join", "_watch", "accept"}
)
"""Functions in which a thread waits."""


class Watch:
    """What one process does, from `watching` on."""

    def __init__(self, *, looks: bool) -> None:
        """``looks``: whether it looks at all."""
        self._looks = looks
        self.steps: Counter[str] = Counter()
        self.statements: Counter[str] = Counter()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look until this ends."""
        if not self._looks:
            yield
            return
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join()

    def count(self, connection: Any, record: object) -> None:
        """Count what a connection of SQLite runs."""
        if not self._looks:
            return
        connection.set_trace_callback(lambda said: self.statements.update((said.split(None, 1)[0].upper(),)))

    def _watch(self) -> None:
        own, before = threading.get_ident(), time.process_time()
        while not self._over.wait(_EVERY):
            now = time.process_time()
            spent, before = now - before, now
            at_work = [_step(one) for thread, one in _frames().items() if thread != own]
            for step in filter(None, at_work):
                self.steps[step] += spent / len([one for one in at_work if one])


def _frames() -> dict[int, FrameType]:
    """What every thread is doing; without a collection meanwhile, which may wait for a lock that CPython 3.11 holds."""
    gc.disable()
    try:
        return sys._current_frames()
    finally:
        gc.enable()


def _step(frame: FrameType | None) -> str | None:
    """What a thread is at; None where it waits."""
    if frame is None or frame.f_code.co_name in _WAITS:
        return None
    while frame is not None:
        name = frame.f_code.co_filename
        for part, step in _STEPS:
            if part in name:
                return step
        frame = frame.f_back
    return "else"


def serve(domain: LocalDomain, address: str, stop: Event, told: Path, looks: bool) -> None:
    """One member's process; what it did stands in ``told`` when it has ended."""
    watch = Watch(looks=looks)
    event.listen(Engine, "connect", watch.count)
    domain.reopen(address)
    member = domain.start(address)
    began = time.process_time()
    with watch.watching():
        stop.wait()
    spent = time.process_time() - began
    member.close()
    told.write_text(json.dumps({"spent": spent, "steps": watch.steps, "statements": watch.statements}))


def lead_window(domain: LocalDomain, lead: Lead, cases: int, told: Path, looks: bool) -> None:
    """The window's process, which is this one: hands in the cases, and decides."""
    address, watch = f"{domain.domain}.window", Watch(looks=looks)
    event.listen(Engine, "connect", watch.count)
    domain.reopen(address)
    member, node, began = domain.start(address), domain.nodes[address], time.process_time()
    with watch.watching():
        for number in range(cases):
            while number - lead.decided >= AHEAD:
                time.sleep(0.01)
            submit(node, application(node))
            member.wake()
        while lead.decided < cases:
            time.sleep(0.01)
    spent = time.process_time() - began
    member.close()
    told.write_text(json.dumps({"spent": spent, "steps": watch.steps, "statements": watch.statements}))


def measure(path: Path, info: NodeInfo, cases: int, departments: int, looks: bool) -> None:
    """Runs the city and prints its tables: of processor time, or, where it ``looks``, of what that goes into."""
    lead = Lead()
    domain = city(path, info, lead, departments)
    stop, window = fork.Event(), f"{domain.domain}.window"
    told = {address: path / f"{address}.json" for address in domain.seats}
    children = [
        fork.Process(target=serve, args=(domain, one, stop, told[one], looks)) for one in domain.seats if one != window
    ]
    for child in children:
        child.start()
    broker, broker_before = _broker(info)
    began = time.perf_counter()
    lead_window(domain, lead, cases, told[window], looks)
    spent = time.perf_counter() - began
    broker_spent = sum(_broker(info)[0].cpu_times()[:2]) - broker_before if broker else 0.0
    stop.set()
    for child in children:
        child.join()
    found = {_role(address): json.loads(one.read_text()) for address, one in told.items()}
    messages = sum(taken_in(domain, address) for address in domain.seats)
    kept = sum(one.stat().st_size for one in path.rglob("store.db"))
    print(f"{'watched' if looks else 'as it is'}: {cases} cases in {spent:.1f} s, {cases / spent:.1f} a second;")
    print(f"of each case: {messages / cases:.1f} messages and {kept / cases:,.0f} octets of databases\n")
    show_times(found, broker_spent, cases)
    if looks:
        show_work(found, cases)


def show_times(found: dict[str, dict[str, Any]], broker: float, cases: int) -> None:
    """Print processor time by process."""
    total = broker + sum(one["spent"] for one in found.values())
    print("| process | ms a case |\n|---|---:|")
    for name, one in sorted(found.items()):
        print(f"| {name} | {1000 * one['spent'] / cases:.1f} |")
    print(f"| broker | {1000 * broker / cases:.1f} |\n| **all** | **{1000 * total / cases:.1f}** |\n")


def show_work(found: dict[str, dict[str, Any]], cases: int) -> None:
    """Print statements by process, and processor time by step."""
    print("| process | statements a case | commits a case |\n|---|---:|---:|")
    for name, one in sorted(found.items()):
        statements = one["statements"]
        every, commits = sum(statements.values()) / cases, statements.get("COMMIT", 0) / cases
        print(f"| {name} | {every:.1f} | {commits:.2f} |")
    print()
    steps: Counter[str] = Counter()
    for one in found.values():
        steps.update(one["steps"])
    print("| step | ms a case |\n|---|---:|")
    for step, spent in steps.most_common():
        print(f"| {step} | {1000 * spent / cases:.1f} |")


def _role(address: str) -> str:
    return address.rpartition(".")[2]


def _broker(info: NodeInfo) -> tuple[psutil.Process | None, float]:
    """The private node's process, and the processor time that it has had."""
    port = int(info.url.rpartition(":")[2].partition("/")[0])
    for one in psutil.net_connections("tcp"):
        if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port and one.pid:
            process = psutil.Process(one.pid)
            return process, sum(process.cpu_times()[:2])
    return None, 0.0


def main() -> None:
    """Runs the profile."""
    given = arguments(__doc__, cases=300, departments=APPROVERS)
    configure(quiet=True)

    def run(info: NodeInfo) -> None:
        print(f"{machine()}, RabbitMQ {server_version(info.url)}\n")
        for looks in (False, True):
            with folder("profile") as path:
                measure(path, info, given.cases, given.departments, looks)

    on_a_broker(run)


if __name__ == "__main__":
    main()
