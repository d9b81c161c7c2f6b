"""What stands beside a case in its bundle, for the second verifier: logs, who has seen them, time-stamps, events.

Written from docs/evidence.md and docs/envelope.md, section 7.7, alone. verify_case.py, beside it, is what is run.
"""

import json
import re
from base64 import urlsafe_b64decode as octets
from collections import namedtuple
from datetime import datetime, timedelta
from hashlib import new as digest_by
from hashlib import sha256
from itertools import combinations

from cbor2 import dumps, loads
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

CLOCKS = timedelta(minutes=10)
FOLDERS = ("restored", "heads", "witnesses", "growth", "entries", "stamps")
HASHES = {bytes.fromhex("6086480165030402" + end): one for end, one in (
    ("01", hashes.SHA256()), ("02", hashes.SHA384()), ("03", hashes.SHA512()))}  # fmt: skip
RSA, PSS = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d01010a")
RSA_WITH = {bytes.fromhex("2a864886f70d0101" + end): one for end, one in zip(
    ("0b", "0c", "0d"), HASHES.values(), strict=True)}  # fmt: skip
ECDSA_WITH = {bytes.fromhex("2a8648ce3d0403" + end): one for end, one in zip(
    ("02", "03", "04"), HASHES.values(), strict=True)}  # fmt: skip
SIGNED_DATA, TST_INFO = bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d0109100104")
CONTENT_TYPE, MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
EVENTS = ("SubmissionAcceptance", "RelayAcceptance", "ContentConsignment", "ConsignmentRejection",
    "AcceptanceRejectionExpiry", "ContentHandover", "ContentHandoverFailure")  # fmt: skip
HANDED = {"handed-over": "ContentHandover", "handover-failed": "ContentHandoverFailure"}
NAMED = ("document", "receipt", "log")
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


def sealed(data):  # the parts of a COSE_Sign1 (tag 18), which has one encoding
    found = loads(data)
    need(found.tag == 18 and dumps(found, canonical=True) == data, "no COSE_Sign1 in its one form")
    return found.value


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
        size = int.from_bytes(data[2:start], "big") if start > 2 else data[1]
        end = start + size
        need(end <= len(data) and (start == 2 or (size > 127 and data[2])), "DER that breaks off, or of another form")
        found.append(Der(data[0], elements(data[start:end]) if data[0] & 32 else data[start:end], data[:end]))
        data = data[end:]
    return found


def token(data, head):  # a time-stamp over a signed head ("A time-stamp holds"): when, by whose certificate, with which
    match len(data) <= 65_536 and elements(data):  # tags: 2 integer, 4 octets, 6 object, 48 sequence, 49 set, 160 [0]
        case [Der(48, [Der(48, [Der(2, b"\0"), *_]), Der(48, [Der(6, outer), Der(160, [Der(48, [Der(2), Der(49, each),
            Der(48, [Der(6, kind), Der(160, [Der(4, info)])]), Der(160, sent), *_, Der(49, [Der(48, [Der(2),
            Der(48, [Der(48) as issuer, Der(2, number)]), Der(48, [Der(6, digest), *_]), Der(160, said, attributes),
            Der(48, [Der(6, way), *_]), Der(4, signature), *_])])])])])])]:  # fmt: skip
            sent = [x509.load_der_x509_certificate(one.whole) for one in sent]
        case _:
            raise ValueError("it is no time-stamp, or was not granted")
    need(all(one.tag == 48 and one.inside[0].tag == 6 for one in each), "a hash of another form")
    named = issuer.whole, int.from_bytes(number, "big")
    by = next(one for one in sent if (one.issuer.public_bytes(), one.serial_number) == named)
    use = by.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    need(use.critical and ExtendedKeyUsageOID.TIME_STAMPING in use.value, "a certificate for another use")
    told = {}
    for one in said:
        match one:
            case Der(48, [Der(6, name), Der(49, [value])]):
                told[name] = value.inside
    kinds = [outer, kind, told[CONTENT_TYPE]]
    need(kinds == [SIGNED_DATA, TST_INFO, TST_INFO], "it is over something else than a time")
    need(told[MESSAGE_DIGEST] == digest_by(HASHES[digest].name, info).digest(), "its content was changed")
    check(by.public_key(), way, HASHES[digest], signature, b"\x31" + attributes[1:])
    _, _, over, _, at, *_ = elements(info)[0].inside  # as its authority has signed it
    imprint = [HASHES.get(over.inside[0].inside[0].inside), over.inside[1].inside]
    need(imprint == [next(iter(HASHES.values())), sha256(dumps(loads(head).value[3])).digest()], "another head")
    return instant(f"{at.inside[:8].decode()}T{at.inside[8:].decode()}"), by, sent


