"""A console with the real door over a small domain: accounts of each role, a clock that is stepped, served or not."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST, Clock, RealClock, SteppedClock
from exchange.console.app import create_app
from exchange.console.section import Section
from exchange.console.sections import SECTIONS
from exchange.console.serve import tag_of, tell_misdirected
from exchange.machine.connections import Connections
from exchange.operations.audit.store import AuditLog
from exchange.operations.domain_view import DomainView
from exchange.runtime.settings import Settings
from exchange.setup.init import init_files
from exchange.web.door.gate import Gate
from exchange.web.door.passwords import Passwords
from exchange.web.door.permissions import AccountRole
from exchange.web.door.records import AccountRow
from exchange.web.door.sessions import SessionDoor
from exchange.web.door.store import Accounts
from exchange.web.listening import ListeningPlace, listen
from exchange.web.serving import LoopTurns, server_of
from tests.processes import write_departments

NOON = datetime(2026, 3, 2, 12, tzinfo=CST)

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""Argon2 that costs nothing; what is tested is not how dear it is."""

_FIELD = re.compile(r'name="(token|link)" value="([^"]+)"')


@dataclass(frozen=True)
class Credentials:
    """A known account."""

    name: str
    password: str


ACCOUNTS = {
    AccountRole.OBSERVER: Credentials("olga", "watching the river rise"),
    AccountRole.OPERATOR: Credentials("otto", "repairing what has broken"),
    AccountRole.SECURITY: Credentials("sven", "guarding both the doors"),
    # Of desks, which have nothing to do here.
    AccountRole.CLERK: Credentials("carl", "writing what others sign"),
    AccountRole.REVIEWER: Credentials("rosa", "reading what others wrote"),
    AccountRole.SIGNER: Credentials("sigi", "signing what others read"),
    AccountRole.SUPERVISOR: Credentials("susi", "answering for all of them"),
}


class House:
    """The console of one domain."""

    def __init__(
        self,
        view: DomainView,
        clock: Clock | None = None,
        sections: Sequence[Section] = SECTIONS,
        *,
        empty: bool = False,
    ) -> None:
        self.clock = clock or SteppedClock(NOON)
        self.view = view
        self.gate = Gate(view.console, self.clock, QUICK)
        view.kept["gate"] = self.gate
        self.door = SessionDoor(self.gate, tag_of(view.settings.home))
        self.app = create_app(view, self.door, sections)
        if not empty:
            with self.gate.store.transaction() as tx:
                for role, known in ACCOUNTS.items():
                    kept, now = QUICK.hash(known.password), self.clock.now()
                    tx[Accounts].add(AccountRow(known.name, role, kept, now, now))

    def step(self, length: timedelta) -> None:
        """Lets time pass."""
        assert isinstance(self.clock, SteppedClock)
        self.clock.step_to(self.clock.now() + length)

    def visitor(self) -> Visitor:
        """A browser that has never been here."""
        return Visitor(
            TestClient(
                self.app, base_url="https://console.test", follow_redirects=False, headers={"accept-language": "en"}
            ),
            self,
        )

    def signed_in(self, role: AccountRole) -> Visitor:
        """A browser in which somebody of this role has signed in."""
        visitor = self.visitor()
        answer = visitor.sign_in(ACCOUNTS[role].name, ACCOUNTS[role].password)
        assert answer == (303, "/"), answer
        return visitor

    def logged(self) -> list[tuple[str, str, str, str]]:
        """The audit log, oldest first: account, action, what, outcome."""
        with self.gate.store.reading() as tx:
            return [(e.account, e.action, e.what, e.outcome) for e in tx[AuditLog].entries()]


@dataclass
class Visitor:
    """A browser, as far as the door goes: cookies, forms, redirects that are looked at."""

    http: TestClient
    house: House

    @property
    def cookie(self) -> str | None:
        """The session's token."""
        return self.http.cookies.get(self.house.door.cookie)

    def sign_in(self, name: str, password: str, then: str = "/") -> tuple[int, str]:
        """Status and where it leads."""
        form = {"name": name, "password": password, "next": then}
        answer = self.http.post("/sign-in", data=form, headers={"origin": "https://console.test"})
        return answer.status_code, answer.headers.get("location", "")

    def form_token(self) -> str:
        """The token that forms of this session bear."""
        return dict(_FIELD.findall(self.http.get("/account").text))["token"]

    def do(self, path: str, **fields: str) -> str:
        """Sends a form of ours; where it leads."""
        return self.http.post(path, data={"token": self.form_token(), "sure": "yes", **fields}).headers["location"]

    def is_in(self) -> bool:
        """Whether pages are shown."""
        return self.http.get("/account").status_code == 200


def small_view(folder: Path, domain: str = "hefei", broker: NodeInfo | None = None) -> DomainView:
    """A domain's files, and a view of them; close it."""
    settings = Settings.read({}, home=folder / "home")
    write_departments(folder / "departments", domain, ["planning"])
    init_files(settings, lambda text: None, folder / "departments")
    return DomainView(settings, broker)


@contextmanager
def served(house: House, tls: Path | None = None) -> Iterator[str]:
    """Serves a console on a free port as `exchange console` does, with ``tls`` (certificate and key); its address."""
    place = ListeningPlace(port=0, tls_cert=tls, tls_key=tls)
    connections = Connections()
    with listen(place, connections=connections) as listening:
        server = server_of(house.app, place, LoopTurns(), connections, told=tell_misdirected)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield place.url(listening.getsockname()[1])
        server.should_exit = True
        thread.join(20)


def real_house(view: DomainView) -> House:
    """A console that goes by real time, for browsers."""
    return House(view, RealClock())
