"""From a case to the letter in its applicant's mailbox, and to the system of its agent: by real servers."""

from __future__ import annotations

import json
import re
import secrets
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from exchange.approval.acceptance import officers
from exchange.approval.window.licensing.issuing import LicenceWanted, issue
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.language import Language
from exchange.machine.posting.outgoing import OutgoingMail
from exchange.machine.posting.webhooks import Poster
from exchange.machine.webhook_signature import secret_text, verify
from exchange.messaging.node import Node
from exchange.portal import drafting, handing_in
from exchange.portal.told import rounds
from exchange.portal.told.asking import ask, confirm, contacts_of, stop
from exchange.portal.told.sending import ApplicantTeller
from exchange.portal.told.settings import ToldSettings
from exchange.portal.told.states import ToldWay
from exchange.portal.told.store import WordsToTell
from exchange.portal.told.wanted import Wanted
from exchange.runtime.failing import failing_in
from exchange.schemas import Verdict
from tests.journeys.city import City
from tests.journeys.portal import APPLICANT, TRUTH, arrive, make_portal_city, offer, row, tell
from tests.mail_process import MailProcess, mail_process
from tests.web.api.test_reach import certificate

pytestmark = pytest.mark.broker

SITE, SENDER = "https://apply.hefei.test", "no-reply@hefei.test"
OFFICE = ("政务服务网", "Online Window")
REASONS = "路面刚刚修好，理由很长"


@dataclass
class System:
    """The system of an agent, which takes webhooks over TLS."""

    port: int
    secret: str
    events: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"), "localhost")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    city = make_portal_city(tmp_path_factory.mktemp("city"), broker, f"t{secrets.token_hex(4)}")
    with city.local:
        yield city


@pytest.fixture
def post(tmp_path: Path, pem: Path) -> Iterator[MailProcess]:
    with mail_process(tmp_path, pem) as found:
        yield found


def subjects(post: MailProcess) -> list[str]:
    """What the letters are about, without the number before it."""
    return [str(one["Subject"]).partition("：")[2] for one in post.letters()]


