"""Papers that people hand each other, for docs/vectors: requests for keys, delegations, successions; outcomes are
written by hand.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from exchange.directory import Authority, Ties
from exchange.directory.certificates import der, member_certificate
from exchange.directory.grants import Grant, Request
from exchange.directory.key_requests import KeyRequest, OwnKeys, challenge, read_key_request
from exchange.directory.succession import Succession
from exchange.envelope import DecryptionKey
from exchange.envelope.sign1 import CONTENT_TYPE, X5T
from exchange.schemas import Body, Role, Suite, Upper
from tests.corpus.forge import flipped
from tests.corpus.kin import YEAR, Kin, key, paper
from tests.corpus.world import NOW

Cases = Iterator[tuple[str, bool, bytes]]
"""What it is, whether it is taken, and its bytes."""
POSSESSION = b"yizhan: possession of an encryption key\0"
_SECOND = timedelta(seconds=1)
_NOBODYS = bytes([1]) + bytes(31)
"""The neutral element: with it anybody's signature verifies."""


def own_keys(address: str, name: str = "") -> OwnKeys:
    """Keys that a member has made for itself, derived from its address."""

    def secret(suite: Suite, length: int) -> bytes:
        return hashlib.shake_256(f"{address}{name} {suite.value}".encode()).digest(length)

    lengths = {Suite.CLASSICAL: 32, Suite.HYBRID: 96}
    keys = [DecryptionKey.restore(suite, secret(suite, size), NOW, NOW + 2 * YEAR) for suite, size in lengths.items()]
    return OwnKeys(address, key(f"{address}{name} asks"), tuple(keys))


def fields(body: Body) -> dict[str, Any]:
    """What a body says, to be changed."""
    found: dict[str, Any] = json.loads(body.model_dump_json())
    return found


def _asked(keys: OwnKeys) -> dict[str, Any]:
    return fields(
        KeyRequest(
            address=keys.address, signing_key=keys.signing_key.public_key().public_bytes_raw(),
            encryption_keys=tuple(one.entry() for one in keys.decryption_keys), made_at=NOW,
        )
    )  # fmt: skip


def key_requests(keys: OwnKeys) -> Cases:
    """Requests by the key that they name, and others."""
    good = _asked(keys)
    classical, hybrid = good["encryption_keys"]

    def made(*, by: Any = keys.signing_key, version: int = 1, labels: Any = None, **changes: Any) -> bytes:
        labels = {X5T: None} | (labels or {})
        return paper({**good, **changes}, "key-request", b"", by, version=version, labels=labels)

    yield "as it is made", True, keys.request(NOW)
    yield "thirty days old", True, made(made_at=(NOW - timedelta(days=30)).isoformat())
    yield "ten minutes in our future", True, made(made_at=(NOW + timedelta(minutes=10)).isoformat())
    yield "a second older than thirty days", False, made(made_at=(NOW - timedelta(days=30) - _SECOND).isoformat())
    yield "eleven minutes in our future", False, made(made_at=(NOW + timedelta(minutes=11)).isoformat())
    yield "the last bit of the signature flipped", False, flipped(keys.request(NOW))
    yield "signed with another key than it names", False, made(by=key("another"))
    yield "with label 34", False, made(labels={X5T: [-16, bytes(32)]})
    yield "of version 2", False, made(version=2)
    yield "of another kind", False, made(labels={CONTENT_TYPE: "application/vnd.yizhan.document+json; version=1"})
    yield "a member that is not known", False, made(more="x")
    yield "without a time", False, paper(
        {name: value for name, value in good.items() if name != "made_at"}, "key-request", b"", keys.signing_key,
        labels={X5T: None},
    )  # fmt: skip
    yield "a reserved label in the address", False, made(address="p.from")
    yield "no key of the hybrid suite", False, made(encryption_keys=[classical])
    yield "two keys of one suite beside the other's", False, made(encryption_keys=[classical, hybrid, classical])
    yield "a key id of another key", False, made(encryption_keys=[classical, hybrid | {"kid": classical["kid"]}])
    yield (
        "an encryption key of another suite's length",
        False,
        made(encryption_keys=[classical | {"suite": "mlkem768-x25519"}, hybrid | {"suite": "x25519"}]),
    )
    yield "a signing key that anybody signs with", False, made(by=_Anybody(), signing_key=_b64(_NOBODYS))


