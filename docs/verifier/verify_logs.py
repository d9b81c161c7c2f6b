"""What the second verifier reads with, and what stands beside a case: logs, who has seen them, time-stamps, events.

Written from docs/evidence.md and docs/envelope.md, section 7.7, alone. verify_case.py, beside it, is what is run.
"""

import io
import json
import re
import struct
import zipfile
from base64 import urlsafe_b64decode as octets
from bisect import bisect, insort
from collections import defaultdict, namedtuple
from datetime import datetime, timedelta
from hashlib import new as digest_by
from hashlib import sha256

from cbor2 import dumps, loads
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

CLOCKS, TICK = timedelta(minutes=10), timedelta(microseconds=1)
NAME = re.compile(r"[A-Za-z0-9](\.(?!\.)|/(?=[A-Za-z0-9])|[A-Za-z0-9_-])*")
FAULTS = "file-(missing|changed)|(document|receipt|log)-not-verified"
HASHES = {bytes.fromhex(f"60864801650304020{number}"): one for number, one in (
    (1, hashes.SHA256()), (2, hashes.SHA384()), (3, hashes.SHA512()))}  # fmt: skip
STAMP = [bytes.fromhex(f"2a864886f70d01{end}") for end in ("0702", "09100104")]  # SignedData, over a TSTInfo
TYPE_AND_DIGEST = [bytes.fromhex(f"2a864886f70d01090{end}") for end in (3, 4)]  # attributes of a token
EVENTS = {"": "SubmissionAcceptance", "forwarding": "RelayAcceptance", "deemed-consent": "AcceptanceRejectionExpiry",
    "accepted": "ContentConsignment", "returned": "ConsignmentRejection",
    "handed-over": "ContentHandover", "handover-failed": "ContentHandoverFailure"}  # fmt: skip
TOLD = ("event", "message_id", "digest", "by", "at", "proof")
Entry = namedtuple("Entry", "index head path at kind message detail digest")
Der = namedtuple("Der", "tag inside whole")
instant = datetime.fromisoformat


def need(holds, what):
    if not holds:
        raise ValueError(what)


def tried(read, *given):  # what is read, or why it does not hold: forged octets may bring about anything
    try:
        return read(*given), ""
    except Exception as fault:
        return None, f"{fault} ({type(fault).__name__})"


def holding(read, each, *given):  # of several that are read alike, those that hold
    return [found for one in each if (found := tried(read, one, *given)[0]) is not None]


def grouped(those, key):  # several by what they have in common
    found = defaultdict(list)
    for one in those:
        found[key(one)].append(one)
    return found


def sealed(data, signers):  # a COSE_Sign1 (tag 18), which has one encoding: its parts, its signer, and what verifies it
    found = loads(data)
    need(found.tag == 18 and dumps(found, canonical=True) == data, "no COSE_Sign1 in its one form")
    protected, unprotected, payload, signature = found.value
    header = loads(protected)
    by, signed = signers[header[34][1]], ["Signature1", protected, b""]
    return header, unprotected, payload, by, lambda over: by[1].public_key().verify(signature, dumps([*signed, over]))


def unzip(data):  # the files of a ZIP with no octet but those of the format ("The file"); None for what does not unpack
    archive, files, central, at = zipfile.ZipFile(io.BytesIO(data)), {}, b"", 0
    need(sum(one.file_size for one in archive.infolist()) <= 33 << 25, "it unpacks to more than is taken")
    for one in archive.infolist():
        name, sizes = one.orig_filename.encode("ascii"), (one.CRC, one.compress_size, one.file_size)
        common = struct.pack("<5H3I2H", 20, 0, one.compress_type, 0, 33, *sizes, len(name), 0)  # 33: 1980-01-01
        need(data.startswith(b"PK\3\4" + common + name, at) and one.compress_type in (0, 8), "a ZIP of another form")
        need(one.file_size <= 1 << 26 and NAME.fullmatch(one.filename), "a size or a name that is not taken")
        content = tried(archive.open(one).read, one.file_size + 1)[0]  # no more than was announced
        files[one.filename] = content if len(content or b"") == one.file_size else None
        central += b"PK\1\2\x14\3" + common + struct.pack("<3H2I", 0, 0, 0, 0o100644 << 16, at) + name
        at += 30 + len(name) + one.compress_size
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, *[len({*map(str.lower, files)})] * 2, len(central), at, 0)
    need(data[at:] == central + end and 0 < len(files) <= 60_001, "a ZIP of another form, or two files of one name")
    return files


