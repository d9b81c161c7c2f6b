"""Keys made where the member is, certified where the authority is: two folders, and files between them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exchange.directory import load_identity
from exchange.errors import BadKeys, Conflict, NotFound
from exchange.runtime.home import open_directory
from exchange.runtime.keys.identity import open_identity
from exchange.runtime.profiles import load_profiles
from exchange.runtime.settings import Home, Settings
from exchange.setup import key_requests
from exchange.setup.certify import certify_all, revoke
from exchange.setup.init import init_files
from tests.processes import write_departments

PLANNING = "t.planning"


def quiet(text: str) -> None:
    """Says nothing."""


@pytest.fixture
def authority(tmp_path: Path) -> Settings:
    """The authority's machine, with a domain in which planning's keys were made there."""
    write_departments(tmp_path / "departments", "t", ["planning"])
    settings = Settings.read({"EXCHANGE_HOME": str(tmp_path / "authority")})
    init_files(settings, quiet, tmp_path / "departments")
    return settings


@pytest.fixture
def member(tmp_path: Path, authority: Settings) -> Settings:
    """The member's machine: it has the directory, the authority's certificate, and no key."""
    home, theirs = Home(tmp_path / "member"), Home(authority.home)
    home.authority.mkdir(parents=True)
    shutil.copy(theirs.authority / "authority.der", home.authority)
    shutil.copytree(theirs.departments, home.departments)
    shutil.rmtree(theirs.member(PLANNING))
    settings = Settings.read({"EXCHANGE_HOME": str(home.root)})
    deliver(authority, settings)
    return settings


def deliver(authority: Settings, member: Settings) -> None:
    """The published directory comes to the member, as a file."""
    theirs, home = Home(authority.home), Home(member.home)
    home.public.mkdir(exist_ok=True)
    for path in theirs.public.glob("*.cose"):
        shutil.copy(path, home.public)


def test_a_member_makes_its_keys_and_the_authority_never_has_them(authority: Settings, member: Settings) -> None:
    asked = key_requests.request(member, PLANNING)
    assert key_requests.request(member, PLANNING) == asked, "asked again, it is the same"
    with pytest.raises(Conflict, match="does not list"):
        key_requests.take(member, PLANNING)
    proof = key_requests.prove(member, key_requests.challenge(authority, asked, quiet))
    key_requests.certify(authority, asked, proof, quiet)
    with pytest.raises(Conflict, match="does not list"):
        key_requests.take(member, PLANNING)
    deliver(authority, member)
    assert key_requests.take(member, PLANNING)
    assert not key_requests.take(member, PLANNING)

    folder = Home(member.home).keys(PLANNING)
    identity = open_identity(folder, PLANNING, open_directory(Home(member.home), member))
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    secrets = [identity.signing_key.private_bytes_raw(), *(key.secret for key in identity.decryption_keys)]
    there = [path.read_bytes() for path in authority.home.rglob("*") if path.is_file()]
    assert not any(secret in file or secret.hex().encode() in file for secret in secrets for file in there)
    certify_all(authority, load_profiles(Home(authority.home).departments), quiet)  # as the next init does
    assert not Home(authority.home).keys(PLANNING).exists(), "none are made in the member's place"


def test_where_both_are_on_one_machine_the_keys_in_force_stay_until_the_certificate_is_listed(
    authority: Settings,
) -> None:
    folder = Home(authority.home).keys(PLANNING)
    before = load_identity(folder)
    asked = key_requests.request(authority, PLANNING)
    certify_all(authority, load_profiles(Home(authority.home).departments), quiet)
    assert load_identity(folder).certificate == before.certificate
    proof = key_requests.prove(authority, key_requests.challenge(authority, asked, quiet))
    key_requests.certify(authority, asked, proof, quiet)
    after = load_identity(folder)
    assert after.certificate != before.certificate
    kids = {key.kid for key in after.decryption_keys}
    assert kids > {key.kid for key in before.decryption_keys}, "what is sealed to the old ones can be opened"


def test_a_request_is_not_brought_again_once_its_key_was_revoked(authority: Settings, member: Settings) -> None:
    asked = key_requests.request(member, PLANNING)
    proof = key_requests.prove(member, key_requests.challenge(authority, asked, quiet))
    key_requests.certify(authority, asked, proof, quiet)
    revoke(authority, PLANNING, None, "key stolen", quiet)
    with pytest.raises(Conflict, match="and revoked"):
        key_requests.certify(authority, asked, proof, quiet)
    assert open_directory(Home(authority.home), authority).member(PLANNING).revoked_at is not None


def test_what_belongs_to_nothing_here_is_told(authority: Settings, member: Settings) -> None:
    with pytest.raises(NotFound, match="requested"):
        key_requests.take(member, PLANNING)
    asked = key_requests.request(member, PLANNING)
    with pytest.raises(BadKeys, match="no proof"):
        key_requests.certify(authority, asked, b"nonsense", quiet)
    with pytest.raises(BadKeys, match="no challenge"):
        key_requests.prove(member, b'{"challenge": 1}')
    with pytest.raises(BadKeys, match="to which this challenge belongs"):
        key_requests.prove(authority, key_requests.challenge(authority, asked, quiet))
    stranger = key_requests.request(member, "t.nobody")
    proof = key_requests.prove(member, key_requests.challenge(authority, stranger, quiet))
    with pytest.raises(NotFound, match="no profile"):
        key_requests.certify(authority, stranger, proof, quiet)