class _Anybody:
    """Signs for the key of small order."""

    def sign(self, data: bytes, /) -> bytes:
        return _NOBODYS + bytes(32)

    def public_key(self) -> Any:
        raise NotImplementedError


def delegations(kind: str, good: dict[str, Any], by: Authority, other: Kin) -> Cases:
    """Requests or grants by the authority whose certificate they hold, and others; ``other``: another authority."""
    own = der(by.certificate)
    document = "application/vnd.yizhan.document+json; version=1"

    def made(*, x5t: bytes = own, key: Any = by.key, version: int = 1, labels: Any = None, **changes: Any) -> bytes:
        return paper({**good, **changes}, kind, x5t, key, version=version, labels=labels)

    another = other.authority
    whose = member_certificate("p.planning", by.key.public_key(), by.certificate, by.key, NOW, YEAR)
    yield "as it is made", True, made()
    yield "the last bit of the signature flipped", False, flipped(made())
    yield "signed by another authority than it holds", False, made(x5t=other.certificate, key=another.key)
    yield "signed with another key than its certificate's", False, made(key=another.key)
    yield "holds another certificate than label 34 names", False, made(certificate=_b64(other.certificate))
    yield "without label 34", False, made(labels={X5T: None})
    yield "holds a member's certificate", False, made(x5t=der(whose), certificate=_b64(der(whose)))
    yield "of version 2", False, made(version=2)
    yield "of another kind", False, made(labels={CONTENT_TYPE: document})
    yield "a member that is not known", False, made(more="x")


def successions(before: Kin, after: Kin) -> Cases:
    """Papers by which an authority names the one after it, to who trusts the one before."""
    good = fields(
        Succession(
            domain="p", before=hashlib.sha256(before.certificate).hexdigest(), certificate=after.certificate,
            made_at=NOW, reason="期满更换",
        )
    )  # fmt: skip
    own, by = before.certificate, before.authority.key

    def made(*, x5t: bytes = own, key: Any = by, version: int = 1, **changes: Any) -> bytes:
        return paper({**good, **changes}, "authority-succession", x5t, key, version=version)

    elsewhere = Kin("q", {})
    member = before["office"].certificate
    yield "as it is made", True, made()
    yield "the last bit of the signature flipped", False, flipped(made())
    yield "signed by the one that comes after", False, made(x5t=after.certificate, key=after.authority.key)
    yield "signed with another key than its certificate's", False, made(key=after.authority.key)
    yield "the succession of another authority", False, made(before=hashlib.sha256(after.certificate).hexdigest())
    yield "names an authority with another subject", False, made(certificate=_b64(elsewhere.certificate))
    yield "names a member's certificate", False, made(certificate=_b64(member))
    yield "without a reason", False, made(reason="")
    yield "of version 2", False, made(version=2)
    yield "a member that is not known", False, made(more="x")


