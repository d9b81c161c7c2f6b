"""The checks of docs/envelope.md, section 5, in their order, by a second implementation: no module of the exchange.

What fails raises `Refused` with the number of the check, the code, and whether the sender gets a receipt. Bodies and
headers are held against the published JSON Schemas, which whoever calls hands in.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from jsonschema import Draft202012Validator, FormatChecker

from tests.unit import second_reader
from tests.unit.second_reader import Tagged, hpke_open, write

ALGORITHMS = {"mlkem768-x25519": (-70001, 1120), "x25519": (-70002, 32)}
LABELS = ["yizhan-header", "yizhan-enclosures"]
VERSIONS = {
    "document": 5, "forwarding": 2, "decision": 5, "opinion": 6, "escalation": 3, "deemed-consent": 3, "tally": 2,
    "reminder": 2, "term-notice": 3, "deadline-notice": 2, "consultation": 7, "clearance": 2, "case-closed": 2,
    "default-notice": 3, "case-progress": 2, "licence-query": 2,
}  # fmt: skip
"""Kinds with other body versions than 1, and their newest (section 3)."""
TYPE = re.compile(r"application/vnd\.yizhan\.([a-z][a-z-]{0,39})\+json; version=(0|[1-9][0-9]{0,3})")


FORMATS = FormatChecker(["date"])


@FORMATS.checks("date-time", raises=ValueError)
def within_the_bounds(text: object) -> bool:
    """An instant of the years 2000 to 2200, whatever its offset; how it is written says its pattern."""
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        return False
    return datetime(2000, 1, 1, tzinfo=UTC) <= at < datetime(2201, 1, 1, tzinfo=UTC)


class Refused(Exception):
    """What becomes of an envelope that is not taken."""

    def __init__(self, check: int, code: str, *, returned: bool = False) -> None:
        super().__init__(f"check {check}: {code}")
        self.check, self.code, self.returned = check, code, returned


def refuse(check: int, code: str = "malformed") -> NoReturn:
    raise Refused(check, code)


@dataclass(frozen=True)
class Proved:
    """A signed document whose signer is proved."""

    header: dict[str, Any]
    header_bytes: bytes | None
    labels: dict[Any, Any]
    payload: bytes
    member: dict[str, Any]
    certificate: x509.Certificate

    @property
    def begins(self) -> datetime:
        return self.certificate.not_valid_before_utc


@dataclass(frozen=True)
class Claims:
    """What can be used of a clear header, however faulty (section 5, "What is returned")."""

    message_id: str | None
    sender: str | None
    addressees: list[str]
    created_at: datetime | None


LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


def claims(data: bytes) -> Claims:
    """Members that stand there once, or say the same each time, and have their form."""
    try:
        pairs = json.loads(data, object_pairs_hook=list)
    except (ValueError, RecursionError):
        pairs = []
    pairs = pairs if isinstance(pairs, list) and all(isinstance(one, tuple) for one in pairs) else []

    def sole(name: str, form: str) -> str | None:
        found = [value for one, value in pairs if one == name]
        alike = found and all(isinstance(one, str) and one == found[0] for one in found)
        return found[0] if alike and re.fullmatch(form, found[0]) else None

    lists = [value for name, value in pairs if name == "addressees"]
    named = lists[0] if len(lists) == 1 and isinstance(lists[0], list) else []
    addresses = [one for one in named if isinstance(one, str) and re.fullmatch(ADDRESS, one) and len(one) <= 120]
    written = sole("created_at", r"[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
    try:
        at = datetime.fromisoformat(written) if written is not None and within_the_bounds(written) else None
    except ValueError:
        at = None
    return Claims(
        sole("message_id", r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), sole("sender", ADDRESS),
        list(dict.fromkeys(one for one in addresses if one.split(".")[0] not in ("uplink", "link"))), at,
    )  # fmt: skip


ADDRESS = rf"(?!(?:.*\.)?from(?:\.|$)){LABEL}(?:\.{LABEL})*"


@dataclass(frozen=True)
class Reader:
    """Who reads: its address, its secret keys by key id with their suites, and what it knows."""

    address: str
    keys: Mapping[bytes, tuple[str, bytes]]
    directory: dict[str, Any]
    """The body of the verified directory."""
    schemas: Mapping[str, dict[str, Any]]
    now: datetime

    def read(self, envelope: bytes, brought_by: str | None = None) -> dict[str, Any]:
        """The body of an envelope that holds. Raises Refused, the first fault, and whether its signer is told."""
        clear, encrypt = self._parts(envelope)
        wrong: list[Refused] = []
        fields: dict[str, Any] = {}
        try:
            fields = self._header(clear, 4)
            if self.address not in fields["addressees"]:
                refuse(5, "not-for-us")
        except Refused as fault:
            if fault.check == 5 and brought_by is None:
                raise
            wrong.append(fault)
        try:
            signed, enclosures = self._content(self._unseal(clear, encrypt, fields.get("suite"), wrong), wrong)
            proved = self._prove(signed, wrong)
        except Refused as fault:
            raise fault if fault.check == 16 or not wrong else wrong[0] from None
        said = claims(proved.header_bytes if proved.header_bytes is not None else clear)
        at = said.created_at or proved.begins
        self._time(at, proved.member, proved.certificate)
        try:
            if wrong:
                raise wrong[0]
            if self.address not in proved.header["addressees"]:
                refuse(19, "forged")
            return self._words(proved.header, proved.header_bytes or b"", clear, proved.labels, proved.payload,
                enclosures, proved.begins)  # fmt: skip
        except Refused as fault:
            signer = proved.member["address"]
            unsigned = {one.check for one in wrong} & {7, 12}
            bound = clear == proved.header_bytes and proved.labels.get(LABELS[1]) == digests(enclosures)
            for_us = self.address in said.addressees and self.address in claims(clear).addressees
            its_own = proved.header_bytes is not None and for_us and said.sender in (None, signer)
            its_own = its_own and (said.addressees == [self.address] or (bound and not unsigned))
            told = said.message_id is not None and (brought_by == signer or its_own)
            raise Refused(fault.check, fault.code, returned=told) from None

    def _parts(self, envelope: bytes) -> tuple[bytes, list[Any]]:
        parts = exact(envelope, 1, 8_388_608)
        if not isinstance(parts, list) or len(parts) != 3:
            refuse(1)
        version, header, encrypt = parts
        if version != 1:
            refuse(2, "unsupported")
        if not isinstance(header, bytes) or not isinstance(encrypt, Tagged) or encrypt.number != 96:
            refuse(3)
        if not isinstance(encrypt.content, list) or len(encrypt.content) != 4:
            refuse(3)
        protected, unprotected, ciphertext, recipients = encrypt.content
        if protected != bytes.fromhex("a10103"):
            refuse(3, "unsupported")
        if not only(unprotected, 5) or len(unprotected[5]) != 12 or not isinstance(ciphertext, bytes):
            refuse(3)
        if not isinstance(recipients, list) or len(recipients) != 1 or not shaped(recipients[0], bytes, dict, bytes):
            refuse(3)
        if not only(recipients[0][1], -4):
            refuse(3)
        return header, encrypt.content

    def _unseal(self, header: bytes, encrypt: list[Any], suite: str | None, wrong: list[Refused]) -> bytes:
        protected, unprotected, ciphertext, [[inner, ek, wrapped]] = encrypt
        key = self._content_key(suite, header, inner, ek[-4], wrapped, wrong)
        try:
            return AESGCM(key).decrypt(unprotected[5], ciphertext, write(["Encrypt", protected, header]))
        except (InvalidTag, ValueError):
            refuse(11, "forged")

    def _content(self, plaintext: bytes, wrong: list[Refused]) -> tuple[bytes, list[Any]]:
        parts = exact(plaintext, 12, 8_388_608)
        if not isinstance(parts, list) or not parts or not isinstance(parts[0], bytes):
            refuse(12)
        if shaped(parts, bytes, list):
            return parts[0], parts[1]
        wrong.append(Refused(12, "malformed"))
        return parts[0], []

    def _header(self, data: bytes, check: int) -> dict[str, Any]:
        if len(data) > 65_536:
            refuse(check)
        fields = strict_json(data, check)
        if not isinstance(fields, dict):
            refuse(check)
        if fields.get("version", 1) != 1:
            refuse(check, "unsupported")
        self._valid("header", fields, check)
        return {"urgency": "ordinary", "suite": "mlkem768-x25519", **fields}

    def _content_key(
        self, suite: str | None, clear: bytes, inner: bytes, ek: bytes, wrapped: bytes, wrong: list[Refused]
    ) -> bytes:
        labels = exact(inner, 6, 1_024)
        if not isinstance(labels, dict) or set(labels) != {1, 4} or not isinstance(labels[4], bytes):
            refuse(6)
        used = next((name for name, (number, _) in ALGORITHMS.items() if number == labels[1]), None)
        if used is None:
            refuse(7, "unsupported")
        if suite not in (None, used):
            wrong.append(Refused(7, "unsupported"))
        algorithm, length = ALGORITHMS[used]
        suite, secret = self.keys.get(labels[4], ("", b""))
        if suite != used:
            refuse(8, "not-for-us")
        if len(ek) != length:
            refuse(9)
        info = write(["HPKE Recipient", 3, inner, write([self.address, hashlib.sha256(clear).digest()])])
        try:
            key = hpke_open(algorithm, secret, ek, wrapped, info)
        except (InvalidTag, ValueError):
            refuse(10, "forged")
        return key if len(key) == 32 else refuse(10, "forged")

    def _prove(self, signed: bytes, wrong: list[Refused]) -> Proved:
        tagged = exact(signed, 12, 2_097_152)
        if not isinstance(tagged, Tagged) or tagged.number != 18 or not isinstance(tagged.content, list):
            refuse(12)
        if len(tagged.content) != 4 or not all(isinstance(tagged.content[at], bytes) for at in (0, 2, 3)):
            refuse(12)
        protected, unprotected, payload, signature = tagged.content
        labels = exact(protected, 12, 131_072)
        if not isinstance(labels, dict):
            refuse(12)
        if unprotected != {}:
            wrong.append(Refused(12, "malformed"))
        if labels.get(1) != -8:
            wrong.append(Refused(13, "unsupported"))
        header_bytes, x5t = labels.get(LABELS[0]), labels.get(34)
        if not isinstance(header_bytes, bytes):
            wrong.append(Refused(14, "malformed"))
        if not isinstance(x5t, list) or len(x5t) != 2 or not isinstance(x5t[1], bytes):
            refuse(14)
        if x5t[0] != -16 or len(x5t[1]) != 32:
            refuse(15, "unsupported")
        member, certificate = self._certificate(x5t[1])
        try:
            key = certificate.public_key()
            assert isinstance(key, Ed25519PublicKey)
            key.verify(signature, write(["Signature1", protected, b"", payload]))
        except InvalidSignature:
            refuse(17, "forged")
        header: dict[str, Any] = {}
        if isinstance(header_bytes, bytes):
            try:
                header = self._header(header_bytes, 18)
                if header["sender"] != member["address"]:
                    refuse(19, "forged")
            except Refused as fault:
                wrong.append(fault)
        else:
            header_bytes = None
        return Proved(header, header_bytes, labels, payload, member, certificate)

    def receipt(self, proof: Mapping[str, Any]) -> dict[str, Any]:
        """Section 6: a single receipt that a batch proves, which was sent to this reader. Raises Refused."""
        wrong: list[Refused] = []
        found_out = self._prove(second_reader.octets(proof["signed"]), wrong)
        if wrong:
            raise wrong[0]
        header, labels, payload = found_out.header, found_out.labels, found_out.payload
        if self.address not in header["addressees"]:
            refuse(19, "forged")
        self._time(datetime.fromisoformat(header["created_at"]), found_out.member, found_out.certificate)
        check_labels(labels)
        batch = self.body(header["kind"], labels.get(3), payload)
        if header["kind"] != "receipt":
            refuse(1)
        leaf, path = second_reader.octets(proof["receipt"]), [second_reader.octets(step) for step in proof["path"]]
        try:
            found = second_reader.root(leaf, proof["index"], batch["size"], path).hex()
        except (AssertionError, ValueError):
            refuse(2, "forged")
        if proof["size"] != batch["size"] or proof["index"] >= proof["size"] or found != batch["root"]:
            refuse(2, "forged")
        said = strict_json(leaf, 3)
        self._valid("receipt-leaf", said, 3)
        if {said["receiver"], batch["receiver"]} != {header["sender"]}:
            refuse(4, "forged")
        if said["sender"] != batch["sender"] or said["sender"] not in header["addressees"]:
            refuse(5, "forged")
        return dict(said)

    def _certificate(self, thumbprint: bytes) -> tuple[dict[str, Any], x509.Certificate]:
        for member in self.directory["members"]:
            for one in member["certificates"]:
                der = second_reader.octets(one)
                if hashlib.sha256(der).digest() == thumbprint:
                    return member, x509.load_der_x509_certificate(der)
        refuse(16, "untrusted")

    def _time(self, at: datetime, member: dict[str, Any], certificate: x509.Certificate) -> None:
        begins = certificate.not_valid_before_utc
        if at > self.now + timedelta(minutes=10) or at < begins > self.now:
            refuse(20, "clock")
        revoked = member.get("revoked_at")
        if at > certificate.not_valid_after_utc or (revoked and at >= datetime.fromisoformat(revoked)):
            refuse(20, "untrusted")

    def _words(
        self, header: dict[str, Any], signed: bytes, clear: bytes, labels: dict[Any, Any], payload: bytes,
        enclosures: list[Any], begins: datetime,
    ) -> dict[str, Any]:  # fmt: skip
        said = check_labels(labels)
        body = self.body(header["kind"], labels.get(3), payload)
        if signed != clear:
            refuse(24, "forged")
        if len(enclosures) > 50 or any(not isinstance(one, bytes) for one in enclosures):
            refuse(25)
        if digests(enclosures) != said:
            refuse(25, "forged")
        if datetime.fromisoformat(header["created_at"]) < begins:
            refuse(26, "clock")
        return body

    def body(self, kind: str, content_type: Any, payload: bytes) -> dict[str, Any]:
        """Checks 22 and 23."""
        found = TYPE.fullmatch(content_type) if isinstance(content_type, str) else None
        if found is None:
            refuse(22, "unsupported")
        if found[1] != kind:
            refuse(22, "forged")
        version = int(found[2])
        if kind not in self.schemas or not 1 <= version <= VERSIONS.get(kind, 1):
            refuse(22, "unsupported")
        body = strict_json(payload, 23)
        self._valid(kind, body, 23)
        if kind == "document" and needed(body) > version:
            refuse(23)
        return dict(body)

    def _valid(self, name: str, value: Any, check: int) -> None:
        if not Draft202012Validator(self.schemas[name], format_checker=FORMATS).is_valid(value):
            refuse(check)


def check_labels(labels: dict[Any, Any]) -> list[bytes]:
    """Check 21; the digests of the enclosures."""
    known = {1, 2, 3, 34, *LABELS}
    listed = labels.get(2, [])
    if not isinstance(listed, list):
        refuse(21)
    if any(one not in known for one in listed) or not set(labels) <= known:
        refuse(21, "unsupported")
    said = labels.get(LABELS[1])
    if listed != LABELS or not isinstance(said, list) or len(said) > 50:
        refuse(21)
    if any(not isinstance(one, bytes) or len(one) != 32 for one in said):
        refuse(21)
    return said


_SINCE_5 = ("concerns", "copy_number", "classification_period", "issuing_mark", "printing")


def needed(document: dict[str, Any]) -> int:
    """The lowest version that can say what a document says (section 3)."""
    if any(document.get(name) for name in _SINCE_5):
        return 5
    if "issue" in document["number"]:
        return 4
    if document.get("copies") or document.get("purpose", "action") != "action":
        return 3
    return 2 if document.get("claims") else 1


def shaped(value: Any, *types: type) -> bool:
    """Whether it is an array of items of these types."""
    return isinstance(value, list) and len(value) == len(types) and all(map(isinstance, value, types))


def only(header: Any, label: int) -> bool:
    """Whether a map holds one byte string under one label."""
    return isinstance(header, dict) and set(header) == {label} and isinstance(header[label], bytes)


def digests(enclosures: list[Any]) -> list[bytes]:
    return [hashlib.sha256(one).digest() if isinstance(one, bytes) else b"" for one in enclosures]


def strict_json(data: bytes, check: int) -> Any:
    """Section 3, "JSON that is signed"."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(found) if len(dict(found)) == len(found) else refuse(check)

    def whole(digits: str) -> int:
        return int(digits) if len(digits) < 18 and abs(int(digits)) < 2**53 else refuse(check)

    def no_number(_: str) -> NoReturn:
        refuse(check)

    try:
        value = json.loads(
            data.decode(), object_pairs_hook=pairs, parse_int=whole, parse_float=no_number, parse_constant=no_number
        )
        json.dumps(value, ensure_ascii=False).encode()  # half characters have no UTF-8
    except (ValueError, RecursionError):
        refuse(check)
    return value if levels(value) <= 32 else refuse(check)