def root(leaf, index, size, path):  # RFC 9162, section 2.1: split at the largest power of two below the size
    need(0 <= index < size and bool(path) == (size > 1), "a path of another length")
    if size == 1:
        return sha256(b"\0" + leaf).digest()
    left, (*path, sibling) = 1 << (size - 1).bit_length() - 1, path
    under = root(leaf, index % left, left if index < left else size - left, path)
    return sha256(b"\1" + (under + sibling if index < left else sibling + under)).digest()


def grown(before, size, path, known):  # RFC 9162, section 2.1.4, from above: both roots; ``path`` is used up
    if before == size:
        one = known or path.pop()  # ``known``: the smaller root, as long as the smaller tree is a whole one of these
        return one, one
    left, sibling = 1 << (size - 1).bit_length() - 1, path.pop()
    if before <= left:
        old, new = grown(before, left, path, known)
        return old, sha256(b"\1" + new + sibling).digest()
    old, new = grown(before - left, size - left, path, None)
    return sha256(b"\1" + sibling + old).digest(), sha256(b"\1" + sibling + new).digest()


def elements(data):  # of DER: each with its tag, the elements in it or what else it holds, and all of it
    found = []
    while data:
        start = 2 + max(data[1] - 128, 0)
        end = start + (int.from_bytes(data[2:start], "big") if start > 2 else data[1])
        need(end <= len(data) and (start == 2 or (end - start > 127 and data[2])), "DER that breaks off, or otherwise")
        found.append(Der(data[0], elements(data[start:end]) if data[0] & 32 else data[start:end], data[:end]))
        data = data[end:]
    return found


def token(data, head):  # a time-stamp over a signed head ("A time-stamp holds"): when, by whose certificate, with which
    match len(data) <= 65_536 and elements(data):  # tags: 2 integer, 4 octets, 6 object, 48 sequence, 49 set, 160 [0]
        case [Der(48, [Der(48, [Der(2, b"\0"), *_]), Der(48, [Der(6, outer), Der(160, [Der(48, [Der(2), Der(49, [
            Der(48, [Der(6), *_])]), Der(48, [Der(6, kind), Der(160, [Der(4, info)])]), Der(160, sent), *_, Der(49, [
            Der(48, [Der(2), Der(48, [Der(48) as issuer, Der(2, number)]), Der(48, [Der(6, digest), *_]),
            Der(160, said, attributes), Der(48, [Der(6), *_]), Der(4, signature), *_])])])])])])]:  # fmt: skip
            sent = [x509.load_der_x509_certificate(one.whole) for one in sent]
        case _:
            raise ValueError("it is no time-stamp, or was not granted")
    named = issuer.whole, int.from_bytes(number, "big")
    by = next(one for one in sent if (one.issuer.public_bytes(), one.serial_number) == named)
    use = by.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    need(use.critical and x509.oid.ExtendedKeyUsageOID.TIME_STAMPING in use.value, "a certificate for another use")
    told = {name.inside: value.inside[0].inside for name, value in (one.inside for one in said)}
    stated = [STAMP[1], digest_by(HASHES[digest].name, info).digest()]
    need([outer, kind] == STAMP and [told[one] for one in TYPE_AND_DIGEST] == stated, "no time, or it was changed")
    signed = signature, b"\x31" + attributes[1:]  # as a DER SET, by RSA or ECDSA
    ways = [(padding.PSS(padding.MGF1(one), padding.PSS.AUTO), one) for one in HASHES.values()]
    ways += [way for one in HASHES.values() for way in ((padding.PKCS1v15(), one), (ec.ECDSA(one),))]
    need(any(not tried(by.public_key().verify, *signed, *way)[1] for way in ways), "it was not signed by whom it names")
    _, _, over, _, at, *_ = elements(info)[0].inside  # as its authority has signed it
    imprint = [HASHES[over.inside[0].inside[0].inside].name, over.inside[1].inside]
    need(imprint == ["sha256", sha256(dumps(loads(head).value[3])).digest()], "another head")
    return instant(f"{at.inside[:8].decode()}T{at.inside[8:].decode()}"), by, sent


