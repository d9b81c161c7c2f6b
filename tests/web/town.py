"""A small domain without a broker, with letters that were set aside, and its console."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.documents.send import send_document
from exchange.envelope import envelope_for
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import DeadLetter
from exchange.operations.dead_letters.redrive import redrive
from exchange.operations.domain_view import DomainView
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.profile_work import open_work
from exchange.runtime.settings import Settings
from exchange.schemas import Document, DocumentKind, DocumentNumber
from exchange.setup.init import init_files
from exchange.web.door.account import Account
from exchange.web.door.permissions import AccountRole
from tests.processes import write_departments
from tests.web.open_door import TOKEN, OpenDoor

TITLE, BODY = "关于某某事项的函", "此处是正文，运维不应看到"


class Town:
    """Its settings, its console's view and door, and a browser."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings.read({}, home=folder / "home")
        write_departments(folder / "departments", "hefei", ["planning", "transport"])
        init_files(self.settings, lambda text: None, folder / "departments")
        self.view = DomainView(self.settings)
        self.door = OpenDoor()
        app = create_app(self.view, self.door, SECTIONS)
        self.client = TestClient(app, follow_redirects=False, headers={"accept-language": "en"})

    def sign_in(self, name: str, role: AccountRole = AccountRole.OPERATOR) -> None:
        """From now on somebody else sits there."""
        self.door.who = Account(name, role)

    @contextmanager
    def member(self, name: str) -> Iterator[OpenedMember]:
        """A member for a look or a command."""
        found = open_member(self.settings, f"hefei.{name}")
        yield found
        found.store.close()

    def set_aside(self, count: int, code: str = "ZeroDivisionError", account: str | None = None) -> list[DeadLetter]:
        """Documents of planning that transport could not handle, oldest first; by an account, if it is known."""
        with self.member("planning") as sender:
            for serial in range(1, count + 1):
                number = DocumentNumber(agency="函", year=2026, serial=serial)
                letter = Document(
                    number=number, kind=DocumentKind.LETTER, issuer="甲", title=TITLE, body=BODY, date=None
                )
                send_document(sender.node, letter, ["hefei.transport"])
            with sender.store.transaction() as tx:
                parcels = tx[Outbox].due(self.settings.clock.now(), count, ())
                tx[Outbox].mark_sent([one.id for one in parcels], self.settings.clock.now(), self.settings.clock.now())
                for parcel in parcels:
                    tx[Outbox].mark_failed(parcel.id, "kept for the test", self.settings.clock.now(), None)
        letters = [
            DeadLetter(
                code, "the handler failed; see the log", "handle", "hefei.transport.inbox",
                envelope_for(one.common, one.recipient), one.message_id, "hefei.planning", one.kind,
                key_sender=account,
            )
            for one in parcels
        ]  # fmt: skip
        with self.member("transport") as receiver, receiver.store.transaction() as tx:
            tx[Inbox].dead(letters, self.settings.clock.now())
            kept = tx[DeadLetters].batch(code, "handle", above=0, limit=count + 10_000)
            return [replace(one, envelope=tx[Inbox].envelope_of(one)) for one in kept]

    def take_in(self, letter: DeadLetter) -> None:
        """Transport takes a letter in after all, and it is set aside once more."""
        with self.member("transport") as receiver:
            work = open_work(receiver.profile, receiver.take)
            redrive(receiver.node, work.handlers, work.on_signed, letter.id)
            with receiver.store.transaction() as tx:
                tx[Inbox].dead([letter], self.settings.clock.now())

    def get(self, path: str) -> str:
        """A page's text."""
        response = self.client.get(path)
        assert response.status_code == 200, response.text
        return response.text

    def post(self, path: str, **fields: object) -> str:
        """Sends a form and returns where it leads."""
        response = self.client.post(path, data={"token": TOKEN, "sure": "yes", **fields})
        assert response.status_code == 303
        return response.headers["location"]
