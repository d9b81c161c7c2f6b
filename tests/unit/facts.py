"""Short ways to say what a test of the rules is about: a day, a term, a ledger, a part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.approval.rules.derived_ids import reminder_id
from exchange.approval.rules.states import PartState
from exchange.clock import CST
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.notices.rules.tally import merge
from exchange.schemas import (
    Applicant,
    Application,
    Approver,
    DeadlineState,
    DeadlineStatus,
    DeemedConsent,
    DefaultMode,
    EntryKind,
    LedgerEntry,
    Material,
    Matter,
    Opinion,
    Reader,
    ReceiptProof,
    ReminderProof,
    SentReminder,
    StartRule,
    SubmittedMaterial,
    Term,
    Verdict,
)
from exchange.workdays import ChinaCalendar

ID = "11111111-1111-4111-8111-111111111111"
OTHER_ID = "22222222-2222-4222-8222-222222222222"
PROOF = ReceiptProof(receipt=b"leaf", index=0, size=1, path=(), signed=b"root")
REMINDED = ReminderProof(signed=b"reminder", receipt=PROOF)
CALENDAR = ChinaCalendar()
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
"""Reference data beside the repository, where it is at hand."""


def reference(name: str) -> Path:
    """A file of reference data; skips the test where it is not at hand."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"no reference data {name} beside the repository")
    return path


def at(day: str, time: str = "09:00") -> datetime:
    """A moment in China Standard Time, of 2026 unless the day names its year: at("03-02"), at("03-09", "24:00")."""
    whole = day if len(day) > 5 else f"2026-{day}"
    if time == "24:00":
        return at(whole, "00:00") + timedelta(days=1)
    return datetime.fromisoformat(f"{whole}T{time}").replace(tzinfo=CST)


def end(day: str) -> datetime:
    """24:00 of a day."""
    return at(day, "24:00")


def entry(
    kind: EntryKind, day: str, days: int | None = None, time: str = "09:00", actor: str = "c.window"
) -> LedgerEntry:
    """A ledger entry, with a basis where it needs one."""
    basis = ("行政许可法第四十五条",) if kind in (EntryKind.STOP, EntryKind.EXTEND) else ()
    return LedgerEntry(kind=kind, at=at(day, time), days=days, reason="because", basis=basis, actor=actor)


def start(day: str, time: str = "09:00") -> LedgerEntry:
    """The term begins."""
    return entry(EntryKind.START, day, time=time)


def stop(day: str, days: int | None = None, **fields: Any) -> LedgerEntry:
    """The clock stops: for so many working days, or until resumed."""
    return entry(EntryKind.STOP, day, days, **fields)


def resume(day: str, **fields: Any) -> LedgerEntry:
    """The clock runs on."""
    return entry(EntryKind.RESUME, day, **fields)


def restart(day: str) -> LedgerEntry:
    """The term begins anew."""
    return entry(EntryKind.RESTART, day)


def extend(day: str, days: int) -> LedgerEntry:
    """The term is extended."""
    return entry(EntryKind.EXTEND, day, days)


def deadline(*ledger: LedgerEntry, days: int = 5, fixed: datetime | None = None, **fields: Any) -> DeadlineState:
    """A department's deadline of five working days, whose silence counts as consent, unless said otherwise."""
    facts: dict[str, Any] = {
        "case_number": "C-1",
        "matter": "works",
        "matter_version": "1",
        "department": "c.transport",
        "lead": "c.window",
        "consultation_id": ID,
        "revision": 1,
        "status": DeadlineStatus.RUNNING,
        "term": Term(fixed=fixed) if fixed else Term(days=days),
        "start": StartRule.SIGNED_FOR,
        "ledger": ledger,
        "default": DefaultMode.CONSENT,
        "default_basis": ("缺席默认制",),
        "evidence": PROOF,
    }
    return DeadlineState(**facts | fields)


def reminder(day: str, stage: int = 50, due: str = "03-09", **fields: Any) -> SentReminder:
    """A reminder of a term from 2 March that ends with the day ``due``; the department signed for it."""
    own_id = reminder_id("C-1", "c.transport", stage, at("03-02"), end(due))
    facts: dict[str, Any] = {"message_id": own_id, "stage": stage, "at": at(day), "proof": REMINDED}
    return SentReminder(**facts | fields)


def deemed_on(state: DeadlineState, due_at: datetime, *reminders: SentReminder, **fields: Any) -> DeemedConsent:
    """A monitor's deemed consent on a deadline as it saw it."""
    facts: dict[str, Any] = {
        "state": state,
        "mode": state.default,
        "due_at": due_at,
        "calendar": CALENDAR.version,
        "reminders": reminders,
        "receipt_digest": "0" * 64,
    }
    return DeemedConsent(**facts | fields)


def opinion(verdict: Verdict = Verdict.AGREE, department: str = "c.transport", **fields: Any) -> Opinion:
    """An opinion on the case."""
    facts: dict[str, Any] = {
        "case_number": "C-1",
        "consultation_id": ID,
        "department": department,
        "verdict": verdict,
        "officer": "officer",
        "decided_on": date(2026, 3, 3),
    }
    return Opinion(**facts | fields)


def exactly(moment: datetime) -> Arrival:
    """An arrival that the broker stamped."""
    return Arrival(moment, moment, ArrivalSource.BROKER)


def between(earliest: datetime, latest: datetime) -> Arrival:
    """An arrival of which only an interval is known."""
    return Arrival(earliest, latest, ArrivalSource.OWN)


@dataclass(frozen=True)
class Part:
    """A department's part, as far as the rules ask."""

    department: str
    state: PartState
    stage: int = 1
    verdict: Verdict | None = None
    late_opinion_id: str | None = None
    opinion_id: str | None = None
    recalled_id: str | None = None


def approver(department: str, **fields: Any) -> Approver:
    """An approver with five working days."""
    return Approver(department=department, **{"term_days": 5} | fields)


def matter(*approvers: Approver, materials: tuple[Material, ...] = (), **fields: Any) -> Matter:
    """A matter with one required material unless said otherwise."""
    facts: dict[str, Any] = {
        "code": "works",
        "version": "1",
        "name": "占用道路",
        "name_en": "Occupying a road",
        "lead": "c.window",
        "basis": ("城市道路管理条例第三十条",),
        "materials": materials or (Material(code="plan", name="施工方案"),),
        "approvers": approvers or (approver("c.transport"),),
    }
    return Matter(**facts | fields)


def application(*materials: SubmittedMaterial, **fields: Any) -> Application:
    """An application for the matter `works`."""
    facts: dict[str, Any] = {
        "matter": "works",
        "applicant": Applicant(name="热电公司", identifier="91340100X", contact="0551-0"),
        "project": "黄山路供热管道",
        "materials": materials,
        "submitted_at": at("03-02"),
    }
    return Application(**facts | fields)


def merge_all(facts: Iterable[Reader], meant: Iterable[str]) -> tuple[Reader, ...]:
    """The standing of everybody a notice is meant for, by address, once all these facts have come."""
    readers = {address: Reader(address=address) for address in meant}
    for fact in facts:
        if fact.address in readers:
            readers[fact.address] = merge(readers[fact.address], fact)
    return tuple(readers[address] for address in sorted(readers))
