"""The authority's signing key, and members', move into a PKCS#11 token; the domain goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.clock import SteppedClock
from exchange.directory import load_authority_certificate, load_identity
from exchange.directory.authority import authority_at_hand
from exchange.directory.certificates import der
from exchange.directory.succession import former_authorities
from exchange.directory.tokens import TokenKey
from exchange.directory.tokens.uri import TokenUri
from exchange.documents.send import send_document
from exchange.envelope import envelope_for, verify_signed
from exchange.errors import BadDirectory, BadKeys, Conflict, NotFound, TokenUnavailable
from exchange.messaging.arrival import OwnTime
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Delivery
from exchange.messaging.receive import Receiver
from exchange.operations.health.checkups.authority import authority as check_authority
from exchange.operations.health.checkups.members import keys as check_keys
from exchange.runtime.home import open_directory, open_member
from exchange.runtime.profiles import load_profiles
from exchange.schemas import Document, DocumentKind, DocumentNumber
from exchange.setup import key_requests, succession
from exchange.setup.certify import certify, certify_all, revoke
from exchange.setup.token_keys import use_token
from tests.journeys.city import MONDAY
from tests.journeys.folders import Domain
from tests.processes import run
from tests.tokens import SoftToken, token

__all__ = ["token"]
PLANNING = "a.planning"
WHY = "hardware"


@pytest.fixture
def domain(tmp_path: Path) -> Domain:
    return Domain(tmp_path, "a", SteppedClock(MONDAY))


def use(domain: Domain, whose: str, uri: TokenUri) -> bool:
    return use_token(domain.settings, whose, uri, WHY, domain.say)


def signed_by_planning(domain: Domain) -> bytes:
    opened = open_member(domain.settings, PLANNING)
    number = DocumentNumber(agency="函", year=2026, serial=1)
    letter = Document(number=number, kind=DocumentKind.LETTER, issuer="甲", title="函", body="文", date=None)
    message_id = send_document(opened.node, letter, ["a.monitor"])
    with opened.store.reading() as tx:
        (stored,) = tx[Documents].find(message_id)
    opened.store.close()
    return stored.signed


def secret_files(folder: Path) -> list[str]:
    """Files that hold 32 bytes and nothing else, as a signing key's does."""
    return [path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size == 32]


def test_the_authority_signs_with_a_key_that_was_made_in_the_token(domain: Domain, token: SoftToken) -> None:
    running = open_member(domain.settings, "a.window")
    before = load_authority_certificate(domain.home.authority)
    assert secret_files(domain.home.authority)

    assert use(domain, "authority", token.uri("authority")), "made anew"

    assert secret_files(domain.home.authority) == []
    assert former_authorities(domain.home.authority) == (before,)
    certify(domain.settings, PLANNING, domain.say)
    revoke(domain.settings, "a.relay", None, "closed", domain.say)
    running.node.renew()
    assert running.node.directory.version == domain.directory.version
    assert verify_signed(signed_by_planning(domain), running.node.directory).header.sender == PLANNING
    running.store.close()
    assert not use(domain, "authority", token.uri("authority")), "and once more changes nothing"
    (found,) = check_authority(domain.settings)
    assert found.level == "good"


def test_a_request_is_challenged_and_certified_by_the_token(domain: Domain, token: SoftToken) -> None:
    use(domain, "authority", token.uri("authority"))
    asked = key_requests.request(domain.settings, PLANNING, token.uri("planning"))
    assert key_requests.request(domain.settings, PLANNING, token.uri("planning")) == asked
    proof = key_requests.prove(domain.settings, key_requests.challenge(domain.settings, asked, domain.say))
    key_requests.certify(domain.settings, asked, proof, domain.say)
    assert isinstance(load_identity(domain.home.keys(PLANNING)).signing_key, TokenKey)
    assert verify_signed(signed_by_planning(domain), open_directory(domain.home, domain.settings))


def test_without_the_token_traffic_goes_on_and_the_authority_does_not(domain: Domain, token: SoftToken) -> None:
    use(domain, "authority", token.uri("authority"))
    token.taken_away()
    assert not authority_at_hand(domain.home.authority)
    certify_all(domain.settings, load_profiles(domain.home.departments), domain.say)  # as every `exchange up` does
    assert verify_signed(signed_by_planning(domain), open_directory(domain.home, domain.settings))
    version = domain.directory.version
    with pytest.raises(BadKeys, match="no token here"):
        certify(domain.settings, PLANNING, domain.say)
    (found,) = check_authority(domain.settings)
    assert (found.level, "connect the token" in found.remedy) == ("note", True)
    token.brought_back()
    certify(domain.settings, PLANNING, domain.say)
    assert domain.directory.version == version + 1


def test_a_key_in_the_token_that_is_another_is_refused_and_nothing_changes(domain: Domain, token: SoftToken) -> None:
    TokenKey.make(token.uri("other"))
    for whose in ("authority", PLANNING):
        with pytest.raises(BadKeys, match="not that of the certificate"):
            use(domain, whose, token.uri("other"))
    certify(domain.settings, PLANNING, domain.say)
    with pytest.raises(NotFound):
        use(domain, "a.nobody", token.uri("nobody"))
    assert TokenKey.find(token.uri("nobody")) is None