def check(key, way, algorithm, signature, signed):  # a signature of a token: RSA or ECDSA
    if isinstance(key, rsa.RSAPublicKey) and way == PSS:
        key.verify(signature, signed, padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO), algorithm)
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), algorithm if way == RSA else RSA_WITH[way])
    else:
        key.verify(signature, signed, ec.ECDSA(ECDSA_WITH[way]))


def leads(one, at, trusted, sent, depth=0):  # whether a certificate that was valid then leads to a trusted one
    if depth > 8 or not one.not_valid_before_utc <= at <= one.not_valid_after_utc:
        return False
    if one in trusted and (not depth or not tried(one.verify_directly_issued_by, one)[1]):
        return True
    above = [by for by in (*trusted, *sent) if by != one and not tried(one.verify_directly_issued_by, by)[1]]
    return any(ca(by) and leads(by, at, trusted, sent, depth + 1) for by in above)


def ca(one):
    return any(isinstance(each.value, x509.BasicConstraints) and each.value.ca for each in one.extensions)


class Log:  # one member's: heads as size and root, when they were signed, and which are in the bundle by themselves
    def __init__(self, case, member):
        self.case, self.member, self.heads, self.own, self.begins = case, member, {}, {}, {}
        self.cosigned, self.entries, self.stamped, self.named, self.restored = [], [], {}, 0, {}
        files = [path.split("/") for path in case.files if path.startswith(f"log/{member}/")]
        files = [parts for parts in files if parts[2] in FOLDERS]
        for _, _, folder, *names in sorted(files, key=lambda parts: FOLDERS.index(parts[2])):
            path = "/".join(("log", member, folder, *names))
            why = tried(getattr(self, f"take_{folder}"), case.files[path], *names)[1]
            code = "time_stamp_not_verified" if folder == "stamps" else "log_not_verified"
            case.tell(path, **{code: why})
            self.named += folder == "entries" and bool(re.fullmatch(r"[0-9]{1,16}\.cbor", names[0]))

    def head(self, data):
        found = self.case.signed(data, kind="log-head", own=())
        need([found.sender, found.body["hash"]] == [self.member, "sha-256"], "it is no head of that member's log")
        return (found.body["size"], found.body["root"]), found.at

    def take_heads(self, data, name):
        point, at = self.head(data)
        self.own[point] = data, at
        self.heads[point] = max(at, self.heads.get(point, at))

    def take_witnesses(self, data, witness, name):
        found = self.case.signed(data, kind="log-cosignature", own=())
        point, at = self.head(octets(found.body["head"]))
        need(found.sender == witness != self.member, "a cosignature of another, or by itself")
        need(at <= found.at + CLOCKS and name == f"{point[0]}.cose", "seen before it was signed, or another size")
        self.heads[point] = max(at, self.heads.get(point, at))
        self.cosigned.append((witness, point, found.at))

    def receipt(self, data, kind):  # a COSE Receipt (RFC 9942): what it proves, and what verifies it over a root
        protected, unprotected, payload, signature = sealed(data)
        header, [proof] = loads(protected), unprotected[396][kind]
        address, by, _ = self.case.signers[header[34][1]]
        own = header == {1: -8, 34: header[34], 395: 1} and [address, payload] == [self.member, None]
        need(own, "a receipt of another form, or log")
        return loads(proof), lambda over: by.public_key().verify(
            signature, dumps(["Signature1", protected, b"", over]))  # fmt: skip

    def take_growth(self, data, name):
        smaller, proved = loads(data)
        (before, size, path), verify = self.receipt(proved, -2)
        path = [*path]
        need(0 < before <= size and name == f"{before}-{size}.cbor", "of other sizes than its name says")
        old, new = grown(before, size, path, smaller)
        need(old == smaller and not path and (size, new.hex()) in self.heads, "no head in the bundle is over it")
        verify(new)
        self.begins.setdefault((size, new.hex()), set()).add((before, smaller.hex()))

    def take_entries(self, data, name):
        leaf, proved = loads(data)
        (size, index, path), verify = self.receipt(proved, -1)
        over = root(leaf, index, size, path)
        verify(over)
        need((size, over.hex()) in self.own and name == f"{index}.cbor", "no head in the bundle is over it")
        version, *said = loads(leaf)
        need((version, len(said)) in ((1, 6), (2, 7)), "an entry of another form")
        named, own = said[6].hex() if version == 2 else None, (f"log/{self.member}/entries/{name}", said[2])
        self.entries.append((index, (size, over.hex()), said[4], named, (*own, instant(said[1]), said[5])))

    def take_stamps(self, data, name):
        point, (head, signed_at) = next(one for one in self.own.items() if name == f"{one[0][0]}.tsr")
        at, by, sent = token(data, head)
        if not self.case.stampers:
            self.case.tell(self.member, time_stamp_not_looked_at=at)
        elif not leads(by, at, self.case.stampers, sent):
            self.case.tell(self.member, time_stamp_claimed=at)
        elif at < signed_at - CLOCKS:
            self.case.tell(self.member, time_stamp_too_early=at)
        else:
            self.stamped[point[0]] = at
            self.case.tell(self.member, time_stamped=at)

    def take_restored(self, data, name):
        found = self.case.signed(data, kind="log-restored", own=())
        need(found.sender == self.member and instant(found.body["backed_up_at"]) <= found.at, "another's, or misdated")
        self.restored[found.at] = found.body["size"], found.body["root"]

    def after(self, at):  # how many restorations lie before a moment
        return sum(moment <= at for moment in self.restored)

    def apart(self, size, one, other):  # whether a restoration of fewer entries lies between
        put_back = [self.restored[at][0] for at in sorted(self.restored)][min(one, other) : max(one, other)]
        return any(size > kept for kept in put_back)

    def forked(self):
        points = {(one, self.after(at)) for head, at in self.heads.items()
            for one in (head, *self.begins.get(head, ()))}  # fmt: skip
        for number, at in enumerate(sorted(self.restored)):
            points |= {(self.restored[at], number + after) for after in (0, 1) if self.restored[at][0]}
        return any(one[0] == other[0] and one != other and not self.apart(one[0], before, after)
            for (one, before), (other, after) in combinations(points, 2))  # fmt: skip

    def ended(self, point):  # whether a restoration has ended the history of a head, as to all of the bundle's own
        before, own = self.after(self.heads[point]), [self.after(self.heads[one]) for one in self.own]
        return bool(own) and all(before < one and self.apart(point[0], before, one) for one in own)

    def together(self, one, other):  # whether both are proved to be of one history
        return one == other or any({one, other} <= {head, *earlier} for head, earlier in self.begins.items())

    def judge(self):  # whether all of it is one history, who has seen it, and by when which bytes were named
        shown, forked, after = [], self.forked(), {head: self.after(at) for head, at in self.heads.items()}
        cut = any(
            fewer[0] < more[0]
            and self.heads[fewer] > self.heads[more] + CLOCKS
            and not self.together(fewer, more)
            and not self.apart(more[0], after[fewer], after[more])
            for fewer, more in combinations(sorted(self.heads), 2)
        )
        self.case.tell(self.member, log_forked=forked, log_cut=cut and not forked, logged=len(self.entries),
            log_restored=[*self.restored])  # fmt: skip
        for witness, point, at in self.cosigned:
            own = any(self.together(point, one) for one in self.own)
            shown += [(point[0], at, witness)] if own else []
            if self.named and not forked and not cut:
                self.case.tell(
                    self.member,
                    witnessed=own and (witness, point[0], at),
                    growth_missing=not own and not self.ended(point),
                )
        bare = any(point[0] not in self.stamped for _, point, *_ in self.entries)
        self.case.tell(self.member, time_stamp_missing=bool(self.case.stampers) and bare)
        for index, point, message, digest, entry in self.entries:
            seen = [(at, witness) for size, at, witness in shown if index < size]
            stamp = [(self.stamped[point[0]], "")] if point[0] in self.stamped else []
            yield message, digest, [(self.own[point][1], self.member), *seen, *stamp], entry


