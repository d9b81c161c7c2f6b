"""What becomes of a member's entry: nothing is taken out, and each certificate keeps the revocation it had."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from exchange.clock import CST
from exchange.directory import Authority, load_identity, save_identity
from exchange.directory.changes import certified, check_key_is_new, revoked, rotated
from exchange.directory.key_requests import OwnKeys
from exchange.envelope import Identity
from exchange.errors import Conflict
from exchange.schemas import MAX_CERTIFICATES, Member, Role

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
LATER = NOW + timedelta(days=1)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open_or_create(tmp_path_factory.mktemp("authority"), "city", NOW)


@pytest.fixture(scope="module")
def first(authority: Authority) -> Identity:
    return authority.certify("city.alice", NOW)


@pytest.fixture(scope="module")
def second(authority: Authority) -> Identity:
    return authority.certify("city.alice", LATER)


@pytest.fixture
def member(authority: Authority, first: Identity) -> Member:
    return authority.member(first, "甲", "Alice", (Role.DEPARTMENT,))


def thumbprint(identity: Identity) -> str:
    return sha256(identity.certificate).hexdigest()


def test_a_new_key_pair_stands_last_and_its_encryption_keys_replace_the_old(
    member: Member, first: Identity, second: Identity
) -> None:
    after = rotated(member, second)
    assert after.certificates == (first.certificate, second.certificate)
    assert after.encryption_keys == tuple(key.entry() for key in second.decryption_keys) != member.encryption_keys
    assert after.revocations == ()


def test_a_revoked_member_counts_again_and_its_old_certificate_does_not(
    member: Member, first: Identity, second: Identity
) -> None:
    after = rotated(revoked(member, NOW, "key stolen"), second)
    assert (after.revoked_at, after.revoked_for) == (None, None)
    assert [(one.certificate, one.at, one.reason) for one in after.revocations] == [
        (thumbprint(first), NOW, "key stolen")
    ]


def test_a_second_revocation_leaves_the_earlier_one_of_the_first_certificate(
    authority: Authority, member: Member, first: Identity, second: Identity
) -> None:
    again = revoked(rotated(revoked(member, NOW, "key stolen"), second), LATER, "lost")
    after = rotated(again, authority.certify("city.alice", LATER))
    assert {(one.certificate, one.at, one.reason) for one in after.revocations} == {
        (thumbprint(first), NOW, "key stolen"),
        (thumbprint(second), LATER, "lost"),
    }


def test_a_revocation_of_the_same_moment_is_not_written_twice(
    authority: Authority, member: Member, first: Identity, second: Identity
) -> None:
    after = rotated(revoked(rotated(revoked(member, NOW, "one"), second), NOW, "two"), first)
    assert [one.certificate for one in after.revocations].count(thumbprint(first)) == 1


def test_a_member_revoked_without_a_reason_hands_down_that_there_was_none(member: Member, second: Identity) -> None:
    after = rotated(member.model_copy(update={"revoked_at": NOW}), second)
    assert [one.reason for one in after.revocations] == ["no reason on record"]


def test_a_revocation_may_be_dated_the_same_or_earlier_never_later(member: Member) -> None:
    once = revoked(member, NOW, "key stolen")
    assert revoked(once, NOW, "again").revoked_for == "again"
    assert revoked(once, NOW - timedelta(days=1), "earlier").revoked_at == NOW - timedelta(days=1)
    with pytest.raises(Conflict, match="already"):
        revoked(once, NOW + timedelta(microseconds=1), "later")


def test_the_last_certificate_that_fits_is_taken_and_no_further_one(member: Member, second: Identity) -> None:
    full = member.model_copy(update={"certificates": member.certificates * (MAX_CERTIFICATES - 1)})
    assert len(rotated(full, second).certificates) == MAX_CERTIFICATES
    with pytest.raises(Conflict, match="certificates"):
        rotated(full.model_copy(update={"certificates": member.certificates * MAX_CERTIFICATES}), second)


def test_a_key_folder_gives_back_every_part_of_an_identity(first: Identity, tmp_path: Path) -> None:
    save_identity(first, tmp_path / "keys")
    found = load_identity(tmp_path / "keys")
    assert (found.address, found.certificate, found.decryption_keys) == (
        first.address,
        first.certificate,
        first.decryption_keys,
    )
    assert found.signing_key.sign(b"text") == first.signing_key.sign(b"text")
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_a_key_that_was_revoked_or_is_anothers_is_not_certified_again(
    authority: Authority, member: Member, first: Identity, second: Identity
) -> None:
    keys = OwnKeys.generate("city.alice", NOW, timedelta(days=30))
    request = keys.request(NOW)
    proof = keys.prove(authority.challenge(request, NOW), request)

    def brought() -> bytes:
        return authority.certify_request(request, proof, LATER)

    held = certified(member, brought(), member.encryption_keys)
    check_key_is_new([held], "city.alice", brought())
    stolen = revoked(held, LATER, "key stolen")
    with pytest.raises(Conflict, match="and revoked"):
        check_key_is_new([stolen], "city.alice", brought())
    again = rotated(stolen, second)
    with pytest.raises(Conflict, match="and revoked"):
        check_key_is_new([again], "city.alice", brought())
    with pytest.raises(Conflict, match=r"is one of city\.alice$"):
        check_key_is_new([held], "city.bob", brought())
    check_key_is_new([again], "city.alice", authority.certify("city.alice", LATER).certificate)