@pytest.fixture
def system(pem: Path) -> Iterator[System]:
    found = System(0, secret_text(secrets.token_bytes(32)))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            stamp = int(self.headers["webhook-timestamp"])
            assert verify([found.secret], dict(self.headers), body, stamp) == json.loads(body)["id"]
            found.events.append(json.loads(body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    http = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    http.socket = context.wrap_socket(http.socket, server_side=True)
    found.port = http.server_port
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield found
    http.shutdown()
    http.server_close()


def teller(city: City, post: MailProcess, pem: Path, monkeypatch: pytest.MonkeyPatch, private: bool = True) -> Any:
    """What tells a portal's applicants; ``private``: webhooks may go to this machine."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    settings = ToldSettings(SITE, OutgoingMail(f"smtp+starttls://localhost:{post.port}", SENDER))
    poster = Poster(("127.0.0.0/8", "::1/128") if private else (), trusted=ssl.create_default_context(cafile=str(pem)))
    return ApplicantTeller(city.node("portal"), settings, OFFICE, poster)


def begun(city: City, **matter: object) -> tuple[str, Node]:
    """A draft that somebody has begun and filled in."""
    node = city.node("portal")
    number = drafting.begin(node, offer(city, **matter), "hash")
    drafting.save(node, number, 1, applicant=APPLICANT, project="黄山路供热管道")
    drafting.attach(node, number, "plan", "施工方案.txt", "text/plain", "方案".encode())
    return number, node


def wanted(way: ToldWay, address: str, secret: str | None = None) -> Wanted:
    return Wanted(way, address, Language.CHINESE, secrets.token_urlsafe(32), secret)


def test_an_applicant_and_its_agent_are_told_from_the_receipt_to_the_licence(
    city: City, post: MailProcess, system: System, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, node = begun(city)
    telling = teller(city, post, pem, monkeypatch)
    assert ask(node, number, wanted(ToldWay.MAIL, "wang@example.test"))
    assert ask(node, number, wanted(ToldWay.WEBHOOK, f"https://localhost:{system.port}/hook", system.secret))
    handing_in.hand_in(node, number, TRUTH)
    arrive(city)
    telling.round()
    [question] = post.letters()
    assert "List-Unsubscribe" not in question
    assert [one["type"] for one in system.events] == ["contact.confirm"], "nothing else before it is confirmed"
    token = re.search(rf"{SITE}/told/(\S+)", question.get_content())
    assert token is not None
    assert confirm(node, token[1])
    assert confirm(node, system.events[0]["data"]["confirm"].split("/")[-2])

    officers.accept(city.window, number, "李伟")
    arrive(city)
    telling.round()
    case = _case(city, number)
    city.reply("planning", case)
    tell(city)
    telling.round()
    city.reply("transport", case, Verdict.AGREE_WITH_CONDITIONS, conditions=REASONS)
    tell(city)
    telling.round()
    assert subjects(post)[:3] == ["请确认接收通知", "已受理", "有部门已答复"]
    assert "已作出决定" in subjects(post)
    told = [one["type"] for one in system.events]
    assert told[:3] == ["contact.confirm", "filing.accepted", "filing.opinion"]
    assert told[-1] == "filing.decided"

    post.stop()
    issue(city.window, case.number, LicenceWanted("李伟"))
    arrive(city)
    before = len(post.letters())
    telling.round()
    with node.store.reading() as tx:
        failing = failing_in(tx)
        assert tx[WordsToTell].counts()["waiting"] == 1
    assert failing.first == (f"{rounds.WORK}: mail server",)
    assert "wang" not in f"{failing}"
    assert system.events[-1]["type"] == "licence.issued", "a mail server that is down holds up no system"
    post.start()
    city.clock.step_to(city.clock.now() + timedelta(minutes=1))
    threads = [threading.Thread(target=teller(city, post, pem, monkeypatch).round) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(post.letters()) == before + 1, "several that tell tell it once"
    assert "证件已颁发" in subjects(post)
    with node.store.reading() as tx:
        assert failing_in(tx).number == 0
        assert tx[WordsToTell].counts().keys() == {"sent"}

    everything = b"".join(one.as_bytes() for one in post.letters()).decode() + json.dumps(system.events)
    everything += "".join(one.get_content() for one in post.letters())
    for secret in ("黄山路", "热电", "李伟", REASONS, "0551", case.number):
        assert secret not in everything
    assert len({one["Message-ID"] for one in post.letters()}) == len(post.letters())
    stopping = re.search(r"/told/([^/]+)/stop", str(post.letters()[-1]["List-Unsubscribe"]))
    assert stopping is not None
    assert stop(node, stopping[1])
    assert [one.way for one in contacts_of(node, number)] == [ToldWay.WEBHOOK]


def test_a_webhook_to_a_private_address_is_told_nothing(
    city: City, post: MailProcess, system: System, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, node = begun(city)
    ask(node, number, wanted(ToldWay.WEBHOOK, f"https://localhost:{system.port}/hook", system.secret))
    teller(city, post, pem, monkeypatch, private=False).round()
    assert system.events == []
    with node.store.reading() as tx:
        assert tx[WordsToTell].counts()["waiting"] == 1


def test_addresses_that_a_mail_server_refuses_are_not_tried_for_ever(
    city: City, post: MailProcess, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, node = begun(city)
    post.stop()
    ask(node, number, wanted(ToldWay.MAIL, "li@example.test"))
    telling = teller(city, post, pem, monkeypatch)
    telling.round()
    city.clock.step_to(city.clock.now() + timedelta(days=4))
    rounds.look(node)
    telling.round()
    assert contacts_of(node, number) == [], "who has not confirmed within three days is forgotten"
    post.start()
    city.clock.step_to(city.clock.now() + timedelta(hours=1))
    telling.round()
    assert post.letters() == []


def _case(city: City, number: str) -> Any:
    with city.window.store.reading() as tx:
        found = tx[Cases].get(row(city, number).case_number or "")
    assert found is not None
    return found
