"""A domain's authority is replaced: by the old key's word, by people's word, in a tree, and after being broken off."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exchange.clock import SteppedClock
from exchange.directory import load_authority_certificate
from exchange.directory.certificates import Certificate, der
from exchange.directory.grants import fingerprint
from exchange.directory.succession import former_authorities, thumb
from exchange.documents.send import send_document
from exchange.envelope import verify_signed
from exchange.errors import BadDirectory, BadKeys, CallerError, Conflict
from exchange.messaging.documents import Documents
from exchange.runtime.home import open_directory, open_member
from exchange.runtime.settings import Home, Settings
from exchange.runtime.tree_files import TreeFiles
from exchange.schemas import Document, DocumentKind, DocumentNumber
from exchange.setup import delegate, succession
from exchange.setup.certify import certify, revoke
from tests.journeys.city import MONDAY
from tests.journeys.folders import Domain, add


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(MONDAY)


@pytest.fixture
def domain(tmp_path: Path, clock: SteppedClock) -> Domain:
    return Domain(tmp_path, "a", clock)


def signed_by_planning(domain: Domain) -> bytes:
    """What a member signs with the certificate that the authority of today gave it."""
    opened = open_member(domain.settings, f"{domain.name}.planning")
    number = DocumentNumber(agency="函", year=2026, serial=1)
    letter = Document(number=number, kind=DocumentKind.LETTER, issuer="甲", title="函", body="文", date=None)
    message_id = send_document(opened.node, letter, [f"{domain.name}.monitor"])
    with opened.store.reading() as tx:
        (stored,) = tx[Documents].find(message_id)
    opened.store.close()
    return stored.signed


def test_the_old_key_names_the_new_one_and_members_that_run_take_it(domain: Domain) -> None:
    running = open_member(domain.settings, "a.window")
    signed, before = signed_by_planning(domain), domain.directory.version

    certificate = succession.renew(domain.settings, "ten years are over", domain.say)

    running.node.renew()
    assert running.node.directory.version == before + 1
    assert verify_signed(signed, running.node.directory).header.sender == "a.planning"
    assert [der(one) for one in former_authorities(domain.home.authority)] != [der(certificate)]
    certify(domain.settings, "a.planning", domain.say)
    revoke(domain.settings, "a.relay", None, "closed", domain.say)
    running.node.renew()
    assert running.node.directory.version == before + 3
    again = open_member(domain.settings, "a.window")
    assert verify_signed(signed, again.node.directory).header.sender == "a.planning"
    assert not (domain.home.authority / "next").exists()
    succession.renew(domain.settings, "once more", domain.say)
    running.node.renew()
    assert running.node.directory.version == before + 4, "and the one after it"
    for one in (running, again):
        one.store.close()


def test_a_member_that_runs_does_not_take_an_authority_that_nobody_names(domain: Domain) -> None:
    running = open_member(domain.settings, "a.window")
    signed, before = signed_by_planning(domain), domain.directory.version
    (domain.home.authority / "authority.key").unlink()
    with pytest.raises(BadKeys):
        succession.renew(domain.settings, "lost", domain.say)

    succession.replace_lost(domain.settings, domain.say)

    running.node.renew()
    assert running.node.directory.version == before
    fresh = open_member(domain.settings, "a.window")
    assert fresh.node.directory.version == before + 1
    assert verify_signed(signed, fresh.node.directory).header.sender == "a.planning"
    for one in (running, fresh):
        one.store.close()


@pytest.mark.parametrize("named", [True, False])
def test_what_is_broken_off_goes_on_with_the_same_key(
    domain: Domain, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def once() -> bytes:
        made = (
            succession.renew(domain.settings, "r", domain.say)
            if named
            else succession.replace_lost(domain.settings, domain.say)
        )
        return der(made)

    before = domain.directory.version
    with monkeypatch.context() as broken:
        broken.setattr(succession, "sign_directory", lambda *words: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            once()
    half = der(load_authority_certificate(domain.home.authority))
    with pytest.raises(BadDirectory):
        open_directory(domain.home, domain.settings)
    assert once() == half
    assert domain.directory.version == before + 1
    assert len(former_authorities(domain.home.authority)) == 1


def test_a_folder_without_the_key_takes_the_new_authority_by_paper_or_by_fingerprint(
    domain: Domain, tmp_path: Path
) -> None:
    old = load_authority_certificate(domain.home.authority)
    there = Settings(tmp_path / "there", None, None, None, domain.settings.clock)
    shutil.copytree(domain.home.root, there.home)
    home = Home(there.home)
    (home.authority / "authority.key").unlink()
    new = succession.renew(domain.settings, "renewed", domain.say)
    paper = (domain.home.authority / "succession" / f"{thumb(old)}.cose").read_bytes()
    shutil.copy(domain.home.directory, home.directory)

    with pytest.raises(CallerError, match="nothing says"):
        succession.accept(there, new, None, None, domain.say)
    with pytest.raises(BadDirectory):
        succession.accept(there, new, paper[:-1] + bytes([paper[-1] ^ 1]), None, domain.say)
    with pytest.raises(BadDirectory, match="another authority"):
        succession.accept(there, another(tmp_path, domain), paper, None, domain.say)
    with pytest.raises(BadDirectory, match="fingerprint is another"):
        succession.accept(there, new, None, fingerprint(der(old)), domain.say)
    with pytest.raises(BadDirectory):
        open_directory(home, there)

    succession.accept(there, new, paper, None, domain.say)

    assert open_directory(home, there).directory == domain.directory
    with pytest.raises(Conflict, match="already"):
        succession.accept(there, new, None, fingerprint(der(new)).upper(), domain.say)


def another(tmp_path: Path, domain: Domain) -> Certificate:
    """Another authority of the same name."""
    return load_authority_certificate(Domain(tmp_path / "x", "a", domain.settings.clock).home.authority)


def test_in_a_tree_the_superior_takes_the_new_authority_and_nothing_by_the_old_one_any_more(
    tmp_path: Path, clock: SteppedClock
) -> None:
    upper, lower = Domain(tmp_path, "a", clock), Domain(tmp_path, "a.b", clock)
    add(upper, lower)
    signed, by_the_old = signed_by_planning(lower), lower.home.directory.read_bytes()
    succession.replace_lost(lower.settings, lower.say)
    with pytest.raises(Conflict, match="another authority"):
        add(upper, lower)
    add(upper, lower, replaces=True)
    assert upper.states() == lower.states() == {"a": "current", "a.b": "current"}
    assert verify_signed(signed, upper.view).header.sender == "a.b.planning"
    delegate.request(lower.settings, lower.say)
    version = upper.view.of("a.b").version
    files = TreeFiles(upper.home, load_authority_certificate(upper.home.authority))
    files.take(open_directory(upper.home, upper.settings), [by_the_old], clock.now())
    assert upper.view.of("a.b").version == version

    succession.renew(upper.settings, "renewed", upper.say)
    with pytest.raises(Conflict, match="under another authority"):
        add(upper, lower)
    add(upper, lower, replaces=True)
    assert upper.states() == lower.states() == {"a": "current", "a.b": "current"}
