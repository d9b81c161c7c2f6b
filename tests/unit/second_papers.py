"""Sections 7.3 to 7.6 of docs/envelope.md by a second implementation: no module of the exchange.

What is not taken raises `Refused`, with the reason in words. Certificates are held against docs/certificates.md.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID

from tests.unit.second_checks import ADDRESS, ALGORITHMS, Refused, exact, strict_json, within_the_bounds
from tests.unit.second_reader import Tagged, hpke_open, octets, write

ED25519 = "1.3.101.112"
CLOCKS = timedelta(minutes=10)
PRIME = 2**255 - 19
ORDER_OF_EIGHT = int.from_bytes(
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
) % (1 << 255)
SMALL = {0, 1, PRIME - 1, ORDER_OF_EIGHT, PRIME - ORDER_OF_EIGHT}
"""The y of all points of edwards25519 whose order divides eight."""


def no(why: str) -> NoReturn:
    raise Refused(7, why)


# --- what all of them are ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paper:
    """A COSE_Sign1 of which nothing is verified yet."""

    body: dict[str, Any]
    labels: dict[Any, Any]
    covered: bytes
    signature: bytes

    def verify(self, key: bytes) -> None:
        """Raises Refused unless this key signed it."""
        if not belongs_to_somebody(key):
            no("anybody signs with this key")
        try:
            Ed25519PublicKey.from_public_bytes(key).verify(self.signature, self.covered)
        except (InvalidSignature, ValueError):
            no("the signature")

    def by(self, certificate: bytes) -> bool:
        """Whether label 34 names this certificate."""
        return bool(self.labels[34] == [-16, hashlib.sha256(certificate).digest()])


Form = Callable[[Any], bool]


def paper(data: bytes, kind: str, limit: int, form: Mapping[str, Form], *, labels: frozenset[int]) -> Paper:
    """The header and the body, which follow their forms."""
    tagged = exact(data, 7, limit)
    if not isinstance(tagged, Tagged) or tagged.number != 18 or not isinstance(tagged.content, list):
        no("no COSE_Sign1")
    if len(tagged.content) != 4 or tagged.content[1] != {}:
        no("the parts of the COSE_Sign1")
    protected, _, payload, signature = tagged.content
    if not all(isinstance(one, bytes) for one in (protected, payload, signature)):
        no("the types of the COSE_Sign1")
    found = exact(protected, 7, 131_072)
    if not isinstance(found, dict) or set(found) != labels or found[1] != -8:
        no("the labels")
    if found[3] != f"application/vnd.yizhan.{kind}+json; version=1":
        no("the content type")
    body = strict_json(payload, 7)
    follows(body, form)
    return Paper(body, found, write(["Signature1", protected, b"", payload]), signature)


SIGNED = frozenset({1, 3, 34})


def follows(value: Any, form: Mapping[str, Form], optional: frozenset[str] = frozenset()) -> None:
    if not isinstance(value, dict) or not set(form) - optional <= set(value) <= set(form):
        no("the members")
    for name, one in value.items():
        if not form[name](one):
            no(name)


def address(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > 120 or not re.fullmatch(ADDRESS, value):
        return False
    return value.split(".")[0] not in ("uplink", "link")


def instant(value: Any) -> bool:
    form = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
    try:
        return isinstance(value, str) and bool(re.fullmatch(form, value, re.ASCII)) and within_the_bounds(value)
    except ValueError:
        return False


def day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and 1949 <= date.fromisoformat(value).year <= 2200
    except ValueError:
        return False


def digest(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def line(most: int) -> Form:
    return lambda value: isinstance(value, str) and 0 < len(value) <= most


def number(least: int, most: int) -> Form:
    return lambda value: type(value) is int and least <= value <= most


def octet_string(least: int, most: int) -> Form:
    def fits(value: Any) -> bool:
        return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", value)) and len(value) % 4 == 0

    return lambda value: fits(value) and least <= len(octets(value)) <= most


ANY_OCTETS = octet_string(0, 67_108_864)


def items(least: int, most: int, form: Form) -> Form:
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(form, value))


# --- certificates -----------------------------------------------------------------------------------------------------


def belongs_to_somebody(key: bytes) -> bool:
    y = int.from_bytes(key, "little") % (1 << 255)
    return y < PRIME and y not in SMALL


def certificate(der: bytes, *, authority: bool) -> x509.Certificate:
    """A certificate as its profile wants it, of whoever."""
    try:
        found = x509.load_der_x509_certificate(der) if len(der) <= 4_096 else no("the size of the certificate")
        if found.public_bytes(Encoding.DER) != der:
            no("the encoding of the certificate")
        extensions = {one.oid: one for one in found.extensions}
        key, begins, ends = found.public_key(), found.not_valid_before_utc, found.not_valid_after_utc
    except ValueError:
        no("the certificate cannot be read")
    if found.version is not x509.Version.v3 or found.signature_algorithm_oid.dotted_string != ED25519:
        no("version or algorithm of the certificate")
    if not 0 < found.serial_number < 1 << 159:
        no("the serial number")
    if not isinstance(key, Ed25519PublicKey) or not belongs_to_somebody(key.public_bytes_raw()):
        no("the key of the certificate")
    if not datetime(2000, 1, 1, tzinfo=UTC) <= begins < ends < datetime(2201, 1, 1, tzinfo=UTC):
        no("the validity")
    critical = {ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE}
    wanted = critical if authority else critical | {ExtensionOID.SUBJECT_ALTERNATIVE_NAME}
    beside = {ExtensionOID.SUBJECT_KEY_IDENTIFIER, ExtensionOID.AUTHORITY_KEY_IDENTIFIER}
    if not wanted <= set(extensions) <= wanted | beside:
        no("the extensions")
    if any(one.critical is not (oid in critical) for oid, one in extensions.items()):
        no("what is critical")
    constraints: Any = extensions[ExtensionOID.BASIC_CONSTRAINTS].value
    if (constraints.ca, constraints.path_length) != (authority, 0 if authority else None):
        no("whether it is an authority's")
    usage: Any = extensions[ExtensionOID.KEY_USAGE].value
    uses = (usage.digital_signature, usage.key_cert_sign, usage.key_encipherment, usage.data_encipherment,
        usage.key_agreement, usage.content_commitment and authority, usage.crl_sign and not authority)  # fmt: skip
    if uses != (True, authority, False, False, False, False, False):
        no("what the key is for")
    return found


def key_of(found: x509.Certificate) -> bytes:
    key = found.public_key()
    assert isinstance(key, Ed25519PublicKey)
    return key.public_bytes_raw()


def issued(found: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether an authority has signed a certificate, under its own name."""
    if found.issuer != authority.subject:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key_of(authority)).verify(found.signature, found.tbs_certificate_bytes)
    except InvalidSignature:
        return False
    return True


