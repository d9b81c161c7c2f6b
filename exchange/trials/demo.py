"""The demonstration: a city at work on an accelerated calendar, every member a process of its own.

What must come of each application is written down here beforehand; whatever comes out otherwise is a deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exchange.approval.rules.states import CaseState
from exchange.approval.window.status import CaseStatus, recent_cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.provision import waiting_messages
from exchange.clock import AcceleratedClock, SteppedClock, format_clock, monotonic
from exchange.errors import Conflict
from exchange.files.applications import read_application
from exchange.language import NamedText, Text, tr
from exchange.machine.files import write_file
from exchange.operations.reconciliation.books import Balance, BalanceVerdict
from exchange.operations.reconciliation.domain import open_reconciliation
from exchange.operations.reconciliation.words import FAULTS
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.member_record import CONSUMING
from exchange.runtime.profiles import Profile
from exchange.runtime.settings import Home, Settings
from exchange.runtime.supervision.sole import role_command
from exchange.runtime.supervision.supervise import Supervisor
from exchange.schemas import Role
from exchange.setup.init import init_broker, init_files, start_broker
from exchange.store.journal import JournalEntry
from exchange.trials.at_the_window import attend
from exchange.trials.demo_evidence import prove_cases
from exchange.trials.demo_outcome import DemoOutcome
from exchange.trials.demo_script import BEGINS, KILLED, KILLED_AFTER, SCRIPT, Expected, story_begins
from exchange.workdays import ChinaCalendar

DAY = 2.0
"""Real seconds a day of the demonstration takes."""
MOST_CASES = 50
"""Cases that are looked at, the latest ones."""
PATIENCE = 90.0
"""Real seconds after which the demonstration gives up."""


@dataclass(frozen=True)
class Happening:
    """What somebody has put on record of a case."""

    who: str
    at: datetime
    event: str
    case_number: str | None
    detail: Mapping[str, object]


@dataclass
class Demo:
    """A run of the demonstration; ``say`` hears what happens to processes."""

    home: Path
    settings: Settings
    lines: list[str] = field(default_factory=list)
    profiles: dict[str, Profile] = field(default_factory=dict)
    submitted: dict[str, Expected] = field(default_factory=dict)
    """By case number."""
    balance: Balance | None = None
    """The reconciliation at the end."""
    beside: Callable[[Settings, Supervisor], Callable[[], None]] | None = None
    """Adds to the processes what is served beside the members; what it returns is called now and then."""
    look: Callable[[], None] = lambda: None
    _info: NodeInfo | None = None
    _stack: ExitStack = field(default_factory=ExitStack)
    _members: dict[str, OpenedMember] = field(default_factory=dict)
    _seen: dict[str, int] = field(default_factory=dict)
    _killed: bool = False
    _begins: datetime = BEGINS
    _clock: AcceleratedClock = field(default_factory=lambda: AcceleratedClock(BEGINS, BEGINS, 86_400 / DAY))

    def say(self, line: str) -> None:
        """Keep a line for whoever shows the demonstration."""
        self.lines.append(line)

    @property
    def clock(self) -> AcceleratedClock:
        """The clock all processes agree on."""
        return self._clock

    @property
    def window(self) -> OpenedMember:
        """The lead's node."""
        return next(opened for opened in self._members.values() if Role.WINDOW in opened.profile.roles)

    def prepare(self) -> None:
        """Prepare authority, keys, databases, an own broker, queues. Raises what each of them raises."""
        calm = replace(self.settings, home=self.home, clock=SteppedClock(BEGINS - timedelta(days=30)))
        self.profiles = init_files(calm, self.say)
        node, info = start_broker(calm, self.say)
        if node is not None:
            self._stack.callback(node.stop)
        self._info = info
        init_broker(calm, info, self.profiles, self.say)
        self._refuse_leftovers(calm, info)

    def start(self) -> None:
        """Start every member as a process of its own, on the fast clock; `served` tells how far that has come."""
        processes = len(self.profiles) + (3 if self.beside is not None else 0)
        head_start = timedelta(seconds=processes * 0.9)
        self._serve(replace(self._clock, real_origin=datetime.now(UTC) + head_start))

    def begin(self) -> None:
        """Let the story begin at the next morning that suits it, however long the processes took to start."""
        self._begins = story_begins(self.clock.now(), ChinaCalendar())

    def calm_down(self) -> None:
        """Have all go on at the pace of real time; the fast clock would soon have run out of every certificate."""
        now = datetime.now(UTC)
        self.supervisor.shut_down()
        self._serve(AcceleratedClock(now, self.clock.at(now), 1))

    def _serve(self, clock: AcceleratedClock) -> None:
        self._clock = clock
        self.settings = replace(self.settings, home=self.home, clock=clock)
        environment = {"EXCHANGE_HOME": str(self.home), "EXCHANGE_CLOCK": format_clock(self._clock)}
        write_file(Home(self.home).clock, environment["EXCHANGE_CLOCK"])  # for commands beside it
        self.supervisor = Supervisor(self.say, environment)
        for address in self.profiles:
            self.supervisor.add(address, role_command(address), Home(self.home).logs / f"{address}.log")
            self._members[address] = open_member(self.settings, address)
            self._stack.callback(self._members[address].store.close)
        if self.beside is not None:
            self.look = self.beside(self.settings, self.supervisor)
        self._stack.callback(self.supervisor.shut_down)
        self.supervisor.start()

    def served(self) -> int:
        """Count the members that are being served by now."""
        found = 0
        for opened in self._members.values():
            with opened.store.reading() as tx:
                found += tx.get_meta(CONSUMING) is not None
        return found

    def turn(self) -> list[CaseStatus]:
        """Hand in what is due, look after the processes, and return the cases as they stand, oldest first."""
        day = (self.clock.now() - self._begins) / timedelta(days=1)
        handed_in = {expected.file for expected in self.submitted.values()}
        for expected in SCRIPT:
            if expected.file not in handed_in and day >= expected.day:
                self._submit(expected)
        if not self._killed and day >= KILLED_AFTER:
            self._kill()
        self.supervisor.watch_once()
        return self.attend()

    def attend(self) -> list[CaseStatus]:
        """Do what the window's officers do, and return the cases as they stand, oldest first; those too that somebody
        has handed in beside the story.
        """
        if not self._members:
            return []
        attend(self.window.node, self.window.profile.officer)
        return recent_cases(self.window.node, MOST_CASES)[::-1]

    def finished(self, cases: list[CaseStatus]) -> bool:
        """Return whether every application of the story has been decided and every message signed for."""
        told = self._of_the_story(cases)
        decided = all(case.state is CaseState.DECIDED for case in told)
        return decided and len(told) == len(SCRIPT) and not any(self._outcome().waiting())

    def happenings(self, cases: list[CaseStatus]) -> Iterator[Happening]:
        """Yield what is new of cases in the window's and the monitors' journals."""
        for address, opened in self._members.items():
            if Role.DEPARTMENT in opened.profile.roles:
                continue
            for number in (case.number for case in cases):
                with opened.store.reading() as tx:
                    journal = tx.journal_of(number)
                key = f"{address}/{number}"
                yield from (_happening(address, entry) for entry in journal[self._seen.get(key, 0) :])
                self._seen[key] = len(journal)

    def deviations(self, cases: list[CaseStatus]) -> list[Text]:
        """Return everything that came out otherwise than it should."""
        told = self._of_the_story(cases)
        stores = {address: opened.store for address, opened in self._members.items()}
        numbers = [case.number for case in told]
        proved = prove_cases(Home(self.home), stores, numbers, self.clock.now())
        return [*self._outcome().deviations(told), *self._check_books(), *proved]

    def close(self) -> None:
        """Stop all processes and the broker; the records stay."""
        self._stack.close()

    def _of_the_story(self, cases: list[CaseStatus]) -> list[CaseStatus]:
        return [case for case in cases if case.number in self.submitted]

    def _outcome(self) -> DemoOutcome:
        return DemoOutcome(self._members, self.window, self.submitted)

    def _check_books(self) -> Iterator[Text]:
        """Closes the books; where something cannot be read, the balance says so and nothing is held against it."""
        with open_reconciliation(self.settings, lambda: self._info) as books:
            self.balance = books.reconcile()
        if self.balance.verdict is BalanceVerdict.DIFFERS:
            yield Text("the books do not balance: exchange reconcile")
            for one in self.balance.differences[:20]:
                told = {"id": one.message_id, "sender": one.sender, "member": one.member}
                yield Text("{id}, {sender} {member}: {fault}", {**told, "fault": NamedText(FAULTS[one.fault])})

    def _refuse_leftovers(self, calm: Settings, info: NodeInfo) -> None:
        """A broker or database of one's own may hold something already, which would mix with what is shown."""
        windows = [address for address, profile in self.profiles.items() if Role.WINDOW in profile.roles]
        if waiting_messages(info.url, list(self.profiles), windows):
            raise Conflict(
                "the broker's queues hold messages of these members already",
                remedy="give the demonstration a vhost of its own in EXCHANGE_BROKER_URL, or unset it",
            )
        opened = open_member(calm, windows[0])
        try:
            if recent_cases(opened.node, 1):
                raise Conflict(
                    "the database holds cases already", remedy="give an empty one in EXCHANGE_DATABASE_URL, or unset it"
                )
        finally:
            opened.store.close()

    def _submit(self, expected: Expected) -> None:
        path = Home(self.home).departments / "applications" / f"{expected.file}.toml"
        application, enclosures = read_application(path, self.clock)
        case = submit(self.window.node, application, enclosures=enclosures)
        self.submitted[case.number] = expected

    def _kill(self) -> None:
        self._killed = True
        address = next(address for address in self.profiles if address.endswith(f".{KILLED}"))
        process = self.supervisor.children[address].process
        if process is not None:
            process.kill()
            self.say(tr("{address} is killed on purpose (SIGKILL)", address=address))


def out_of_time(since: float) -> bool:
    """Return whether the demonstration has taken too long; ``since`` is monotonic."""
    return monotonic() - since > PATIENCE


def _happening(who: str, entry: JournalEntry) -> Happening:
    return Happening(who, entry.at, entry.event, entry.case_number, entry.detail)