def possession(keys: OwnKeys, authority: Authority) -> dict[str, Any]:
    """What the authority seals to each key, what opens it, and answers that prove nothing."""
    request = keys.request(NOW)
    asked = read_key_request(request, NOW)
    sealed = challenge(asked, request, authority.key)
    opened = keys.prove(sealed, request)
    later = keys.request(NOW + _SECOND)
    theirs = own_keys(keys.address, " elsewhere")
    others = challenge(read_key_request(theirs.request(NOW), NOW), request, authority.key)
    short, hybrid = (one.kid for one in keys.decryption_keys)

    def hexed(found: dict[str, bytes]) -> dict[str, str]:
        return {kid: octets.hex() for kid, octets in found.items()}

    wrong = {
        "one of two": {short: opened[short]},
        "none": {},
        "each for the other": {short: opened[hybrid], hybrid: opened[short]},
        "zeros": {short: bytes(32), hybrid: bytes(32)},
        "for a later request of the same keys": keys.prove(
            challenge(read_key_request(later, NOW + _SECOND), later, authority.key), later
        ),
    }
    return {
        "request": request.hex(),
        "keys": [
            {"suite": one.suite.value, "key_id": one.kid, "secret_key": one.secret.hex()}
            for one in keys.decryption_keys
        ],
        "authority_secret_key": authority.key.private_bytes_raw().hex(),  # type: ignore[attr-defined]
        "info": (POSSESSION + hashlib.sha256(request).digest()).hex(),
        "challenge": hexed(sealed),
        "answer": hexed(opened),
        "challenge_file": _file("challenge", request, sealed),
        "proof_file": _file("proof", request, opened),
        "challenges": [
            {"name": "a bit flipped", "outcome": "does not open", "challenge": {short: flipped(sealed[short]).hex()}},
            {"name": "sealed for a later request", "outcome": "does not open",
             "challenge": hexed(challenge(asked, later, authority.key))},
            {"name": "sealed to other keys", "outcome": "does not open",
             "challenge": dict(zip((short, hybrid), hexed(others).values(), strict=True))},
            {"name": "for a key that is not here", "outcome": "does not open", "challenge": hexed(others)},
        ],
        "answers": [{"name": name, "outcome": "refused", "answer": hexed(answer)} for name, answer in wrong.items()],
    }  # fmt: skip


def _file(kind: str, request: bytes, octets: dict[str, bytes]) -> str:
    """As the two hand it to each other."""
    written = {kid: base64.b64encode(one).decode() for kid, one in octets.items()}
    digest = hashlib.sha256(request).hexdigest()
    return json.dumps({"kind": f"yizhan key {kind}", "request": digest, kind: written})


def papers_vector() -> dict[str, Any]:
    """The vector."""
    upper, lower = Kin("p", {"office": Role.WINDOW}), Kin("p.q", {"relay": Role.RELAY})
    lower.ties = Ties(Upper(domain="p"))
    other, before = Kin("p", {}, name=" elsewhere"), Kin("p", {"office": Role.WINDOW}, name=" before")
    keys = own_keys("p.planning")
    request = Request(domain="p.q", superior="p", certificate=lower.certificate, directory=lower.signed(), made_at=NOW)
    grant = Grant(
        domain="p.q", superior="p", certificate=upper.certificate, lower_certificate=lower.certificate,
        directories=(upper.signed(),), made_at=NOW,
    )  # fmt: skip
    listed = upper.directory().model_copy(update={"members": before.directory().members})
    found = {
        "key-request": key_requests(keys),
        "delegation-request": delegations("delegation-request", fields(request), lower.authority, other),
        "delegation-grant": delegations("delegation-grant", fields(grant), upper.authority, other),
        "authority-succession": successions(before, upper),
    }
    return {
        "what": "papers of each kind, with what becomes of them; successions for who trusts the authority before",
        "read_at": NOW.isoformat(),
        "authority_before_certificate_der": before.certificate.hex(),
        "authority_after_certificate_der": upper.certificate.hex(),
        "cases": [
            {"kind": kind, "name": name, "outcome": "taken" if taken else "refused", "paper": data.hex()}
            for kind, cases in found.items()
            for name, taken, data in cases
        ],
        "after_the_succession": [
            {"name": "a directory by the authority before", "outcome": "refused", "directory": before.signed(2).hex()},
            {"name": "a directory by the one after, which lists a certificate that the one before gave",
             "outcome": "taken", "directory": upper.sign(listed).hex()},
        ],
        "possession": possession(keys, upper.authority),
    }  # fmt: skip


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()