def test_a_succession_that_was_broken_off_is_finished_with_the_key_it_had(
    domain: Domain, token: SoftToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    for step in ("sign_succession", "take_over", "equip"):
        uri = token.uri(f"after-{step}")
        with monkeypatch.context() as patched:
            patched.setattr(succession, step, broken)
            with pytest.raises(KeyboardInterrupt):
                use(domain, "authority", uri)
        assert use(domain, "authority", uri)
        key = TokenKey.open(uri)
        assert load_authority_certificate(domain.home.authority).public_key() == key.public_key()
        certify(domain.settings, PLANNING, domain.say)


def test_the_authority_leaves_the_token_by_another_succession(domain: Domain, token: SoftToken) -> None:
    use(domain, "authority", token.uri("authority"))
    before = load_authority_certificate(domain.home.authority)
    succession.renew(domain.settings, "another token", domain.say, token.uri("second"))
    assert der(load_authority_certificate(domain.home.authority)) != der(before)
    token.taken_away()
    succession.replace_lost(domain.settings, domain.say)
    assert secret_files(domain.home.authority) == ["authority.key"]
    certify(domain.settings, PLANNING, domain.say)


def test_another_authority_than_that_of_the_certificate_signs_nothing(domain: Domain, token: SoftToken) -> None:
    use(domain, "authority", token.uri("authority"))
    other = TokenKey.make(token.uri("other"))
    (domain.home.authority / "authority.key").write_text(str(other.uri))
    with pytest.raises((BadKeys, BadDirectory)):
        certify(domain.settings, PLANNING, domain.say)
    (found,) = check_authority(domain.settings)
    assert found.level == "bad"


def test_a_member_signs_in_the_token_and_its_opening_keys_stay(domain: Domain, token: SoftToken) -> None:
    folder = domain.home.keys(PLANNING)
    opening = {key.kid for key in load_identity(folder).decryption_keys}
    assert use(domain, PLANNING, token.uri("planning"))
    assert secret_files(folder) == []
    identity = load_identity(folder)
    assert isinstance(identity.signing_key, TokenKey)
    assert opening < {key.kid for key in identity.decryption_keys}
    assert verify_signed(signed_by_planning(domain), open_directory(domain.home, domain.settings))
    with pytest.raises(Conflict, match="in a token"):
        certify(domain.settings, PLANNING, domain.say)
    assert use(domain, PLANNING, token.uri("planning-2")), "rotation"
    assert not use(domain, PLANNING, token.uri("planning-2"))
    token.taken_away()
    found = [one for one in check_keys(domain.settings, [PLANNING]) if one.level == "bad"]
    assert ["connect the token" in one.remedy for one in found] == [True]


def test_what_comes_while_the_token_is_away_waits_and_is_no_dead_letter(domain: Domain, token: SoftToken) -> None:
    use(domain, "a.monitor", token.uri("monitor"))
    signed_by_planning(domain)
    opened = open_member(domain.settings, PLANNING)
    with opened.store.reading() as tx:
        (parcel,) = tx[Outbox].due(domain.settings.clock.now(), 1, ())
    opened.store.close()
    came = Delivery(parcel.queue, envelope_for(parcel.common, parcel.recipient), None, PLANNING, {}, False, None, False)
    monitor = open_member(domain.settings, "a.monitor")
    receiver = Receiver(monitor.node, {}, OwnTime(MONDAY, monitor.node.clock))
    token.taken_away()
    with pytest.raises(TokenUnavailable):
        receiver.on_batch([came])
    with pytest.raises(TokenUnavailable):
        receiver.can_take(1)
    token.brought_back()
    receiver.can_take(1)
    receiver.on_batch([came])
    with monitor.store.reading() as tx:
        assert tx[Inbox].dead_letters() == []
        assert len(tx[Inbox].known([(PLANNING, parcel.message_id)])) == 1
    monitor.store.close()


def test_a_member_that_runs_takes_its_keys_up_when_the_token_is_back(domain: Domain, token: SoftToken) -> None:
    use(domain, PLANNING, token.uri("planning"))
    running = open_member(domain.settings, PLANNING)
    token.taken_away()
    revoke(domain.settings, "a.relay", None, "closed", domain.say)
    running.node.renew()
    assert running.node.directory.version == domain.directory.version - 1
    token.brought_back()
    running.node.renew()
    assert running.node.directory.version == domain.directory.version
    running.store.close()


def test_the_command_says_where_the_key_is_and_refuses_a_pin(domain: Domain, token: SoftToken) -> None:
    uri = f"pkcs11:token=yizhan;object=authority?pin-source=file:{token.pin_file}"
    refused = run(domain, "key", "use", "authority", "--pkcs11", f"{uri}&pin-value=4711", code=6)
    assert "pin-source" in refused.stdout + refused.stderr
    done = run(domain, "key", "use", "authority", "--pkcs11", uri)
    assert "object=authority" in done.stdout + done.stderr
    run(domain, "certify", PLANNING)
