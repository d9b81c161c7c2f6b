"""A domain works wherever its folder lies: paths are never read as URLs, options, shell or Erlang text."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.agent import Agent
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.alias import drop_link, is_plain, plain_path
from exchange.claims import fetch, upload
from exchange.messaging.records import OutboxState
from exchange.operations.health.checkups.doctor import examine
from exchange.operations.health.diagnostics import write_bundle
from exchange.runtime.home import open_claims, open_member
from exchange.runtime.settings import Home, Settings
from exchange.schemas import Applicant, Application, Document, DocumentKind, DocumentNumber, Purpose, SubmittedMaterial
from exchange.setup.certify import certify
from exchange.setup.init import init_files
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, write_departments

NAMES = [
    "驿站·合肥",
    "it's",
    "a%20b",
    "what?x=1&y#z",
    "a@b:c",
    "two  words ",
    'q"uo\\te',
    "$HOME`id`",
    "line\nend",
    "-dash",
    "dot.",
    "🏯",
    "e\u0301",
    "%(here)s",
    "{x}",
    "~",
    "长" * 40 + "/" + "路" * 60,
]


@pytest.mark.parametrize("name", NAMES)
def test_a_domain_keeps_to_its_folder(tmp_path: Path, name: str) -> None:
    settings = Settings.read({}, tmp_path / name / "home")
    write_departments(tmp_path / "departments", "t", ["planning"])
    init_files(settings, lambda text: None, tmp_path / "departments")
    home = Home(settings.home)
    assert home.database_file("t.window").stat().st_size > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["departments", Path(name).parts[0]])

    window = open_member(settings, "t.window")
    application = Application(
        matter="works",
        applicant=Applicant(name="applicant", identifier="1", contact="-"),
        project="project",
        materials=(SubmittedMaterial(code="plan", note="on file"),),
        submitted_at=settings.clock.now(),
    )
    submit(window.node, application)
    with window.store.reading() as tx:
        assert tx[Cases].counts()["case-open"] == 1
    window.store.close()

    large, back = tmp_path / name / "large.bin", tmp_path / name / "back.bin"
    large.write_bytes(b"x" * 300_000)
    store = open_claims(settings)
    fetch(upload(large, store, home.uploads("t.window")), back, store)
    assert back.read_bytes() == large.read_bytes()

    certify(settings, "t.planning", lambda text: None)
    wrong = [one.check for one in examine(settings) if one.level == "bad" and not one.check.startswith("broker")]
    assert wrong == []
    assert "doctor.json" in write_bundle(settings, tmp_path / name / "bundle.tar.gz")


def test_a_path_that_rabbitmq_cannot_take_is_led_to_by_a_plain_link(tmp_path: Path) -> None:
    for name in NAMES:
        folder = (tmp_path / name).absolute()
        folder.mkdir(parents=True)
        found = plain_path(folder)
        assert is_plain(found)
        assert found.resolve() == folder.resolve()
        assert plain_path(folder) == found
        drop_link(folder)
        assert found == folder or not found.is_symlink()


@pytest.mark.broker
@pytest.mark.parametrize("name", ["a%20b", "驿's ?#"])
def test_members_of_such_a_home_exchange_documents(tmp_path: Path, broker: NodeInfo, domain: str, name: str) -> None:
    with ProcessDomain(tmp_path / name, domain, broker) as city:
        city.serve("transport")
        document = Document(
            number=DocumentNumber(agency="合规发", year=2026, serial=1),
            kind=DocumentKind.NOTICE,
            issuer="规划局",
            title="通知",
            body="正文",
            date=None,
            purpose=Purpose.INFORMATION,
        )
        with Agent.open(city.address("planning"), city.settings.home) as sender:
            message_id = sender.send(document, [city.address("transport")])
            delivered = [OutboxState.DELIVERED]
            wait_until(lambda: [c.state for c in sender.deliveries(message_id)] == delivered, what="the receipt")
