"""Rotation and revocation in a domain of real processes: nothing is lost, and what was signed goes on verifying."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange.broker.admin.errand import errand
from exchange.broker.admin.node_info import NodeInfo
from exchange.documents.send import send_document
from exchange.envelope import verify_signed
from exchange.errors import BrokerUnavailable, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.runtime.draining import DRAINED_EXIT
from exchange.runtime.home import open_link
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home
from exchange.schemas import Document, DocumentKind, DocumentNumber
from exchange.setup.certify import revoke
from exchange.setup.init import init_broker
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run

pytestmark = pytest.mark.broker


@pytest.fixture(autouse=True)
def administered(broker: NodeInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands know how the broker is administered, as where a domain is looked after."""
    monkeypatch.setenv("EXCHANGE_BROKER_URL", broker.url)
    monkeypatch.setenv("EXCHANGE_MANAGEMENT_URL", broker.management_url or "")


def keyring(city: ProcessDomain, name: str) -> dict[str, Any]:
    (ring,) = json.loads(run(city, "keys", "--as", city.address(name), "--json").stdout)
    return ring


def is_drained(city: ProcessDomain, name: str, old: set[str]) -> bool:
    """Whether nothing needs a member's old keys any more; what does is printed, for whoever reads of a failure."""
    ring = keyring(city, name)
    print("behind:", ring["behind"], "unsettled:", {key["name"]: key["unsettled"] for key in ring["keys"]})
    return set(ring["drained"]) == old


def unsettled(city: ProcessDomain, name: str) -> int:
    """How many copies are sealed to old keys of a member."""
    return sum(key["unsettled"] or 0 for key in keyring(city, name)["keys"])


def old_keys(city: ProcessDomain, name: str) -> list[str]:
    return [key["name"] for key in keyring(city, name)["keys"] if key["unsettled"] is not None]


def send(city: ProcessDomain, sender: str, to: str) -> str:
    number = DocumentNumber(agency="函", year=2026, serial=1)
    letter = Document(number=number, kind=DocumentKind.LETTER, issuer="甲", title="函", body="文", date=None)
    opened = city.open(sender)
    try:
        return send_document(opened.node, letter, [city.address(to)])
    finally:
        opened.store.close()


def state(city: ProcessDomain, sender: str, message_id: str) -> OutboxState:
    opened = city.open(sender)
    with opened.store.reading() as tx:
        (row,) = tx[Outbox].rows(message_id)
    opened.store.close()
    return row.state


def refusals(city: ProcessDomain) -> list[str]:
    """Reasons of everything that any member refused."""
    found = []
    for name in city.names:
        opened = city.open(name)
        with opened.store.reading() as tx:
            found += [letter.reason for letter in tx[Inbox].dead_letters()]
        opened.store.close()
    return found


def delivered(city: ProcessDomain, sender: str, message_id: str) -> None:
    wait_until(lambda: state(city, sender, message_id) is OutboxState.DELIVERED, 60, f"the receipt of {message_id}")


def test_a_document_sealed_to_the_old_key_is_delivered_after_the_rotation(city: ProcessDomain) -> None:
    message_id = send(city, "transport", "planning")
    run(city, "certify", city.address("planning"))
    assert len(old_keys(city, "planning")) == 2
    assert unsettled(city, "planning") == 1
    run(city, "keys", "--as", city.address("planning"), "--retire", code=4)
    assert len(old_keys(city, "planning")) == 2

    city.serve_all()

    delivered(city, "transport", message_id)
    wait_until(lambda: unsettled(city, "planning") == 0, 60, "the drain", every=0.5)
    assert refusals(city) == []


def test_members_that_are_served_take_a_rotation_under_traffic_without_loss(city: ProcessDomain) -> None:
    city.serve_all()
    numbers = city.submit(5)
    for name in ("planning", "window", "monitor"):
        run(city, "certify", city.address(name))
        numbers += city.submit(5)
    wait_until(lambda: city.decided() == len(numbers), 90, "all decisions")
    wait_until(lambda: city.undelivered() == 0, 90, "all receipts")
    assert refusals(city) == []


def test_an_old_key_is_deleted_once_everybody_seals_to_the_new_one_and_the_domain_goes_on(city: ProcessDomain) -> None:
    city.serve_all()
    city.submit(2)
    run(city, "certify", city.address("planning"))
    old = set(old_keys(city, "planning"))
    wait_until(lambda: is_drained(city, "planning", old), 120, "the drain", every=0.5)

    run(city, "keys", "--as", city.address("planning"), "--retire")

    assert old_keys(city, "planning") == []
    assert "no old one" in run(city, "keys", "--as", city.address("planning"), "--retire", code=4).stderr
    numbers = city.submit(2)
    wait_until(lambda: city.decided() == 2 + len(numbers), 60, "decisions by the new key")
    assert refusals(city) == []


