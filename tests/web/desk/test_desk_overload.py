"""The desk's door under overload and with a full disk: 503 and when to come again, the draft kept, open by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response
from starlette.testclient import TestClient

from exchange.clock import RealClock
from exchange.desk.app import create_app
from exchange.desk.face import DeskFace
from exchange.desk.sections import SECTIONS
from exchange.documents.rules.numbers import parse_number
from exchange.documents.send import send_document
from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.quotas import intake
from exchange.messaging.rules.intake import IntakeLimits
from exchange.runtime.home import OpenedMember, open_member
from exchange.runtime.settings import Settings
from exchange.schemas import Document, DocumentKind
from exchange.setup.init import init_files
from exchange.web.door.gate import Gate
from exchange.web.door.records import AccountRow
from exchange.web.door.roles import DESK_DOOR
from exchange.web.door.sessions import SessionDoor
from exchange.web.door.store import Accounts
from tests.processes import write_departments
from tests.web.desk.office import HOST, PEOPLE
from tests.web.house import QUICK

PLANNING, TRANSPORT = "hefei.planning", "hefei.transport"
TITLE = "关于商请提供路网资料的函"
_FIELD = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">')


class Signer:
    """Somebody at planning's desk who may sign, with a letter that is ready to be sent."""

    def __init__(self, opened: OpenedMember, settings: Settings) -> None:
        self.opened = opened
        gate = Gate(opened.store, RealClock(), QUICK, roles=DESK_DOOR)
        role, (name, password) = next(one for one in PEOPLE.items() if one[0].value == "signer")
        with opened.store.transaction() as tx:
            now = RealClock().now()
            tx[Accounts].add(AccountRow(name, role, QUICK.hash(password), now, now))
        face = DeskFace(opened.node, opened.profile, settings, gate)
        app = create_app(face, SessionDoor(gate, "-planning", face.office()), SECTIONS)
        self.http = TestClient(app, base_url=HOST, follow_redirects=False, headers={"accept-language": "zh"})
        assert self._post("/sign-in", {"name": name, "password": password, "next": "/"}).status_code == 303
        page = self.http.get("/documents/write?kind=函", follow_redirects=True).text
        (self.path,) = re.findall(r'action="(/documents/drafts/[0-9a-f-]{36})"', page)
        form = dict(_FIELD.findall(page.partition('class="letter-form"')[2].partition("</form>")[0]))
        typed = {"kind": "函", "to": "transport", "number": "合规函〔2026〕71号", "title": TITLE, "body": "请提供。"}
        kept = self._post(self.path, {**form, **typed, "issuer": "planning", "then": "preview"})
        assert kept.headers["location"] == f"{self.path}/preview"

    def send(self) -> Response:
        """Send the letter, as the page before it offers that."""
        form = dict(_FIELD.findall(self.http.get(f"{self.path}/preview").text))
        return self._post(f"{self.path}/send", form)

    def sent(self) -> int:
        """How many documents planning has sent."""
        with self.opened.store.reading() as tx:
            return len(tx[Documents].recent("sent", "document", 50))

    def _post(self, path: str, data: dict[str, str]) -> Response:
        found: Response = self.http.post(path, data=data, headers={"origin": HOST})
        return found


@pytest.fixture
def signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signer]:
    settings = Settings.read({}, home=tmp_path / "home")
    write_departments(tmp_path / "departments", "hefei", ("planning", "transport"))
    init_files(settings, lambda text: None, tmp_path / "departments")
    monkeypatch.setattr(intake, "_EVERY", 0.0)
    opened = open_member(settings, PLANNING)
    assert opened.intake is not None
    opened.intake._limits = IntakeLimits(seconds=0, copies=3)
    yield Signer(opened, settings)
    opened.store.close()


def test_the_desk_refuses_a_document_while_much_waits_and_sends_it_once_that_has_gone_out(signer: Signer) -> None:
    letter = Document(
        number=parse_number("合规函〔2026〕1号"),
        kind=DocumentKind.LETTER,
        issuer="局",
        title="函",
        body="正文",
        date=None,
    )
    for _ in range(3):
        send_document(signer.opened.node, letter, [TRANSPORT])
    answer = signer.send()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "暂不受理" in answer.text
    assert "请稍后再试" in answer.text
    assert signer.sent() == 3, "nothing is kept of it"
    assert TITLE in signer.http.get("/documents/drafts").text, "the draft stays"
    with signer.opened.store.transaction() as tx:
        now = RealClock().now()
        tx[Outbox].mark_sent([one.id for one in tx[Outbox].due(now, 50, ())], now, now)
    assert signer.send().status_code == 303, "open again by itself, and the same draft goes"
    assert signer.sent() == 4


def test_with_a_full_disk_the_desk_says_when_to_come_again(signer: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as full:
        full.setattr(signer.opened.intake, "_free", lambda: 0)
        answer = signer.send()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "120")
    assert "磁盘将满" in answer.text
    assert signer.sent() == 0
    assert signer.send().status_code == 303
