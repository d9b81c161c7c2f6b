"""Replay: real cases through the real path, on a virtual clock that the driver moves.

Every event runs through seal, outbox, broker, agents, inbox, case and monitor. Before the clock passes a moment at
which the monitor has something to do, everything sent is let arrive, so that only the rules decide and never the speed
of this machine.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from exchange.approval.acceptance import telling
from exchange.approval.monitor.store import Watches
from exchange.approval.rules.states import PartState
from exchange.approval.window.decision import Docket, Ruling
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST, SteppedClock, monotonic
from exchange.errors import CallerError, OperatorError
from exchange.runtime.periodic import periodic_work
from exchange.runtime.work import work_for
from exchange.schemas import Matter, Outcome, Role
from exchange.trials.local import LocalDomain, Seat
from exchange.trials.replay.acts import Acts
from exchange.trials.replay.at_the_portal import PATIENCE, PortalActs
from exchange.trials.replay.found import found_in
from exchange.trials.replay.log import EventKind, ReplayApplication, ReplayEvent, ReplayLog
from exchange.trials.replay.reckoning import reckon_log
from exchange.trials.replay.result import Replayed
from exchange.workdays import ChinaCalendar, WorkingCalendar, end_of_day

OnProgress = Callable[[int, int, str], None]
"""Told how many events are done, of how many, and the virtual time."""

_TICK = timedelta(microseconds=1)
_LONG = timedelta(days=5500)
"""Ten years that a log may reach over, and the longest term behind its end."""


class Replay:
    """One run of a log through a domain of its own: a window, a monitor, and the log's departments."""

    def __init__(
        self,
        log: ReplayLog,
        folder: Path,
        info: NodeInfo,
        database_url: str | None = None,
        calendar: WorkingCalendar | None = None,
        *,
        through_portal: bool = False,
    ) -> None:
        self._log = log
        self._calendar = calendar or ChinaCalendar()
        self._clock = SteppedClock(log.events[0].at - timedelta(days=1))
        domain = f"replay-{secrets.token_hex(3)}"
        window, self._monitor = f"{domain}.window", f"{domain}.monitor"
        addresses = {name: f"{domain}.{label}" for name, label in log.names.items()}
        catalogue: dict[str, Matter] = {}
        seats = {
            window: Seat((Role.WINDOW,), work_for((Role.WINDOW,), decide_rule=decide, rule_decides=True)),
            self._monitor: Seat((Role.MONITOR,)),
            **{address: Seat((Role.DEPARTMENT,)) for address in addresses.values()},
        }
        portal = f"{domain}.portal"
        has_portal = through_portal or any(event.before_acceptance for event in log.events)
        if has_portal:
            seats[portal] = Seat((Role.PORTAL,), superior=window)
        self.domain = LocalDomain(
            folder, domain, info, self._clock, seats,
            database_url=database_url, periodic=False, event_times=True, catalogue=catalogue,
            calendar=self._calendar, certified_for=_LONG,
        )  # fmt: skip
        acts = PortalActs(self.domain, window, portal) if has_portal else None
        self._acts = Acts(self.domain, window, addresses, catalogue, log, acts, through_portal=through_portal)
        self._put = {application.asked[0].line: application for application in log.applications}
        self._refused: dict[int, str] = {}
        self._look_at: datetime | None = None
        self._under_way: dict[str, set[str]] = {}
        """Departments, by case, about which something has happened since everything had arrived."""

    def run(self, on_progress: OnProgress) -> Replayed:
        """Run all events. Raises OperatorError when messages stop moving, and what broker and database raise."""
        began, total = monotonic(), len(self._log.events)
        with self.domain:
            for done, event in enumerate(self._log.events, 1):
                self._pass_until(event.at)
                self._clock.step_to(event.at)
                self._happen(event)
                on_progress(done, total, self._clock.now().date().isoformat())
            self._arrive()
            while self._look_at is not None:
                self._look()
            if self._acts.portal is not None:
                self._tell()
            seconds = monotonic() - began
            reckoned = reckon_log(self._log, self._calendar)
            return found_in(self._acts, self._log, reckoned, self._refused, seconds)

    def _tell(self) -> None:
        """Have the window tell its portal how all cases stand."""
        while telling.look(self.domain.nodes[self._acts.window]):
            self.domain.members[self._acts.window].wake()
        self._arrive()

    def _pass_until(self, at: datetime) -> None:
        """Have the monitor look at what is due before ``at``, and the window accept what is so by law until then."""
        arrived = False
        while True:
            by_law, look_at = self._acts.next_by_law, self._look_at
            if by_law is not None and by_law <= at and (look_at is None or by_law <= look_at):
                self._accept_by_law(by_law)
                arrived = False
            elif look_at is None or look_at >= at:
                return
            elif arrived:
                self._look()
            else:
                self._arrive()
                arrived = True

    def _accept_by_law(self, at: datetime) -> None:
        self._clock.step_to(at)
        for application in self._acts.accept_by_law():
            self._asked(application, at)

    def _look(self) -> None:
        due = self._look_at
        if due is not None:
            self._clock.step_to(due + _TICK)
        if periodic_work(self.domain.nodes[self._monitor]):
            self.domain.members[self._monitor].wake()
        self._arrive()
        if due is not None and due == self._look_at:
            raise OperatorError(
                "the monitor does not get on with what is due at {due}", remedy="see the log", due=due.isoformat()
            )

    def _arrive(self) -> None:
        """Let everything arrive; then the monitor knows when it must look."""
        self.domain.settle(PATIENCE)
        self._under_way.clear()
        with self.domain.nodes[self._monitor].store.reading() as tx:
            self._look_at = tx[Watches].next_at()

    def _happen(self, event: ReplayEvent) -> None:
        if event.kind is EventKind.SUBMIT:
            if event.line in self._put:
                self._expect(event, alone=False)
                application = self._put[event.line]
                if self._acts.submit(application):
                    self._asked(application, event.at)
            return
        alone = event.kind is not EventKind.REPLY
        self._expect(event, alone)
        try:
            self._acts.act(event, self._log.about[event.line])
        except CallerError as error:
            self._refused[event.line] = str(error)
        if alone:
            self._arrive()
        else:
            self._under_way.setdefault(event.case, set()).add(event.department)

    def _asked(self, application: ReplayApplication, at: datetime) -> None:
        """Mind that requests are under way, since an instant."""
        self._under_way.setdefault(application.asked[0].case, set()).update(one.department for one in application.asked)
        for one in application.asked:
            self._soon(replace(one, at=at))

    def _expect(self, event: ReplayEvent, alone: bool) -> None:
        """Let arrive what comes before this event on its way."""
        under_way = self._under_way.get(event.case, set())
        if event.department in under_way or (alone and under_way):
            self._arrive()

    def _soon(self, asked: ReplayEvent) -> None:
        soon = signed_by(asked)
        self._look_at = soon if self._look_at is None else min(self._look_at, soon)


def signed_by(asked: ReplayEvent) -> datetime:
    """Return until when a department must have signed for what it is asked, and the monitor have heard of it.

    It is the day on which it is asked, since the term begins on the day of the signature; and long before anything is
    due.
    """
    latest = end_of_day(asked.at.astimezone(CST).date()) - _TICK
    if asked.due is None or asked.days is not None:
        return latest
    return min(latest, asked.at + (asked.due - asked.at) / 4)


def decide(docket: Docket) -> Ruling | None:
    """Grant, or refuse where silence was refusal; where anybody else's consent is missing, nobody decides."""
    if docket.lacking:
        return None
    if any(part.state is PartState.REFUSED for part in docket.parts):
        return Ruling(Outcome.REFUSE, "a department kept silent, which counts as refusal")
    return Ruling(Outcome.GRANT, "all departments were heard or kept silent")
