"""Every part of what is read, put there in every wrong type: refused by name, never an error of the language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.clock import CST
from exchange.envelope import DecryptionKey, Identity, cbor, open_envelope, read_cosigned, verify_signed
from exchange.errors import Forged, Malformed, NotForUs, Unsupported, Untrusted
from exchange.schemas import Suite
from tests.unit.envelope.test_vectors import directory, vector

REFUSALS = (Malformed, Unsupported, Forged, NotForUs, Untrusted)
WRONG: list[Any] = [7, -7, b"", b"x" * 12, "text", [], [b""], {}, {1: b""}, {"a": 1}, cbor2.CBORTag(18, [])]


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the parts of a decoded item lie: places in arrays, values of maps, the content of tags."""
    yield path
    if isinstance(node, cbor2.CBORTag):
        yield from places(node.value, (*path, "tag"))
    elif isinstance(node, list | tuple):
        for index, part in enumerate(node):
            yield from places(part, (*path, index))
    elif isinstance(node, dict):
        for key, part in node.items():
            yield from places(part, (*path, ("key", key)))


def replaced(node: Any, path: tuple[Any, ...], part: Any) -> Any:
    """The same item with another part in one place."""
    if not path:
        return part
    here, *rest = path
    deeper = tuple(rest)
    if here == "tag":
        return cbor2.CBORTag(node.tag, replaced(node.value, deeper, part))
    if isinstance(here, tuple):
        return node | {here[1]: replaced(node[here[1]], deeper, part)}
    return [replaced(one, deeper, part) if index == here else one for index, one in enumerate(node)]


def part_at(whole: Any, path: tuple[Any, ...]) -> Any:
    """The part that lies there."""
    for here in path:
        whole = whole.value if here == "tag" else whole[here[1]] if isinstance(here, tuple) else whole[here]
    return whole


def wrongly_shaped(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The item with each part in each wrong type, shortened and lengthened; the maps within protected headers, too."""
    whole = cbor2.loads(data)
    yield from wrong_parts(whole, data)
    for path in places(whole):
        inner = part_at(whole, path)
        within = _map_in(inner) if len(path) > 1 else None
        if within is not None:
            for what, made in wrong_parts(within, inner):
                yield f"{path}: {what}", cbor.encode(replaced(whole, path, made))


def _map_in(part: Any) -> dict[Any, Any] | None:
    """The map that a byte string holds; ciphertext may begin as one does, and is none."""
    try:
        found = cbor2.loads(part) if isinstance(part, bytes) else None
    except (cbor2.CBORDecodeError, UnicodeDecodeError):
        return None
    return found if isinstance(found, dict) and cbor2.dumps(found, canonical=True) == part else None


def wrong_parts(whole: Any, data: bytes) -> Iterator[tuple[str, bytes]]:
    """An item with each of its parts in each wrong type, shortened and lengthened."""
    for path in places(whole):
        node = part_at(whole, path)
        others = [one for one in WRONG if type(one) is not type(node) or one != node]
        if isinstance(node, list | tuple):
            others += [list(node[:-1]), [*node, 0], [*node, b""]]
        if isinstance(node, dict):
            others += [node | {99: b""}, node | {"other": 1}]
        if isinstance(node, bytes):
            others += [node[:-1], node + b"\x00"]
        for number, other in enumerate(others):
            made = cbor.encode(replaced(whole, path, other))
            if made != data:
                yield f"{path} {number} {other!r:.40}", made


@pytest.mark.parametrize("suite", list(Suite))
def test_an_envelope(suite: Suite) -> None:
    printed = vector(f"envelope-{suite.value}")
    at, view = datetime.fromisoformat(printed["opened_at"]), directory()
    key = DecryptionKey.restore(suite, bytes.fromhex(printed["recipient_secret_key"]), at, at)
    bob = Identity("city.bob", Ed25519PrivateKey.generate(), b"", (key,))
    tried = 0
    for what, made in wrongly_shaped(bytes.fromhex(printed["envelope"])):
        tried += 1
        try:
            open_envelope(made, bob, view, at)
        except REFUSALS:
            continue
        pytest.fail(f"opened: {what}")
    assert tried > 100


def test_a_signed_document() -> None:
    printed = vector(f"envelope-{Suite.CLASSICAL.value}")
    tried = 0
    for what, made in wrongly_shaped(bytes.fromhex(printed["signed_document"])):
        tried += 1
        try:
            verify_signed(made, directory(), None)
        except REFUSALS:
            continue
        pytest.fail(f"verified: {what}")
    assert tried > 60


def test_a_joint_document() -> None:
    printed = vector("joint")
    tried = 0
    whole = bytes.fromhex(printed["cose_sign"])
    signers = {one.by for one in read_cosigned(whole, directory(), None).signatures}
    for what, made in wrongly_shaped(whole):
        tried += 1
        try:
            read = read_cosigned(made, directory(), None)
        except REFUSALS:
            continue
        # one signature less is a joint document that not all have signed: the rules refuse that
        assert {one.by for one in read.signatures} < signers, f"read: {what}"
    assert tried > 100


def test_a_new_key_is_valid_from_a_day_before_until_its_end() -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=CST)
    for suite in Suite:
        key = DecryptionKey.generate(suite, now, timedelta(days=30))
        assert (key.not_before, key.not_after) == (now - timedelta(days=1), now + timedelta(days=30))