def authority_certificate(der: bytes) -> x509.Certificate:
    found = certificate(der, authority=True)
    return found if issued(found, found) else no("not signed by itself")


def members_certificate(der: bytes, whose: str, authority: x509.Certificate) -> x509.Certificate:
    found = certificate(der, authority=False)
    names: Any = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, whose[:64])])
    if list(names) != [x509.UniformResourceIdentifier(f"exchange:{whose}")] or found.subject != subject:
        no("somebody else's certificate")
    if not issued(found, authority) or found.not_valid_after_utc > authority.not_valid_after_utc:
        no("not by the authority")
    return found


# --- 7.3: papers ------------------------------------------------------------------------------------------------------

ENCRYPTION_KEY: dict[str, Form] = {
    "kid": lambda value: isinstance(value, str) and re.fullmatch(r"[0-9a-f]{16}", value) is not None,
    "suite": lambda value: value in ALGORITHMS,
    "public": octet_string(32, 2_048),
    "not_before": instant,
    "not_after": instant,
}
KEY_REQUEST: dict[str, Form] = {
    "address": address,
    "signing_key": octet_string(32, 32),
    "encryption_keys": items(2, 2, lambda value: isinstance(value, dict)),
    "made_at": instant,
}
REQUEST: dict[str, Form] = {
    "domain": address,
    "superior": address,
    "certificate": ANY_OCTETS,
    "directory": ANY_OCTETS,
    "made_at": instant,
}
GRANT: dict[str, Form] = {
    "domain": address,
    "superior": address,
    "certificate": ANY_OCTETS,
    "lower_certificate": ANY_OCTETS,
    "directories": items(1, 20, ANY_OCTETS),
    "made_at": instant,
}
SUCCESSION: dict[str, Form] = {
    "domain": address,
    "before": digest,
    "certificate": ANY_OCTETS,
    "made_at": instant,
    "reason": line(500),
}
DELEGATIONS = {"delegation-request": REQUEST, "delegation-grant": GRANT}


