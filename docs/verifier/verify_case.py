"""A second verifier of a case's evidence, written from docs/evidence.md and the pages that it names, alone.

    python verify_case.py BUNDLE.zip AUTHORITY.der [WORKDAYS.json, or -] [certificates of time-stamping authorities]

WORKDAYS.json are the days that the reader knows, in a bundle's form. Exit codes: 0 proved, 3 incomplete or withheld,
4 contradicted, 5 no bundle. docs/evidence.md says what codes mean, and what is not looked at ("A second verifier").
Files are read once, and found again by an index. verify_logs.py, beside this, unpacks them, and looks at logs.
"""

import json
import re
import sys
from base64 import urlsafe_b64decode as octets
from collections import defaultdict, namedtuple
from datetime import date, datetime, time, timedelta, timezone
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import verify_logs
from cbor2 import loads
from cryptography import x509
from verify_logs import CLOCKS, grouped, holding, instant, need, root, sealed, tried, unzip

TICK, DAY, CHINA = timedelta(microseconds=1), timedelta(days=1), timezone(timedelta(hours=8))
NO_RECEIPT = ("counted from issue: no proof", "begun anew: the result", "asked anew: the opinion")
CODES = """
proved logged directory-current asked term opinion-in-time opinion-late decision silence-lawful witnessed time-stamped
claimed opinion-without-receipt opinion-counted-late directory-not-shown-current withheld-unproved arrival-claimed
claimed time-stamp-claimed handover-claimed log-restored
missing subject-missing decision-missing asked-without-receipt never-asked term-missing opinion-missing growth-missing
missing silence-missing enclosure-missing document-missing time-stamp-missing events-missing event-not-listed
withheld file-withheld not-examined
not-looked-at time-stamp-not-looked-at"""
HANGS = """
lead subject-missing decision-missing term-missing never-asked
undecided term opinion-in-time opinion-late
own opinion-missing silence-lawful opinion-dropped silence-against-opinion
any silence-missing opinion-counted-late
receipts asked-without-receipt opinion-without-receipt"""
WEIGHTS, OPEN = ({code: line.split()[0] for line in table.splitlines() for code in line.split()[1:]}
    for table in (CODES, HANGS))  # fmt: skip  # what is in neither contradicts, and hangs on nothing that was withheld
ORDER = (("contradicted", {"contradiction"}), ("incomplete", {"claimed", "missing"}), ("withheld", {"withheld"}))
NAMING = "consultation|clearance|opinion(-recall)?|escalation|reminder|deadline-notice|deemed-consent|decision"
NAMES, PARTS = ("consultation_id", "opinion_id", "message_id"), ("departments", "considered", "deadlines")
OF, MOMENTS = ("case_number", "lead", "department"), ("at", "issued_at", "decided_at")
HEADER = ("yizhan-header", "yizhan-enclosures")
Document = namedtuple("Document", "digest id sender addressees at kind body enclosures")
Receipt = namedtuple("Receipt", "outcome id sender receiver digest arrived signed_for since stamped path reason")


def signer(der, issuer=None, whose="", ends=()):  # a certificate (docs/certificates.md) under its thumbprint
    found, name = x509.load_der_x509_certificate(der), x509.UniformResourceIdentifier(f"exchange:{whose}")
    found.verify_directly_issued_by(issuer or found)
    use, said = x509.BasicConstraints(issuer is None, None if issuer else 0), [one.value for one in found.extensions]
    need(use in said and (not issuer or x509.SubjectAlternativeName([name]) in said), "a certificate for another use")
    return sha256(der).digest(), (whose, found, min((instant(at) for at in ends if at), default=None))


