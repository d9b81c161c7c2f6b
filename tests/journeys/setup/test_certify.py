"""The authority at work on a domain's folder: what is there stays, and nothing is made anew that must not be."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from exchange.approval.window.status import case_status
from exchange.approval.window.submit import submit
from exchange.clock import SteppedClock
from exchange.directory import load_identity
from exchange.directory.keyfiles import prepare_rotation
from exchange.envelope import sign_document, verify_signed
from exchange.errors import BadDirectory, BadKeys, Conflict, NotFound, Untrusted
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import InboxEntry, Signed
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.runtime.home import open_directory, open_member
from exchange.runtime.member_record import SERVED_WITH
from exchange.runtime.settings import Home, Settings
from exchange.schemas import (
    MAX_CERTIFICATES,
    Applicant,
    Application,
    CaseClosed,
    Header,
    SubmittedMaterial,
    Suite,
)
from exchange.setup.certify import certify, revoke
from exchange.setup.init import init_files
from exchange.setup.keyring import KeyLine, retire, survey
from tests.journeys.city import MONDAY
from tests.processes import write_departments

PLANNING, TRANSPORT = "city.planning", "city.transport"


class Domain:
    """A domain's folder, its clock, and what was said."""

    def __init__(self, root: Path) -> None:
        self.clock = SteppedClock(MONDAY)
        self.settings = Settings(root / "home", None, None, None, self.clock)
        self.home = Home(self.settings.home)
        self.said: list[str] = []
        write_departments(root / "departments", "city", ("planning", "transport"))
        self.source = root / "departments"
        self.init()

    @property
    def say(self) -> Callable[[str], None]:
        return self.said.append

    def init(self) -> None:
        init_files(self.settings, self.say, self.source)

    def signed(self, address: str) -> bytes:
        """Something that a member signs now, with the keys in its folder."""
        some = "00000000-0000-4000-8000-000000000001"
        header = Header(
            message_id=some, conversation_id=some, kind="case-closed", sender=address, addressees=(PLANNING,),
            created_at=self.clock.now(),
        )  # fmt: skip
        body = CaseClosed(case_number="C-1", reason="over", at=self.clock.now())
        return sign_document(header.model_dump_json().encode(), body, load_identity(self.home.keys(address)), [])

    def verify(self, signed: bytes) -> None:
        verify_signed(signed, open_directory(self.home, self.settings))

    @property
    def version(self) -> int:
        return open_directory(self.home, self.settings).version

    def served(self) -> None:
        """Notes what members note that are served with the present directory."""
        for member in open_directory(self.home, self.settings).members:
            opened = open_member(self.settings, member.address)
            with opened.store.transaction() as tx:
                tx.set_meta(SERVED_WITH, str(self.version))

    def send(self, needs_receipt: bool) -> str:
        """Something that transport sends to planning."""
        body = CaseClosed(case_number="C-1", reason="over", at=self.clock.now())
        with open_member(self.settings, TRANSPORT).node.step() as step:
            return step.send(body, (PLANNING,), needs_receipt=needs_receipt)


def old_hybrid(domain: Domain) -> KeyLine:
    (key,) = [key for key in survey(domain.settings, PLANNING).keys if key.state == "old" and "mlkem" in key.suite]
    return key


@pytest.fixture
def domain(tmp_path: Path) -> Domain:
    return Domain(tmp_path)


def take_the_key_away(domain: Domain) -> bytes:
    path = domain.home.authority / "authority.key"
    key = path.read_bytes()
    path.unlink()
    return key


def test_a_domain_goes_on_without_the_authoritys_key_while_nothing_is_missing(domain: Domain) -> None:
    take_the_key_away(domain)
    before = domain.home.directory.read_bytes(), (domain.home.authority / "authority.der").read_bytes()
    domain.init()
    assert before == (domain.home.directory.read_bytes(), (domain.home.authority / "authority.der").read_bytes())