def key_request(data: bytes, now: datetime) -> dict[str, Any]:
    found = paper(data, "key-request", 65_536, KEY_REQUEST, labels=frozenset({1, 3}))
    for one in found.body["encryption_keys"]:
        follows(one, ENCRYPTION_KEY)
        public = octets(one["public"])
        if one["kid"] != hashlib.sha256(public).hexdigest()[:16]:
            no("the key id")
        if len(public) != (32 if one["suite"] == "x25519" else 1_216):
            no("the length of the key")
        try:
            MLKEM768PublicKey.from_public_bytes(public[:1_184]) if one["suite"] != "x25519" else None
        except ValueError:
            no("no key of ML-KEM-768")
    if {one["suite"] for one in found.body["encryption_keys"]} != set(ALGORITHMS):
        no("a key of each suite")
    found.verify(octets(found.body["signing_key"]))
    made_at = datetime.fromisoformat(found.body["made_at"])
    if not now - timedelta(days=30) <= made_at <= now + CLOCKS:
        no("the time")
    return found.body


def delegation(data: bytes, kind: str) -> dict[str, Any]:
    """A request or a grant."""
    found = paper(data, kind, 67_108_864, DELEGATIONS[kind], labels=SIGNED)
    der = octets(found.body["certificate"])
    if not found.by(der):
        no("another certificate than it holds")
    found.verify(key_of(authority_certificate(der)))
    return found.body


def succession(data: bytes, before: bytes) -> bytes:
    """The certificate of the authority that comes after one that is trusted."""
    found = paper(data, "authority-succession", 65_536, SUCCESSION, labels=SIGNED)
    trusted = authority_certificate(before)
    if not found.by(before) or found.body["before"] != hashlib.sha256(before).hexdigest():
        no("the succession of another authority")
    found.verify(key_of(trusted))
    after = octets(found.body["certificate"])
    if authority_certificate(after).subject != trusted.subject:
        no("another subject")
    return after


def opened(sealed: bytes, suite: str, secret: bytes, request: bytes) -> bytes | None:
    """What an authority has sealed to an encryption key for a request; None where it does not open."""
    algorithm, length = ALGORITHMS[suite]
    info = b"yizhan: possession of an encryption key\x00" + hashlib.sha256(request).digest()
    try:
        return hpke_open(algorithm, secret, sealed[:length], sealed[length:], info)
    except (InvalidTag, ValueError):
        return None


# --- 7.4: heads of the audit log --------------------------------------------------------------------------------------

HEAD: dict[str, Form] = {
    "domain": address,
    "entries": number(1, 2**53 - 1),
    "hash": digest,
    "issued_at": instant,
    "certificate": octet_string(0, 4_096),
}


def audit_head(data: bytes, domain: str, authority: bytes) -> dict[str, Any]:
    found = paper(data, "audit-head", 16_384, HEAD, labels=SIGNED)
    der = octets(found.body["certificate"])
    by = members_certificate(der, f"freshness@{domain}", authority_certificate(authority))
    if not found.by(der):
        no("another certificate than it holds")
    found.verify(key_of(by))
    at = datetime.fromisoformat(found.body["issued_at"])
    if found.body["domain"] != domain or not by.not_valid_before_utc <= at <= by.not_valid_after_utc:
        no("another domain's, or of another time")
    return found.body


def contradict(one: dict[str, Any], other: dict[str, Any]) -> bool:
    times = [datetime.fromisoformat(each["issued_at"]) for each in (one, other)]
    if one["entries"] == other["entries"]:
        return bool(one["hash"] != other["hash"])
    if times[0] == times[1]:
        return False
    earlier, later = (one, other) if times[0] < times[1] else (other, one)
    return bool(later["entries"] < earlier["entries"])


# --- 7.5: the calendar of working days --------------------------------------------------------------------------------

