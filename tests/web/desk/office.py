"""Desks to test on: of a city at work on a real broker, with accounts of all roles, and a browser without scripts."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

from httpx import Response
from starlette.testclient import TestClient

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST, SteppedClock
from exchange.desk.app import create_app
from exchange.desk.face import DeskFace
from exchange.desk.section import DeskSection
from exchange.desk.sections import SECTIONS
from exchange.machine.connections import Connections
from exchange.operations.audit.store import AuditLog
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.web.door.gate import Gate
from exchange.web.door.permissions import AccountRole
from exchange.web.door.records import AccountRow
from exchange.web.door.roles import DESK_DOOR
from exchange.web.door.sessions import SessionDoor
from exchange.web.door.store import Accounts
from exchange.web.listening import ListeningPlace, listen
from exchange.web.serving import LoopTurns, server_of
from tests.journeys.city import City, make_city
from tests.processes import write_departments
from tests.web.house import QUICK

HOST = "https://desk.test"
NOON = datetime(2026, 3, 2, 12, tzinfo=CST)
"""By the clock of people, which sessions go by; the city has one of its own."""
PEOPLE = {
    AccountRole.CLERK: ("chen", "preparing what others sign"),
    AccountRole.REVIEWER: ("ren", "looking over what was prepared"),
    AccountRole.SIGNER: ("sun", "signing with the office's name"),
    AccountRole.SUPERVISOR: ("su", "answering for the whole office"),
}
_FIELD = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">')


@dataclass
class Office:
    """The desks of a city's members, each opened once."""

    city: City
    folder: Path
    clock: SteppedClock = field(default_factory=lambda: SteppedClock(NOON))
    _desks: dict[str, tuple[DeskFace, SessionDoor]] = field(default_factory=dict)

    def desk(self, name: str) -> tuple[DeskFace, SessionDoor]:
        """A member's desk, with an account of each role."""
        if name not in self._desks:
            node, home = self.city.node(name), self.folder / "home"
            profile = load_profiles(Home(home).departments)[node.address]
            gate = Gate(node.store, self.clock, QUICK, roles=DESK_DOOR)
            with node.store.transaction() as tx:
                for role, (who, password) in PEOPLE.items():
                    tx[Accounts].add(AccountRow(who, role, QUICK.hash(password), self.clock.now(), self.clock.now()))
            face = DeskFace(node, profile, Settings.read({}, home=home), gate)
            self._desks[name] = face, SessionDoor(gate, f"-{name}", face.office())
        return self._desks[name]

    def visitor(self, name: str, sections: Sequence[DeskSection] = SECTIONS, language: str = "en") -> Officer:
        """A browser at a member's desk in which nobody has signed in."""
        face, door = self.desk(name)
        http = TestClient(
            create_app(face, door, sections),
            base_url=HOST,
            follow_redirects=False,
            headers={"accept-language": language},
        )
        return Officer(http, self, name)

    def officer(
        self,
        name: str,
        role: AccountRole = AccountRole.SIGNER,
        sections: Sequence[DeskSection] = SECTIONS,
        language: str = "en",
    ) -> Officer:
        """A browser at a member's desk in which somebody of this role has signed in."""
        found = self.visitor(name, sections, language)
        found.sign_in(role)
        return found

    def logged(self, name: str) -> list[tuple[str, str, str, str]]:
        """The member's audit log, oldest first: account, action, what, outcome."""
        with self.city.node(name).store.reading() as tx:
            return [(one.account, one.action, one.what, one.outcome) for one in tx[AuditLog].entries()]

    @contextmanager
    def away(self, name: str) -> Iterator[None]:
        """Nobody serves a member meanwhile, so that what goes to it waits; its desk must not be open yet."""
        assert name not in self._desks, "a desk keeps the database that it was opened with"
        self.city.local.stop(self.city.address(name))
        yield
        self.city.local.start(self.city.address(name))

    def step(self, length: timedelta) -> None:
        """Lets time pass for sessions; the city's own clock stands."""
        self.clock.step_to(self.clock.now() + length)


@dataclass
class Officer:
    """Somebody at a desk, with a browser that runs no scripts: forms are sent as they stand on the page."""

    http: TestClient
    office: Office
    member: str
    last: Response | None = field(default=None, repr=False)

    def sign_in(self, role: AccountRole = AccountRole.SIGNER) -> None:
        """Sign in as the account of a role."""
        who, password = PEOPLE[role]
        answer = self.post("/sign-in", {"name": who, "password": password, "next": "/"})
        assert answer.status_code == 303, answer.text

    def get(self, path: str) -> str:
        """Open a page, wherever it leads; return its text."""
        self.last = self.http.get(path, follow_redirects=True)
        return self.last.text

    def hidden(self, path: str) -> dict[str, str]:
        """What the hidden fields of a page hold; of several forms, the last one's."""
        return self.fields_of(self.get(path))

    @staticmethod
    def fields_of(page: str) -> dict[str, str]:
        """The same, of a page that is there."""
        return {name: unescape(value) for name, value in _FIELD.findall(page)}

    def post(self, path: str, data: Mapping[str, object], **more: object) -> Response:
        """Send a form as a browser does."""
        found: Response = self.http.post(path, data=data, headers={"origin": HOST}, **more)  # type: ignore[arg-type]
        self.last = found
        return found


def make_office(
    folder: Path,
    broker: NodeInfo,
    domain: str,
    departments: Sequence[str],
    make: Callable[..., City] = make_city,
    **further: object,
) -> Office:
    """A city with its profiles in a folder; enter ``office.city.local`` before its desks are looked at.

    ``make`` and ``further`` say what city it is.
    """
    write_departments(folder / "home" / "departments", domain, departments)
    return Office(make(folder / "city", broker, domain, departments=tuple(departments), **further), folder)


@contextmanager
def served_desk(office: Office, name: str) -> Iterator[str]:
    """Serve a member's desk on a free port as `exchange desk` does; its address."""
    place, connections = ListeningPlace(port=0), Connections()
    app = create_app(*office.desk(name), SECTIONS)
    with listen(place, connections=connections) as listening:
        server = server_of(app, place, LoopTurns(), connections)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield place.url(listening.getsockname()[1])
        server.should_exit = True
        thread.join(20)
