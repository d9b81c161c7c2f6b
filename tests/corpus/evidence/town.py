"""A case on paper: everything that a window, two departments and a monitor have signed, with keys made of names."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from exchange.approval.rules.deadline import project
from exchange.approval.rules.derived_ids import reminder_id
from exchange.audit import inclusion_path, prove_receipt, tree_root
from exchange.audit.log.heads import sign_log_head
from exchange.audit.log.leaves import LogEntry
from exchange.audit.log.receipts import inclusion_receipt
from exchange.directory.certificates import der, member_certificate
from exchange.directory.freshness import TERM, Freshness, freshness_name
from exchange.envelope import cbor, pack_leaves
from exchange.envelope.detached import sign_root
from exchange.envelope.document import clear_header
from exchange.envelope.papers import sign_body
from exchange.evidence.bundle.contents import INDEX, BundleReader, BundleSubject, SubjectKind
from exchange.evidence.bundle.layout import ATTRIBUTES, DATE, SYSTEM
from exchange.evidence.bundle.workdays_file import WORKDAYS, package_days
from exchange.evidence.bundle.writing import write_bundle
from exchange.evidence.collecting.parts import BundleParts
from exchange.evidence.proof.events import with_events
from exchange.evidence.proof.logs import LOG
from exchange.evidence.proof.trusting import DIRECTORIES, FRESHNESS
from exchange.evidence.redacting.redact import redact
from exchange.schemas import (
    ArrivalBasis,
    Body,
    Considered,
    ConsideredTerm,
    Consultation,
    ConsultedDepartment,
    DeadlineNotice,
    DeadlineState,
    DeadlineStatus,
    Decision,
    DeemedConsent,
    DefaultMode,
    Opinion,
    Outcome,
    Receipt,
    ReceiptArrival,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptProof,
    Reminder,
    ReminderProof,
    Role,
    SentReminder,
    Standing,
    StartRule,
    Term,
    Verdict,
)
from tests.corpus.kin import YEAR, Kin, key, message
from tests.corpus.world import NOW
from tests.unit.examples import EXAMPLES
from tests.unit.facts import CALENDAR, at, start

NUMBER = "C-1"
LEAD, POLICE, TRANSPORT, MONITOR = "c.window", "c.police", "c.transport", "c.monitor"
ROLES = {
    "window": Role.WINDOW, "police": Role.DEPARTMENT, "transport": Role.DEPARTMENT, "monitor": Role.MONITOR,
    "relay": Role.RELAY,
}  # fmt: skip
ASKED, OPINION, DEEMED, DECISION, NOTICE = (f"{n}0000000-0000-4000-8000-000000000000" for n in range(1, 6))
BASIS = ("缺席默认制",)


@dataclass
class PaperTown:
    """The town and its case; tests change what is signed before they bind it."""

    kin: Kin = field(default_factory=lambda: Kin("c", ROLES))
    parts: BundleParts = field(default_factory=BundleParts)
    asked_at: datetime = field(default_factory=lambda: at("03-02"))
    decided_at: datetime = field(default_factory=lambda: at("03-10"))
    started: int = 0
    reader: BundleReader = BundleReader.ALL
    forge: Callable[[dict[str, Any], dict[str, bytes]], None] | None = None
    """What is done to index and files of the finished bundle."""
    pack: Callable[[bytes], bytes] | None = None
    """What is done to the ZIP in the end."""
    arrival: ReceiptArrival | None = field(default_factory=lambda: ReceiptArrival(basis=ArrivalBasis.BROKER_STAMP))
    """How receipts say that the arrival is known; None: as earlier releases wrote them."""

    def sign(self, body: Body, by: str, to: tuple[str, ...], message_id: str, moment: datetime, **more: Any) -> bytes:
        """Sign a message and put it into the bundle."""
        signed = message(body, self.kin[by], to, message_id, moment, **more)
        self.parts.document(signed, more.get("enclosures", ()))
        return signed

    def receipt(
        self, signed: bytes, message_id: str, sender: str, receiver: str, moment: datetime, **changes: Any
    ) -> ReceiptProof:
        """A member's receipt for what was signed, put into the bundle; ``by`` names who else signs it."""
        by = changes.pop("by", receiver)
        keep = changes.pop("keep", True)
        told = {
            "outcome": ReceiptOutcome.ACCEPTED, "message_id": message_id, "sender": sender, "receiver": receiver,
            "digest": hashlib.sha256(signed).hexdigest(), "arrived_at": moment, "signed_for_at": moment,
            "version": 2 if self.arrival else 1, "arrival": self.arrival,
        } | changes  # fmt: skip
        leaves = [Receipt(**told).as_json()]
        batch = ReceiptBatch(root=tree_root(leaves).hex(), size=1, receiver=receiver, sender=sender, at=moment)
        self.started += 1
        own = f"f{self.started:07d}-0000-4000-8000-000000000000"
        enclosed = (pack_leaves(leaves),)
        batched = message(batch, self.kin[by.removeprefix("c.")], (sender,), own, moment, enclosures=enclosed)
        proof = prove_receipt(batched, leaves, 0)
        if keep:
            self.parts.receipt(proof)
        return proof

    def consult(
        self, departments: tuple[str, ...] = (POLICE, TRANSPORT), message_id: str = ASKED, case_number: str = NUMBER
    ) -> bytes:
        """The request to both departments, five working days each, whose silence is consent."""
        told = tuple(
            ConsultedDepartment(
                department=one, term=Term(days=5), default=DefaultMode.CONSENT, default_basis=BASIS
            ) for one in departments
        )  # fmt: skip
        example: Any = EXAMPLES["consultation"]
        body: Consultation = example.model_copy(
            update={"case_number": case_number, "lead": LEAD, "departments": told, "issued_at": self.asked_at,
                    "matter": "works", "document": None}
        )  # fmt: skip
        return self.sign(body, "window", departments, message_id, self.asked_at, conversation=message_id)

    def state(self, department: str, evidence: ReceiptProof | None, **changes: Any) -> DeadlineState:
        """What the window tells monitors of a department's term."""
        told = {
            "case_number": NUMBER, "matter": "works", "matter_version": "1", "department": department, "lead": LEAD,
            "consultation_id": ASKED, "revision": 1, "status": DeadlineStatus.RUNNING, "term": Term(days=5),
            "start": StartRule.SIGNED_FOR, "ledger": (start("03-02"),), "default": DefaultMode.CONSENT,
            "default_basis": BASIS, "evidence": evidence,
        } | changes  # fmt: skip
        return DeadlineState(**told)

    def notice(self, *states: DeadlineState, message_id: str = NOTICE, moment: datetime | None = None) -> bytes:
        """The window tells its monitor."""
        said = moment or self.asked_at
        return self.sign(DeadlineNotice(deadlines=states), "window", (MONITOR,), message_id, said)

    def opinion(
        self, department: str, verdict: Verdict, moment: datetime, message_id: str = OPINION, **more: Any
    ) -> bytes:
        """A department's opinion."""
        told: dict[str, Any] = {
            "case_number": NUMBER, "consultation_id": ASKED, "department": department, "verdict": verdict,
            "officer": "张三", "decided_on": date(2026, 3, 4),
        }  # fmt: skip
        if verdict is Verdict.DISAGREE:
            told |= {"reasons": "占用消防通道。", "basis": ("消防法第二十八条",)}
        signed_by = department.removeprefix("c.")
        return self.sign(Opinion(**told | more), signed_by, (LEAD,), message_id, moment, conversation=ASKED)

    def remind(self, state: DeadlineState, moment: datetime, **changes: Any) -> SentReminder:
        """A monitor's reminder at half of the term, with the department's receipt."""
        term = project(state, CALENDAR)
        assert term.started_at is not None
        assert term.due_at is not None
        own = reminder_id(NUMBER, state.department, 50, term.started_at, term.due_at)
        words = Reminder(
            case_number=NUMBER, department=state.department, consultation_id=ASKED, stage=50, due_at=term.due_at,
            default=state.default, began_at=term.started_at,
        )  # fmt: skip
        signed = self.sign(words, "monitor", (state.department, LEAD), own, moment)
        receipt = self.receipt(signed, own, MONITOR, state.department, moment)
        told = {"message_id": own, "stage": 50, "at": moment, "proof": ReminderProof(signed=signed, receipt=receipt)}
        return SentReminder(**told | changes)

    def deem(
        self, state: DeadlineState, reminders: tuple[SentReminder, ...], moment: datetime, **changes: Any
    ) -> bytes:
        """A monitor's deemed consent."""
        evidence = state.evidence.receipt if state.evidence is not None else b""
        due_at = project(state, CALENDAR).due_at
        message_id = changes.pop("message_id", DEEMED)
        told: dict[str, Any] = {
            "state": state, "mode": state.default, "due_at": due_at, "calendar": CALENDAR.version,
            "reminders": reminders, "receipt_digest": hashlib.sha256(evidence).hexdigest(),
        }  # fmt: skip
        return self.sign(DeemedConsent(**told | changes), "monitor", (LEAD,), message_id, moment)

    def considered(self, department: str, standing: Standing, message_id: str | None, **changes: Any) -> Considered:
        """What the decision says of a department."""
        ledger, begins = changes.pop("ledger", (start("03-02"),)), changes.pop("start", StartRule.SIGNED_FOR)
        due_at = project(self.state(department, None, ledger=ledger), CALENDAR).due_at
        arrived = at("03-04") if standing is Standing.ANSWERED else None
        rests = ConsideredTerm(
            consultation_id=ASKED, term=Term(days=5), start=begins, ledger=ledger, due_at=due_at,
            calendar=CALENDAR.version, arrived_at=arrived,
        )  # fmt: skip
        verdict = Verdict.AGREE if standing is Standing.ANSWERED else None
        told = {"department": department, "standing": standing, "verdict": verdict, "message_id": message_id,
                "rests_on": rests}  # fmt: skip
        return Considered(**told | changes)

    def decide(
        self, *considered: Considered, by: str = "window", moment: datetime | None = None, **changes: Any
    ) -> bytes:
        """The lead's decision."""
        said = moment or self.decided_at
        told: dict[str, Any] = {
            "case_number": NUMBER, "matter": "works", "lead": f"c.{by}", "outcome": Outcome.GRANT,
            "reasons": "经并联征求意见", "basis": ("城市道路管理条例第三十条",), "considered": considered,
            "officer": "综合窗口", "decided_at": said,
        }  # fmt: skip
        body = Decision(**told | changes)
        return self.sign(body, by, (POLICE, TRANSPORT), DECISION, said, conversation=ASKED)

    def vouch(self, directory: bytes | None = None, stated: bytes | None = None, version: int = 1) -> None:
        """Put the directory in, and the word that it is the present one."""
        signed = directory if directory is not None else self.kin.signed()
        self.parts.paper(DIRECTORIES, signed)
        self.parts.files[WORKDAYS] = package_days(CALENDAR, 2026, 2026).as_json()
        self.parts.paper(FRESHNESS, self._statement(stated if stated is not None else signed, version))

    def _statement(self, directory: bytes, version: int) -> bytes:
        own, authority = key("freshness of c"), self.kin.authority
        name = freshness_name("c")
        certificate = der(member_certificate(name, own.public_key(), authority.certificate, authority.key, NOW, YEAR))
        said = at("03-11")
        body = Freshness(
            domain="c", version=version, digest=hashlib.sha256(directory).hexdigest(), issued_at=said,
            expires_at=said + TERM, certificate=certificate,
        )  # fmt: skip
        return sign_body(body, certificate, own)

    def log(
        self, by: str, events: tuple[str, ...], changed: int | None = None, messages: Mapping[int, str] | None = None,
        digests: Mapping[int, bytes | None] | None = None,
    ) -> None:  # fmt: skip
        """A member's log of the case under one head; ``changed``: the entry that somebody has rewritten since.

        ``messages``: which entries, counted from 0, name which; ``digests``: of which bytes, where not of those here.
        """
        own, said = self.kin[by], at("03-10", "10:00")
        named = messages or {}
        digest = {n: self.digest_of(message_id) for n, message_id in named.items()} | dict(digests or {})
        entries = [
            LogEntry(n, self.asked_at, event, NUMBER, named.get(n - 1), "{}", digest.get(n - 1))
            for n, event in enumerate(events, 1)
        ]
        leaves = [entry.as_leaf() for entry in entries]
        root = tree_root(leaves)
        signature = sign_root(root, own.x5t, own.signing_key)
        place = f"{LOG}/{own.address}"
        self.parts.files[f"{place}/heads/{len(leaves)}.cose"] = sign_log_head(own, len(leaves), root, None, said, 0)
        for n, leaf in enumerate(leaves):
            proof = inclusion_receipt(n, len(leaves), inclusion_path(leaves, n), own.x5t, signature)
            shown = replace(entries[n], event="opinion-late").as_leaf() if n == changed else leaf
            self.parts.files[f"{place}/entries/{n}.cbor"] = cbor.encode([shown, proof])

    def digest_of(self, message_id: str) -> bytes:
        """SHA-256 of a message in the bundle."""
        documents = [data for path, data in self.parts.files.items() if path.startswith("documents/")]
        found = next(data for data in documents if clear_header(data).message_id == message_id)
        return hashlib.sha256(found).digest()

    def bind(self) -> bytes:
        """The bundle, for its reader."""
        subject, given = BundleSubject(kind=SubjectKind.CASE, id=NUMBER, of=LEAD), redact(self.parts.files, self.reader)
        made_by = (LEAD, POLICE, TRANSPORT, MONITOR)
        files = with_events(given.files)
        bundle = write_bundle(subject, made_by, at("03-11"), files, self.reader, given.withheld)
        forged = bundle if self.forge is None else rezipped(bundle, self.forge)
        return forged if self.pack is None else self.pack(forged)