CALENDAR: dict[str, Form] = {
    "domain": address,
    "version": number(1, 2**53 - 1),
    "issued_at": instant,
    "years": items(1, 12, lambda value: isinstance(value, dict)),
}
YEAR: dict[str, Form] = {
    "year": number(2000, 2199),
    "number": line(100),
    "announced_on": lambda value: value is None or day(value),
    "holidays": items(1, 60, day),
    "makeup_days": items(0, 30, day),
}


@dataclass(frozen=True)
class Calendar:
    """A calendar that counts in a domain."""

    body: dict[str, Any]
    data: bytes
    rank: int
    """Of its authority among its domain's, the newest last."""


def ascending(values: Sequence[Any]) -> bool:
    return all(one < following for one, following in pairwise(values))


def calendar(data: bytes, reader: str, authorities: Mapping[str, Sequence[bytes]]) -> Calendar:
    """``authorities``: the certificates that are vouched for, by domain; ``reader``: the reader's domain."""
    found = paper(data, "calendar", 16_384, CALENDAR, labels=SIGNED)
    for year in found.body["years"]:
        follows(year, YEAR, frozenset({"announced_on", "makeup_days"}))
        off, worked = year["holidays"], year.get("makeup_days", [])
        if not ascending(off) or not ascending(worked) or {one[:4] for one in off + worked} != {str(year["year"])}:
            no("days out of order, or of another year")
        if set(off) & set(worked) or any(date.fromisoformat(one).weekday() < 5 for one in worked):
            no("a make-up day")
    if not ascending([year["year"] for year in found.body["years"]]):
        no("years out of order")
    domain = found.body["domain"]
    if not f"{reader}.".startswith(f"{domain}."):
        no("neither the reader's domain nor above it")
    for rank, one in enumerate(authorities.get(domain, ())):
        if found.by(one):
            found.verify(key_of(authority_certificate(one)))
            return Calendar(found.body, data, rank)
    no("nobody vouches for the authority")


def counting(found: Iterable[Calendar]) -> dict[str, Calendar]:
    """Of several of one domain, the one that counts."""
    present: dict[str, Calendar] = {}
    for one in found:
        held = present.setdefault(one.body["domain"], one)
        place, before = ((each.rank, each.body["version"]) for each in (one, held))
        if place > before or (place == before and one.data < held.data):
            present[one.body["domain"]] = one
    return present


def working(at: str, present: Mapping[str, Calendar]) -> tuple[str | None, str | None]:
    """By which domain's calendar a day is a working day or not (yes or no); nothing where nobody has published it."""
    for domain in sorted(present, key=lambda name: name.count(".")):
        for year in present[domain].body["years"]:
            if at[:4] == str(year["year"]):
                weekday = date.fromisoformat(at).weekday() < 5 and at not in year["holidays"]
                return domain, "yes" if weekday or at in year.get("makeup_days", []) else "no"
    return None, None


# --- 7.6: substitutions -----------------------------------------------------------------------------------------------


def counts(directory: dict[str, Any], serial: int, department: str, substitute: str, matter: str, at: str) -> bool:
    """Whether the substitution of that serial lets one act for another, in a matter and at a moment."""
    for one in directory["substitutions"]:
        if one["serial"] != serial:
            continue
        ends = [datetime.fromisoformat(one[name]) for name in ("ends_at", "revoked_at") if one[name] is not None]
        within = datetime.fromisoformat(one["begins_at"]) <= datetime.fromisoformat(at) < min(ends)
        covered = one["matters"] is None or matter in one["matters"]
        return within and covered and (one["department"], one["substitute"]) == (department, substitute)
    return False


def substitutions(payload: bytes, version: int) -> list[dict[str, Any]]:
    """Those of a directory, which hold together."""
    body = json.loads(payload)
    listed, found = {one["address"] for one in body["members"]}, body.get("substitutions", [])
    if found and version < 5:
        no("more than its version knows")
    if not ascending([one["serial"] for one in found]):
        no("serials count up")
    for one in found:
        if not {one["department"], one["substitute"]} <= listed or one["department"] == one["substitute"]:
            no("of two members")
        if datetime.fromisoformat(one["ends_at"]) <= datetime.fromisoformat(one["begins_at"]):
            no("ends after it began")
        if (one["revoked_at"] is None) != (one["revoked_for"] is None):
            no("an instant and a reason")
        if one["matters"] is not None and not 0 < len(one["matters"]) == len(set(one["matters"])):
            no("matters")
    return list(found)
