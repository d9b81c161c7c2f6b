"""Replay: real cases through the real path, on a virtual clock that the driver moves.

Every event runs through seal, outbox, broker, agents, inbox, case and monitor. Before the clock passes a due moment
everything sent is let arrive, so that only the rules decide and never the speed of this machine.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from exchange.approval.department import desk
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import PartRow
from exchange.approval.rules.states import PartState
from exchange.approval.window.decision import Docket, Ruling
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock, monotonic
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.runtime.periodic import periodic_work
from exchange.runtime.work import work_for
from exchange.schemas import (
    Applicant,
    Application,
    Approver,
    DefaultMode,
    Material,
    Matter,
    Opinion,
    Outcome,
    Role,
    Verdict,
)
from exchange.store.journal import JournalEntry
from exchange.trials.local import LocalDomain, Seat
from exchange.trials.replay_file import Batch, ReplayEvent, ReplayFate, ReplayFile, batches

RULE = "缺席默认制（合肥，2006年）"
"""The rule that replayed defaults cite."""

OnProgress = Callable[[int, int, str], None]
"""Told how many events are done, of how many, and the virtual time."""


@dataclass(frozen=True)
class Replayed:
    """What came of a replay, beside what the file says must come of it."""

    fates: dict[tuple[str, str], ReplayFate]
    expected: dict[tuple[str, str], ReplayFate]
    events: int
    messages: int
    seconds: float
    dead_letters: int
    undelivered: int
    doubled: int

    @property
    def lost(self) -> list[tuple[str, str]]:
        """Consultations without a fate."""
        return sorted(self.expected.keys() - self.fates.keys())

    @property
    def agrees(self) -> bool:
        """Whether everything came out as the rule says, with nothing lost, refused or doubled."""
        return self.fates == self.expected and not (self.dead_letters or self.undelivered or self.doubled)


class Replay:
    """One run of a file through a domain of its own: a window, a monitor, and the file's departments."""

    def __init__(self, file: ReplayFile, folder: Path, info: NodeInfo, database_url: str | None = None) -> None:
        self._file = file
        self._clock = SteppedClock(file.events[0].at - timedelta(days=1))
        domain = f"replay-{secrets.token_hex(3)}"
        self._window, self._monitor = f"{domain}.window", f"{domain}.monitor"
        self._departments = {name: f"{domain}.{slug}" for name, slug in file.names.items()}
        self._catalogue: dict[str, Matter] = {}
        seats = {
            self._window: Seat((Role.WINDOW,), work_for((Role.WINDOW,), decide_rule=_grant, rule_decides=True)),
            self._monitor: Seat((Role.MONITOR,)),
            **{address: Seat((Role.DEPARTMENT,)) for address in self._departments.values()},
        }
        self.domain = LocalDomain(
            folder, domain, info, self._clock, seats,
            database_url=database_url, periodic=False, event_times=True, catalogue=self._catalogue,
        )  # fmt: skip
        self._consulted: dict[str, list[ReplayEvent]] = defaultdict(list)
        for event in file.events:
            if event.submit:
                self._consulted[event.case].append(event)

    def run(self, on_progress: OnProgress) -> Replayed:
        """Run all events. Raises OperatorError when messages stop moving, and what broker and database raise."""
        began, done, total = monotonic(), 0, len(self._file.events)
        with self.domain:
            for batch in batches(self._file.events):
                self._run_batch(batch)
                done += len(batch.events)
                on_progress(done, total, self._clock.now().date().isoformat())
            return self._result(monotonic() - began)

    def _run_batch(self, batch: Batch) -> None:
        for event in batch.events:
            self._clock.step_to(event.at)
            if not event.submit:
                self._reply(event)
            elif event is self._consulted[event.case][0]:
                self._submit(event)
        self.domain.settle()
        if batch.look_at is not None:
            self._clock.step_to(batch.look_at)
            if periodic_work(self.domain.nodes[self._monitor]):
                self.domain.members[self._monitor].wake()
                self.domain.settle()

    def _submit(self, first: ReplayEvent) -> None:
        consulted = self._consulted[first.case]
        due = {self._departments[event.department]: event.due for event in consulted}
        matter = self._matter(tuple(due))
        application = Application(
            matter=matter.code,
            applicant=Applicant(name="replayed", identifier=first.case, contact="-"),
            project=first.case,
            materials=(),
            submitted_at=self._clock.now(),
        )
        fixed = {address: moment for address, moment in due.items() if moment is not None}
        submit(self.domain.nodes[self._window], application, case_number=first.case, fixed_due=fixed)
        self.domain.members[self._window].wake()

    def _reply(self, event: ReplayEvent) -> None:
        address = self._departments[event.department]
        node = self.domain.nodes[address]
        with node.store.reading() as tx:
            row = tx[DepartmentDesk].get(event.case)
        opinion = Opinion(
            case_number=event.case,
            consultation_id=row.consultation_id if row else "",
            department=address,
            verdict=Verdict.AGREE,
            officer=event.department or "-",
            decided_on=self._clock.now().date(),
        )
        desk.reply(node, opinion)
        self.domain.members[address].wake()

    def _matter(self, departments: tuple[str, ...]) -> Matter:
        code = "replay-" + hashlib.sha256("\n".join(sorted(departments)).encode()).hexdigest()[:12]
        if code not in self._catalogue:
            self._catalogue[code] = Matter(
                code=code,
                version="1",
                name="重放事项",
                name_en="replayed matter",
                lead=self._window,
                basis=("statutory deadline of the replayed case",),
                materials=(Material(code="file", name="file", required=False),),
                approvers=tuple(
                    Approver(department=address, term_days=20, default=DefaultMode.CONSENT, default_basis=(RULE,))
                    for address in departments
                ),
            )
        return self._catalogue[code]

    def _result(self, seconds: float) -> Replayed:
        slugs = {address: name for name, address in self._departments.items()}
        fates: dict[tuple[str, str], ReplayFate] = {}
        with self.domain.nodes[self._window].store.reading() as tx:
            for case in self._consulted:
                for part in tx[Cases].parts(case):
                    fate = _fate(part)
                    if fate is not None:
                        fates[(case, slugs[part.department])] = fate
            doubled = sum(_times_settled(tx.journal_of(case)) for case in self._consulted)
        copies: dict[str, int] = defaultdict(int)
        dead = 0
        for node in self.domain.nodes.values():
            with node.store.reading() as tx:
                dead += tx[Inbox].counts().get("dead", 0)
                for state, number in tx[Outbox].counts().items():
                    copies[state] += number
        return Replayed(
            fates=fates,
            expected=self._file.expected(),
            events=len(self._file.events),
            messages=sum(copies.values()),
            seconds=seconds,
            dead_letters=dead,
            undelivered=sum(copies.values()) - copies["delivered"],
            doubled=doubled,
        )


def _grant(docket: Docket) -> Ruling:
    return Ruling(Outcome.GRANT, "all departments were heard or kept silent")


def _fate(part: PartRow) -> ReplayFate | None:
    if part.state is PartState.ANSWERED:
        return ReplayFate.IN_TIME
    if part.state is PartState.DEEMED:
        return ReplayFate.DEEMED_THEN_LATE if part.late_opinion_id else ReplayFate.DEEMED
    return None


def _times_settled(journal: Sequence[JournalEntry]) -> int:
    """How often more than once a department's part of a case was settled; the journal never forgets."""
    settled = Counter(str(entry.detail.get("department")) for entry in journal if entry.event in ("opinion", "deemed"))
    return sum(times - 1 for times in settled.values())