def test_a_new_member_waits_for_the_authoritys_key_and_no_other_authority_is_made(domain: Domain) -> None:
    key = take_the_key_away(domain)
    folder = domain.home.departments / "heritage"
    shutil.copytree(domain.home.departments / "planning", folder)
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text().replace("planning", "heritage"))
    with pytest.raises(BadKeys, match=r"authority\.key") as refused:
        domain.init()
    assert "bring the authority's key" in refused.value.remedy
    (domain.home.authority / "authority.key").write_bytes(key)
    domain.init()
    assert open_directory(domain.home, domain.settings).member("city.heritage")


def test_no_authority_is_made_where_a_directory_is(domain: Domain) -> None:
    shutil.rmtree(domain.home.authority)
    with pytest.raises(BadKeys, match="authority's certificate"):
        domain.init()
    assert not domain.home.authority.exists()


def test_a_directory_due_for_renewal_waits_for_the_key_until_it_expires(domain: Domain) -> None:
    key = take_the_key_away(domain)
    domain.clock.step_to(MONDAY + timedelta(days=200))
    domain.init()
    assert any("165 days left" in line for line in domain.said)
    domain.clock.step_to(MONDAY + timedelta(days=365))
    with pytest.raises(BadKeys, match=r"authority\.key"):
        domain.init()
    (domain.home.authority / "authority.key").write_bytes(key)
    domain.init()
    assert domain.version == 2


def test_a_rotation_keeps_the_old_certificate_and_seals_to_the_new_key(domain: Domain) -> None:
    before = domain.signed(TRANSPORT)
    old = open_directory(domain.home, domain.settings).recipient(TRANSPORT, Suite.HYBRID).kid
    domain.clock.step_to(MONDAY + timedelta(days=1))
    certify(domain.settings, TRANSPORT, domain.say)
    domain.verify(before)
    domain.verify(domain.signed(TRANSPORT))
    new = open_directory(domain.home, domain.settings).recipient(TRANSPORT, Suite.HYBRID).kid
    held = [key.kid for key in load_identity(domain.home.keys(TRANSPORT)).decryption_keys]
    assert old != new
    assert {old, new} <= set(held)
    domain.init()
    assert domain.version == 2


def test_a_rotation_broken_off_before_its_publication_is_as_if_it_had_not_been(domain: Domain) -> None:
    folder = domain.home.keys(TRANSPORT)
    before = load_identity(folder)
    stranger = replace(before, certificate=b"never published")
    prepare_rotation(folder, stranger)
    assert load_identity(folder).x5t == before.x5t
    domain.init()
    assert load_identity(folder).x5t == before.x5t
    assert not (folder / "next.json").exists()