def leads(found, at, trusted, sent):  # whether a certificate that was valid then leads to a trusted one
    reached, above = [found], [by for by in (*trusted, *sent) if any(getattr(x.value, "ca", 0) for x in by.extensions)]
    for one in (one for one in reached if one.not_valid_before_utc <= at <= one.not_valid_after_utc):
        if one in trusted and (one is found or not tried(one.verify_directly_issued_by, one)[1]):
            return True
        reached += [by for by in above if by not in reached and not tried(one.verify_directly_issued_by, by)[1]]
    return False


def certificates(files):  # of files, each of which has one in DER or several in PEM
    read = {True: x509.load_pem_x509_certificates, False: lambda data: [x509.load_der_x509_certificate(data)]}
    return [one for data in files for one in read[b"-----BEGIN" in data](data)]


class Log:  # one member's: heads as size and root, when they were signed, and which are in the bundle by themselves
    def __init__(self, case, member, files):
        self.case, self.member, self.cosigned, self.entries, self.restored = case, member, [], [], []
        self.heads, self.own, self.stamped, self.begins, self.named = {}, {}, {}, defaultdict(set), files["entries"]
        for folder in ("restored", "heads", "witnesses", "growth", "entries", "stamps"):
            code = "time_stamp_not_verified" if folder == "stamps" else "log_not_verified"
            for path, _, _, _, *names in files[folder]:
                case.tell(path, **{code: tried(getattr(self, f"take_{folder}"), case.files[path], *names)[1]})

    def take_restored(self, data, name):
        found = self.case.signed(data, kind="log-restored", plain=("origin", "restored_at"))
        need(found.sender == self.member and instant(found.body["backed_up_at"]) <= found.at, "another's, or misdated")
        self.restored.append((found.at, found.body["size"], found.body["root"]))

    def head(self, data):
        found = self.case.signed(data, kind="log-head", plain=("origin", "issued_at"))
        need([found.sender, found.body["hash"]] == [self.member, "sha-256"], "it is no head of that member's log")
        return (found.body["size"], found.body["root"]), found.at

    def take_heads(self, data, name):
        point, at = self.head(data)
        self.own[point] = data, at
        self.heads[point] = max(at, self.heads.get(point, at))

    def take_witnesses(self, data, witness, name):
        found = self.case.signed(data, kind="log-cosignature", plain=("witness", "seen_at"))
        point, at = self.head(octets(found.body["head"]))
        need(found.sender == witness != self.member, "a cosignature of another, or by itself")
        need(at <= found.at + CLOCKS and name == f"{point[0]}.cose", "seen before it was signed, or another size")
        self.heads[point] = max(at, self.heads.get(point, at))
        self.cosigned.append((point, found.at, witness))

    def receipt(self, data, kind):  # a COSE Receipt (RFC 9942): what it proves, and what verifies it over a root
        header, unprotected, payload, (address, *_), verify = sealed(data, self.case.signers)
        own = header == {1: -8, 34: header[34], 395: 1} and [address, payload] == [self.member, None]
        need(own, "a receipt of another form, or log")
        [proof] = unprotected[396][kind]
        return loads(proof), verify

    def take_growth(self, data, name):
        smaller, proved = loads(data)
        (before, size, path), verify = self.receipt(proved, -2)
        old, new = grown(before, size, path := [*path], smaller)
        verify(new)
        need(old == smaller and not path and name == f"{before}-{size}.cbor", "of other sizes than its name says")
        need((size, new.hex()) in self.heads, "no head in the bundle is over it")
        self.begins[size, new.hex()].add((before, smaller.hex()))

    def take_entries(self, data, name):
        leaf, proved = loads(data)
        (size, index, steps), verify = self.receipt(proved, -1)
        verify(over := root(leaf, index, size, steps))
        need((size, over.hex()) in self.own and name == f"{index}.cbor", "no head in the bundle is over it")
        version, _, at, kind, _, message, detail, *digest = loads(leaf)
        need((version, len(digest)) in ((1, 0), (2, 1)), "an entry of another form")
        path, digest = f"log/{self.member}/entries/{name}", digest[0].hex() if digest else None
        self.entries.append(Entry(index, (size, over.hex()), path, instant(at), kind, message, detail, digest))

    def take_stamps(self, data, name):
        point, (head, signed_at) = next(one for one in self.own.items() if name == f"{one[0][0]}.tsr")
        at, by, sent = token(data, head)
        untrusted, early = not leads(by, at, self.case.stampers, sent), at < signed_at - CLOCKS
        held_against = ("_not_looked_at", not self.case.stampers), ("_claimed", untrusted), ("_too_early", early)
        code = next((code for code, holds in held_against if holds), "ed")
        self.case.tell(self.member, **{f"time_stamp{code}": at})
        self.stamped |= {point[0]: at} if code == "ed" else {}

    def parts(self, size, at):  # heads, and roots at a size, are apart where a restoration of fewer lies between them
        return sum(moment <= at and kept < size for moment, kept, _ in self.restored)

    def cut(self, under):  # whether a head was issued after one with more entries, and is not of one history with it
        earlier = []
        for at, one in sorted((at, one) for one, at in self.heads.items()):
            for more in earlier[bisect(earlier, (one[0] + 1,)) :]:
                apart, late = self.parts(more[0], at) > self.parts(more[0], self.heads[more]), at - self.heads[more]
                if late > CLOCKS and not apart and not under[one] & under[more]:
                    return True
            insort(earlier, one)
        return False

    def judge(self):  # whether all of it is one history, who has seen it, and by when which bytes were named
        roots, under = [(one, at) for at, *one in self.restored], defaultdict(set)
        roots += [(one, at - TICK) for one, at in roots]  # what was put back stands before it and after it
        for head, at in self.heads.items():  # of one history is what one head is proved to begin with
            for one in (head, *self.begins[head]):
                under[one].add(head)
                roots.append((one, at))
        told = {(*one, self.parts(one[0], at)) for one, at in roots if one[0]}
        forked = len(told) > len({(size, part) for size, _, part in told})
        cut, shown = not forked and self.cut(under), {head for one in self.own for head in under[one]}
        first, seen, by = min(map(self.heads.get, self.own), default=None), [], {}
        self.case.tell(self.member, log_forked=forked, log_cut=cut, log_restored=self.restored, logged=self.entries)
        for point, at, witness in sorted(self.cosigned):
            own, size = under[point] & shown, point[0]
            seen += [(size, at, witness)] if own else []
            ended = first and self.parts(size, self.heads[point]) < self.parts(size, first)
            if self.named and not forked and not cut:
                self.case.tell(self.member, witnessed=own and (witness, size, at), growth_missing=not own and not ended)
        bare = any(one.head[0] not in self.stamped for one in self.entries)
        self.case.tell(self.member, time_stamp_missing=self.case.stampers and bare)
        for one in sorted(self.entries, reverse=True):
            while seen and seen[-1][0] > one.index:
                _, at, witness = seen.pop()
                by[witness] = min(at, by.get(witness, at))
            stamp = {"": self.stamped[one.head[0]]} if one.head[0] in self.stamped else {}
            yield one, {self.member: self.own[one.head][1]} | by | stamp


