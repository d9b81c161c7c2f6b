"""A small city in one process, on a real broker and real databases, with a clock that the test moves."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from exchange.approval.department import desk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.held import begin_hold, end_hold
from exchange.approval.monitor.store import Watches
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.window.decision import DecideRule, Docket, Ruling
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST, SteppedClock, monotonic
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.rules.holding import Hold
from exchange.runtime.periodic import periodic_work
from exchange.runtime.work import work_for
from exchange.schemas import (
    Applicant,
    Application,
    Approver,
    Completion,
    DefaultMode,
    Exclusion,
    Material,
    Matter,
    Opinion,
    Outcome,
    Role,
    SubmittedMaterial,
    Verdict,
)
from exchange.trials.local import LocalDomain, Seat

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=CST)
"""An ordinary Monday, nine o'clock."""


def midnight_after(day: date) -> datetime:
    """The end of a day, 24:00."""
    return datetime(day.year, day.month, day.day, tzinfo=CST) + timedelta(days=1)


def grant_unless_refused(docket: Docket) -> Ruling | None:
    """The lead follows its departments."""
    if docket.objections:
        return Ruling(Outcome.REFUSE, "a department objects: " + "; ".join(docket.objections.values()))
    return Ruling(Outcome.GRANT, "all departments were heard")


@dataclass
class City:
    """Shorthands for what journeys do."""

    local: LocalDomain
    clock: SteppedClock

    @property
    def window(self) -> Node:
        """The lead department's node."""
        return self.node("window")

    def address(self, name: str) -> str:
        """The full address of a short name."""
        return f"{self.local.domain}.{name}"

    def node(self, name: str) -> Node:
        """A member's node."""
        return self.local.nodes[self.address(name)]

    def matter(self, *approvers: Approver, code: str = "works", **fields: object) -> Matter:
        """Puts a matter into the catalogue."""
        matter = Matter(
            code=code,
            version="2026.1",
            name="占用道路施工",
            name_en="Occupying a road for works",
            lead=self.address("window"),
            basis=("城市道路管理条例第三十条",),
            approvers=approvers,
            **{"materials": (Material(code="plan", name="施工方案"),), **fields},
        )
        self.local.catalogue[code] = matter
        return matter

    def approver(self, name: str, *, days: int = 3, silent: bool = False, **fields: object) -> Approver:
        """An approver; ``silent`` lets its silence count as consent."""
        default = {"default": DefaultMode.CONSENT, "default_basis": ("缺席默认制",)} if silent else {}
        return Approver(department=self.address(name), term_days=days, **default, **fields)

    def application(self, code: str = "works", project: str = "黄山路供热管道") -> Application:
        """An application that the matter accepts."""
        return Application(
            matter=code,
            applicant=Applicant(name="热电公司", identifier="91340100X", contact="0551-0"),
            project=project,
            materials=(SubmittedMaterial(code="plan", note="on file"),),
            submitted_at=self.clock.now(),
        )

    def submit(self, code: str = "works", settle: bool = True) -> CaseRow:
        """Hands in an application and lets it arrive everywhere."""
        case = submit(self.window, self.application(code))
        self.wake("window")
        if settle:
            self.local.settle()
        return case

    def opinion(self, name: str, case: CaseRow, verdict: Verdict = Verdict.AGREE, **fields: object) -> Opinion:
        """A department's opinion on what lies on its desk."""
        with self.node(name).store.reading() as tx:
            row = tx[DepartmentDesk].get(case.number)
        assert row is not None, f"{case.number} is not on the desk of {name}"
        return Opinion(
            case_number=case.number,
            consultation_id=row.consultation_id,
            department=self.address(name),
            verdict=verdict,
            officer="officer",
            decided_on=self.clock.now().date(),
            **fields,
        )

    def reply(
        self, name: str, case: CaseRow, verdict: Verdict = Verdict.AGREE, settle: bool = True, **fields: object
    ) -> str:
        """A department answers."""
        message_id = desk.reply(self.node(name), self.opinion(name, case, verdict, **fields))
        self.wake(name)
        if settle:
            self.local.settle()
        return message_id

    def step_to(self, moment: datetime, *monitors: str, settle: bool = True) -> None:
        """Moves the clock and has the monitors look."""
        self.clock.step_to(moment)
        if any(self._has_ended(name) for name in monitors or ("monitor",)):
            self.kept_up()
        for name in monitors or ("monitor",):
            periodic_work(self.node(name))
            self.wake(name)
        if settle:
            self.local.settle()

    def kept_up(self) -> None:
        """Waits until the window knows that it has read all that came by now: only then does silence count.

        A broker that stamps arrivals says so itself.
        """
        window, began = self.local.members.get(self.address("window")), monotonic()
        if window is None or self.local.stamps:
            return
        (lane,) = (lane for lane in window._consumer._lanes if lane.queue.asked)
        wait_until(lambda: (lane.done_until or 0.0) > began, what="a window that has read all that came", every=0.02)

    def _has_ended(self, name: str) -> bool:
        """Whether a monitor has a term to look at that is over."""
        with self.node(name).store.reading() as tx:
            due = [unread.read() for unread in tx[Watches].due(self.clock.now(), 100)]
        return any(row.due_at is not None and row.due_at < self.clock.now() for row in due)

    def signed_for(self, name: str) -> None:
        """Waits until all that a member has sent is signed for: without it a clock that jumps makes reminders void."""

        def is_all_in() -> bool:
            with self.node(name).store.reading() as tx:
                return tx[Outbox].next_due() is None

        wait_until(is_all_in, what=f"the receipts for what {name} has sent")

    def through(self, days: int, *monitors: str) -> None:
        """Lets that many calendar days pass, with a look each late afternoon and just after midnight."""
        for _ in range(days):
            midnight = midnight_after(self.clock.now().date())
            self.step_to(midnight - timedelta(hours=6), *monitors)
            self.step_to(midnight + timedelta(seconds=1), *monitors)

    def part(self, case: CaseRow, name: str) -> PartRow:
        """A department's part as the window has it."""
        with self.window.store.reading() as tx:
            part = tx[Cases].part(case.number, self.address(name))
        assert part is not None
        return part

    def case(self, case: CaseRow) -> CaseRow:
        """The case as the window has it now."""
        with self.window.store.reading() as tx:
            found = tx[Cases].get(case.number)
        assert found is not None
        return found

    def hold(self, hold: Hold) -> None:
        """Begins a hold in all databases, and waits until all dispatchers know of it."""
        for node in self.local.nodes.values():
            assert begin_hold(node.store, hold)
        everybody = self.local.members.values()
        known = "the hold in all dispatchers"
        wait_until(lambda: all(hold in member.dispatcher.held for member in everybody), what=known)

    def release(self, hold: Hold) -> None:
        """Ends a hold in all databases."""
        for node in self.local.nodes.values():
            assert end_hold(node.store, hold.id, "wang", self.clock.now())

    def wake(self, name: str) -> None:
        """Tells a served member that its outbox has work."""
        member = self.local.members.get(self.address(name))
        if member is not None:
            member.wake()


