#!/usr/bin/env python3
"""A second verifier of bundles of evidence, written from docs/evidence.md and the pages that it names, alone.

    python verify_case.py BUNDLE.zip AUTHORITY.der [WORKDAYS.json] [--json]

Needs Python 3.11, cbor2, cryptography, and beside it `signed.py` (what is signed, by whom), `terms.py` (how long) and
`withheld.py` (what was left out for the reader).
WORKDAYS.json, in the form of a bundle's own, are the days that the reader knows by itself: nobody has signed those of
the bundle. Exit codes: 0 proved, 3 incomplete or withheld, 4 contradicted, 5 no bundle, or none of this authority's.
Left out: reminders of schema version 1, which prove nothing here.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from signed import (
    CLOCKS,
    Document,
    Receipt,
    Trust,
    document,
    enclosed,
    freshness,
    holding,
    instant,
    logs,
    need,
    octets,
    receipt_file,
    sha256,
    strict_json,
    tried,
    unzip,
)
from terms import Calendar, Term, begun_by_receipt, day_of, midnight, not_before
from withheld import Withheld

NAMESPACE = uuid.UUID("6f0d0f0a-33c5-5c1c-9a38-0b6f6a9c1b57")


class Case:
    """What a bundle shows of a case, or of one message: findings, each a code, what it is about, and a sentence."""

    def __init__(self, files: dict[str, bytes], trusted: bytes) -> None:
        index = strict_json(files["bundle.json"])
        listed = {one["path"]: one["sha256"] for one in index["files"]}
        self.kind, self.number, self.lead = (index["subject"][name] for name in ("kind", "id", "of"))
        need([index["format"], index["version"]] == ["yizhan-evidence", 1], "it is of another format")
        need(self.kind in ("case", "document", "notice", "joint"), "it is about something that is not known here")
        need(next(iter(files)) == "bundle.json", "its index is not the first file")
        need(files.keys() - listed.keys() == {"bundle.json"}, "a file is in it that its index does not name")
        self.findings: list[tuple[str, str, str]] = []
        self.files = {path: files[path] for path, digest in listed.items() if is_whole(path, digest, files)}
        for path in listed.keys() - self.files.keys():
            self.tell("file-changed" if path in files else "file-missing", path, "it is not as index or name say")
        self.withheld = Withheld(index)
        self.trust = Trust(self.files, trusted)

    def judge(self, known: bytes | None) -> None:
        """``known``: the working days that the reader goes by, whatever the bundle says of them."""
        said = self.files.get("workdays.json")
        if known is not None:
            mine = strict_json(known)["years"]
            if said and any(mine.get(year) != days for year, days in strict_json(said)["years"].items()):
                self.tell("workdays-differ", "workdays.json", "the reader knows other working days")
            self.files["workdays.json"] = known
        self.calendar = Calendar(self.trust.inside("calendars"), self.trust)
        self.receipts = self.each("receipts", lambda data: receipt_file(data, self.trust), "receipt-not-verified")
        self.documents = self.read_documents()
        self.findings += self.withheld.look(self.receipts, {(one.sender, one.id) for one in self.documents})
        for path, why in logs(self.trust):
            self.tell("log-not-verified" if why else "logged", path, why or "it is in its member's log")
        self.look_at_directory()
        if self.kind == "case":
            self.look_at_case()
        else:
            self.look_at_message([one for one in self.documents if (one.sender, one.id) == (self.lead, self.number)])
        acting = self.trust.own.body.get("substitutions", [])
        self.findings = self.withheld.examined(self.findings, self.lead, acting)

    def tell(self, code: str, about: str, text: str) -> None:
        self.findings.append((code, about, text))

    def each(self, folder: str, read: Callable[..., Any], code: str) -> list[Any]:
        """What holds of a folder; the rest is told."""
        found = [(path, *tried(read, data)) for path, data in self.files.items() if path.startswith(f"{folder}/")]
        for path, why in ((path, why) for path, _, why in found if why):
            self.tell(code, path, why)
        return [one for _, one, why in found if not why]

    def read_documents(self) -> list[Document]:
        """Those that hold, the youngest last; of two under one id what a receipt names, else the smaller digest."""
        held = self.each("documents", lambda data: document(data, self.trust), "document-not-verified")
        held = sorted((one for one in held if one.kind != "receipt"), key=lambda one: one.digest, reverse=True)
        named = {one.digest for one in self.receipts}
        found = {(one.sender, one.id): one for one in sorted(held, key=lambda one: one.digest in named)}
        for one in (one for one in held if one not in found.values()):
            self.tell("document-twice", one.id, f"{one.sender} has signed two documents under one id")
        for one in found.values():
            paths = {f"enclosures/{digest.hex()}" for digest in one.enclosures}
            for path in paths - self.files.keys() - self.withheld.files.keys():
                self.tell("enclosure-missing", one.id, f"{path} is not there")
            for r in (r for r in self.receipts if (r.sender, r.id) == (one.sender, one.id)):
                if r.digest != one.digest:
                    self.tell("receipt-of-other-bytes", one.id, f"{r.receiver} has signed for other octets")
                elif r.signed_for < max(one.at, r.arrived) - CLOCKS:
                    self.tell("dated-wrongly", one.id, f"{r.receiver} signed for it before it was signed, or arrived")
        return sorted(found.values(), key=lambda one: (one.at, one.digest))

    def look_at_directory(self) -> None:
        own, domain = self.trust.own, self.trust.domain
        stated = holding(freshness, self.trust.inside("freshness"), own)
        moments = [*(one.at for one in self.documents), *self.withheld.last(self.receipts)]
        last = max(moments, default=instant(own.body["issued_at"]))
        for one in sorted(stated, key=lambda one: (one["version"], instant(one["issued_at"])))[-1:]:
            ahead, same = one["version"] > own.body["version"], one["version"] == own.body["version"]
            if ahead or (same and one["digest"] != sha256(own.data)):
                return self.tell("directory-rolled-back", domain, "the domain has stated that another one counts")
            if max(instant(one["issued_at"]), instant(own.body["issued_at"])) >= last:
                return self.tell("directory-current", domain, "the domain has stated that this directory counts")
        return self.tell("directory-not-shown-current", domain, "nothing states that this directory counted by then")

    def of(self, kind: str, sender: str = "", **said: str) -> list[Document]:
        """Documents of a kind whose bodies say this, the youngest last."""
        found = [one for one in self.documents if one.kind == kind and sender in ("", one.sender)]
        return [one for one in found if all(one.body.get(name) == value for name, value in said.items())]

    def receipt(self, one: Document, receiver: str) -> Any:
        found = [r for r in self.receipts if (r.digest, r.receiver) == (one.digest, receiver)]
        return min(found, key=lambda r: r.signed_for, default=None)

    def taken(self, one: Document) -> Any:
        """The lead's receipt that says accepted."""
        found = self.receipt(one, self.lead)
        return found if found and found.outcome == "accepted" else None

    def look_at_message(self, found: list[Document]) -> None:
        """Of a single document, notice or joint document: it is there, and who was to have it has signed for it."""
        if not found:
            self.tell("subject-missing", self.number, f"no such message of {self.lead} is there")
        for one in found:
            self.tell("document-signed", one.id, f"{one.sender} has signed it, and dates it {one.at}")
            for addressee in (each for each in one.addressees if not self.receipt(one, each)):
                self.tell("receipt-missing", one.id, f"nothing of {addressee} proves that it has had it")

    def look_at_case(self) -> None:
        requests = self.of("consultation", self.lead, case_number=self.number, lead=self.lead)
        parts = {each["department"]: Part(self, one, each) for one in requests for each in one.body["departments"]
                 if not one.body.get("copy_of")}  # fmt: skip
        if not parts:
            self.tell("subject-missing", self.number, "no request of the lead is there")
        decisions = self.of("decision", case_number=self.number)
        if not decisions:
            self.tell("decision-missing", self.number, "no decision is there")
        for one in decisions:
            code = "decision" if one.sender == self.lead == one.body["lead"] else "decision-wrong-lead"
            self.tell(code, one.id, f"{one.sender} decided: {one.body['outcome']}")
        for decision in self.of("decision", self.lead, case_number=self.number, lead=self.lead)[-1:]:
            self.look_at_decision(decision, {said["department"]: said for said in decision.body["considered"]}, parts)
        for part in parts.values():
            part.look_at_opinions()

    def look_at_decision(self, decision: Document, considered: dict[str, Any], parts: dict[str, Part]) -> None:
        for name, said in considered.items():
            if any(one.id == said["message_id"] and one.at > decision.at + CLOCKS for one in self.documents):
                self.tell("decision-dated-back", name, "the decision is dated before what it rests on")
            if name in parts and said["standing"] == "answered":
                parts[name].weigh_answer(said)
            elif name in parts:
                parts[name].weigh_silence(decision, said)
            elif said["standing"] != "moot":
                self.tell("never-asked", name, "the decision rests on it, and no request to it is there")
        for name in parts.keys() - considered.keys():
            self.tell("not-considered", name, "it was asked, and the decision does not name it")