def cose_sign1(data, signers, kind="", own=()):  # header, body, kind and signer (docs/envelope.md, section 3)
    header, unprotected, payload, by, verify = sealed(data, signers)
    wanted = {1: -8, 3: header[3], 34: [-16, header[34][1]]} | ({2: [*own]} if own else {})
    need(header == wanted | {name: header[name] for name in own} and unprotected == {}, "a header of another form")
    verify(payload)
    [said] = re.findall(rf"\Aapplication/vnd\.yizhan\.({kind or '[a-z-]+'})\+json; version=[1-9]\Z", header[3])
    return header, json.loads(payload), said, by


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
        began, due, stops, starts, added, told, budget = None, None, [], [], 0, None, said["term"]
        for entry in said["ledger"]:
            at, kind, days = instant(entry["at"]).astimezone(CHINA), entry["kind"], entry.get("days") or 0
            day, own = (at - TICK).date(), department == entry["actor"]
            if kind in ("start", "restart"):
                began, stops = at, stops if kind == "start" else []
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
        return began, due, by_receipt(said)


def by_receipt(said):  # whether a receipt has begun a term ("Reasons without a receipt")
    reasons = [entry["reason"] for entry in said["ledger"] if entry["kind"] in ("start", "restart")]
    return not "".join(reasons[-1:]).startswith(NO_RECEIPT)


