"""The directory: signed, versioned, expiring; revocation is dated; old keys go on opening."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from exchange.clock import CST
from exchange.directory import (
    Authority,
    DirectoryView,
    load_authority_certificate,
    load_directory,
    load_identity,
    save_identity,
)
from exchange.directory.changes import revoked, rotated
from exchange.directory.view import read_paper
from exchange.envelope import DecryptionKey, Identity, envelope_for, open_envelope, seal, sign_document, verify_signed
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, EDDSA, SHA_256, X5T, sign1
from exchange.errors import BadDirectory, BadKeys, Conflict, NotFound, Untrusted
from exchange.schemas import Document, DocumentKind, DocumentNumber, Header, Member, Role, Suite

NOW = datetime(2026, 3, 2, 9, tzinfo=CST)
YEAR = timedelta(days=365)


def view(folder: Path, now: datetime = NOW, seen: int = 0) -> DirectoryView:
    return load_directory((folder / "directory").read_bytes(), load_authority_certificate(folder), now, seen)


def domain(folder: Path, **changes: object) -> tuple[Authority, Identity, Member]:
    authority = Authority.open_or_create(folder, "city", NOW)
    identity = authority.certify("city.alice", NOW)
    member = authority.member(identity, "甲", "Alice", (Role.DEPARTMENT,)).model_copy(update=dict(changes))
    authority.publish(folder / "directory", [member], NOW, NOW + YEAR)
    return authority, identity, member


def document() -> Document:
    number = DocumentNumber(agency="函", year=2026, serial=1)
    return Document(number=number, kind=DocumentKind.LETTER, issuer="甲", title="函", body="文", date=None)


def header(at: datetime, to: str = "city.alice") -> Header:
    some = "00000000-0000-4000-8000-000000000001"
    return Header(
        message_id=some, conversation_id=some, kind="document", sender="city.alice", addressees=(to,), created_at=at
    )


def signed_at(identity: Identity, at: datetime) -> bytes:
    return sign_document(header(at).model_dump_json().encode(), document(), identity, [])


def test_publishing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    authority, _, member = domain(tmp_path)
    assert not authority.publish(tmp_path / "directory", [member], NOW, NOW + YEAR)
    assert view(tmp_path).version == 1


def test_agency_codes_are_certified_in_a_directory_of_the_version_that_knows_them(tmp_path: Path) -> None:
    authority, _, member = domain(tmp_path)
    without = read_paper((tmp_path / "directory").read_bytes())
    assert b"codes" not in without.message.payload, "an earlier release reads it"
    assert str(without.message.header[CONTENT_TYPE]).endswith("version=3")

    coded = member.model_copy(update={"codes": ("甲办", "甲函")})
    assert authority.publish(tmp_path / "directory", [coded], NOW, NOW + YEAR)
    assert view(tmp_path).member("city.alice").codes == ("甲办", "甲函")
    paper = read_paper((tmp_path / "directory").read_bytes())
    assert str(paper.message.header[CONTENT_TYPE]).endswith("version=4")

    older = dict(paper.message.header) | {CONTENT_TYPE: "application/vnd.yizhan.directory+json; version=3"}
    with pytest.raises(BadDirectory, match="does not know"):
        read_paper(sign1(paper.message.payload, older, authority.key))


def test_publishing_a_change_counts_the_version_up(tmp_path: Path) -> None:
    authority, _, member = domain(tmp_path)
    assert authority.publish(tmp_path / "directory", [member.model_copy(update={"name": "乙"})], NOW, NOW + YEAR)
    assert view(tmp_path).version == 2


def test_a_directory_is_renewed_in_the_second_half_of_its_term(tmp_path: Path) -> None:
    authority, _, member = domain(tmp_path)
    later = NOW + timedelta(days=200)
    assert authority.publish(tmp_path / "directory", [member], later, later + YEAR)


def test_an_older_directory_than_one_seen_is_refused(tmp_path: Path) -> None:
    domain(tmp_path)
    with pytest.raises(BadDirectory, match="seen before"):
        view(tmp_path, seen=2)


def test_a_directory_from_the_future_names_this_machines_clock_with_both_dates(tmp_path: Path) -> None:
    authority, *_ = domain(tmp_path)
    data = (tmp_path / "directory").read_bytes()
    with pytest.raises(BadDirectory, match=r"2025-11-02 09:00:00.*2026-03-02 09:00:00") as found:
        load_directory(data, authority.certificate, NOW - timedelta(days=120), 0)
    assert found.value.code == "clock"
    assert "clock" in found.value.remedy
    load_directory(data, authority.certificate, NOW - timedelta(minutes=9), 0)


def test_a_directory_that_was_signed_by_a_clock_that_was_ahead_is_signed_anew_where_its_authority_says_so(
    tmp_path: Path,
) -> None:
    authority, _, member = domain(tmp_path)
    before = NOW - timedelta(days=120)
    assert authority.publish(tmp_path / "directory", [member], before, before + YEAR)
    assert view(tmp_path, before).version == 2


def test_an_expired_directory_is_refused(tmp_path: Path) -> None:
    domain(tmp_path)
    with pytest.raises(BadDirectory, match="expired"):
        view(tmp_path, NOW + YEAR)


def test_a_directory_of_another_authority_is_refused(tmp_path: Path) -> None:
    domain(tmp_path / "ours")
    domain(tmp_path / "theirs")
    data = (tmp_path / "theirs" / "directory").read_bytes()
    with pytest.raises(BadDirectory, match="another authority"):
        load_directory(data, load_authority_certificate(tmp_path / "ours"), NOW, 0)


def test_a_flipped_bit_in_a_directory_is_refused(tmp_path: Path) -> None:
    domain(tmp_path)
    data = bytearray((tmp_path / "directory").read_bytes())
    data[len(data) // 2] ^= 1
    with pytest.raises(BadDirectory):
        load_directory(bytes(data), load_authority_certificate(tmp_path), NOW, 0)


def test_a_certificate_listed_for_somebody_else_is_refused(tmp_path: Path) -> None:
    domain(tmp_path, address="city.bob")
    with pytest.raises(BadDirectory, match="somebody else"):
        view(tmp_path)


def test_addresses_that_begin_alike_are_not_taken_for_each_other(tmp_path: Path) -> None:
    begin = f"city.{'a' * 59}"
    authority = Authority.open_or_create(tmp_path, begin, NOW)
    identity = authority.certify(f"{begin}.one", NOW)
    member = authority.member(identity, "甲", "Alice", (Role.DEPARTMENT,))
    authority.publish(tmp_path / "directory", [member], NOW, NOW + YEAR)
    assert view(tmp_path).signer(identity.x5t).address == f"{begin}.one"

    other = member.model_copy(update={"address": f"{begin}.two"})
    authority.publish(tmp_path / "directory", [other], NOW, NOW + YEAR)
    with pytest.raises(BadDirectory, match="somebody else"):
        view(tmp_path)


def test_a_signed_document_of_the_authority_is_no_directory(tmp_path: Path) -> None:
    authority, identity, _ = domain(tmp_path)
    signed = sign1(b"{}", {ALG: EDDSA, X5T: [SHA_256, identity.x5t]}, authority.key)
    for data in (signed, signed_at(identity, NOW), b"", b"\xd2\x84\x40\xa0\x40\x40"):
        with pytest.raises(BadDirectory):
            load_directory(data, load_authority_certificate(tmp_path), NOW, 0)


def test_a_certificate_that_another_authority_issued_is_refused(tmp_path: Path) -> None:
    stranger = Authority.open_or_create(tmp_path / "other", "city", NOW).certify("city.alice", NOW)
    domain(tmp_path, certificates=(stranger.certificate,))
    with pytest.raises(BadDirectory, match="not the authority's"):
        view(tmp_path)


def test_what_was_signed_before_a_revocation_still_verifies_and_nothing_after(tmp_path: Path) -> None:
    _, identity, _ = domain(tmp_path, revoked_at=NOW)
    found = view(tmp_path)
    verify_signed(signed_at(identity, NOW - timedelta(seconds=1)), found)
    with pytest.raises(Untrusted, match="revoked"):
        verify_signed(signed_at(identity, NOW), found)


def test_nothing_is_sealed_to_a_revoked_member_or_to_a_stranger(tmp_path: Path) -> None:
    domain(tmp_path, revoked_at=NOW)
    for address in ("city.alice", "city.nobody"):
        with pytest.raises(NotFound):
            view(tmp_path).recipient(address, Suite.HYBRID)


def test_after_a_rotation_the_newest_key_is_sealed_to_and_the_old_one_still_opens(tmp_path: Path) -> None:
    authority, identity, _ = domain(tmp_path)
    before = view(tmp_path).recipient("city.alice", Suite.HYBRID)
    newer = DecryptionKey.generate(Suite.HYBRID, NOW + timedelta(days=2), YEAR)
    rotated = Identity(identity.address, identity.signing_key, identity.certificate, (*identity.decryption_keys, newer))
    member = authority.member(rotated, "甲", "Alice", (Role.DEPARTMENT,))
    authority.publish(tmp_path / "directory", [member], NOW, NOW + YEAR)
    found = view(tmp_path)

    assert found.recipient("city.alice", Suite.HYBRID).kid == newer.kid != before.kid
    sealed = seal(header(NOW), document(), identity, [before])
    old = envelope_for(sealed.common, sealed.recipients["city.alice"])
    assert open_envelope(old, rotated, found, NOW).body == document()


def test_a_key_folder_is_its_owners_alone_and_reads_back_the_same(tmp_path: Path) -> None:
    _, identity, _ = domain(tmp_path)
    save_identity(identity, tmp_path / "keys")
    assert load_identity(tmp_path / "keys").decryption_keys == identity.decryption_keys
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}


@pytest.mark.parametrize("damage", ["missing", "shortened", "garbled"])
def test_a_damaged_key_folder_is_named_as_such(tmp_path: Path, damage: str) -> None:
    _, identity, _ = domain(tmp_path)
    save_identity(identity, tmp_path / "keys")
    path = tmp_path / "keys" / ("decryption.json" if damage == "garbled" else "signing.key")
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(b"{}" if damage == "garbled" else path.read_bytes()[:-1])
    with pytest.raises(BadKeys):
        load_identity(tmp_path / "keys")


def test_no_representation_of_an_identity_shows_a_secret(tmp_path: Path) -> None:
    _, identity, _ = domain(tmp_path)
    shown = repr(identity) + repr(identity.decryption_keys)
    for key in identity.decryption_keys:
        assert key.secret.hex() not in shown
        assert repr(key.secret)[2:-1] not in shown
    assert json.dumps(shown)


def test_a_directory_of_an_earlier_schema_version_is_still_read_and_an_unknown_one_refused(tmp_path: Path) -> None:
    authority, identity, _ = domain(tmp_path, revoked_at=NOW)
    body = view(tmp_path).directory.model_dump(mode="json")
    for member in body["members"]:
        del member["revocations"], member["revoked_for"]
    del body["upper"], body["delegations"]
    x5t = [SHA_256, sha256(authority.certificate.public_bytes(Encoding.DER)).digest()]

    def signed(version: int) -> bytes:
        declared = f"application/vnd.yizhan.directory+json; version={version}"
        return sign1(json.dumps(body).encode(), {ALG: EDDSA, CONTENT_TYPE: declared, X5T: x5t}, authority.key)

    for version in (1, 2):
        assert load_directory(signed(version), authority.certificate, NOW, 0).signer(identity.x5t).revoked_at == NOW
    with pytest.raises(BadDirectory, match="version not known here"):
        load_directory(signed(6), authority.certificate, NOW, 0)


def test_each_certificate_keeps_its_revocation_and_the_newest_counts(tmp_path: Path) -> None:
    authority, identity, member = domain(tmp_path)
    newer = authority.certify("city.alice", NOW)
    after = rotated(revoked(member, NOW, "stolen"), newer)
    authority.publish(tmp_path / "directory", [after], NOW, NOW + YEAR)
    found = view(tmp_path)
    verify_signed(signed_at(identity, NOW - timedelta(seconds=1)), found)
    with pytest.raises(Untrusted, match="revoked"):
        verify_signed(signed_at(identity, NOW), found)
    verify_signed(signed_at(newer, NOW), found)
    assert found.reachable("city.alice", Suite.HYBRID)


def test_a_revocation_is_moved_back_but_never_on(tmp_path: Path) -> None:
    _, _, member = domain(tmp_path)
    first = revoked(member, NOW, "stolen")
    assert revoked(first, NOW - YEAR, "stolen earlier").revoked_at == NOW - YEAR
    with pytest.raises(Conflict, match="revoked since"):
        revoked(first, NOW + YEAR, "later")
