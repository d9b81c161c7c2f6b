"""A second verifier of a case's evidence, written from docs/evidence.md and the pages that it names, alone.
    python verify_case.py BUNDLE.zip AUTHORITY.der [WORKDAYS.json, or -] [certificates of time-stamping authorities]
WORKDAYS.json are the days that the reader knows, in a bundle's form. verify_logs.py, beside this, looks at logs.
Exit codes: 0 proved, 3 incomplete or withheld, 4 contradicted, 5 no bundle. docs/evidence.md says what codes mean.
"""

import io
import json
import re
import struct
import sys
import zipfile
from base64 import urlsafe_b64decode as octets
from collections import namedtuple
from datetime import date, datetime, time, timedelta, timezone
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from cbor2 import dumps, loads
from cryptography import x509
from verify_logs import CLOCKS, certificates, holding, instant, judge_events, judge_logs, need, root, sealed, tried

TICK, DAY = timedelta(microseconds=1), timedelta(days=1)
CHINA, NAME = timezone(timedelta(hours=8)), re.compile(r"[A-Za-z0-9](\.(?!\.)|/(?=[A-Za-z0-9])|[A-Za-z0-9_-])*")
NO_RECEIPT = ("counted from issue: no proof", "begun anew: the result", "asked anew: the opinion")
CODES = (("proved", "logged directory-current asked term opinion-in-time opinion-late decision silence-lawful "
     "witnessed time-stamped"),
    ("claimed", "opinion-without-receipt opinion-counted-late directory-not-shown-current withheld-unproved "
     "time-stamp-claimed handover-claimed log-restored"),
    ("missing", "subject-missing decision-missing asked-without-receipt never-asked term-missing opinion-missing "
     "silence-missing enclosure-missing document-missing growth-missing time-stamp-missing events-missing "
     "event-not-listed"), ("claimed", "arrival-claimed"), ("withheld", "file-withheld not-examined"),
    ("not-looked-at", "time-stamp-not-looked-at"))  # fmt: skip
WEIGHTS = {code: weight for weight, codes in CODES for code in codes.split()}  # whatever else is found contradicts
HANGS = (("lead", "subject-missing decision-missing term-missing never-asked"), ("undecided", "term opinion-in-time "
    "opinion-late"), ("own", "opinion-missing silence-lawful opinion-dropped silence-against-opinion"), ("any",
    "silence-missing opinion-counted-late"), ("receipts", "asked-without-receipt opinion-without-receipt"))  # fmt: skip
OPEN = {code: on for on, codes in HANGS for code in codes.split()}  # "What hangs on what is withheld"
NAMING = "consultation|clearance|opinion(-recall)?|escalation|reminder|deadline-notice|deemed-consent|decision"
PLAIN = {"log-head": ("origin", "issued_at"), "log-cosignature": ("witness", "seen_at"),
    "log-restored": ("origin", "restored_at")}  # fmt: skip
MOMENTS, NAMES = ("at", "issued_at", "decided_at"), ("consultation_id", "opinion_id")
OF, PARTS = ("case_number", "lead", "department"), ("departments", "considered", "deadlines")
ORDER = (("contradicted", {"contradiction"}), ("incomplete", {"claimed", "missing"}), ("withheld", {"withheld"}))
Document = namedtuple("Document", "digest id sender addressees at kind body enclosures")
Receipt = namedtuple("Receipt", "outcome id sender receiver digest arrived signed_for since stamped path reason")


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


def signer(der, issuer=None, whose="", ends=()):  # a certificate (docs/certificates.md) under its thumbprint
    found, name = x509.load_der_x509_certificate(der), x509.UniformResourceIdentifier(f"exchange:{whose}")
    found.verify_directly_issued_by(issuer or found)
    use, said = x509.BasicConstraints(issuer is None, None if issuer else 0), [one.value for one in found.extensions]
    need(use in said and (not issuer or x509.SubjectAlternativeName([name]) in said), "a certificate for another use")
    return sha256(der).digest(), (whose, found, min((instant(at) for at in ends if at), default=None))


