"""Heads of the audit log and substitutions, for docs/vectors; outcomes are written by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from exchange.directory.certificates import der, member_certificate
from exchange.directory.freshness import FreshnessKey
from exchange.directory.log_heads import sign_head
from exchange.schemas import Role, Substitution
from tests.corpus.forge import flipped
from tests.corpus.kin import YEAR, Kin, key, paper
from tests.corpus.world import NOW

_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)
_HASH = "a" * 64


def _key(of: Kin, name: str) -> FreshnessKey:
    own, by = key(f"states for {of.domain}"), of.authority
    return FreshnessKey(member_certificate(name, own.public_key(), by.certificate, by.key, NOW, YEAR), own)


def heads(of: Kin, own: FreshnessKey) -> Iterator[tuple[str, bool, bytes]]:
    """Heads by the key for statements, and others."""
    certificate, begins, ends = der(own.certificate), NOW - _DAY, NOW + YEAR
    good = {
        "domain": of.domain, "entries": 7, "hash": _HASH, "issued_at": NOW.isoformat(),
        "certificate": base64.urlsafe_b64encode(certificate).decode(),
    }  # fmt: skip

    def made(*, by: Any = own.key, x5t: bytes = certificate, version: int = 1, **changes: Any) -> bytes:
        return paper({**good, **changes}, "audit-head", x5t, by, version=version)

    def certified(other: FreshnessKey) -> bytes:
        held = der(other.certificate)
        return made(by=other.key, x5t=held, certificate=base64.urlsafe_b64encode(held).decode())

    yield "as it is signed", True, sign_head(own, of.domain, 7, _HASH, NOW)
    yield "of the certificate's first second", True, made(issued_at=begins.isoformat())
    yield "of the certificate's last second", True, made(issued_at=ends.isoformat())
    yield "with as many entries as a number holds", True, made(entries=2**53 - 1)
    yield "a second before the certificate began", False, made(issued_at=(begins - _SECOND).isoformat())
    yield "a second after the certificate's end", False, made(issued_at=(ends + _SECOND).isoformat())
    yield "with one more than a number holds", False, made(entries=2**53)
    yield "of no entry", False, made(entries=0)
    yield "the last bit of the signature flipped", False, flipped(made())
    yield "of another domain", False, made(domain="q")
    yield "a hash in capitals", False, made(hash="A" * 64)
    yield "with an end", False, made(expires_at=ends.isoformat())
    yield "signed with another key than it holds", False, made(by=key("another"))
    yield "label 34 names another certificate", False, made(x5t=of.certificate)
    yield "of version 2", False, made(version=2)
    yield "a statement of freshness", False, own.sign(of.directory(), b"", NOW)
    yield "by a member's certificate", False, certified(_key(of, f"{of.domain}.office"))
    yield (
        "by another authority's certificate",
        False,
        certified(_key(Kin(of.domain, {}, name="x"), f"freshness@{of.domain}")),
    )
    yield (
        "by the authority itself",
        False,
        made(by=of.authority.key, x5t=of.certificate, certificate=base64.urlsafe_b64encode(of.certificate).decode()),
    )


def heads_vector() -> dict[str, Any]:
    """Heads that are taken and some that are not, and which two contradict each other."""
    of = Kin("p", {"office": Role.WINDOW})
    own = _key(of, "freshness@p")

    def head(entries: int, letter: str, minutes: int) -> str:
        return sign_head(own, "p", entries, letter * 64, NOW + timedelta(minutes=minutes)).hex()

    first = head(7, "a", 0)
    pairs = [
        ("the later one has more entries", False, head(8, "b", 1)),
        ("the later one is the same again", False, head(7, "a", 1)),
        ("the later one has as many, and another hash", True, head(7, "b", 1)),
        ("the later one has fewer", True, head(6, "b", 1)),
        ("the earlier one has fewer", False, head(6, "b", -1)),
        ("the earlier one has more", True, head(8, "b", -1)),
        ("of the same instant, with fewer", False, head(6, "b", 0)),
        ("of the same instant, with as many and another hash", True, head(7, "b", 0)),
    ]
    return {
        "what": "heads of the audit log of domain p; they are held against their certificate's validity, and no clock",
        "domain": "p",
        "authority_certificate_der": of.certificate.hex(),
        "cases": [
            {"name": name, "outcome": "taken" if taken else "does not count", "head": data.hex()}
            for name, taken, data in heads(of, own)
        ],
        "pairs": [
            {"name": name, "contradict": "yes" if contradict else "no", "one": first, "other": other}
            for name, contradict, other in pairs
        ],
    }


def _substitution(serial: int, **changes: Any) -> Substitution:
    said = {
        "department": "p.fire", "substitute": "p.land", "begins_at": NOW, "ends_at": NOW + 10 * _DAY, "matters": None,
        "ordered_by": "p", "order": f"品〔2026〕{serial}号",
    }  # fmt: skip
    return Substitution(serial=serial, **{**said, **changes})


def _asked() -> Iterator[tuple[str, int, str, str, str, datetime, bool]]:
    """Serial, department, substitute, matter and moment, and whether the substitution counts."""
    fire, land = "p.fire", "p.land"
    yield "at its first moment", 1, fire, land, "shop", NOW, True
    yield "a second before", 1, fire, land, "shop", NOW - _SECOND, False
    yield "a second before its end", 1, fire, land, "shop", NOW + 10 * _DAY - _SECOND, True
    yield "at its end", 1, fire, land, "shop", NOW + 10 * _DAY, False
    yield "the other way round", 1, land, fire, "shop", NOW, False
    yield "in its matter", 2, land, fire, "shop", NOW, True
    yield "in another matter", 2, land, fire, "road", NOW, False
    yield "before it was revoked", 3, fire, land, "shop", NOW + _DAY - _SECOND, True
    yield "when it was revoked", 3, fire, land, "shop", NOW + _DAY, False
    yield "revoked after its end: a second before the end", 4, fire, land, "shop", NOW + 10 * _DAY - _SECOND, True
    yield "revoked after its end: at its end", 4, fire, land, "shop", NOW + 10 * _DAY, False
    yield "revoked before it began", 5, fire, land, "shop", NOW + 20 * _DAY, False
    yield "a serial that is not there", 6, fire, land, "shop", NOW, False


def substitutions_vector() -> dict[str, Any]:
    """A directory with five substitutions, which of them counts when, and directories that are refused for theirs."""
    of = Kin("p", {"fire": Role.DEPARTMENT, "land": Role.DEPARTMENT})
    those = (
        _substitution(1),
        _substitution(2, department="p.land", substitute="p.fire", matters=("shop",)),
        _substitution(3, revoked_at=NOW + _DAY, revoked_for="回岗"),
        _substitution(4, revoked_at=NOW + 11 * _DAY, revoked_for="期满"),
        _substitution(5, begins_at=NOW + 20 * _DAY, ends_at=NOW + 21 * _DAY, revoked_at=NOW, revoked_for="有误"),
    )
    good = json.loads(of.directory().model_copy(update={"substitutions": those[:1]}).model_dump_json())
    (one,) = good["substitutions"]

    def made(version: int, *found: dict[str, Any]) -> str:
        said = {**good, "substitutions": list(found)}
        return paper(said, "directory", of.certificate, of.authority.key, version=version).hex()

    early = (NOW - _SECOND).isoformat()
    refused = {
        "written as version 4": made(4, one),
        "a serial twice": made(5, one, one | {"department": "p.land", "substitute": "p.fire"}),
        "serials that count down": made(5, one | {"serial": 2}, one),
        "a substitute that is no member": made(5, one | {"substitute": "p.road"}),
        "its own substitute": made(5, one | {"substitute": "p.fire"}),
        "ends before it begins": made(5, one | {"ends_at": early}),
        "revoked without a reason": made(5, one | {"revoked_at": one["ends_at"], "revoked_for": None}),
        "a matter twice": made(5, one | {"matters": ["shop", "shop"]}),
        "no matter": made(5, one | {"matters": []}),
    }
    return {
        "what": "a directory of version 5 with substitutions, which of them counts, and directories that are refused",
        "read_at": NOW.isoformat(),
        "authority_certificate_der": of.certificate.hex(),
        "directory": of.sign(of.directory().model_copy(update={"substitutions": those})).hex(),
        "cases": [
            {"name": name, "serial": serial, "department": department, "substitute": substitute, "matter": matter,
             "at": at.isoformat(), "outcome": "counts" if counts else "does not count"}
            for name, serial, department, substitute, matter, at, counts in _asked()
        ],
        "refused": [{"name": name, "directory": data} for name, data in refused.items()],
    }  # fmt: skip
