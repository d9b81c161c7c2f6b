"""What is signed, and by whom: a bundle's files, COSE_Sign1, certificates, directories, documents and receipts.

Written from docs/evidence.md (the file, whom to trust), docs/envelope.md (sections 3, 6 and 7) and docs/certificates.md
alone; `verify_case.py` beside it judges a case by it. Left out: JSON Schemas and the bounds that they set (what is read
must be there, no more), and of the tree of domains that a lower domain names its superior in turn.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import struct
import zlib
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID, SignatureAlgorithmOID

CLOCKS, DAY, MIB = timedelta(minutes=10), timedelta(days=1), 1 << 20
FIRST, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)
VERSIONS = {"directory": 5, "consultation": 7, "opinion": 6, "decision": 5, "document": 5, "deemed-consent": 3,
    "escalation": 3, "default-notice": 3, "term-notice": 3, "deadline-notice": 2, "reminder": 2, "clearance": 2,
    "case-closed": 2, "case-progress": 2, "forwarding": 2, "licence-query": 2, "tally": 2}  # fmt: skip
"""The newest version of the bodies that have more than one."""


class Wrong(Exception):
    """What is read here is not what it must be."""


def need(holds: object, what: str) -> None:
    if not holds:
        raise Wrong(what)


def tried(read: Callable[..., Any], *given: Any) -> tuple[Any, str]:
    """What is read, or why it does not hold. Forged octets may bring about anything; whatever it is proves nothing."""
    try:
        return read(*given), ""
    except Exception as fault:
        return None, str(fault) if isinstance(fault, Wrong) else f"it cannot be read ({type(fault).__name__}: {fault})"


def holding(read: Callable[..., Any], each: Iterable[Any], *given: Any) -> list[Any]:
    """Of several that are read alike, those that hold."""
    return [found for one in each if (found := tried(read, one, *given)[0]) is not None]


# --- octets: what could be read in two ways is not read ---------------------------------------------------------------


def unzip(data: bytes) -> dict[str, bytes]:
    """The files of a ZIP that has no octet but those of the format: written anew it is the same."""
    files: dict[str, bytes] = {}
    written, entries, at, room = [], [], 0, 1024 * MIB
    while data[at : at + 4] == b"PK\3\4":
        method, _, _, crc, packed, whole, length = struct.unpack_from("<HHHIIIH", data, at + 8)
        start, room, stream = at + 30 + length, room - whole, zlib.decompressobj(-15)
        name, raw = data[at + 30 : start], data[start : start + packed]
        need(method in (0, 8) and whole <= 64 * MIB and room >= 0, "the ZIP has a method or a size that is not taken")
        content = stream.decompress(raw, whole + 1) if method else raw  # no more than was announced
        fits = not method or (stream.eof and not stream.unused_data)
        need(
            fits and (len(content), zlib.crc32(content)) == (whole, crc), "a file in the ZIP is not what its head says"
        )
        files[name.decode("ascii")] = content
        common = struct.pack("<5H3I2H", 20, 0, method, 0, 33, crc, packed, whole, length, 0)  # 33: 1980-01-01
        written += [b"PK\3\4" + common + name, raw]
        entries += [b"PK\1\2\x14\3" + common + struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, at) + name]
        at = start + packed
    central, count = b"".join(entries), len(entries)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(central), at, 0)
    need(b"".join([*written, central, end]) == data and 0 < count <= 60_001, "it is no ZIP as the format has it")
    part = r"[A-Za-z0-9](?:\.(?!\.)|[A-Za-z0-9_-]){0,127}"
    need(all(re.fullmatch(f"{part}(/{part}){{0,4}}", name) for name in files), "a name in the ZIP is not taken")
    need(len({name.lower() for name in files}) == count, "two names in the ZIP are alike")
    return files


def strict_cbor(data: bytes) -> Any:
    """One item in deterministic encoding, of the permitted types, within the bounds."""

    def items(value: Any, depth: int) -> int:
        if type(value) in (int, bytes, str):
            return 1
        need(
            isinstance(value, (list, tuple, Mapping, cbor2.CBORTag)) and depth < 6, "CBOR of another type, or too deep"
        )
        inside = [value.value] if isinstance(value, cbor2.CBORTag) else [*value]
        inside += value.values() if isinstance(value, Mapping) else []
        return 1 + sum(items(one, depth + 1) for one in inside)

    value = cbor2.loads(data)
    need(items(value, 0) <= 1_100, "CBOR of too many items")
    need(cbor2.dumps(value, canonical=True) == data, "CBOR that is not deterministic")
    return value


def strict_json(data: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len(dict(pairs)) == len(pairs), "a name stands twice in JSON")
        return dict(pairs)

    def number(digits: str) -> int:
        need(re.fullmatch("-?[0-9]{1,16}", digits) and abs(int(digits)) < 2**53, "a number in JSON")
        return int(digits)

    def levels(value: Any) -> int:
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return 0 if inside is None else 1 + max(map(levels, inside), default=0)

    text = data.decode()
    value = json.loads(text, object_pairs_hook=once, parse_int=number, parse_float=number, parse_constant=number)
    need(levels(value) <= 32, "JSON that is too deep")
    json.dumps(value, ensure_ascii=False).encode()  # half characters have no UTF-8
    return value


def octets(text: str) -> bytes:
    need(re.fullmatch("[A-Za-z0-9_-]*={0,2}", text), "base64url")
    return base64.b64decode(text, altchars=b"-_", validate=True)


def instant(text: str) -> datetime:
    need(re.fullmatch(r"[0-9-]{10}T[0-9:]{8}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", text, re.ASCII), "an instant")
    at = datetime.fromisoformat(text)
    need(FIRST <= at < END, "an instant out of bounds")
    return at


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def cose_sign1(data: bytes, limit: int, own: list[str], find: Callable[[bytes], x509.Certificate]) -> Any:
    """Header, body and kind, signed by the certificate that is found for the thumbprint in the header."""
    tagged = strict_cbor(data)
    need(len(data) <= limit and isinstance(tagged, cbor2.CBORTag) and tagged.tag == 18, "it is no COSE_Sign1")
    protected, unprotected, payload, signature = tagged.value
    header = strict_cbor(protected)
    labels = {1, 3, 34, 2, *own} if own else {1, 3, 34}
    need(unprotected == {} and set(header) == labels and len(protected) <= MIB >> 3, "it has other labels")
    need(header[1] == -8 and header.get(2, []) == own, "it has another algorithm, or others must be understood")
    by = find(header[34][1])
    need(header[34] == [-16, by.fingerprint(SHA256())], "it names another certificate")
    key_of(by).verify(signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    [(kind, version)] = re.findall(r"\Aapplication/vnd\.yizhan\.([a-z-]+)\+json; version=([1-9])\Z", header[3])
    need(int(version) <= VERSIONS.get(kind, 1), "its version is not known")
    return header, strict_json(payload), kind


def paper(data: bytes, kind: str, limit: int, by: x509.Certificate) -> Any:
    """The body of what an authority signs: it has no header of a message."""
    _, body, found = cose_sign1(data, limit, [], lambda _: by)
    need(found == kind, "another kind of paper")
    return body


# --- whom to trust ----------------------------------------------------------------------------------------------------

Directory = namedtuple("Directory", "body data authorities signers")
Signer = namedtuple("Signer", "address certificate ends")  # ends: from when on its word does not count
PRIME, OF_8 = 2**255 - 19, 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
WEAK = {0, 1, PRIME - 1, OF_8, PRIME - OF_8}  # y of the points of small order: with such a key anybody can sign
CRITICAL = {ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE}
BESIDE = {ExtensionOID.SUBJECT_KEY_IDENTIFIER, ExtensionOID.AUTHORITY_KEY_IDENTIFIER}


def key_of(certificate: x509.Certificate) -> Any:
    key: Any = certificate.public_key()
    y = int.from_bytes(key.public_bytes_raw(), "little") % (1 << 255)
    need(y < PRIME and y not in WEAK, "a key that anybody can sign with, or that is not encoded as it must be")
    return key


def certificate(issuer: x509.Certificate | None, der: bytes, whose: str = "") -> x509.Certificate:
    """A member's certificate by its authority, or an authority's own, as docs/certificates.md wants it."""
    found, top = x509.load_der_x509_certificate(der), issuer is None
    by, begins, ends = issuer or found, found.not_valid_before_utc, found.not_valid_after_utc
    need(len(der) <= 4_096 and found.public_bytes(Encoding.DER) == der, "the encoding of a certificate")
    need(found.version is x509.Version.v3 and 0 < found.serial_number < 1 << 159, "the serial number of a certificate")
    need(FIRST <= begins < ends < END and ends <= by.not_valid_after_utc, "the validity of a certificate")
    need(found.signature_algorithm_oid == SignatureAlgorithmOID.ED25519 and key_of(found), "the algorithm")
    found.verify_directly_issued_by(by)
    extensions: dict[Any, Any] = {one.oid: one for one in found.extensions}
    wanted = CRITICAL if top else CRITICAL | {ExtensionOID.SUBJECT_ALTERNATIVE_NAME}
    need(wanted <= set(extensions) <= wanted | BESIDE, "the extensions of a certificate")
    need(all(one.critical == (oid in CRITICAL) for oid, one in extensions.items()), "what is critical in a certificate")
    constraints = x509.BasicConstraints(ca=top, path_length=0 if top else None)
    need(extensions[ExtensionOID.BASIC_CONSTRAINTS].value == constraints, "whether a certificate is an authority's")
    uses = [x509.KeyUsage(True, more and not top, False, False, False, top, more and top, False, False)
            for more in (False, True)]  # fmt: skip
    need(extensions[ExtensionOID.KEY_USAGE].value in uses, "what the key of a certificate is for")
    if not top:
        names = [*extensions[ExtensionOID.SUBJECT_ALTERNATIVE_NAME].value]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, whose[:64])])
        need(names == [x509.UniformResourceIdentifier(f"exchange:{whose}")], "whose a certificate is")
        need(found.subject == subject, "the subject of a certificate")
    return found


def directory(data: bytes, authorities: list[x509.Certificate], over: list[str | None] | None) -> Directory:
    """One by the newest of its domain's authorities; those before it vouch for members alone.

    ``over``: when a domain around the own one ends by the word of its neighbour; it ends with its directory as well.
    """
    body, signers = paper(data, "directory", 64 * MIB, authorities[-1]), {}
    over = [] if over is None else [*over, body["expires_at"]]
    for member in body["members"]:
        whose, revoked = member["address"], {one["certificate"]: one["at"] for one in member.get("revocations", [])}
        need(whose.rpartition(".")[0] == body["domain"], "a member of another domain")
        for der in map(octets, member["certificates"]):
            ends = [instant(at) for at in (*over, member.get("revoked_at"), revoked.get(sha256(der))) if at]
            found = holding(certificate, authorities, der, whose)[0]
            signers[found.fingerprint(SHA256())] = Signer(whose, found, min(ends, default=None))
    return Directory(body, data, authorities, signers)


def succession(data: bytes, by: x509.Certificate) -> x509.Certificate:
    body = paper(data, "authority-succession", MIB >> 4, by)
    after = certificate(None, octets(body["certificate"]))
    need(body["before"] == by.fingerprint(SHA256()).hex() and after.subject == by.subject, "another succession")
    return after


def freshness(data: bytes, own: Directory) -> Any:
    """The body of a statement of which directory is the present one."""
    body, whose = json.loads(cbor2.loads(data).value[2]), own.body["domain"]
    by = certificate(own.authorities[-1], octets(body["certificate"]), f"freshness@{whose}")
    paper(data, "directory-freshness", MIB >> 6, by)
    times = [by.not_valid_before_utc, instant(body["issued_at"]), instant(body["expires_at"]), by.not_valid_after_utc]
    need(times == sorted(times) and times[1] < times[2] <= times[1] + CLOCKS, "the times of a statement")
    need(body["domain"] == whose, "another domain's statement")
    return body


class Trust:
    """What the reader's one certificate leads to."""

    def __init__(self, files: dict[str, bytes], trusted: bytes) -> None:
        self.files = files
        chains = [[certificate(None, trusted)]]
        chains += [[one] for one in holding(lambda der: certificate(None, der), self.inside("authorities"))]
        for chain in chains:
            for one in chain:  # grows while it is walked: each authority names the next
                chain += [after for after in holding(succession, self.inside("papers"), one) if after not in chain][:1]
        present = chains[0][-1]
        former = [one for chain in chains if chain[-1] == present for one in chain[:-1]]
        walked = self.all([*former, present], None)[-1:]
        need(walked, "no directory in it is signed by the authority that is trusted")
        for near in (near for one in walked for near in neighbours(one)):  # likewise: each domain vouches for others
            if near["domain"] not in [one.body["domain"] for one in walked]:
                over, least = [near.get("expires_at"), near.get("revoked_at")], near.get("least_version", 1)
                by = holding(lambda der: certificate(None, octets(der)), near["certificates"])
                for count in range(len(by), 0, -1):  # the one by its newest authority counts
                    found = [one for one in self.all(by[:count], over) if one.body["domain"] == near["domain"]]
                    if found and found[-1].body["version"] >= least:
                        walked.append(found[-1])
                        break
        self.own, self.domain, self.domains = walked[0], walked[0].body["domain"], walked
        self.signers = {key: signer for one in walked for key, signer in one.signers.items()}
        self.monitors = {one["address"] for one in self.own.body["members"] if "monitor" in one["roles"]}

    def inside(self, folder: str) -> list[bytes]:
        return [data for name, data in self.files.items() if name.startswith(f"{folder}/")]

    def all(self, authorities: list[x509.Certificate], over: list[str | None] | None) -> list[Directory]:
        """The directories by the last of a domain's authorities; the highest version stands last, and counts."""
        found = holding(directory, self.inside("directories"), authorities, over)
        return sorted(found, key=lambda one: (one.body["version"], one.data))


