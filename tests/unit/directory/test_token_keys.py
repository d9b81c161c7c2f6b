"""Keys in a token: made and found there, signing from threads and children, and when the token is away."""

from __future__ import annotations

import os
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.directory.certificates import authority_certificate, check_member_certificate, der, member_certificate
from exchange.directory.tokens import TokenKey, restored, sessions, stored
from exchange.directory.tokens.uri import TokenUri
from exchange.errors import BadKeys, Conflict
from tests.tokens import PIN, SoftToken, token
from tests.unit.facts import at

__all__ = ["token"]
NOW = at("03-02")


def test_a_key_made_in_the_token_signs_and_what_is_kept_of_it_is_its_place(token: SoftToken) -> None:
    uri = token.uri("first")
    assert TokenKey.find(uri) is None
    with pytest.raises(BadKeys, match="no signing key"):
        TokenKey.open(uri)
    key = TokenKey.make(uri)
    key.public_key().verify(key.sign(b"text"), b"text")
    assert key.sign(b"text") == key.sign(b"text")
    kept = stored(key)
    assert PIN.encode() not in kept
    assert restored(kept).public_key() == key.public_key()
    with pytest.raises(Conflict):
        TokenKey.make(uri)
    assert TokenKey.make(token.uri("second")).public_key() != key.public_key()


def test_certificates_by_a_key_in_the_token_are_as_others(token: SoftToken) -> None:
    key = TokenKey.make(token.uri("authority"))
    issuer = authority_certificate("city", key, NOW, at("03-30") - NOW)
    member = Ed25519PrivateKey.generate().public_key()
    made = der(member_certificate("city.alice", member, issuer, key, NOW, at("03-20") - NOW))
    assert check_member_certificate(made, "city.alice", issuer).public_key == member
    issuer.verify_directly_issued_by(issuer)
    assert x509.load_der_x509_certificate(made).issuer == issuer.subject


def test_a_file_key_is_kept_as_it_was() -> None:
    key = Ed25519PrivateKey.generate()
    assert stored(key) == key.private_bytes_raw()
    assert restored(stored(key)).public_key() == key.public_key()
    assert isinstance(restored(b"pkcs11:" + bytes(25)), Ed25519PrivateKey), "32 bytes are a secret, whatever they are"
    with pytest.raises(ValueError, match="32"):
        restored(b"short")


def test_a_session_that_the_token_dropped_is_opened_anew(token: SoftToken) -> None:
    key = TokenKey.make(token.uri("first"))
    key.sign(b"before")
    for opened in list(sessions._state.sessions.values()):
        opened.close()
    key.public_key().verify(key.sign(b"after"), b"after")


def test_a_token_that_is_away_is_named_with_the_remedy_and_found_again(token: SoftToken) -> None:
    key = TokenKey.make(token.uri("first"))
    token.taken_away()
    with pytest.raises(BadKeys, match="no token here") as away:
        key.sign(b"text")
    assert "connect the token" in away.value.remedy
    token.brought_back()
    key.public_key().verify(key.sign(b"text"), b"text")


def test_a_wrong_pin_is_tried_once_and_the_right_one_at_once(token: SoftToken) -> None:
    TokenKey.make(token.uri("first"))
    sessions.drop(token.uri("first"))
    token.pin_file.write_text("wrong one")
    for _ in range(20):  # a token locks itself after a few
        with pytest.raises(BadKeys, match="refuses the PIN") as refused:
            TokenKey.open(token.uri("first"))
        assert "wrong one" not in str(refused.value)
    token.pin_file.write_text(PIN)
    assert TokenKey.open(token.uri("first"))


def test_a_module_that_is_none_is_named(token: SoftToken) -> None:
    uri = TokenUri.parse(f"pkcs11:token=yizhan;object=o?pin-source={token.pin_file}&module-path={token.pin_file}")
    with pytest.raises(BadKeys, match="cannot be loaded"):
        TokenKey.find(uri)


def test_threads_take_turns(token: SoftToken) -> None:
    keys = [TokenKey.make(token.uri(name)) for name in ("first", "second")]
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(20):
                text = f"{number} {turn}".encode()
                keys[turn % 2].public_key().verify(keys[turn % 2].sign(text), text)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failed
    assert not any(thread.is_alive() for thread in threads)


def test_a_child_signs_with_a_session_of_its_own(token: SoftToken) -> None:
    key = TokenKey.make(token.uri("first"))
    before = key.sign(b"parent")
    with sessions._state.lock:  # held at the fork, as by another thread
        child = os.fork()
        if child == 0:
            try:
                key.public_key().verify(key.sign(b"child"), b"child")
                os._exit(0)
            finally:
                os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert key.sign(b"parent") == before
