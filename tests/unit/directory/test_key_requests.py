"""Members make their keys; the authority sees public halves, and proof that the private ones are held."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from exchange.directory import Authority
from exchange.directory.certificates import check_member_certificate
from exchange.directory.key_requests import OwnKeys, read_key_request
from exchange.errors import BadKeys
from tests.unit.facts import at

NOW = at("03-02")
TERM = timedelta(days=30)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open_or_create(tmp_path_factory.mktemp("authority"), "city", NOW)


def own(address: str = "city.alice") -> OwnKeys:
    return OwnKeys.generate(address, NOW, TERM)


def test_a_request_holds_no_private_key_and_its_certificate_is_for_the_key_in_it(authority: Authority) -> None:
    keys = own()
    request = keys.request(NOW)
    assert keys.signing_key.private_bytes_raw() not in request
    assert not any(key.secret in request for key in keys.decryption_keys)
    proof = keys.prove(authority.challenge(request, NOW), request)
    certificate = authority.certify_request(request, proof, NOW)
    signer = check_member_certificate(certificate, "city.alice", authority.certificate)
    assert signer.public_key == keys.signing_key.public_key()


def test_who_does_not_hold_the_signing_key_cannot_request_it() -> None:
    mine, others = own(), own("city.bob")
    request = mine.request(NOW)
    public = mine.signing_key.public_key().public_bytes_raw()
    assert read_key_request(request, NOW).signing_key == public
    for at_ in range(0, len(request), 97):
        forged = bytearray(request)
        forged[at_] ^= 1
        with pytest.raises(BadKeys):
            read_key_request(bytes(forged), NOW)
    stolen = OwnKeys("city.alice", others.signing_key, mine.decryption_keys).request(NOW)
    assert read_key_request(stolen, NOW).signing_key != public


def test_who_does_not_hold_the_opening_keys_is_not_certified(authority: Authority) -> None:
    mine, others = own(), own()
    claimed = OwnKeys("city.alice", mine.signing_key, others.decryption_keys)
    request = claimed.request(NOW)
    sealed = authority.challenge(request, NOW)
    with pytest.raises(BadKeys, match="not for the keys"):
        mine.prove(sealed, request)
    for proof in ({}, dict.fromkeys(sealed, b"\x00" * 32)):
        with pytest.raises(BadKeys, match="has not shown"):
            authority.certify_request(request, proof, NOW)
    one = next(iter(sealed))
    half = {one: claimed.prove(sealed, request)[one]}
    with pytest.raises(BadKeys, match="has not shown"):
        authority.certify_request(request, half, NOW)


def test_a_proof_is_for_one_request_and_one_authority(authority: Authority, tmp_path: Path) -> None:
    keys = own()
    first, second = keys.request(NOW), keys.request(NOW + timedelta(seconds=1))
    proof = keys.prove(authority.challenge(first, NOW), first)
    with pytest.raises(BadKeys, match="has not shown"):
        authority.certify_request(second, proof, NOW)
    other = Authority.open_or_create(tmp_path, "city", NOW)
    with pytest.raises(BadKeys, match="has not shown"):
        other.certify_request(first, proof, NOW)


@pytest.mark.parametrize("later", [timedelta(days=31), timedelta(days=-1)])
def test_a_request_is_of_now(later: timedelta) -> None:
    with pytest.raises(BadKeys, match="is of "):
        read_key_request(own().request(NOW), NOW + later)


def test_a_request_has_a_key_of_each_suite() -> None:
    keys = own()
    with pytest.raises(BadKeys, match="no key request"):
        read_key_request(OwnKeys(keys.address, keys.signing_key, keys.decryption_keys[:1]).request(NOW), NOW)