def judge_logs(case):  # of every member; what is dated after a log that had named it
    bounds, handed, case.handed = {}, [], []
    for member in sorted({path.split("/")[1] for path in case.files if path.startswith("log/")}):
        for message, digest, those, (path, kind, at, detail) in Log(case, member).judge():
            other = digest and message in {one.id for one in case.documents}
            case.tell(message, logged_other_bytes=other and f"documents/{digest}.cose" not in case.listed)
            bounds.setdefault(digest, []).extend(those)
            if kind in HANDED:
                said, why = tried(handover, case, member, message, kind, at, detail, those[0][0])
                case.tell(message or member, handover_differs=why, handover_claimed=not why and not said[0])
                handed += [(member, *said[1:3])] if said and kind == "handed-over" else []
                case.handed += holding(handed_event, [detail], member, message, kind, at, path)
    case.tell(case.number, handover_differs=len(handed) > len({*handed}))
    for one in case.documents:
        by_others = [at for at, by in bounds.get(one.digest, ()) if by != one.sender]
        case.tell(one.id, dated_wrongly=by_others and one.at > min(by_others) + CLOCKS)


def handover(case, member, message, kind, at, detail, sealed_at):  # that a member's own system has a message
    said = json.loads(detail)
    need(said.keys() == {"sender", "digest"} | ({"system"} if kind == "handed-over" else set()), "another form")
    sender, digest = said["sender"], said["digest"]
    mine = [r for r in case.receipts if (r.receiver, r.sender, r.id) == (member, sender, message)]
    those = [one for one in case.documents if (one.sender, one.id) == (sender, message)]
    known = {digest} >= {one.digest for one in those} and (not mine or digest in {r.digest for r in mine})
    need(known and ("returned", digest) not in {(r.outcome, r.digest) for r in mine}, "of other bytes, or sent back")
    early = [*(r.arrived for r in mine), *(one.at for one in those)]
    need(max(early, default=at) - CLOCKS <= at <= sealed_at + CLOCKS, "it was not there yet, or not sealed then")
    return bool(mine), sender, message