def make_city(
    folder: Path,
    info: NodeInfo,
    domain: str,
    departments: tuple[str, ...] = ("planning", "transport"),
    monitors: tuple[str, ...] = ("monitor",),
    *,
    stamps: bool = False,
    accounts: bool = False,
    decide_rule: DecideRule | None = grant_unless_refused,
    rule_decides: bool = True,
    start: datetime = MONDAY,
    superior: str | None = None,
    over_window: bool = False,
) -> City:
    """A city that is not yet served: enter ``city.local``. Its lead's rule decides, unless told to prepare.

    ``superior`` stands above the departments; ``over_window``: above the lead as well.
    """
    clock, above = SteppedClock(start), f"{domain}.{superior}" if superior is not None else None
    window = (Role.WINDOW,)
    work = work_for(window, decide_rule=decide_rule, rule_decides=rule_decides)
    seats = {f"{domain}.window": Seat(window, work, superior=above if over_window else None)}
    seats |= {f"{domain}.{name}": Seat((Role.MONITOR,)) for name in monitors}
    seats |= {f"{domain}.{name}": Seat((Role.DEPARTMENT,), superior=above) for name in departments}
    if superior is not None:
        seats |= {f"{domain}.{superior}": Seat((Role.DEPARTMENT,))}
    return City(
        LocalDomain(folder, domain, info, clock, seats, stamps=stamps, accounts=accounts, periodic=False), clock
    )


def wait_until(
    condition: Callable[[], bool], patience: float = 30.0, what: str = "the condition", every: float = 0.05
) -> None:
    """Waits for a condition that another thread or process will bring about; fails loudly if it does not.

    ``every``: seconds between two looks at least; three times what a look takes, where that is a whole command.
    """
    import threading

    if "PYTEST_XDIST_WORKER" in os.environ:  # others run at the same time, and a look that failed rests for a minute
        patience = min(2 * patience, 240.0)
    until, pause = monotonic() + patience, threading.Event()
    while True:
        looked_at = monotonic()
        if condition():
            return
        now = monotonic()
        assert now < until, f"{what} did not come about in {patience:.0f} s"
        pause.wait(max(every, min(3 * (now - looked_at), 2.0)))


__all__ = ["City", "Completion", "Exclusion", "make_city", "midnight_after", "wait_until"]