def rezipped(bundle: bytes, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> bytes:
    """A bundle whose index and files are changed by somebody who knows how it is written."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        files = {path: archive.read(path) for path in archive.namelist()}
    index = json.loads(files.pop(INDEX))
    change(index, files)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in {INDEX: json.dumps(index, ensure_ascii=False).encode(), **files}.items():
            entry = zipfile.ZipInfo(path, DATE)
            entry.create_system, entry.external_attr, entry.compress_type = SYSTEM, ATTRIBUTES, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def usual(town: PaperTown) -> tuple[DeadlineState, DeadlineState]:
    """Asked, signed for, and told to the monitor: both terms run to the end of 9 March."""
    asked = town.consult()
    police = town.state(POLICE, town.receipt(asked, ASKED, LEAD, POLICE, town.asked_at))
    transport = town.state(TRANSPORT, town.receipt(asked, ASKED, LEAD, TRANSPORT, town.asked_at))
    town.notice(police, transport)
    return police, transport


def answered(town: PaperTown, verdict: Verdict = Verdict.AGREE) -> bytes:
    """The police have answered on Wednesday, and the window has signed for it."""
    signed = town.opinion(POLICE, verdict, at("03-04"))
    town.receipt(signed, OPINION, POLICE, LEAD, at("03-04"))
    return signed


def silent(town: PaperTown, transport: DeadlineState) -> bytes:
    """Transport was reminded on Friday, and its silence counts from midnight of 9 March on."""
    sent = town.remind(transport, at("03-06", "18:00"))
    moment = at("03-10", "00:01")
    signed = town.deem(transport, (sent,), moment)
    town.receipt(signed, DEEMED, MONITOR, LEAD, moment)
    return signed


def good() -> PaperTown:
    """One department has agreed, the other was silent, the lead has granted it."""
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION), town.considered(TRANSPORT, Standing.DEEMED, DEEMED)
    )  # fmt: skip
    town.log("window", ("submitted", "opinion", "deemed", "decided"))
    town.vouch()
    return town
