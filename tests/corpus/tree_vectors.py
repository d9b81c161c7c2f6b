"""Directories of five versions, the tree of domains, a statement of freshness and a chain of forwardings."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from exchange.directory.authority import Ties
from exchange.directory.certificates import member_certificate
from exchange.directory.freshness import FreshnessKey
from exchange.envelope.papers import sign_body
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, EDDSA, SHA_256, X5T, sign1
from exchange.schemas import Delegation, Forwarding, Role, Substitution, Upper
from tests.corpus.kin import YEAR, Kin, key, message
from tests.corpus.world import NOW
from tests.unit.examples import COVER, EXAMPLES
from tests.unit.facts import ID, OTHER_ID

_ROLES = {"office": Role.WINDOW, "relay": Role.RELAY, "planning": Role.DEPARTMENT}
NEWER = {1: ("upper", "delegations", "revoked_for", "revocations"), 2: ("upper", "delegations")}
"""Fields that a version of the directory does not have."""
SUBSTITUTION = Substitution(
    serial=1, department="p.planning", substitute="p.office", begins_at=NOW, ends_at=NOW + YEAR / 365, matters=None,
    ordered_by="p", order="品〔2026〕1号",
)  # fmt: skip
THIRD_ID = "33333333-3333-4333-8333-333333333333"


@cache
def kin() -> tuple[Kin, Kin]:
    """A domain and the one directly below, joined; the same for every vector that is written with the others."""
    upper, lower = Kin("p", _ROLES), Kin("p.q", _ROLES)
    granted = Delegation(
        domain="p.q", certificates=(lower.certificate,), issued_at=NOW - YEAR / 365, expires_at=NOW + YEAR
    )
    upper.ties = Ties(None, (granted,))
    lower.ties = Ties(Upper(domain="p", certificates=(upper.certificate,)))
    return upper, lower


@cache
def alone() -> Kin:
    """A domain that has no neighbours."""
    return Kin("p", _ROLES)


def directories_vector() -> dict[str, Any]:
    """The same members in a directory of each schema version."""
    member = alone().directory().members[0].model_copy(update={"codes": ("品", "品函")})
    coded = alone().directory().model_copy(update={"members": (member, *alone().directory().members[1:])})
    fourth = sign_body(coded, alone().certificate, alone().authority.key)
    acting = alone().directory().model_copy(update={"substitutions": (SUBSTITUTION,)})
    fifth = sign_body(acting, alone().certificate, alone().authority.key)
    return {
        "what": "the directory of domain p in each schema version",
        "read_at": NOW.isoformat(),
        "authority_certificate_der": alone().certificate.hex(),
        "directories": {str(version): in_version(alone(), version).hex() for version in (1, 2, 3)}
        | {"4": fourth.hex(), "5": fifth.hex()},
    }


def in_version(of: Kin, schema: int, **changes: Any) -> bytes:
    """A directory, signed, without what its schema version does not know."""
    fields = json.loads(of.directory().model_dump_json())
    for name in NEWER.get(schema, ()):
        fields.pop(name, None)
        for member in fields["members"]:
            member.pop(name, None)
    x5t = [SHA_256, hashlib.sha256(of.certificate).digest()]
    content_type = f"application/vnd.yizhan.directory+json; version={schema}"
    payload = json.dumps({**fields, **changes}, ensure_ascii=False).encode()
    return sign1(payload, {ALG: EDDSA, CONTENT_TYPE: content_type, X5T: x5t}, of.authority.key)


def tree_vector() -> dict[str, Any]:
    """Two directories that vouch for each other."""
    upper, lower = kin()
    return {
        "what": "domains p and p.q, each with its directory; p's delegation names the authority of p.q",
        "read_at": NOW.isoformat(),
        "authorities": {one.domain: one.certificate.hex() for one in (upper, lower)},
        "directories": {one.domain: one.signed().hex() for one in (upper, lower)},
    }


def freshness_vector() -> dict[str, Any]:
    """A statement that holds, and what is none."""
    upper, lower = kin()
    own = key("freshness of p")
    name = "freshness@p"
    by = member_certificate(name, own.public_key(), upper.authority.certificate, upper.authority.key, NOW, YEAR)
    data = upper.signed()
    statement = FreshnessKey(by, own).sign(upper.directory(), data, NOW)
    elsewhere = FreshnessKey(by, own).sign(lower.directory(), data, NOW)
    foreign = FreshnessKey(by, key("x")).sign(upper.directory(), data, NOW)
    return {
        "what": "a statement of freshness of domain p, and some that count for nothing",
        "domain": "p",
        "authority_certificate_der": upper.certificate.hex(),
        "directory_sha256": hashlib.sha256(data).hexdigest(),
        "statement": statement.hex(),
        "refused": {
            "the last bit the other way round": (statement[:-1] + bytes([statement[-1] ^ 1])).hex(),
            "of another domain": elsewhere.hex(),
            "signed with another key than it holds": foreign.hex(),
            "a directory": data.hex(),
        },
    }


def forwarding_vector() -> dict[str, Any]:
    """A notice of p.office that has come by two relay offices to p.q.planning, with the second one's cover."""
    upper, lower = kin()
    notice = EXAMPLES["notice"].model_copy(update={"audience": "all", "replaces": None})
    signed = message(notice, upper["office"], ("p.relay",), ID)  # type: ignore[arg-type]
    digest = hashlib.sha256(signed).hexdigest()
    first = Forwarding(notice_id=ID, origin="p.office", digest=digest, path=("p.relay",))
    stage = message(first, upper["relay"], ("p.q.relay",), OTHER_ID, conversation=ID, enclosures=(signed,))
    second = Forwarding(notice_id=ID, origin="p.office", digest=digest, path=("p.relay", "p.q.relay"), cover=COVER)
    last = message(second, lower["relay"], ("p.q.planning",), THIRD_ID, conversation=ID, enclosures=(signed, stage))
    return {
        "what": "the forwarding that p.q.planning gets, with its enclosures in order; directories as in tree.json",
        "forwarding": last.hex(),
        "enclosures": [signed.hex(), stage.hex()],
        "path": list(second.path),
    }
