"""The library's primitives agree with the published attack vectors of Wycheproof, where these are at hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.real_input import real

Vector = dict[str, Any]


def signature_holds(group: Vector, test: Vector) -> bool:
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(group["publicKey"]["pk"]))
    try:
        key.verify(bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"]))
    except InvalidSignature:
        return False
    return True


def content_opens(_: Vector, test: Vector) -> bool:
    key, iv, text, tag, aad = (bytes.fromhex(test[name]) for name in ("key", "iv", "ct", "tag", "aad"))
    try:
        return AESGCM(key).decrypt(iv, text + tag, aad) == bytes.fromhex(test["msg"])
    except InvalidTag:
        return False


def secret_is_shared(_: Vector, test: Vector) -> bool:
    try:
        own = X25519PrivateKey.from_private_bytes(bytes.fromhex(test["private"]))
        shared = own.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(test["public"])))
        return shared == bytes.fromhex(test["shared"])
    except ValueError:  # a share of low order: RFC 7748, section 6.1, lets the library refuse it
        return False


def vectors(name: str) -> Iterator[tuple[Vector, Vector]]:
    for group in json.loads(real(f"vectors/wycheproof_{name}_test.json").read_text())["testGroups"]:
        if group.get("keySize", 256) == 256 and group.get("ivSize", 96) == 96 and group.get("tagSize", 128) == 128:
            yield from ((group, test) for test in group["tests"])


@pytest.mark.parametrize(
    ("name", "accepts", "at_least"),
    [("ed25519", signature_holds, 100), ("aes_gcm", content_opens, 50), ("x25519", secret_is_shared, 400)],
    ids=["ed25519", "aes-256-gcm", "x25519"],
)
def test_what_is_valid_is_accepted_and_what_is_not_is_refused(
    name: str, accepts: Callable[[Vector, Vector], bool], at_least: int
) -> None:
    checked = 0
    for group, test in vectors(name):
        refused_by_choice = "ZeroSharedSecret" in test["flags"]
        expected = test["result"] != "invalid" and not refused_by_choice
        assert accepts(group, test) == expected, test["tcId"]
        checked += 1
    assert checked >= at_least