def judge_logs(case):  # of every member; what is dated after a log that had named it
    files = [(path, *path.split("/")) for path in case.files if path.startswith("log/")]
    for member, those in grouped(files, lambda one: one[2]).items():
        for one, seen in Log(case, member, grouped(those, lambda one: one[3])).judge():
            known = one.digest and one.message in case.dates
            other = known and f"documents/{one.digest}.cose" not in case.listed
            case.tell(one.message, logged_other_bytes=other)
            case.seen[one.digest].append(seen)
            if one.kind in ("handed-over", "handover-failed"):
                claimed, why = tried(handover, case, member, one, seen[member])
                case.tell(one.message or member, handover_differs=why, handover_claimed=claimed)


def handover(case, member, entry, sealed_at):  # that a member's own system has a message
    said, handed = json.loads(entry.detail), entry.kind == "handed-over"
    sender, digest, system = said["sender"], said["digest"], (said.get("system") or {}).get("name")
    case.events.add(event(entry.kind, entry.message, digest, member, entry.at, entry.path, system=system))
    once = (member, sender, entry.message) not in case.handed or not handed
    need(said.keys() == {"sender", "digest", *["system"] * handed} and once, "another form, or twice")
    case.handed |= {(member, sender, entry.message)} if handed else set()
    mine = [r for r in case.sent[sender, entry.message] if r.receiver == member]
    those = case.by["", sender, entry.message]
    known = {digest} >= {one.digest for one in those} and (not mine or digest in {r.digest for r in mine})
    need(known and ("returned", digest) not in {(r.outcome, r.digest) for r in mine}, "other bytes, or sent back")
    early = max([r.arrived for r in mine] + [one.at for one in those], default=entry.at)
    need(early - CLOCKS <= entry.at <= sealed_at + CLOCKS, "it was not there yet, or not sealed then")
    return not mine