def is_whole(path: str, digest: str, files: dict[str, bytes]) -> bool:
    found, (folder, _, name) = sha256(files[path]) if path in files else "", path.partition("/")
    return found == digest and (folder not in ("documents", "enclosures") or name.partition(".")[0] == found)


class Part:
    """One department's part in a case."""

    def __init__(self, case: Case, request: Document, part: dict[str, Any]) -> None:
        self.case, self.request, self.part, self.name = case, request, part, part["department"]
        self.receipt, self.due = case.receipt(request, self.name), None
        if self.receipt:
            self.tell("asked", f"signed for the request at {self.receipt.signed_for}")
        else:
            self.tell("asked-without-receipt", "nothing of its own proves that it was asked")
        ledgers = [*self.ledgers()]
        faults = [why for check in (self.goes_on, self.ends, self.begins) if (why := tried(check, ledgers)[1])]
        for why in faults:
            self.tell("term-differs", why)
        if not ledgers:
            self.tell("term-missing", "the lead has signed no ledger of its term")
        elif not faults:
            guess = ", if every Monday to Friday is a working day" if case.calendar.guessed else ""
            self.tell("term", f"had time until {self.due}{guess}" if self.due else "its term has no end yet")
        asked = {request.id, *(one.id for one in case.of("clearance", case.lead, consultation_id=request.id))}
        given = [one for one in case.of("opinion", department=self.name) if one.body["consultation_id"] in asked]
        self.opinions = [one for one in given if self.speaks(one)]

    def tell(self, code: str, text: str) -> None:
        self.case.tell(code, self.name, text)

    def ledgers(self) -> Iterator[dict[str, Any]]:
        """What the lead has signed of its term, the youngest last."""
        for one in (one for one in self.case.documents if one.sender == self.case.lead):
            told = one.body["deadlines"] if one.kind == "deadline-notice" else []
            if one.kind == "decision":
                told = [each["rests_on"] | each for each in one.body["considered"] if each.get("rests_on")]
            for said in told:
                about = [said["department"], said["consultation_id"]] == [self.name, self.request.id]
                if about and (one.kind == "decision" or begun_by_receipt(said["ledger"])):
                    yield said

    def goes_on(self, ledgers: list[dict[str, Any]]) -> None:
        for before, after in pairwise(one["ledger"] for one in ledgers):
            for one, other in zip(before, after, strict=False):
                same = all(one.get(name) == other.get(name) for name in ("kind", "at", "days"))
                need(same, "the lead has signed two ledgers of it that cannot both be")

    def ends(self, ledgers: list[dict[str, Any]]) -> None:
        for last in ledgers[-1:]:
            self.due = Term(last, self.name, self.case.calendar).due
            said = instant(last["due_at"]) if last.get("due_at") else self.due
            need(said == self.due, "its end does not follow from its ledger")
            need(last["term"] == self.part["term"], "its term is another one than in the request")

    def begins(self, ledgers: list[dict[str, Any]]) -> None:
        for last in ledgers[-1:] if self.receipt else []:
            not_before(last, self.receipt)

    def speaks(self, one: Document) -> bool:
        """A department speaks for itself, or its substitute by the directory."""
        serial, matter = one.body.get("substitution"), self.request.body["matter"]
        for by in self.case.trust.own.body.get("substitutions", []) if serial else []:
            if [by["serial"], by["department"], by["substitute"]] == [serial, self.name, one.sender]:
                ends = min(instant(at) for at in (by["ends_at"], by["revoked_at"]) if at)
                return instant(by["begins_at"]) <= one.at < ends and (not by["matters"] or matter in by["matters"])
        return serial is None and one.sender == self.name

    def look_at_opinions(self) -> None:
        for one in self.opinions:
            r = self.case.receipt(one, self.case.lead)
            if r is None:
                self.tell("opinion-without-receipt", f"the lead has not signed for opinion {one.id}")
            elif r.outcome == "accepted":
                code = "opinion-in-time" if self.in_time(r) else "opinion-late"
                self.tell(code, f"opinion {one.id} arrived at {r.arrived}: {one.body['verdict']}")

    def in_time(self, r: Receipt) -> bool:
        """Where silence means nothing, no opinion is late."""
        return self.part["default"] == "none" or self.due is None or r.arrived <= self.due

    def recalled(self, one: Document) -> bool:
        return any(map(self.case.taken, self.case.of("opinion-recall", self.name, opinion_id=one.id)))

    def weigh_silence(self, decision: Document, said: dict[str, Any]) -> None:
        silent = said["standing"].startswith("deemed")
        for one in (one for one in self.opinions if one.body["verdict"] != "special-procedure"):
            r = self.case.taken(one)
            if r and r.arrived <= decision.at and self.in_time(r) and not self.recalled(one):
                code = "silence-against-opinion" if silent else "opinion-dropped"
                self.tell(code, f"the lead had signed for opinion {one.id}, and does not count it")
        deemed = [one for one in self.case.of("deemed-consent") if one.id == said["message_id"]]
        for one in deemed if silent else []:
            why = tried(self.silence, one, "refusal" if said["standing"] == "deemed-refusal" else "consent")[1]
            self.tell("silence-unlawful" if why else "silence-lawful", why or "its silence counts")
        if silent and not deemed:
            self.tell("silence-missing", "the deemed consent that the decision counts is not there")

    def weigh_answer(self, said: dict[str, Any]) -> None:
        counted = [one for one in self.opinions if one.id == said["message_id"]]
        for one in counted:
            r = self.case.receipt(one, self.case.lead)
            left = self.case.of("escalation", department=self.name, consultation_id=self.request.id)
            if [one.body["verdict"], one.sender] != [said["verdict"], said.get("given_by") or self.name]:
                self.tell("opinion-differs", f"opinion {one.id} says otherwise than the decision")
            elif self.recalled(one):
                self.tell("opinion-differs", f"the decision counts opinion {one.id}, which had been recalled")
            elif r and not self.in_time(r) and not any(each.sender in self.case.trust.monitors for each in left):
                self.tell("opinion-counted-late", f"the decision counts opinion {one.id}, which came after the term")
        if not counted:
            self.tell("opinion-missing", "the opinion that the decision counts is not there")

    def silence(self, one: Document, mode: str) -> None:
        """Whether silence counts by the rule: asked, signed for, reminded, no obstacle, the term over."""
        state, case = one.body["state"], self.case
        about = [state[name] for name in ("case_number", "lead", "department", "consultation_id")]
        need(about == [case.number, case.lead, self.name, self.request.id], "it is about another request")
        need(one.sender in case.trust.monitors, "no monitor of the domain has signed it")
        need(one.body["mode"] == state["default"] == self.part["default"] == mode, "silence means something else")
        need(
            state.get("default_basis") and not state.get("exclusions"),
            "no rule is cited, or an exclusion stands in the way",
        )
        need(
            state["status"] == "running" and state.get("file_complete", True),
            "the term is closed, or the file not complete",
        )
        need(state.get("evidence"), "it has no receipt of the department for the request")
        proof = enclosed(state["evidence"], case.trust)
        asked = ("accepted", self.request.id, case.lead, self.name, self.request.digest)
        need(proof[:5] == asked, "its receipt is not the department's for the request")
        need(sha256(octets(state["evidence"]["receipt"])) == one.body["receipt_digest"], "it cites another receipt")
        need(begun_by_receipt(state["ledger"]), "no receipt has begun the term")
        not_before(state, proof)
        calendar = Calendar([octets(paper) for paper in one.body.get("papers", [])], case.trust)
        term = Term(state, self.name, calendar)
        need(term.due == instant(one.body["due_at"]), "its due moment does not follow from its ledger")
        need(self.due in (None, term.due), "its due moment is another one than the lead's ledger gives")
        delay = state.get("effect_delay_days", 0)
        last = calendar.later(day_of(term.due, 1), delay)
        need(calendar.knows(term.began.year, last.year), "the due moment is provisional")
        need(one.at > (midnight(last) if delay else term.due), "the term was not over")
        need(one.body["reminders"], "the department was not reminded")
        for cited in one.body["reminders"]:
            self.reminder(cited, state, term)

    def reminder(self, cited: dict[str, Any], state: dict[str, Any], term: Term) -> None:
        one, stage = document(octets(cited["proof"]["signed"]), self.case.trust), cited["stage"]
        need(one.kind == "reminder" and one.sender in self.case.trust.monitors, "no monitor has reminded")
        words = [one.body[name] for name in ("case_number", "department", "consultation_id", "stage")]
        need(words == [self.case.number, self.name, self.request.id, stage], "a reminder is of another request")
        ends = [instant(one.body["began_at"]), instant(one.body["due_at"])]
        need(ends == [term.began, term.due] and one.at == instant(cited["at"]), "a reminder is of another term or time")
        lines = ["reminder", *map(str, words[:2]), str(stage), *(str(int(at.timestamp() * 1_000_000)) for at in ends)]
        derived = str(uuid.uuid5(NAMESPACE, "\n".join(lines)))
        need({one.id, one.conversation, cited["message_id"]} == {derived}, "a reminder has another id than it must")
        known = [entry for entry in state["ledger"] if instant(entry["at"]) <= one.at]  # the ledger of then, or before
        then = [Term(state | {"ledger": known[: n + 1]}, self.name, term.calendar) for n in range(len(known))]
        shares = [each.share(stage) for each in then if [each.began, each.due] == ends]
        need(stage in (50, 90) and any(at <= one.at for at in shares), "a reminder came before its share of the term")
        r = enclosed(cited["proof"]["receipt"], self.case.trust)
        had = r[:5] == ("accepted", one.id, one.sender, self.name, one.digest) and self.name in one.addressees
        need(had and r.signed_for <= term.due, "the department has not signed for a reminder within the term")