def neighbours(one: Directory) -> list[Any]:
    upper = one.body.get("upper")
    return [*one.body.get("delegations", []), *([upper] if upper and upper["certificates"] else [])]


Document = namedtuple("Document", "digest id sender conversation addressees at kind body enclosures")
Receipt = namedtuple("Receipt", "outcome id sender receiver digest arrived signed_for")


def document(data: bytes, trust: Trust) -> Document:
    own = ["yizhan-header", "yizhan-enclosures"]
    labels, body, kind = cose_sign1(data, 2 * MIB, own, lambda key: trust.signers[key].certificate)
    header, (address, by, ends) = strict_json(labels[own[0]]), trust.signers[labels[34][1]]
    at = instant(header["created_at"])
    said = [header["sender"], header["kind"], header.get("version", 1), isinstance(body, dict)]
    need(said == [address, kind, 1, True], "its header is another's, or of another version")
    need(by.not_valid_before_utc <= at <= by.not_valid_after_utc, "its certificate was not valid when it was signed")
    need(ends is None or at < ends, "its certificate had been revoked when it says that it was signed")
    named = header["conversation_id"], header["addressees"]
    return Document(sha256(data), header["message_id"], address, *named, at, kind, body, labels[own[1]])


def receipt(leaf: bytes, index: int, size: int, path: list[bytes], batch: bytes, trust: Trust) -> Receipt:
    signed, said = document(batch, trust), strict_json(leaf)
    need(signed.kind == "receipt" and signed.body["size"] == size and 0 <= index < size, "it is no part of the batch")
    need(root(leaf, index, size, [*path]).hex() == signed.body["root"], "it does not lead to the root that was signed")
    need(said["receiver"] == signed.body["receiver"] == signed.sender, "it speaks for another than its signer")
    need(said["sender"] == signed.body["sender"] and said["sender"] in signed.addressees, "it is another's message")
    parts = [said[name] for name in ("outcome", "message_id", "sender", "receiver", "digest")]
    return Receipt(*parts, *(instant(said[name]) for name in ("arrived_at", "signed_for_at")))