def cose_sign1(data, signers, kind="", own=()):  # header, body, kind and signer (docs/envelope.md, section 3)
    protected, unprotected, payload, signature = sealed(data)
    header = loads(protected)
    wanted = {1: -8, 3: header[3], 34: [-16, header[34][1]]} | ({2: [*own]} if own else {})
    need(header == wanted | {name: header[name] for name in own} and unprotected == {}, "a header of another form")
    signers[header[34][1]][1].public_key().verify(signature, dumps(["Signature1", protected, b"", payload]))
    [said] = re.findall(rf"\Aapplication/vnd\.yizhan\.({kind or '[a-z-]+'})\+json; version=[1-9]\Z", header[3])
    return header, json.loads(payload), said, signers[header[34][1]]


class Calendar:  # which days are working days: of each year as the authority has published it, else as ``days`` says
    def __init__(self, papers, days, by):
        said = sorted([one[1] for one in holding(cose_sign1, papers, by, "calendar")], key=lambda one: one["version"])
        self.years = {int(y): d for y, d in days.items()} | {one["year"]: one for body in said for one in body["years"]}

    def later(self, day, days, stops=()):  # the end, in China, of the day that is so many working days later
        need(days <= 2_500, "more working days than a ledger may add")
        while days > 0:
            day += DAY
            year, name = self.years.get(day.year, {}), str(day)
            works = name not in year.get("holidays", ()) if day.weekday() < 5 else name in year.get("makeup_days", ())
            days -= works and not any(since <= day <= until for since, until, _ in stops)
        return datetime.combine(day + DAY, time(tzinfo=CHINA))

    def term(self, said, department, had):  # since, until, whether by receipt (docs/deadlines.md: how days are counted)
        began, due, stops, starts, added, told, reason, budget = None, None, [], [], 0, None, "", said["term"]
        for entry in said["ledger"]:
            at, kind, days = instant(entry["at"]).astimezone(CHINA), entry["kind"], entry.get("days") or 0
            day, own = (at - TICK).date(), department == entry["actor"]
            if kind in ("start", "restart"):
                began, reason, stops = at, entry["reason"], stops if kind == "start" else []
            elif kind == "stop":
                stops.append([day, (self.later(day, days) - TICK).date() if days else date.max, entry["actor"]])
            for stop in [one for one in stops if kind == "resume" and (not own or department == one[2])]:
                stop[1] = min(stop[1], at.date())  # whoever orders it ends what stands, but a department its own alone
            starts, added = starts + [at] * (kind == "start"), added + days * (kind == "extend")
            told = entry.get("told") or (None if kind in ("resume", "restart") else told)
        if began and all(until < date.max for _, until, _ in stops):
            need(budget.get("days") or not (stops or added), "a fixed end that was moved is not reckoned here")
            days = budget.get("days") and budget["days"] + added
            due = self.later(began.date(), days, stops) if days else instant(budget["fixed"])
            due = max(due, instant(told)) if told else due  # no calendar shortens what was told
        since = had and (had.arrived if said["start"] == "arrival" else had.signed_for)
        need(not had or not starts or starts[0] >= since - CLOCKS, "it begins before the department's own receipt")
        return began, due, not reason.startswith(NO_RECEIPT)