def test_a_rotation_broken_off_after_its_publication_is_finished_by_init(
    domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = load_identity(domain.home.keys(TRANSPORT))
    calls = 0

    def dies_the_second_time(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("exchange.setup.certify.finish_rotation", dies_the_second_time)
        with pytest.raises(KeyboardInterrupt):
            certify(domain.settings, TRANSPORT, domain.say)
    assert load_identity(domain.home.keys(TRANSPORT)).x5t == before.x5t
    domain.verify(domain.signed(TRANSPORT))
    domain.init()
    assert load_identity(domain.home.keys(TRANSPORT)).x5t != before.x5t
    domain.verify(domain.signed(TRANSPORT))


def test_lost_keys_are_not_made_anew_in_silence_and_certify_keeps_the_old_certificate(domain: Domain) -> None:
    before = domain.signed(TRANSPORT)
    shutil.rmtree(domain.home.keys(TRANSPORT))
    with pytest.raises(BadKeys) as refused:
        domain.init()
    assert "exchange certify" in refused.value.remedy
    certify(domain.settings, TRANSPORT, domain.say)
    domain.init()
    domain.verify(before)
    domain.verify(domain.signed(TRANSPORT))


def test_keys_of_another_member_are_refused(domain: Domain) -> None:
    shutil.rmtree(domain.home.keys(TRANSPORT))
    shutil.copytree(domain.home.keys(PLANNING), domain.home.keys(TRANSPORT))
    with pytest.raises(BadKeys, match="not one of those the directory lists"):
        domain.init()


def test_a_signing_key_that_is_not_the_certificates_is_refused(domain: Domain) -> None:
    shutil.copy(domain.home.keys(PLANNING) / "signing.key", domain.home.keys(TRANSPORT))
    with pytest.raises(BadKeys, match="is not the key of"):
        load_identity(domain.home.keys(TRANSPORT))


def test_a_member_that_leaves_stays_in_the_directory_and_what_it_signed_verifies(domain: Domain) -> None:
    before = domain.signed(TRANSPORT)
    domain.clock.step_to(MONDAY + timedelta(days=1))
    catalogue = domain.home.catalogue / "works.toml"
    text = catalogue.read_text()
    catalogue.write_text(text[: text.rindex("[[approvers]]")])
    shutil.rmtree(domain.home.departments / "transport")
    domain.init()
    domain.verify(before)
    assert any("city.transport has no profile" in line for line in domain.said)
    with pytest.raises(NotFound, match="revoked"):
        open_directory(domain.home, domain.settings).recipient(TRANSPORT, Suite.HYBRID)
    domain.init()
    assert domain.version == 2


def test_a_case_can_be_looked_at_after_one_of_its_departments_left_the_directory(domain: Domain) -> None:
    window = open_member(domain.settings, "city.window").node
    application = Application(
        matter="works",
        applicant=Applicant(name="applicant", identifier="1", contact="-"),
        project="project",
        materials=(SubmittedMaterial(code="plan", note="on file"),),
        submitted_at=domain.clock.now(),
    )
    case = submit(window, application)
    present = window.directory.directory
    members = tuple(member for member in present.members if member.address != TRANSPORT)
    window.directory = replace(
        window.directory,
        directory=present.model_copy(update={"members": members}),
        _by_address={member.address: member for member in members},
    )
    assert {part.names[0] for part in case_status(window, case.number).parts} == {"planning", TRANSPORT}


def test_a_damaged_directory_is_named_and_init_puts_the_authoritys_copy_back(domain: Domain) -> None:
    certify(domain.settings, TRANSPORT, domain.say)
    whole = domain.home.directory.read_bytes()
    domain.home.directory.write_bytes(whole[:-9])
    with pytest.raises(BadDirectory) as refused:
        open_member(domain.settings, PLANNING)
    assert str(domain.home.directory) in str(refused.value)
    assert "exchange init" in refused.value.remedy
    take_the_key_away(domain)
    domain.init()
    assert domain.home.directory.read_bytes() == whole


def test_a_directory_that_is_gone_or_older_is_put_back_too(domain: Domain) -> None:
    older = domain.home.directory.read_bytes()
    certify(domain.settings, TRANSPORT, domain.say)
    newest = domain.home.directory.read_bytes()
    domain.home.directory.write_bytes(older)
    domain.init()
    assert domain.home.directory.read_bytes() == newest
    domain.home.directory.unlink()
    domain.init()
    assert domain.home.directory.read_bytes() == newest


def test_a_damaged_directory_without_a_copy_is_named_with_a_way_out(domain: Domain) -> None:
    (domain.home.authority / "directory.cose").unlink()
    domain.home.directory.write_bytes(b"x")
    with pytest.raises(BadDirectory, match=r"directory\.cose") as refused:
        domain.init()
    assert "backup" in refused.value.remedy


def test_a_certificate_keeps_the_revocation_it_had_when_its_member_is_certified_again(domain: Domain) -> None:
    stolen = domain.clock.now()
    before = domain.signed(TRANSPORT)
    revoke(domain.settings, TRANSPORT, stolen, "stolen", domain.say)
    with pytest.raises(Untrusted, match="revoked"):
        domain.verify(before)
    domain.clock.step_to(MONDAY + timedelta(hours=1))
    certify(domain.settings, TRANSPORT, domain.say)
    with pytest.raises(Untrusted, match="revoked"):
        domain.verify(before)
    domain.verify(domain.signed(TRANSPORT))
    revoke(domain.settings, TRANSPORT, domain.clock.now(), "retired", domain.say)
    certify(domain.settings, TRANSPORT, domain.say)
    reasons = [one.reason for one in open_directory(domain.home, domain.settings).member(TRANSPORT).revocations]
    assert sorted(reasons) == ["retired", "stolen"]


def test_a_member_has_a_bounded_number_of_certificates_and_is_told_so(domain: Domain) -> None:
    for _ in range(MAX_CERTIFICATES - 1):
        certify(domain.settings, TRANSPORT, domain.say)
    with pytest.raises(Conflict, match="certificates"):
        certify(domain.settings, TRANSPORT, domain.say)
    domain.init()
    domain.verify(domain.signed(TRANSPORT))


def test_an_old_key_is_kept_while_a_copy_sealed_to_it_waits_for_its_receipt(domain: Domain) -> None:
    message_id = domain.send(needs_receipt=True)
    certify(domain.settings, PLANNING, domain.say)
    domain.send(needs_receipt=True)
    domain.served()
    assert old_hybrid(domain).unsettled == 1
    assert old_hybrid(domain).name not in retire(domain.settings, PLANNING, domain.say)
    with pytest.raises(Conflict, match="1 unsettled copies are sealed to"):
        retire(domain.settings, PLANNING, domain.say)

    store = open_member(domain.settings, TRANSPORT).store
    with store.transaction() as tx:
        digest = sha256(tx[Documents].find(message_id)[0].signed).hexdigest()
        assert tx[Outbox].mark_signed([Signed(message_id, PLANNING, True, message_id, 0, digest)], domain.clock.now())

    name = old_hybrid(domain).name
    assert retire(domain.settings, PLANNING, domain.say) == (name,)
    assert name not in [key.kid for key in load_identity(domain.home.keys(PLANNING)).decryption_keys]


def test_a_receipt_sealed_to_an_old_key_is_unsettled_until_its_addressee_has_recorded_it(domain: Domain) -> None:
    message_id = domain.send(needs_receipt=False)
    certify(domain.settings, PLANNING, domain.say)
    assert old_hybrid(domain).unsettled == 1
    with open_member(domain.settings, TRANSPORT).store.reading() as tx:
        signed = tx[Documents].find(message_id)[0].signed
    found = verify_signed(signed, open_directory(domain.home, domain.settings))
    now = domain.clock.now()
    came = Arrival(now, now, ArrivalSource.OWN)
    entry = InboxEntry(found.header, sha256(signed).hexdigest(), signed, (), came, None, True)
    with open_member(domain.settings, PLANNING).store.transaction() as tx:
        tx[Inbox].record([entry], now)
    assert old_hybrid(domain).unsettled == 0


def test_an_old_key_is_kept_while_a_database_cannot_be_counted(domain: Domain) -> None:
    certify(domain.settings, PLANNING, domain.say)
    domain.served()
    (domain.home.member(TRANSPORT) / "store.db").unlink()
    assert survey(domain.settings, PLANNING).unread == (TRANSPORT,)
    with pytest.raises(Conflict, match=TRANSPORT):
        retire(domain.settings, PLANNING, domain.say)


def test_nothing_is_signed_or_made_while_the_directory_is_of_this_machines_future(tmp_path: Path) -> None:
    domain = Domain(tmp_path)
    behind = replace(domain.settings, clock=SteppedClock(MONDAY - timedelta(days=200)))
    kept = domain.home.directory.read_bytes()
    for attempt in (
        lambda: init_files(behind, domain.say, domain.source),
        lambda: certify(behind, PLANNING, domain.say),
        lambda: revoke(behind, PLANNING, None, "left", domain.say),
        lambda: open_directory(domain.home, behind),
    ):
        with pytest.raises(BadDirectory, match=f"{MONDAY - timedelta(days=200):%Y-%m-%d}.*{MONDAY:%Y-%m-%d}") as found:
            attempt()
        assert (found.value.code, "--clock-is-right" in found.value.remedy) == ("clock", True)
    assert domain.home.directory.read_bytes() == kept

    init_files(behind, domain.say, domain.source, clock_is_right=True)
    assert open_directory(domain.home, behind).version == open_directory(domain.home, domain.settings).version == 2