class Case:  # what a bundle shows of a case: findings, each a code, what it is about, and by what it holds
    def __init__(self, files, trusted, known, stampers):
        index, self.findings, self.files, self.stampers = json.loads(files["bundle.json"]), [], {}, stampers
        listed = {one["path"]: [one["sha256"], one["size"]] for one in index["files"]}
        left = self.withheld = {one["path"]: one["sha256"] for one in index.get("withheld", ())}
        kind, self.lead, self.number = (index["subject"][name] for name in ("kind", "of", "id"))
        need([index["format"], index["version"], kind] == ["yizhan-evidence", 1, "case"], "another format, or no case")
        need(next(iter(files)) == "bundle.json" and {*files} <= {"bundle.json", *listed}, "its index is of other files")
        need(len({*listed, *left}) == len(index["files"]) + len(index.get("withheld", ())), "it names a file twice")
        fit = [re.match(f"(documents|enclosures|receipts)/.*{own}|log/.+/entries/", path) for path, own in left.items()]
        there = {digest for digest, _ in listed.values()} & {*left.values()}
        need(all(fit) and not there and not (fit and index["reader"] == "all"), "it was not, or may not be, left out")
        for path, said in listed.items():
            content, (folder, _, name) = files.get(path), path.partition("/")
            named = folder not in ("documents", "enclosures") or name.partition(".")[0] == said[0]
            holds = named and content is not None and [sha256(content).hexdigest(), len(content)] == said
            self.files |= {path: content} if holds else {}
            self.tell(path, file_missing=path not in files, file_changed=path in files and not holds)
        self.trust(trusted)
        self.acting = grouped(self.own.get("substitutions", ()), lambda one: one["department"])
        said, mine = (json.loads(one or b"{}").get("years", {}) for one in (self.files.get("workdays.json"), known))
        self.tell("workdays.json", workdays_differ=mine and any(mine.get(year) != said[year] for year in said))
        self.days, self.calendar = mine or said, Calendar(self.inside("calendars"), mine or said, self.authority)
        self.receipts = self.each("receipts", self.receipt, "receipt_not_verified")
        named = grouped(self.receipts, lambda r: r.digest)
        held = [one for one in self.each("documents", self.signed, "document_not_verified") if one.kind != "receipt"]
        self.held = sorted(held, key=lambda one: (one.digest not in named, one.digest), reverse=True)
        found = {(one.sender, one.id): one for one in self.held}  # of two the one that a receipt names, or the smaller
        self.documents, self.listed = sorted(found.values(), key=lambda one: (one.at, one.digest)), {*listed, *left}
        self.left, self.mine = {digest for path, digest in left.items() if path.startswith("documents/")}, []
        self.whose = {who for digest in self.left for who in [r.sender for r in named[digest]] or "*"}
        self.tell(self.number, document_twice=len(held) > len(found), file_withheld=left)
        self.tell(self.number, withheld_unproved="*" in self.whose)
        self.receipts_left = any(path.startswith("receipts/") for path in left)
        for r in (r for r in self.receipts if (r.sender, r.id) not in found):
            self.tell(r.id, document_missing=f"documents/{r.digest}.cose" not in self.listed)

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

    def signed(self, data, _="", kind="", plain=()):  # docs/envelope.md, section 3; 7.7 what a log says plainly
        label, body, kind, (address, by, ends) = cose_sign1(data, self.signers, kind, () if plain else HEADER)
        said = {"sender": body[plain[0]], "created_at": body[plain[1]]} if plain else json.loads(label[HEADER[0]])
        at = instant(said["created_at"])
        counts = by.not_valid_before_utc <= at <= by.not_valid_after_utc and (ends is None or at < ends)
        need(counts and [said["sender"], said.get("kind", kind)] == [address, kind], "another's, or not valid then")
        named = said.get("message_id"), address, said.get("addressees")
        return Document(sha256(data).hexdigest(), *named, at, kind, body, label.get(HEADER[1]))

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

    def of(self, kind, name, value, **said):  # documents of a kind whose bodies say this, the youngest last
        said, none = {"case_number": self.number} | said, {"case_number": self.number, "copy_of": None}
        found = self.by[kind, name, value]
        return [one for one in found if said.items() <= (none | one.body | {"sender": one.sender}).items()]

    def hangs(self, code, about):  # whether something that was left out may bear on what was found
        on, lead = OPEN.get(code), {"*", self.lead}
        own = {"*", about, *(one["substitute"] for one in self.acting[about])} if on == "own" else set()
        may = {"lead": lead, "own": own, "any": self.whose, "undecided": set() if self.mine else lead}
        return self.receipts_left if on == "receipts" else self.whose & may.get(on, set())

    def judge(self):  # by indexes, which are made once: nothing below looks for anything in all that is there
        self.sent, self.first = grouped(self.receipts, lambda r: (r.sender, r.id)), {}
        self.by, self.ledgers, self.seen = defaultdict(list), defaultdict(list), defaultdict(list)
        for r in sorted(self.receipts, key=lambda r: r.signed_for):
            self.first.setdefault((r.digest, r.receiver), r)
        for one in self.documents:
            self.by["", one.sender, one.id].append(one)
            for name in ("kind", "lead", "department", "id", *NAMES[:2]):
                self.by[one.kind, name, (one.body | {"id": one.id}).get(name)].append(one)
            told = [one.body | said | (said["rests_on"] or {}) for said in one.body.get("considered", ())]
            told += [said for said in one.body.get("deadlines", ()) if by_receipt(said)]
            for said in told if one.sender == self.lead else ():
                self.ledgers[tuple(map(said.get, (*OF, NAMES[0])))].append(said)
        self.dates = {one.id: one.at for one in self.documents}
        self.returned = {r.digest for r in self.receipts if r.outcome == "returned"}
        both = len({r[:5] for r in self.receipts}) > len({r[1:5] for r in self.receipts})
        self.tell(self.number, receipts_differ=both)
        self.events, self.handed = set(), set()
        verify_logs.judge_logs(self)
        verify_logs.judge_events(self)
        for one in self.documents:
            self.judge_document(one)
        self.judge_names()
        self.judge_freshness()
        self.judge_decision()

    def judge_document(self, one):  # its enclosures and receipts, and when it was signed by what others say
        paths = {f"enclosures/{digest.hex()}" for digest in one.enclosures}
        self.tell(one.id, enclosure_missing=paths - self.files.keys() - self.withheld.keys())
        for r in self.sent[one.sender, one.id]:
            other, early = r.digest != one.digest, max(one.at - min(r[6:8]), r.arrived - r.signed_for) > CLOCKS
            self.tell(one.id, receipt_of_other_bytes=other, dated_wrongly=early and not other)
        said = [name for name in MOMENTS if name in one.body and abs(instant(one.body[name]) - one.at) > CLOCKS]
        about, since = one.body | (one.body.get("state") or {}), one.at
        named = [about.get(name) for name in NAMES[:2] if re.fullmatch(NAMING, one.kind)]
        if one.kind == "acceptance":  # a case is not accepted from before it was filed
            named, since = [one.body["filing_id"]], min(since, instant(one.body.get("accepted_from") or str(since)))
        wrongly = {*said} - {"decided_at"} or any(self.dates.get(name, since) > since + CLOCKS for name in named)
        if one.digest not in self.returned:
            self.tell(one.id, decision_dated_back="decided_at" in said, dated_wrongly=wrongly)
        by_others = [at for seen in self.seen[one.digest] for by, at in seen.items() if by != one.sender]
        self.tell(one.id, dated_wrongly=by_others and one.at > min(by_others) + CLOCKS)

    def judge_names(self):  # what names another message takes it for the case and department that this is of
        says, known = [], defaultdict(list)
        for one in (one for one in self.documents if re.fullmatch(NAMING, one.kind)):
            for part in next((one.body[name] for name in PARTS if name in one.body), [one.body.get("state", {})]):
                said = one.body | part | (part.get("rests_on") or {})
                says += [(one, said)] if one.digest not in self.returned else []
                for department in ("any", said.get("department")):
                    known[one.id, department].append(said)
        for one, said in says:
            for name in map(said.get, NAMES):
                means = known[name, said.get("department", "any")] + known[name, None]
                same = any(all(said.get(k, it.get(k)) == it.get(k, said.get(k)) for k in OF) for it in means)
                self.tell(one.id, names_another=known[name, "any"] and not same)

    def judge_freshness(self):  # whether the directory is shown to be the present one
        issued, digest, current = instant(self.own["issued_at"]), sha256(self.data).hexdigest(), "not_shown_current"
        last = [one.at for one in self.documents] + [r.signed_for for r in self.receipts if r.digest in self.left]
        for version, at, said in sorted(holding(self.freshness, self.inside("freshness")))[-1:]:
            current = "current" if max(at, issued) >= max(last, default=issued) else current
            current = "rolled_back" if (version, said != digest) > (self.version, False) else current
        self.tell(self.own["domain"], **{f"directory_{current}": True})

    def judge_decision(self):  # what the lead has asked and decided, and what became of each department
        asked = self.of("consultation", "lead", self.lead, sender=self.lead, copy_of=None)
        parts = {part["department"]: (one, part) for one in asked for part in one.body["departments"]}
        decisions = self.of("decision", "kind", None)
        mine = self.mine = [one for one in decisions if one.sender == self.lead == one.body["lead"]]
        self.tell(self.number, subject_missing=not parts, decision_missing=not decisions, decision=mine,
            decision_wrong_lead=len(mine) < len(decisions))  # fmt: skip
        considered = {said["department"]: said for one in mine[-1:] for said in one.body["considered"]}
        for name, said in considered.items():
            early = self.dates.get(said["message_id"], mine[-1].at) > mine[-1].at + CLOCKS
            self.tell(name, decision_dated_back=early, never_asked=name not in parts and said["standing"] != "moot")
        for name, (request, part) in parts.items():
            self.tell(name, not_considered=mine and name not in considered)
            self.part(name, request, part, mine[-1:], considered.get(name, {}))

    def term(self, name, request, part, had):  # by the youngest ledger; each goes on from the one before
        ledgers = self.ledgers[self.number, self.lead, name, request.id]
        told = [[[one.get(key) for key in ("kind", "at", "days")] for one in said["ledger"]] for said in ledgers]
        on = all(one[: len(two)] == two[: len(one)] for one, two in pairwise(told))
        for last in ledgers[-1:]:
            self.tell(name, arrival_claimed=had and last["start"] == "arrival" and not had.stamped)
            due, said = self.calendar.term(last, name, had)[1], last.get("due_at") and instant(last["due_at"])
            need(on and said in (None, due) and last["term"] == part["term"], "two ledgers, or another end or term")
            return [due]
        return []

    def part(self, name, request, part, decided, said):  # one department, and what the decision makes of it
        had, given, standing, mode = self.first.get((request.digest, name)), {}, [], None
        ends, why = tried(self.term, name, request, part, had)
        due = ends[0] if ends else None
        self.tell(name, asked=had and had.signed_for, asked_without_receipt=not had)
        self.tell(name, term=ends and (due or "no end"), term_differs=why, term_missing=ends == [])
        through = [request.id, *(one.id for one in self.of("clearance", NAMES[0], request.id))]
        acts = [(None, name), *((by["serial"], by["substitute"]) for by in self.acting[name])]
        for one in self.of("opinion", "department", name):
            if one.body["consultation_id"] in through and (one.body.get("substitution"), one.sender) in acts:
                r = self.first.get((one.digest, self.lead))
                recalls = self.of("opinion-recall", NAMES[1], one.id, sender=name)
                taken = r and r.outcome == "accepted"
                recalled = any(self.first.get((one.digest, self.lead), " ")[0] == "accepted" for one in recalls)
                late = r and due and part["default"] != "none" and r.since > due and r.since
                self.tell(name, opinion_without_receipt=not r, opinion_in_time=taken and not late and r.arrived)
                self.tell(name, opinion_late=taken and late, arrival_claimed=taken and late and not r.stamped)
                given[one.id] = [one.body["verdict"], one.sender], late, recalled
                counts = taken and not late and not recalled and one.body["verdict"] != "special-procedure"
                standing += [one.id for last in decided if counts and r.arrived <= last.at]
        if said.get("standing") == "answered":
            given_by, late, recalled = given.get(said["message_id"], (None, False, False))
            left = [each.sender for each in self.of("escalation", NAMES[0], request.id, department=name)]
            differs = given_by and (recalled or given_by != [said["verdict"], said.get("given_by") or name])
            self.tell(name, opinion_missing=not given_by, opinion_differs=differs)
            self.tell(name, opinion_counted_late=late and not differs and not {*left} & self.monitors)
        elif said:
            mode = {"deemed": "consent", "deemed-refusal": "refusal"}.get(said["standing"])
            self.tell(name, silence_against_opinion=mode and standing, opinion_dropped=not mode and standing)
        deemed = self.of("deemed-consent", "id", said["message_id"]) if mode else []
        why = [tried(self.silence, one, name, request, part, due, mode)[1] for one in deemed]
        self.tell(name, silence_missing=mode and not why, silence_lawful="" in why, silence_unlawful=any(why) and why)

    def silence(self, one, name, request, part, due, mode):  # whether silence counts ("To the letter")
        about = {"case_number": self.number, "department": name, "consultation_id": request.id}
        state = one.body | {"exclusions": [], "file_complete": True, "effect_delay_days": 0} | one.body["state"]
        lawful = about | {"lead": self.lead, "default": mode, "mode": mode, "status": "running", "exclusions": []}
        lawful |= {"receipt_digest": sha256(octets(state["evidence"]["receipt"])).hexdigest(), "file_complete": True}
        need(lawful.items() <= state.items() and state.get("default_basis"), "another request, or something in the way")
        had = self.receipt(state["evidence"])
        need(had[:5] == ("accepted", request.id, self.lead, name, request.digest), "its receipt is not for the request")
        calendar = Calendar(map(octets, state.get("papers", ())), self.days, self.authority)
        began, end, begun = calendar.term(state, name, had)
        need(begun and part["default"] == mode and one.sender in self.monitors, "no receipt, rule or monitor")
        need(instant(state["due_at"]) == end and due in (None, end), "its term ends otherwise")
        over = calendar.later((end - TICK).date(), state["effect_delay_days"]) if state["effect_delay_days"] else end
        known = not self.days or {began.year, (over - TICK).year} <= calendar.years.keys()
        need(known and one.at > over and state["reminders"], "provisional, not over, or nobody was reminded")
        for cited in state["reminders"]:
            sent = self.signed(octets(cited["proof"]["signed"]), kind="reminder")
            had = self.receipt(cited["proof"]["receipt"])
            need(sent.sender in self.monitors and about.items() <= sent.body.items(), "no monitor has reminded of it")
            said = [instant(sent.body["began_at"]), instant(sent.body["due_at"]), sent.id, sent.at, sent.body["stage"]]
            cites = [began, end, cited["message_id"], instant(cited["at"]), cited["stage"]]
            signed_for = had[:5] == ("accepted", sent.id, sent.sender, name, sent.digest) and had.signed_for <= end
            need(said == cites and signed_for, "a reminder of another term, or not signed for within it")


def verify(bundle, authority, known=None, stampers=()):  # the conclusion, the findings, and why it is no bundle
    case, why = tried(lambda: Case(unzip(bundle), authority, known, verify_logs.certificates(stampers)))
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
