"""What came after its signer's certificate had ended waits for two people, in the console and on the command line."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote_plus

import pytest

from exchange.documents.send import send_document
from exchange.envelope import envelope_for
from exchange.errors import Conflict
from exchange.messaging.arrival import OwnTime
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Delivery
from exchange.messaging.receive import Receiver
from exchange.messaging.records import DeadLetter
from exchange.operations.dead_letters.release import propose_release
from exchange.runtime.profile_work import open_work
from exchange.schemas import Document, DocumentKind, DocumentNumber
from exchange.setup.certify import revoke
from exchange.telemetry.troubles import Troubles
from tests.warm import run_warm
from tests.web.town import TITLE, Town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path)
    yield town
    town.view.close()


def deliver(town: Town, body: bytes) -> None:
    """Transport takes a message out of its queue now."""
    with town.member("transport") as receiver:
        work, queue = open_work(receiver.profile, receiver.take), "hefei.transport.inbox"
        delivery = Delivery(queue, body, None, "hefei.planning", {}, False, None, False)
        Receiver(receiver.node, work.handlers, OwnTime(receiver.node.clock.now(), receiver.node.clock)).on_batch(
            [delivery]
        )


@pytest.fixture
def withheld(town: Town) -> DeadLetter:
    """A letter that planning signed before it was revoked, and that comes in after."""
    with town.member("planning") as sender:
        number = DocumentNumber(agency="函", year=2026, serial=1)
        written = Document(number=number, kind=DocumentKind.LETTER, issuer="甲", title=TITLE, body="b", date=None)
        send_document(sender.node, written, ["hefei.transport"])
        with sender.store.reading() as tx:
            [parcel] = tx[Outbox].due(town.settings.clock.now(), 1, ())
    revoke(town.settings, "hefei.planning", None, "its key was stolen", lambda text: None)
    deliver(town, envelope_for(parcel.common, parcel.recipient))
    with town.member("transport") as receiver, receiver.store.reading() as tx:
        [letter] = tx[DeadLetters].page("withheld", "arrival")
        waits = tx[Troubles].withheld()
    assert (waits.number, waits.first) == (1, (letter.id,))
    return letter


def test_the_console_releases_it_by_two_people_only(town: Town, withheld: DeadLetter) -> None:
    here = f"/dead/hefei.transport/letters/{withheld.id}"
    page = town.get(here)
    assert "Propose to release" in page
    assert "/redrive" not in page
    town.post("/dead/hefei.transport/redrive", id=[withheld.id])
    town.sign_in("li")
    assert "needs a reason" in unquote_plus(town.post(f"{here}/propose-release", reason=" "))
    town.post(f"{here}/propose-release", reason="she says on the telephone that she wrote it")
    assert "to release" in town.get("/dead/hefei.transport?code=withheld&stage=arrival")
    assert "another person" in unquote_plus(town.post(f"{here}/confirm-release"))
    town.sign_in("wang")
    assert "nobody has proposed that" in unquote_plus(town.post(f"{here}/confirm-discard"))
    with town.member("transport") as transport, transport.store.reading() as tx:
        assert tx[Inbox].counts() == {"dead": 1}

    town.post(f"{here}/confirm-release")

    with town.member("transport") as transport, transport.store.reading() as tx:
        assert tx[Inbox].counts() == {"document": 1, "dead": 0}


def test_the_command_line_releases_it_by_two_accounts_only(town: Town, withheld: DeadLetter) -> None:
    def run(*words: str, code: int = 0) -> str:
        done = run_warm(words, {**os.environ, "EXCHANGE_HOME": str(town.settings.home)})
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "withheld" in run("dead")
    assert "two people decide" in run("dead", "--redrive", withheld.id, code=5)
    run("dead", "--propose-release", withheld.id, "--reason", "she says that she wrote it")
    assert "to be released, says" in run("dead")
    assert "another person" in run("dead", "--confirm-release", withheld.id, code=2)
    with town.member("transport") as transport:
        with transport.store.transaction() as tx:
            tx[DeadLetters].withdraw(withheld.serial)
        propose_release(transport.node, withheld.id, "li", "she says that she wrote it")
    told = json.loads(run("dead", "--confirm-release", withheld.id, "--json"))
    assert told == {"id": withheld.id, "member": "hefei.transport", "state": "released"}
    assert json.loads(run("dead", "--json")) == []
    assert getpass.getuser() != "li"


def test_what_was_set_aside_before_the_revocation_is_taken_in_when_it_comes_again(town: Town) -> None:
    [letter] = town.set_aside(1)  # set aside for another reason, before the revocation
    revoke(town.settings, "hefei.planning", None, "its key was stolen", lambda text: None)
    with town.member("transport") as transport, pytest.raises(Conflict, match="waits for nobody's word"):
        propose_release(transport.node, letter.id, "li", "why not")
    deliver(town, letter.envelope)
    with town.member("transport") as transport, transport.store.reading() as tx:
        assert tx[Inbox].counts() == {"document": 1, "dead": 0}