@pytest.mark.drill
def test_a_member_that_may_still_seal_to_the_old_key_keeps_it_from_being_deleted(city: ProcessDomain) -> None:
    city.serve_all()
    run(city, "certify", city.address("planning"))
    wait_until(lambda: keyring(city, "planning")["behind"] == [], 120, "all members at the new directory", every=0.5)
    city.kill("transport")
    run(city, "certify", city.address("planning"))
    others = [city.address("transport")]
    wait_until(lambda: keyring(city, "planning")["behind"] == others, 120, "all others at the new directory", every=0.5)
    told = run(city, "keys", "--as", city.address("planning"), "--retire", code=4).stderr
    assert city.address("transport") in told


def test_what_was_signed_before_a_rotation_and_a_revocation_still_verifies(city: ProcessDomain) -> None:
    message_id = send(city, "transport", "planning")
    run(city, "certify", city.address("transport"))
    run(city, "revoke", city.address("transport"), "--reason", "key lost")
    window = city.open("window")
    opened = city.open("transport")
    with opened.store.reading() as tx:
        (stored,) = tx[Documents].find(message_id)
    assert verify_signed(stored.signed, window.node.directory).header.message_id == message_id
    states = [key["state"] for key in keyring(city, "transport")["keys"] if key["use"] == "signing"]
    assert states == ["revoked", "revoked"]


def test_a_served_member_refuses_what_is_signed_after_a_revocation_and_withholds_what_says_it_was_before(
    city: ProcessDomain,
) -> None:
    for name in ("window", "monitor", "planning"):
        city.serve(name)
    before = send(city, "transport", "planning")
    revoke(city.settings, city.address("transport"), None, "key stolen", lambda text: None)  # its account is left open
    after = send(city, "transport", "planning")
    city.serve("transport")

    def reasons() -> dict[str, str]:
        opened = city.open("planning")
        with opened.store.reading() as tx:
            found = {one.message_id or "": one.reason_code for one in tx[Inbox].dead_letters()}
        opened.store.close()
        return found

    wait_until(lambda: reasons() == {before: "withheld", after: "untrusted"}, 60, "both refusals")
    assert any("revoked before it signed" in one for one in refusals(city))
    assert city.served["planning"].poll() is None


def test_nothing_is_sealed_to_a_revoked_member_until_it_is_certified_again(city: ProcessDomain) -> None:
    city.serve("transport")
    wait_until(lambda: "member.serving" in city.log_of("transport"), 30, "the member")
    stolen = open_link(city.settings, city.address("transport"))
    told = json.loads(run(city, "revoke", city.address("transport"), "--reason", "key stolen", "--json").stdout)
    assert told["remains"] == []
    assert [one.partition(",")[0] for one in told["closed"]] == [
        "its account at the broker", "its service: drained"
    ]  # fmt: skip
    with pytest.raises(BrokerUnavailable), errand(stolen.url, "test"):
        pass
    assert city.served["transport"].wait(60) == DRAINED_EXIT
    again = json.loads(run(city, "revoke", city.address("transport"), "--reason", "again", "--json").stdout)
    assert (again["closed"], again["remains"], again["revoked_at"]) == ([], [], told["revoked_at"])
    init_broker(city.settings, city.info, load_profiles(Home(city.settings.home).departments), lambda text: None)
    with pytest.raises(BrokerUnavailable), errand(open_link(city.settings, city.address("transport")).url, "test"):
        pass
    with pytest.raises(NotFound, match="revoked"):
        send(city, "planning", "transport")
    run(city, "certify", city.address("transport"))
    with pytest.raises(BrokerUnavailable), errand(stolen.url, "test"):
        pass
    city.serve_all()
    delivered(city, "planning", send(city, "planning", "transport"))
    delivered(city, "transport", send(city, "transport", "planning"))


def test_a_revocation_can_be_dated_earlier_and_neither_later_nor_ahead(city: ProcessDomain) -> None:
    reason = ("--reason", "key stolen")
    address = city.address("transport")
    run(city, "revoke", address, "--at", "2026-01-05T09:00:00+08:00", *reason)
    run(city, "revoke", address, "--at", "2026-01-01T09:00:00+08:00", *reason)
    later = "2026-01-02T09:00:00+08:00"
    assert "revoked since 2026-01-01" in run(city, "revoke", address, "--at", later, *reason, code=4).stderr
    assert "still to come" in run(city, "revoke", address, "--at", "2999-01-01T00:00:00+08:00", *reason, code=2).stderr
    assert "no instant" in run(city, "revoke", address, "--at", "yesterday", *reason, code=2).stderr
    assert "no member" in run(city, "revoke", "x.nobody", *reason, code=3).stderr


def test_a_served_member_keeps_its_directory_when_an_older_one_is_put_back(city: ProcessDomain) -> None:
    older = Home(city.settings.home).directory
    kept = older.read_bytes()
    run(city, "certify", city.address("planning"))
    city.serve("transport")
    wait_until(lambda: "member.serving" in city.log_of("transport"), 30, "the member")
    older.write_bytes(kept)
    wait_until(lambda: "renewal.refused" in city.log_of("transport"), 60, "the refusal")
    assert "seen before" in city.log_of("transport")
    assert city.served["transport"].poll() is None