def levels(value: Any) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(levels, inside), default=0)


def exact(data: bytes, check: int, limit: int) -> Any:
    """One deterministically encoded CBOR item within the bounds of the specification's "CBOR"."""
    count = 0

    def item(at: int, around: int) -> tuple[Any, int]:
        nonlocal count
        count += 1
        major, info = data[at] >> 5, data[at] & 31
        if count > 1_100 or around > 6 or major == 7 or info > 27:
            refuse(check)
        size = 0 if info < 24 else 1 << info - 24
        argument = int.from_bytes(data[at + 1 : at + 1 + size], "big") if size else info
        if size and argument < {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}[size]:
            refuse(check)
        at += 1 + size
        if major < 2:
            return (-1 - argument if major else argument), at
        if major < 4:
            if at + argument > len(data):
                refuse(check)
            content = data[at : at + argument]
            return (content.decode() if major == 3 else content), at + argument
        if major == 6:
            value, at = item(at, around + 1)
            return Tagged(argument, value), at
        return several(at, argument, around + 1) if major == 4 else mapping(at, argument, around + 1)

    def several(at: int, number: int, around: int) -> tuple[list[Any], int]:
        values = []
        for _ in range(number):
            value, at = item(at, around)
            values.append(value)
        return values, at

    def mapping(at: int, number: int, around: int) -> tuple[dict[Any, Any], int]:
        found: dict[Any, Any] = {}
        before = b""
        for _ in range(number):
            start = at
            key, at = item(at, around)
            if data[start:at] <= before:
                refuse(check)
            before = data[start:at]
            found[key], at = item(at, around)
        return found, at

    if len(data) > limit:
        refuse(check)
    try:
        value, end = item(0, 0)
    except (IndexError, UnicodeDecodeError, TypeError):
        refuse(check)
    return value if end == len(data) else refuse(check)
