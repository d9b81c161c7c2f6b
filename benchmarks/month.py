"""(e) A month of a city: 20,000 cases put to five approvers each, every member a process, until all are decided.

The floor (benchmarks/floor.py), measured before and after on the same broker and disk, moves one bare document: the
month's figure beside it is all messages that its members took in, consultations, opinions, decisions, deadline
notices and receipts together.
"""

from __future__ import annotations

import secrets
import statistics
import sys
import time
from datetime import date
from itertools import pairwise
from multiprocessing.synchronize import Event
from pathlib import Path

from benchmarks.measure import Figure, arguments, folder, machine, show
from benchmarks.processes import fork
from benchmarks.throughput import bare, on_a_broker
from exchange.approval.rules.answers import Department
from exchange.approval.window.decision import Docket, Ruling
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.probe import server_version
from exchange.clock import RealClock
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.runtime.logs import configure
from exchange.runtime.work import work_for
from exchange.schemas import (
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
from exchange.trials.local import LocalDomain, Seat

APPROVERS = 5
AHEAD = 400
"""Cases that may be open at once, so that queues stay as long as in life."""


SLICES = 10
"""The rate is taken for each tenth of the cases, so that it shows whether cost grows with what is kept."""
FLOOR = 2000
"""Documents a measurement of the floor."""


class Lead:
    """The lead follows the departments, and counts: asking the database would disturb what is measured."""

    def __init__(self) -> None:
        self.decided = 0

    def __call__(self, docket: Docket) -> Ruling:
        """Grants."""
        self.decided += 1
        return Ruling(Outcome.GRANT, "all departments were heard")


def city(path: Path, info: NodeInfo, lead: Lead, approvers: int = APPROVERS) -> LocalDomain:
    """A window, a monitor and so many departments that agree at once."""
    name = f"month{secrets.token_hex(3)}"
    window = (Role.WINDOW,)
    seats = {
        f"{name}.window": Seat(window, work_for(window, decide_rule=lead, rule_decides=True)),
        f"{name}.monitor": Seat((Role.MONITOR,)),
    }
    for number in range(approvers):
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
            for number in range(approvers)
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


def run(path: Path, info: NodeInfo, cases: int) -> tuple[list[float], float, int]:
    """Submits and waits for all decisions: cases a second by slice, seconds in all, messages that members took in."""
    lead = Lead()
    domain = city(path, info, lead)
    moments = decided(domain, lead, cases)
    messages = sum(taken_in(domain, address) for address in domain.seats)
    check(domain, f"{domain.domain}.window", cases)
    rates = [cases / SLICES / (later - earlier) for earlier, later in pairwise(moments)]
    return rates, moments[-1] - moments[0], messages


def decided(domain: LocalDomain, lead: Lead, cases: int) -> list[float]:
    """Submit cases to a city that is not served yet: when that began, and when each slice of them was decided."""
    stop = fork.Event()
    window = f"{domain.domain}.window"
    children = [fork.Process(target=serve, args=(domain, other, stop)) for other in domain.seats if other != window]
    for child in children:
        child.start()
    domain.reopen(window)
    member, node = domain.start(window), domain.nodes[window]
    began = time.perf_counter()
    moments = [began]
    for number in range(cases):
        while number - lead.decided >= AHEAD:
            time.sleep(0.01)
        submit(node, application(node))
        member.wake()
        note_slices(moments, lead.decided, cases)
    while lead.decided < cases:
        time.sleep(0.01)
        note_slices(moments, lead.decided, cases)
    moments.append(time.perf_counter())
    stop.set()
    for child in children:
        child.join()
    member.close()
    return moments


def application(node: Node) -> Application:
    """Put in now."""
    return Application(
        matter="works",
        applicant=Applicant(name="applicant", identifier="1", contact="-"),
        project="a month of a city",
        materials=(),
        submitted_at=node.clock.now(),
    )


def note_slices(moments: list[float], decided: int, cases: int) -> None:
    """Keeps the moment at which each slice but the last was decided."""
    if len(moments) < SLICES and decided >= cases * len(moments) // SLICES:
        moments.append(time.perf_counter())
        rate = decided / (moments[-1] - moments[0])
        print(f"{decided:,} decided, {rate:.0f} cases a second", file=sys.stderr)


def taken_in(domain: LocalDomain, address: str) -> int:
    """Messages in a member's inbox."""
    domain.reopen(address)
    with domain.nodes[address].store.reading() as tx:
        counts = tx[Inbox].counts()
    if counts.pop("dead"):
        raise SystemExit(f"{address} has dead letters")
    return sum(counts.values())


def check(domain: LocalDomain, window: str, cases: int) -> None:
    """Every case decided, every opinion recorded once. Ends the benchmark otherwise."""
    with domain.nodes[window].store.reading() as tx:
        counts = tx[Cases].counts()
    if counts.get("case-decided") != cases or counts.get("answered") != cases * APPROVERS:
        raise SystemExit(f"not what was put in came out: {counts}")


def measure(info: NodeInfo, cases: int) -> None:
    """Measures and prints."""
    floors = []
    with folder("floor") as path:
        floors.append(bare(path, info, FLOOR, None))
    with folder("month") as path:
        rates, spent, messages = run(path, info, cases)
    with folder("floor") as path:
        floors.append(bare(path, info, FLOOR, None))
    print(f"{machine()}, RabbitMQ {server_version(info.url)}")
    print(f"{cases:,} cases, {cases * APPROVERS:,} opinions, {messages:,} messages taken in, in {spent:.0f} s")
    show(
        "A month of a city",
        [
            Figure("cases, by tenths", rates, "cases/s"),
            Figure("messages taken in", [messages / spent], "messages/s", messages / spent / statistics.mean(floors)),
            Figure("floor", floors, "documents/s", 1.0),
        ],
        "to the floor",
    )


def main() -> None:
    """Runs the benchmark."""
    cases = arguments(__doc__, cases=20_000).cases
    configure(quiet=True)
    on_a_broker(lambda info: measure(info, cases))


if __name__ == "__main__":
    main()
