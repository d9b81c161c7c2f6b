"""A domain whose members are real processes, for tests that kill them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from exchange.approval.rules.states import CaseState
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.outbox import Outbox
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Applicant, Application, SubmittedMaterial
from exchange.setup.init import init_broker, init_files
from exchange.store import Store
from tests.warm import WarmProcess, run_warm, start_warm

RULE = """
from exchange.approval.rules.answers import Department

def decide(consultation, today):
    return Department("{address}", "officer").agree(consultation, today)
"""
LEAD = """
from exchange import Ruling
from exchange.schemas import Outcome

def decide(docket):
    return Ruling(Outcome.GRANT, "all departments were heard")
"""
MATTER = """
code = "works"
version = "1"
name = "施工"
name_en = "Works"
lead = "{domain}.window"
basis = ["行政许可法第二十六条"]

[[materials]]
code = "plan"
name = "施工方案"
"""
GUIDE = """
[guide]
theme = {zh = "工程"}
about = {zh = "施工"}
applicants = [{zh = "建设单位"}]
conditions = [{zh = "有方案"}]
fees = {zh = "不收费"}
result = {zh = "许可证"}
validity = {zh = "六个月"}
remedies = [{zh = "六十日内可以申请行政复议"}]
place = {zh = "一楼"}
contact = "0551-1"
complaints = "0551-2"
"""
"""What has a portal offer the matter."""
APPROVER = """
[[approvers]]
department = "{address}"
term_days = 5
"""


_WITHOUT_RULE = ("monitor", "relay", "portal")


def write_departments(
    folder: Path, domain: str, departments: Sequence[str], relay: bool = False, portal: bool = False
) -> None:
    """The departments folder of a small domain: window, monitor, and departments that agree at once."""
    roles = {"window": "window", "monitor": "monitor", **dict.fromkeys(departments, "department")}
    roles |= {"relay": "relay"} if relay else {}
    roles |= {"portal": "portal"} if portal else {}
    for name, role in roles.items():
        here = folder / name
        here.mkdir(parents=True)
        rule = "" if role in _WITHOUT_RULE else 'rule = "rule.py"\n'
        rule += "rule_decides = true\n" if role == "window" else ""
        rule += f'superior = "{domain}.window"\n' if role == "portal" else ""
        address = f"{domain}.{name}"
        (here / "profile.toml").write_text(
            f'address = "{address}"\nname = "{name}"\nname_en = "{name}"\n'
            f'roles = ["{role}"]\nofficer = "officer"\n{rule}'
        )
        if role not in _WITHOUT_RULE:
            (here / "rule.py").write_text(LEAD if role == "window" else RULE.format(address=address))
    approvers = "".join(APPROVER.format(address=f"{domain}.{name}") for name in departments)
    (folder / "catalogue").mkdir()
    matter, guide = MATTER.format(domain=domain), GUIDE if portal else ""
    automatic = 'acceptance = "automatic"\n' if portal else ""
    (folder / "catalogue" / "works.toml").write_text(automatic + matter + approvers + guide)


@dataclass
class ProcessDomain:
    """A domain in a folder and the processes that serve it."""

    root: Path
    domain: str
    info: NodeInfo
    departments: Sequence[str] = ("planning", "transport")
    relay: bool = False
    """Whether it has a relay office."""
    portal: bool = False
    """Whether it has a portal, which offers the one matter; what is complete is accepted at once."""
    served: dict[str, subprocess.Popen[bytes] | WarmProcess] = field(default_factory=dict)
    database_url: str | None = None
    """A database server's, where the members have not a file each."""
    _watched: dict[str, Store] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = Settings(
            home=self.root / "home",
            broker_url=self.info.url,
            management_url=self.info.management_url,
            database_url=self.database_url,
            clock=Settings.read({}).clock,
        )
        write_departments(self.root / "departments", self.domain, self.departments, self.relay, self.portal)
        self.names = [address.rsplit(".", 1)[1] for address in self._begin()]

    def _begin(self) -> Iterable[str]:
        """Makes the domain of the departments' folder; its members' addresses."""
        profiles = init_files(self.settings, lambda text: None, self.root / "departments")
        init_broker(self.settings, self.info, profiles, lambda text: None)
        return profiles

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        for process in self.served.values():
            process.kill()
            process.wait()
        for store in self._watched.values():
            store.close()

    def address(self, name: str) -> str:
        """A member's full address."""
        return f"{self.domain}.{name}"

    def environment(self) -> Mapping[str, str]:
        """What a member's process needs to know."""
        server = {"EXCHANGE_DATABASE_URL": self.database_url} if self.database_url else {}
        return {**os.environ, "EXCHANGE_HOME": str(self.settings.home), **server}

    def serve(
        self, name: str, command: Sequence[str] | None = None, before: Callable[[], None] | None = None
    ) -> subprocess.Popen[bytes] | WarmProcess:
        """Starts a member's process; another ``command`` may serve it in a special way."""
        path = self.root / f"{name}.log"
        if command is None and before is None:
            self.served[name] = start_warm(["serve", self.address(name)], self.environment(), path, path)
            return self.served[name]
        full = command or [sys.executable, "-m", "exchange", "serve", self.address(name)]
        with path.open("ab") as log:
            self.served[name] = subprocess.Popen(
                list(full), env=dict(self.environment()), stdout=log, stderr=log, preexec_fn=before
            )
        return self.served[name]

    def serve_all(self) -> None:
        """Starts every member."""
        for name in self.names:
            self.serve(name)

    def kill(self, name: str) -> None:
        """Kills a member's process as hard as can be."""
        self.served[name].kill()
        self.served[name].wait()

    def open(self, name: str) -> OpenedMember:
        """A member's node, for a look or a command."""
        return open_member(self.settings, self.address(name))

    def submit(self, cases: int) -> list[str]:
        """Hands in that many applications; their numbers."""
        window = self.open("window")
        application = Application(
            matter="works",
            applicant=Applicant(name="applicant", identifier="1", contact="-"),
            project="project",
            materials=(SubmittedMaterial(code="plan", note="on file"),),
            submitted_at=self.settings.clock.now(),
        )
        numbers = [submit(window.node, application).number for _ in range(cases)]
        window.store.close()
        return numbers

    def decided(self) -> int:
        """How many cases the window has decided."""
        with self._store_of("window").reading() as tx:
            return tx[Cases].counts().get(f"case-{CaseState.DECIDED}", 0)

    def undelivered(self) -> int:
        """Copies anywhere in the domain without a signed receipt."""
        total = 0
        for name in self.names:
            with self._store_of(name).reading() as tx:
                total += sum(number for state, number in tx[Outbox].counts().items() if state != "delivered")
        return total

    def is_served(self, name: str) -> bool:
        """Whether a process serves the member by now."""
        return self._store_of(name).is_served(self.address(name))

    def _store_of(self, name: str) -> Store:
        """A member's store, open for as long as it is looked at again and again."""
        if name not in self._watched:
            self._watched[name] = self.open(name).store
        return self._watched[name]

    def log_of(self, name: str) -> str:
        """What a member's process wrote."""
        return (Home(self.root).root / f"{name}.log").read_text()


class HasEnvironment(Protocol):
    """A domain in which commands are typed."""

    def environment(self) -> Mapping[str, str]:
        """What a process there needs to know."""


@dataclass(frozen=True)
class KnownBroker:
    """A domain in which commands know where its broker is."""

    city: ProcessDomain

    def environment(self) -> Mapping[str, str]:
        info = self.city.info
        known = {"EXCHANGE_BROKER_URL": info.url, "EXCHANGE_MANAGEMENT_URL": info.management_url or ""}
        return {**self.city.environment(), **known}


def run(city: HasEnvironment, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """An `exchange` command in this domain, as a person types it; fails the test on another exit code."""
    done = run_warm(words, city.environment())
    assert done.returncode == code, done.stdout + done.stderr
    return done
