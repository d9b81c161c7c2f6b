"""(e) A month of a city: 20,000 cases put to five approvers each, every member a process, until all are decided.

Usage: python -m benchmarks.month [cases]
"""

from __future__ import annotations

import secrets
import sys
import time
from datetime import date
from multiprocessing.synchronize import Event
from pathlib import Path

from benchmarks.measure import folder, machine
from benchmarks.throughput import _fork, on_a_broker
from exchange.bootstrap.local import LocalDomain, Seat
from exchange.bootstrap.logs import configure
from exchange.bootstrap.member import work_for
from exchange.broker.node import NodeInfo
from exchange.broker.probe import server_version
from exchange.clock import RealClock
from exchange.flow.conclude import Docket, Ruling
from exchange.flow.submit import submit
from exchange.rules.answers import Department
from schemas import (
    Applicant,
    Application,
    Approver,
    Consultation,
    DefaultMode,
    Material,
    Matter,
    Opinion,
    Outcome,
    Role,
)

APPROVERS = 5
AHEAD = 400
"""Cases that may be open at once, so that queues stay as long as in life."""


def grant(docket: Docket) -> Ruling:
    """The lead follows."""
    return Ruling(Outcome.GRANT, "all departments were heard")


def city(path: Path, info: NodeInfo) -> LocalDomain:
    """A window, a monitor and five departments that agree at once."""
    name = f"month{secrets.token_hex(3)}"
    window = (Role.WINDOW,)
    seats = {
        f"{name}.window": Seat(window, work_for(window, decide_rule=grant)),
        f"{name}.monitor": Seat((Role.MONITOR,)),
    }
    for number in range(APPROVERS):
        address = f"{name}.d{number}"
        roles = (Role.DEPARTMENT,)
        seats[address] = Seat(roles, work_for(roles, agree_as(address)))
    domain = LocalDomain(path, name, info, RealClock(), seats)
    domain.catalogue["works"] = Matter(
        code="works",
        version="1",
        name="施工",
        name_en="works",
        lead=f"{name}.window",
        basis=("行政许可法第二十六条",),
        materials=(Material(code="plan", name="plan", required=False),),
        approvers=tuple(
            Approver(
                department=f"{name}.d{number}", term_days=5,
                default=DefaultMode.CONSENT, default_basis=("rule",),
            )
            for number in range(APPROVERS)
        ),
    )  # fmt: skip
    domain.prepare()
    domain.close()
    return domain


def agree_as(address: str):  # type: ignore[no-untyped-def]
    """A rule that agrees at once."""

    def decide(consultation: Consultation, today: date) -> Opinion:
        return Department(address, "officer").agree(consultation, today)

    return decide


def serve(domain: LocalDomain, address: str, stop: Event) -> None:
    """One member's process."""
    domain.reopen(address)
    member = domain.start(address)
    stop.wait()
    member.close()


def run(info: NodeInfo, cases: int) -> None:
    """Submits, waits for all decisions, prints."""
    with folder("month") as path:
        domain = city(path, info)
        stop = _fork.Event()
        window = f"{domain.domain}.window"
        others = [address for address in domain.seats if address != window]
        children = [_fork.Process(target=serve, args=(domain, address, stop)) for address in others]
        for child in children:
            child.start()
        domain.reopen(window)
        member, node = domain.start(window), domain.nodes[window]
        application = Application(
            matter="works",
            applicant=Applicant(name="applicant", identifier="1", contact="-"),
            project="a month of a city",
            materials=(),
            submitted_at=node.clock.now(),
        )
        began, decided = time.perf_counter(), 0
        for number in range(cases):
            if number % 20 == 0:
                while number - decided >= AHEAD:
                    time.sleep(0.02)
                    decided = count(domain)
            submit(node, application)
            member.wake()
            if number and number % 1000 == 0:
                rate = decided / (time.perf_counter() - began)
                print(f"{number:,} submitted, {decided:,} decided, {rate:.0f} cases a second", file=sys.stderr)
        while (decided := count(domain)) < cases:
            time.sleep(0.1)
        spent = time.perf_counter() - began
        with node.store.reading() as tx:
            parts = tx.cases.counts()
        stop.set()
        for child in children:
            child.join()
        member.close()
    print(f"{machine()}, RabbitMQ {server_version(info.url)}")
    print("\n### A month of a city\n\n| cases | opinions | time | cases/s | opinions/s |\n|---:|---:|---:|---:|---:|")
    print(
        f"| {cases:,} | {parts['answered']:,} | {spent:.0f} s | {cases / spent:.0f} | {parts['answered'] / spent:.0f} |"
    )


def count(domain: LocalDomain) -> int:
    """Decided cases."""
    with domain.nodes[f"{domain.domain}.window"].store.reading() as tx:
        return tx.cases.counts().get("case-decided", 0)


def main() -> None:
    """Runs the benchmark."""
    configure(quiet=True)
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    on_a_broker(lambda info: run(info, cases))


if __name__ == "__main__":
    main()