PROVED = {"document-signed", "logged", "directory-current", "asked", "term", "opinion-in-time", "opinion-late",
    "decision", "silence-lawful", "received-by-digest", "returned"}  # fmt: skip
CLAIMED = {"opinion-without-receipt", "opinion-counted-late", "directory-not-shown-current", "withheld-unproved"}
WITHHELD = {"file-withheld", "not-examined"}
MISSING = {"asked-without-receipt", "never-asked"}


def weight(code: str) -> str:
    if code in WITHHELD:
        return "withheld"
    missing = code in MISSING or (code.endswith("-missing") and code != "file-missing")
    return "proved" if code in PROVED else "claimed" if code in CLAIMED else "missing" if missing else "contradiction"


def verify(bundle: bytes, authority: bytes, known: bytes | None = None) -> tuple[str, list[tuple[str, str, str]], str]:
    """The conclusion, the findings, and why it is no bundle where it is none."""
    case, why = tried(lambda: Case(unzip(bundle), authority))
    if not case:
        return "no-bundle", [], why
    if fault := tried(case.judge, known)[1]:  # something that was signed lacks what its schema demands
        case.tell("document-not-verified", case.number, fault)
    weights = {weight(code) for code, _, _ in case.findings}
    conclusion = "contradicted" if "contradiction" in weights else "incomplete"
    if "proved" in weights and weights <= {"proved", "withheld"}:
        conclusion = "withheld" if "withheld" in weights else "proved"
    return conclusion, case.findings, ""


def main(bundle: str, authority: str, *options: str) -> int:
    known = [Path(one).read_bytes() for one in options if one != "--json"]
    conclusion, findings, why = verify(Path(bundle).read_bytes(), Path(authority).read_bytes(), *known)
    if "--json" in options:
        told = [{"code": code, "weight": weight(code), "about": about, "text": text} for code, about, text in findings]
        print(json.dumps({"conclusion": conclusion, "why": why, "findings": told}, ensure_ascii=False, indent=1))
    else:
        print(conclusion, why)
        for code, about, text in findings:
            print(f"{weight(code):14}{code:28}{about}: {text}")
    return {"proved": 0, "withheld": 3, "incomplete": 3, "contradicted": 4, "no-bundle": 5}[conclusion]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