class Case:  # what a bundle shows of a case: findings, each a code, what it is about, and by what it holds
    def __init__(self, files, trusted, known, stampers):
        self.stampers = [one for data in stampers for one in certificates(data)]
        index, self.findings, self.files, self.mine = json.loads(files["bundle.json"]), [], {}, []
        listed = {one["path"]: [one["sha256"], one["size"]] for one in index["files"]}
        kind, self.lead, self.number = (index["subject"][name] for name in ("kind", "of", "id"))
        need([index["format"], index["version"], kind] == ["yizhan-evidence", 1, "case"], "another format, or no case")
        need(next(iter(files)) == "bundle.json" and {*files} <= {"bundle.json", *listed}, "its index is of other files")
        for path, said in listed.items():
            content, (folder, _, name) = files.get(path), path.partition("/")
            named = folder not in ("documents", "enclosures") or name.partition(".")[0] == said[0]
            holds = named and content is not None and [sha256(content).hexdigest(), len(content)] == said
            self.files |= {path: content} if holds else {}
            self.tell(path, file_missing=path not in files, file_changed=path in files and not holds)
        left = self.withheld = {one["path"]: one["sha256"] for one in index.get("withheld", [])}
        fit = [re.match(f"(documents|enclosures|receipts)/.*{own}|log/.+/entries/", path) for path, own in left.items()]
        there = {*listed} & {*left} or {digest for digest, _ in listed.values()} & {*left.values()}
        need(len({*listed, *left}) == len(index["files"]) + len(index.get("withheld", ())), "it names a file twice")
        need(all(fit) and not there and not (fit and index["reader"] == "all"), "it was not, or may not be, left out")
        self.trust(trusted)
        said, mine = (json.loads(one or b"{}").get("years", {}) for one in (self.files.get("workdays.json"), known))
        self.tell("workdays.json", workdays_differ=mine and any(mine.get(year) != said[year] for year in said))
        self.days, self.calendar = mine or said, Calendar(self.inside("calendars"), mine or said, self.authority)
        self.receipts = self.each("receipts", self.receipt, "receipt_not_verified")
        held = [one for one in self.each("documents", self.signed, "document_not_verified") if one.kind != "receipt"]
        named = {one.digest for one in self.receipts}  # of two under one id it counts, else the smaller digest
        held.sort(key=lambda one: (one.digest not in named, one.digest), reverse=True)
        found = {(one.sender, one.id): one for one in held}
        self.held, self.listed = held, {*listed, *self.withheld}
        self.documents = sorted(found.values(), key=lambda one: (one.at, one.digest))  # the youngest last
        left = [digest for path, digest in self.withheld.items() if path.startswith("documents/")]
        self.left = {digest: {r.sender for r in self.receipts if r.digest == digest} or {"*"} for digest in left}
        self.tell(self.number, document_twice=[one.id for one in held if one not in self.documents])
        self.tell(self.number, file_withheld=self.withheld, withheld_unproved=[d for d in left if "*" in self.left[d]])
        for r in (r for r in self.receipts if (r.sender, r.id) not in found):
            self.tell(r.id, document_missing=not {f"documents/{r.digest}.cose"} & {*listed, *self.withheld})

    def trust(self, trusted):  # what the reader's one certificate leads to ("Whom to trust")
        chains = [[signer(trusted)], *([one] for one in holding(signer, self.inside("authorities")))]
        for chain in chains:
            for one in chain:  # grows while it is walked: each authority names the next
                named = holding(cose_sign1, self.inside("papers"), dict([one]), "authority-succession")
                after = holding(signer, [octets(body["certificate"]) for _, body, *_ in named])
                chain += [by for by in after if by not in chain][:1]
        self.authority, self.issuer = dict(chains[0][-1:]), chains[0][-1][1][1]
        issuers = [by for chain in chains if chain[-1] == chains[0][-1] for _, (_, by, _) in chain]
        found = holding(self.directory, self.inside("directories"), issuers)
        need(found, "no directory in it is signed by the authority that is trusted")
        self.version, self.data, self.own, self.signers = max(found, key=lambda one: one[:2])
        self.monitors = {one["address"] for one in self.own["members"] if "monitor" in one["roles"]}

    def inside(self, folder):
        return [data for name, data in self.files.items() if name.startswith(f"{folder}/")]

    def directory(self, data, issuers):  # docs/envelope.md, section 7
        (_, body, *_), signers = cose_sign1(data, self.authority, "directory"), {}
        for one in body["members"]:
            whose, revoked = one["address"], {old["certificate"]: old["at"] for old in one.get("revocations", [])}
            need(whose.rpartition(".")[0] == body["domain"], "a member of another domain")
            for der in map(octets, one["certificates"]):
                ends = one.get("revoked_at"), revoked.get(sha256(der).hexdigest())
                signers |= dict([next(own for by in issuers for own in holding(signer, [der], by, whose, ends))])
        return body["version"], data, body, signers

    def freshness(self, data):  # which directory is the present one: docs/envelope.md, section 7.2
        der, domain = octets(json.loads(loads(data).value[2])["certificate"]), self.own["domain"]
        key = dict([signer(der, self.issuer, f"freshness@{domain}")])
        _, body, _, (_, by, _) = cose_sign1(data, key, "directory-freshness")
        since = instant(body["issued_at"])
        need(body["domain"] == domain and by.not_valid_before_utc <= since <= by.not_valid_after_utc, "another's")
        return body["version"], since, body["digest"]

    def signed(self, data, _="", kind="", own=("yizhan-header", "yizhan-enclosures")):  # docs/envelope.md, section 3
        label, body, kind, (address, by, ends) = cose_sign1(data, self.signers, kind, own)
        of, when = PLAIN.get(kind, ("", ""))
        head = {"sender": body.get(of), "kind": kind, "created_at": body.get(when)}
        said = json.loads(label[own[0]]) if own else head
        at = instant(said["created_at"])
        counts = by.not_valid_before_utc <= at <= by.not_valid_after_utc and (ends is None or at < ends)
        need(counts and [said["sender"], said["kind"]] == [address, kind], "another's, or its key did not count then")
        named = said.get("message_id"), address, said.get("addressees")
        return Document(sha256(data).hexdigest(), *named, at, kind, body, label.get("yizhan-enclosures"))

    def receipt(self, proof, place=""):  # one of a signed batch (docs/envelope.md, section 6), in a file or a message
        if isinstance(proof, bytes):
            version, leaf, index, size, path, digest = loads(proof)
            need(version == 1, "a receipt of another version")
            batch = self.files[f"documents/{digest.hex()}.cose"]
        else:
            path, batch = [octets(one) for one in proof["path"]], octets(proof["signed"])
            leaf, index, size = octets(proof["receipt"]), proof["index"], proof["size"]
        signed, said = self.signed(batch, kind="receipt"), {"arrival": {}} | json.loads(leaf)
        stated = {"size": size, "root": root(leaf, index, size, path).hex(), "receiver": said["receiver"]}
        own = said["receiver"] == signed.sender and said["sender"] == signed.body["sender"] in signed.addressees
        need(own and stated.items() <= signed.body.items(), "it does not lead to what was signed, or is another's")
        parts = [said[name] for name in ("outcome", "message_id", "sender", "receiver", "digest")]
        at = said["arrived_at"], said["signed_for_at"], said["arrival"].get("not_before", said["arrived_at"])
        by_stamp = said["arrival"].get("basis") == "broker-stamp"
        return Receipt(*parts, *map(instant, at), by_stamp, place, said.get("reason_code"))

    def tell(self, about, **codes):  # those codes that hold, and by what they do
        self.findings += [(code.replace("_", "-"), about, by) for code, by in codes.items() if by]

    def each(self, folder, read, code):  # what holds of a folder; the rest is told
        found = [(path, *tried(read, data, path)) for path, data in self.files.items() if re.match(f"{folder}/", path)]
        for path, _, why in found:
            self.tell(path, **{code: why})
        return [one for _, one, why in found if not why]

    def of(self, kind, **said):  # documents of a kind whose bodies say this, the youngest last
        said, none = {"case_number": self.number} | said, {"copy_of": None, "case_number": self.number}
        found = [one for one in self.documents if one.kind == kind]
        return [one for one in found if said.items() <= (none | one.body | {"sender": one.sender}).items()]

    def hangs(self, code, about):  # whether something that was left out may bear on what was found
        whose, lead = {who for senders in self.left.values() for who in senders}, {"*", self.lead}
        acting = [one["substitute"] for one in self.own.get("substitutions", ()) if one["department"] == about]
        may = {"lead": lead, "own": {"*", about, *acting}, "any": whose, "undecided": set() if self.mine else lead}
        receipts = [path for path in self.withheld if path.startswith("receipts/")]
        return receipts if OPEN.get(code) == "receipts" else whose & may.get(OPEN.get(code), set())

    def had(self, one, receiver):  # the receiver's receipt that was signed for first
        found = [r for r in self.receipts if (r.digest, r.receiver) == (one.digest, receiver)]
        return min(found, key=lambda r: r.signed_for, default=None)

    def judge(self):  # what is looked at in every bundle, and what its lead has asked and decided
        for one in self.documents:
            paths = {f"enclosures/{digest.hex()}" for digest in one.enclosures}
            self.tell(one.id, enclosure_missing=paths - self.files.keys() - self.withheld.keys())
            for r in (r for r in self.receipts if (r.sender, r.id) == (one.sender, one.id)):
                other, early = r.digest != one.digest, max(one.at - min(r[6:8]), r.arrived - r.signed_for) > CLOCKS
                self.tell(one.id, receipt_of_other_bytes=other, dated_wrongly=early and not other)
        judge_logs(self)
        judge_events(self)
        self.judge_dates()
        issued, digest, current = instant(self.own["issued_at"]), sha256(self.data).hexdigest(), "not_shown_current"
        last = [one.at for one in self.documents] + [r.signed_for for r in self.receipts if r.digest in self.left]
        for version, at, said in sorted(holding(self.freshness, self.inside("freshness")))[-1:]:
            current = "current" if max(at, issued) >= max(last, default=issued) else current
            current = "rolled_back" if (version, said != digest) > (self.version, False) else current
        self.tell(self.own["domain"], **{f"directory_{current}": True})
        says, known, returned = [], {}, {r.digest for r in self.receipts if r.outcome == "returned"}
        for one in (one for one in self.documents if re.fullmatch(NAMING, one.kind)):
            for part in next((one.body[name] for name in PARTS if name in one.body), [one.body.get("state", {})]):
                says.append((one, one.body | part | (part.get("rests_on") or {})))
                known.setdefault(one.id, []).append(says[-1][1])
        for one, said in says:  # what names another message takes it for the case and department that this is of
            for means in (known.get(said.get(name)) for name in ("consultation_id", "opinion_id", "message_id")):
                same = any(all(said.get(k, it.get(k)) == it.get(k, said.get(k)) for k in OF) for it in means or ())
                self.tell(one.id, names_another=means and not same and one.digest not in returned)
        asked = self.of("consultation", sender=self.lead, lead=self.lead, copy_of=None)
        parts = {part["department"]: (one, part) for one in asked for part in one.body["departments"]}
        decisions = self.of("decision")
        mine = self.mine = [one for one in decisions if one.sender == self.lead == one.body["lead"]]
        self.tell(self.number, subject_missing=not parts, decision_missing=not decisions)
        for one in decisions:
            self.tell(one.id, decision=one in mine and one.body["outcome"], decision_wrong_lead=one not in mine)
        considered = {said["department"]: said for one in mine[-1:] for said in one.body["considered"]}
        for name, said in considered.items():
            early = any(one.id == said["message_id"] and one.at > mine[-1].at + CLOCKS for one in self.documents)
            self.tell(name, decision_dated_back=early, never_asked=name not in parts and said["standing"] != "moot")
        for name, (request, part) in parts.items():
            self.tell(name, not_considered=mine and name not in considered)
            self.part(name, request, part, mine[-1:], considered.get(name, {}))

    def judge_dates(self):  # what receipts and documents say of when others were signed
        signed = {r.outcome: {(o.receiver, o.sender, o.id, o.digest) for o in self.receipts if o.outcome == r.outcome}
                  for r in self.receipts}  # fmt: skip
        self.tell(self.number, receipts_differ=len(signed) > 1 and set.intersection(*signed.values()))
        returned = {r.digest for r in self.receipts if r.outcome == "returned"}
        known = {one.id: one.at for one in self.documents}
        for one in (one for one in self.documents if one.digest not in returned):
            said = [name for name in MOMENTS if name in one.body and abs(instant(one.body[name]) - one.at) > CLOCKS]
            self.tell(one.id, decision_dated_back="decided_at" in said, dated_wrongly=said not in ([], ["decided_at"]))
            about = one.body | (one.body.get("state") or {})
            named = {about.get(name) for name in NAMES if re.fullmatch(NAMING, one.kind)} & known.keys()
            since, accepted = one.at, one.body.get("accepted_from")
            if one.kind == "acceptance":  # a case is not accepted from before it was filed
                named, since = (
                    {one.body["filing_id"]} & known.keys(),
                    min(since, instant(accepted) if accepted else since),
                )
            self.tell(one.id, dated_wrongly=any(known[name] > since + CLOCKS for name in named))

    def term(self, name, request, part, had):  # by the youngest ledger; each goes on from the one before
        ledgers, about = [], dict(zip(OF, (self.number, self.lead, name), strict=True), consultation_id=request.id)
        for one in (one for one in self.documents if one.sender == self.lead):
            told = [one.body | said | (said["rests_on"] or {}) for said in one.body.get("considered", ())]
            told += [said for said in one.body.get("deadlines", ()) if self.calendar.term(said, name, None)[2]]
            ledgers += [said for said in told if about.items() <= said.items()]
        told = [[[one.get(key) for key in ("kind", "at", "days")] for one in said["ledger"]] for said in ledgers]
        on = all(one[: len(two)] == two[: len(one)] for one, two in pairwise(told))
        for last in ledgers[-1:]:
            self.tell(name, arrival_claimed=had and last["start"] == "arrival" and not had.stamped)
            due, said = self.calendar.term(last, name, had)[1], last.get("due_at") and instant(last["due_at"])
            need(on and said in (None, due) and last["term"] == part["term"], "two ledgers, or another end or term")
            return [due]
        return []

    def part(self, name, request, part, decided, said):  # one department, and what the decision makes of it
        had, given, standing, mode = self.had(request, name), {}, [], None
        ends, why = tried(self.term, name, request, part, had)
        due = ends[0] if ends else None
        self.tell(name, asked=had and had.signed_for, asked_without_receipt=not had)
        self.tell(name, term=ends and (due or "no end"), term_differs=why, term_missing=ends == [])
        through = [request.id, *(one.id for one in self.of("clearance", consultation_id=request.id))]
        acts = [(by["serial"], by["department"], by["substitute"]) for by in self.own.get("substitutions", ())]
        for one in (one for one in self.of("opinion", department=name) if one.body["consultation_id"] in through):
            if (one.body.get("substitution"), name, one.sender) in [*acts, (None, name, name)]:
                r, recalls = self.had(one, self.lead), self.of("opinion-recall", sender=name, opinion_id=one.id)
                taken = r and r.outcome == "accepted"
                recalled = any(r and r.outcome == "accepted" for r in (self.had(each, self.lead) for each in recalls))
                late = r and due and part["default"] != "none" and r.since > due and r.since
                self.tell(name, opinion_without_receipt=not r, opinion_in_time=taken and not late and r.arrived)
                self.tell(name, opinion_late=taken and late, arrival_claimed=taken and late and not r.stamped)
                given[one.id] = [one.body["verdict"], one.sender], late, recalled
                counts = taken and not late and not recalled and one.body["verdict"] != "special-procedure"
                standing += [one.id for last in decided if counts and r.arrived <= last.at]
        if said.get("standing") == "answered":
            given_by, late, recalled = given.get(said["message_id"], (None, False, False))
            left = [each.sender for each in self.of("escalation", department=name, consultation_id=request.id)]
            differs = given_by and (recalled or given_by != [said["verdict"], said.get("given_by") or name])
            self.tell(name, opinion_missing=not given_by, opinion_differs=differs)
            self.tell(name, opinion_counted_late=late and not differs and not {*left} & self.monitors)
        elif said:
            mode = {"deemed": "consent", "deemed-refusal": "refusal"}.get(said["standing"])
            self.tell(name, silence_against_opinion=mode and standing, opinion_dropped=not mode and standing)
        deemed = [one for one in self.of("deemed-consent") if mode and one.id == said["message_id"]]
        why = [tried(self.silence, one, name, request, part, due, mode)[1] for one in deemed]
        self.tell(name, silence_missing=mode and not why, silence_lawful="" in why, silence_unlawful=any(why) and why)

    def silence(self, one, name, request, part, due, mode):  # whether silence counts ("To the letter")
        state = {"exclusions": [], "file_complete": True, "effect_delay_days": 0} | one.body["state"]
        about = {"case_number": self.number, "department": name, "consultation_id": request.id}
        lawful = about | {"lead": self.lead, "default": mode, "status": "running", "exclusions": []}
        need(lawful.items() <= state.items() and state["file_complete"], "another request, or something is in the way")
        need(state.get("default_basis") and one.body["mode"] == part["default"] == mode, "no rule, or another one")
        had, digest = self.receipt(state["evidence"]), sha256(octets(state["evidence"]["receipt"])).hexdigest()
        need(had[:5] == ("accepted", request.id, self.lead, name, request.digest), "its receipt is not for the request")
        calendar = Calendar(map(octets, one.body.get("papers", [])), self.days, self.authority)
        began, end, by_receipt = calendar.term(state, name, had)
        need(by_receipt and one.body["receipt_digest"] == digest and one.sender in self.monitors, "whose word this is")
        need(instant(one.body["due_at"]) == end and due in (None, end), "its term ends otherwise")
        over = calendar.later((end - TICK).date(), state["effect_delay_days"]) if state["effect_delay_days"] else end
        known = not self.days or {began.year, (over - TICK).year} <= calendar.years.keys()
        need(known and one.at > over and one.body["reminders"], "provisional, not over, or nobody was reminded")
        for cited in one.body["reminders"]:
            sent = self.signed(octets(cited["proof"]["signed"]), kind="reminder")
            said = [instant(sent.body["began_at"]), instant(sent.body["due_at"]), sent.id, sent.at, sent.body["stage"]]
            need(sent.sender in self.monitors and about.items() <= sent.body.items(), "no monitor has reminded of it")
            cites = [began, end, cited["message_id"], instant(cited["at"]), cited["stage"]]
            had = self.receipt(cited["proof"]["receipt"])
            signed_for = had[:5] == ("accepted", sent.id, sent.sender, name, sent.digest) and had.signed_for <= end
            need(said == cites and signed_for, "a reminder of another term, or not signed for within it")


def verify(
    bundle, authority, known=None, stampers=()
):  # the conclusion, the findings, and why it is no bundle where it is none
    case, why = tried(lambda: Case(unzip(bundle), authority, known, stampers))
    if not case:
        return "no-bundle", [], why
    case.tell(case.number, document_not_verified=tried(case.judge)[1])  # signed, and not what its schema demands
    found = [("not-examined" if case.hangs(code, about) else code, about, by) for code, about, by in case.findings]
    weights = {WEIGHTS.get(code, "contradiction") for code, *_ in found}
    return next((name for name, those in ORDER if those & weights), "proved"), found, ""


if __name__ == "__main__":
    GIVEN = [b"" if one == "-" else Path(one).read_bytes() for one in sys.argv[1:]]
    CONCLUSION, FINDINGS, WHY = verify(*GIVEN[:3], stampers=GIVEN[3:])
    for CODE, *ABOUT in FINDINGS:
        print(f"{WEIGHTS.get(CODE, 'contradiction'):14}{CODE:28}", *(one for one in ABOUT if one is not True))
    print(CONCLUSION, WHY)
    sys.exit({"proved": 0, "withheld": 3, "incomplete": 3, "contradicted": 4, "no-bundle": 5}[CONCLUSION])