def root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, section 2.1: from above, a tree is split at the largest power of two below its size."""
    if size == 1:
        need(not path, "the path is too long")
        return hashlib.sha256(b"\0" + leaf).digest()
    left, sibling = 1 << (size - 1).bit_length() - 1, path.pop()
    if index < left:
        return hashlib.sha256(b"\1" + root(leaf, index, left, path) + sibling).digest()
    return hashlib.sha256(b"\1" + sibling + root(leaf, index - left, size - left, path)).digest()


def receipt_file(data: bytes, trust: Trust) -> Receipt:
    version, leaf, index, size, path, batch = strict_cbor(data)
    need(version == 1, "another version")
    return receipt(leaf, index, size, path, trust.files[f"documents/{batch.hex()}.cose"], trust)


def enclosed(proof: Any, trust: Trust) -> Receipt:
    """A receipt as it stands inside of a message."""
    path = [octets(one) for one in proof["path"]]
    return receipt(octets(proof["receipt"]), proof["index"], proof["size"], path, octets(proof["signed"]), trust)


# --- what members' logs prove (docs/envelope.md, section 7.7) ---------------------------------------------------------


def log_head(data: bytes, member: str, trust: Trust) -> tuple[int, str]:
    header, body, kind = cose_sign1(data, 4_096, [], lambda key: trust.signers[key].certificate)
    (address, by, ends), at = trust.signers[header[34][1]], instant(body["issued_at"])
    need(kind == "log-head" and body["origin"] == address == member, "it is no head of that member's log")
    need(by.not_valid_before_utc <= at <= by.not_valid_after_utc and (ends is None or at < ends), "its certificate")
    need(body.keys() == {"origin", "size", "root", "hash", "previous", "issued_at", "claimed"}, "other members")
    hashes = [body["root"], body["previous"] or body["root"]]
    need(body["hash"] == "sha-256" and all(re.fullmatch("[0-9a-f]{64}", one) for one in hashes), "the hash of a head")
    need(body["size"] >= 1 and body["claimed"] >= 0, "the size of a head")
    return body["size"], body["root"]


def log_entry(data: bytes, member: str, trust: Trust) -> tuple[int, int, str]:
    """Size of the log, index of the entry, and the root that its receipt of inclusion is signed over."""
    leaf, proved = strict_cbor(data)
    need(strict_cbor(leaf)[0] == 1 and len(proved) <= 8_192, "no entry, or a receipt that is too long")
    tagged = cbor2.loads(proved)
    protected, unprotected, payload, signature = tagged.value
    header, [proof] = strict_cbor(protected), unprotected[396][-1]
    size, index, path = strict_cbor(proof)
    exact = cbor2.dumps(tagged, canonical=True) == proved and tagged.tag == 18 and payload is None
    only = [*unprotected] == [396] and [*unprotected[396]] == [-1]
    need(exact and only and 0 <= index < size, "no receipt of inclusion")
    signer = trust.signers[header[34][1]]
    need(header == {1: -8, 34: header[34], 395: 1} and signer.address == member, "a receipt of another log")
    found = root(leaf, index, size, [*path])
    key_of(signer.certificate).verify(signature, cbor2.dumps(["Signature1", protected, b"", found]))
    return size, index, found.hex()


def logs(trust: Trust) -> Iterator[tuple[str, str]]:
    """Each file of a log, and why it does not hold; empty where it does."""
    paths = [path for path in trust.files if path.startswith("log/")]
    read: dict[str, Any] = {"heads": log_head, "entries": log_entry}
    found = {path: tried(read[path.split("/")[2]], trust.files[path], path.split("/")[1], trust) for path in paths}
    heads = {(path.split("/")[1], *one) for path, (one, _) in found.items() if one and path.split("/")[2] == "heads"}
    for path, (one, why) in found.items():
        _, member, folder, name = path.split("/")
        if one and folder == "entries" and (name != f"{one[1]}.cbor" or (member, one[0], one[2]) not in heads):
            why = "no head in the bundle is over it"
        yield path, why
