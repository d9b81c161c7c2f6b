"""Real processes killed as hard as can be: nothing lost, nothing doubled, nothing half done."""

from __future__ import annotations

import hashlib
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.private.node import PrivateNode
from exchange.joint.lead import propose_joint
from exchange.joint.signer import sign_joint
from exchange.joint.status import joint_status
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.runtime.home import OpenedMember, open_link, write_link
from exchange.runtime.settings import Home
from exchange.schemas import JointDocument
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain
from tests.property.joint_table import report

pytestmark = pytest.mark.broker


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as city:
        yield city


def opinions_recorded(city: ProcessDomain, numbers: list[str]) -> Counter[tuple[str, str]]:
    """How often an opinion of each department was recorded on each case; the journal never forgets."""
    window = city.open("window")
    found: Counter[tuple[str, str]] = Counter()
    with window.store.reading() as tx:
        for number in numbers:
            found.update((number, e.detail["department"]) for e in tx.journal_of(number) if e.event == "opinion")
    window.store.close()
    return found


def dead_letters(city: ProcessDomain) -> list[str]:
    """Reasons of everything that any member refused."""
    found = []
    for name in city.names:
        opened = city.open(name)
        with opened.store.reading() as tx:
            found += [letter.reason for letter in tx[Inbox].dead_letters()]
        opened.store.close()
    return found


def assert_all_came_out_once(city: ProcessDomain, numbers: list[str]) -> None:
    expected = {(number, city.address(name)): 1 for number in numbers for name in city.departments}
    assert opinions_recorded(city, numbers) == expected
    assert dead_letters(city) == []


@pytest.mark.drill
def test_a_department_killed_between_commit_and_acknowledgement_takes_the_request_once(city: ProcessDomain) -> None:
    for name in ("window", "monitor", "planning"):
        city.serve(name)
    script = Path(__file__).parent.with_name("die_after_commit.py")
    doomed = city.serve("transport", [sys.executable, str(script), city.address("transport")])
    numbers = city.submit(3)
    assert doomed.wait(60) == -signal.SIGKILL

    city.serve("transport")

    wait_until(lambda: city.decided() == 3, 60, "three decisions")
    wait_until(lambda: city.undelivered() == 0, 60, "all receipts")
    assert_all_came_out_once(city, numbers)


def test_a_lead_killed_after_it_took_the_last_signature_sends_the_joint_document_out_once(city: ProcessDomain) -> None:
    for name in ("window", "planning", "transport"):
        city.serve(name)
    lead, signer, reader = (city.open(name) for name in ("transport", "planning", "window"))
    joint = propose_joint(lead.node, report(), [city.address("planning")], [city.address("window")])

    def stands() -> tuple[str, str]:
        found = joint_status(lead.node, joint)
        return found.row.state, found.signers[1].state

    def documents(opened: OpenedMember) -> list[str]:
        with opened.store.reading() as tx:
            return [
                hashlib.sha256(one.signed).hexdigest()
                for one in tx[Documents].of_conversation(joint)
                if one.kind == JointDocument.KIND
            ]

    wait_until(lambda: stands() == ("open", "received"), 60, "the text at who is to sign it")
    city.kill("transport")
    sign_joint(signer.node, joint)
    script = Path(__file__).parent.with_name("die_after_commit.py")
    while stands() != ("issued", "signed"):  # what it had not acknowledged when it was killed comes first
        doomed = city.serve("transport", [sys.executable, str(script), city.address("transport")])
        assert doomed.wait(60) == -signal.SIGKILL

    city.serve("transport")

    wait_until(lambda: len(documents(reader)) == 1, 60, "the document")
    wait_until(lambda: city.undelivered() == 0, 60, "all receipts")
    assert documents(reader) == documents(lead) == documents(signer)
    assert dead_letters(city) == []
    for opened in (lead, signer, reader):
        opened.store.close()


def test_every_role_killed_in_turn_under_traffic_loses_and_doubles_nothing(city: ProcessDomain) -> None:
    city.serve_all()
    numbers: list[str] = []
    for victim in ("window", "planning", "monitor", "transport", "window"):
        numbers += city.submit(6)
        before = len(numbers) - 6
        wait_until(lambda goal=before + 1: city.decided() >= goal, 60, "traffic")
        city.kill(victim)
        city.serve(victim)
    wait_until(lambda: city.decided() == len(numbers), 90, "all decisions")
    wait_until(lambda: city.undelivered() == 0, 90, "all receipts")
    assert_all_came_out_once(city, numbers)


@pytest.mark.usefixtures("settling")
def test_a_broker_killed_in_mid_flight_is_survived(tmp_path: Path, domain: str) -> None:
    node = PrivateNode(tmp_path / "node")
    info = node.start(lambda text: None)
    try:
        with ProcessDomain(tmp_path, domain, info) as city:
            city.serve_all()
            numbers = city.submit(10)
            wait_until(lambda: city.decided() >= 2, 60, "traffic")
            kill_broker(tmp_path / "node")
            numbers += city.submit(5)
            again = node.start(lambda text: None)
            assert again.url == info.url
            wait_until(lambda: city.decided() == len(numbers), 120, "all decisions")
            wait_until(lambda: city.undelivered() == 0, 120, "all receipts")
            assert_all_came_out_once(city, numbers)
    finally:
        node.stop()


def kill_broker(folder: Path) -> None:
    """SIGKILL for the Erlang machine of a private node."""
    import psutil

    victims = [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if "beam" in (process.info["name"] or "") and any(str(folder) in part for part in process.info["cmdline"] or ())
    ]
    assert victims, "the private node's Erlang machine was not found"
    for process in victims:
        process.kill()
        process.wait(30)


def test_a_second_process_with_the_same_identity_is_refused(city: ProcessDomain) -> None:
    city.serve("planning")
    wait_until(lambda: "member.serving" in city.log_of("planning"), 30, "the first process")
    second = subprocess.run(
        [sys.executable, "-m", "exchange", "serve", city.address("planning")],
        env=dict(city.environment()), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert second.returncode == 6
    assert "another process" in second.stderr
    assert city.served["planning"].poll() is None


def test_a_full_disk_stops_a_member_from_signing_for_anything_until_there_is_room(city: ProcessDomain) -> None:
    limit = 262_144  # a start takes less, thirty requests take more

    def small_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    city.serve("window")
    city.serve("planning")
    command = [sys.executable, "-c", "import exchange.__main__ as m; m.main()", "serve", city.address("transport")]
    city.serve("transport", [*command], before=small_disk)
    numbers = city.submit(30)
    wait_until(lambda: "database" in city.log_of("transport"), 60, "the full disk to be noticed")
    assert city.served["transport"].poll() is None, "a full disk must not end the process"

    city.kill("transport")
    city.serve("transport")

    wait_until(lambda: city.decided() == len(numbers), 90, "all decisions")
    assert_all_came_out_once(city, numbers)


def test_a_member_that_waits_for_its_broker_can_be_told_to_stop(city: ProcessDomain) -> None:
    account = Home(city.settings.home).account(city.address("planning"))
    write_link(account, replace(open_link(city.settings, city.address("planning")), url="amqp://a:b@127.0.0.1:1/%2F"))
    waiting = city.serve("planning")
    wait_until(lambda: "connection refused" in city.log_of("planning"), 30, "the member's wait")
    waiting.send_signal(signal.SIGTERM)
    assert waiting.wait(10) == 128 + signal.SIGTERM