def handed_event(detail, member, message, kind, at, path):
    said = json.loads(detail)
    system = (said.get("system") or {}).get("name")
    more = {"system": system} if system else {}
    return event(HANDED[kind], message, said["digest"], member, at, path, **more)


def certificates(data):  # of a file, one in DER or several in PEM
    return x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [x509.load_der_x509_certificate(data)]


def event(event, message_id, digest, by, at, proof, **more):  # one of registered delivery, as the list has it
    need(event in EVENTS, "an event that there is not")
    told = {"event": event, "message_id": message_id, "digest": digest, "by": by, "at": at, "proof": proof} | more
    dated = {name: instant(told[name]) for name in ("at", "arrived_at") if isinstance(told.get(name), str)}
    return frozenset((told | dated).items())


def listed_in(data):  # the events that evidence.json lists
    said = json.loads(data)
    need(said["version"] == 1 and said.keys() == {"version", "events"}, "a list of another form")
    return {event(**one) for one in said["events"]}


def of_document(one):  # the events that a signed document shows
    path, body, found = f"documents/{one.digest}.cose", one.body, []
    found.append(event("SubmissionAcceptance", one.id, one.digest, one.sender, one.at, path))
    if one.kind == "forwarding":
        found.append(event("RelayAcceptance", body["notice_id"], body["digest"], one.sender, one.at, path))
    if one.kind == "deemed-consent" and body["state"].get("evidence"):
        had, name = json.loads(octets(body["state"]["evidence"]["receipt"])), "AcceptanceRejectionExpiry"
        about, who, due = (had["message_id"], had["digest"]), body["state"]["department"], instant(body["due_at"])
        found.append(event(name, *about, one.sender, due, path, department=who))
    return found


def of_receipt(r):
    name = "ConsignmentRejection" if r.outcome == "returned" else "ContentConsignment"
    more = {"arrived_at": r.arrived} | ({"reason_code": r.reason} if r.reason else {})
    return [event(name, r.id, r.digest, r.receiver, r.signed_for, r.path, **more)]


def judge_events(case):  # evidence.json against what the files carry: nothing is invented, and nothing left out
    codes, name = ("file-missing", "file-changed", *(f"{one}-not-verified" for one in NAMED)), "evidence.json"
    faults, data = {about for code, about, _ in case.findings if code in codes}, case.files.get("evidence.json")
    found = holding(of_document, case.held) + holding(of_receipt, case.receipts)
    derived, missing = {*case.handed, *(one for those in found for one in those)}, data is None and name not in faults
    listed, why = tried(listed_in, data) if data else (derived, "")
    false = {one for one in (listed or set()) - derived if dict(one)["proof"] not in faults}
    lacking = not why and derived - listed
    case.tell(name, events_missing=missing, event_without_proof=why or false, event_not_listed=lacking)