def event(kind, *told, **more):  # one of registered delivery, by what of ours shows it
    named = zip(TOLD, (EVENTS[kind], *told), strict=True)
    return frozenset((*named, *((name, said) for name, said in more.items() if said)))


def shown(one):  # the events that a signed document shows
    by, body = (one.sender, one.at, f"documents/{one.digest}.cose"), one.body
    yield event("", one.id, one.digest, *by)
    if one.kind == "forwarding":
        yield event(one.kind, body["notice_id"], body["digest"], *by)
    if one.kind == "deemed-consent" and body["state"].get("evidence"):
        had, by = json.loads(octets(body["state"]["evidence"]["receipt"])), (by[0], instant(body["due_at"]), by[2])
        yield event(one.kind, had["message_id"], had["digest"], *by, department=body["state"]["department"])


def listed_in(data):  # the events that evidence.json lists
    said = json.loads(data)
    need(said["version"] == 1 and said.keys() == {"version", "events"}, "a list of another form")
    for one in said["events"]:
        need(one["event"] in EVENTS.values() and {*TOLD} <= one.keys(), "an event of another form")
        yield frozenset((one | {name: instant(one[name]) for name in ("at", "arrived_at") if name in one}).items())


def judge_events(case):  # evidence.json against what the files carry: nothing is invented, and nothing left out
    name, faults = "evidence.json", {about for code, about, _ in case.findings if re.fullmatch(FAULTS, code)}
    data, derived = case.files.get(name), case.events | {one for each in case.held for one in shown(each)}
    for r in case.receipts:
        more = {"arrived_at": r.arrived, "reason_code": r.reason}
        derived.add(event(r.outcome, r.id, r.digest, r.receiver, r.signed_for, r.path, **more))
    listed, why = tried(lambda: {*listed_in(data)}) if data else (derived, "")
    false = {one for one in (listed or set()) - derived if dict(one)["proof"] not in faults}
    case.tell(name, events_missing=data is None and name not in faults, event_without_proof=why or false,
        event_not_listed=not why and derived - listed)  # fmt: skip
