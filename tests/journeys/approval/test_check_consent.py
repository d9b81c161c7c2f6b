"""`exchange check-consent`: a deemed consent is reckoned anew from its signed bytes, on record or from a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import typer

from exchange.approval.proof import check_reminder
from exchange.approval.rules.deadline import project
from exchange.approval.rules.derived_ids import clock_reminder_id, id_of_reminder
from exchange.approval.window.evidence import check_evidence
from exchange.audit import prove_receipt, tree_root
from exchange.cli import app
from exchange.clock import AcceleratedClock, SteppedClock, format_clock
from exchange.directory import Lookup
from exchange.envelope import pack_leaves, payload_of, verify_signed
from exchange.errors import Forged, Malformed, NotFound, Returned, Untrusted
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.receipts import proof_digest
from exchange.messaging.records import InboxEntry, Signed
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.runtime.home import open_member
from exchange.runtime.settings import Home, Settings
from exchange.schemas import (
    Body,
    DeadlineNotice,
    DeadlineState,
    DeemedConsent,
    DefaultMode,
    Exclusion,
    LedgerEntry,
    Receipt,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptProof,
    Reminder,
    ReminderProof,
    SentReminder,
)
from exchange.setup.init import init_files
from tests.processes import write_departments
from tests.unit.facts import (
    CALENDAR,
    ID,
    OTHER_ID,
    at,
    deadline,
    deemed_on,
    extend,
    restart,
    start,
)

COMMANDS: Any = typer.main.get_command(app)


@dataclass
class Town:
    """A domain's folder, without a broker: what its members sign stands in their databases."""

    settings: Settings
    clock: SteppedClock

    def step_to(self, moment: datetime) -> None:
        """Has everybody sign at a moment, which may lie before the last one."""
        self.clock = SteppedClock(moment)
        self.settings = replace(self.settings, clock=self.clock)

    def signed(self, who: str, to: str, body: Body, *enclosures: bytes, case: str | None = None, **more: Any) -> bytes:
        """A member's message as it stands on its record; noted in the case's journal where one is named."""
        opened = open_member(self.settings, f"hefei.{who}")
        try:
            with opened.node.step() as step:
                message_id = step.send(body, (f"hefei.{to}",), enclosures=enclosures, **more)
                if case is not None:
                    step.note("deemed", case, message_id)
            with opened.store.reading() as tx:
                stored = tx[Documents].get(opened.node.address, message_id)
        finally:
            opened.store.close()
        assert stored is not None
        return stored.signed

    def evidence(self, department: str = "planning", sender: str = "window", **fields: Any) -> ReceiptProof:
        """A department's receipt, for the request unless said otherwise: of the day on which its term begins."""
        now = at("03-02") if "message_id" not in fields else self.clock.now()
        facts: dict[str, Any] = {
            "message_id": ID, "digest": "0" * 64, "sender": f"hefei.{sender}", "receiver": f"hefei.{department}",
            "outcome": ReceiptOutcome.ACCEPTED, "arrived_at": now, "signed_for_at": now,
        }  # fmt: skip
        receipt = Receipt(**facts | fields)
        leaves = [receipt.model_dump_json().encode()]
        batch = ReceiptBatch(
            root=tree_root(leaves).hex(), size=1, receiver=receipt.receiver, sender=receipt.sender, at=now
        )
        return prove_receipt(self.signed(department, sender, batch, pack_leaves(leaves)), leaves, 0)

    def reminded(
        self,
        state: DeadlineState,
        day: str = "03-06",
        *,
        by: str = "monitor",
        to: str = "planning",
        body: Body | None = None,
        id: str | None = None,
        conversation: str | None = None,
        stage: int = 50,
        said: dict[str, Any] | None = None,
        **receipt: Any,
    ) -> SentReminder:
        """A reminder that went out on a day and was signed for at once; each of its facts can be wrong."""
        before, began = self.clock.now(), project(state, CALENDAR).started_at
        assert began is not None
        self.step_to(at(day, "18:00"))
        facts: dict[str, Any] = {
            "case_number": state.case_number, "department": state.department, "stage": stage,
            "consultation_id": state.consultation_id, "due_at": at("03-10", "00:00"), "default": state.default,
        }  # fmt: skip
        words = body or Reminder(**facts | (said or {}))
        own = id or id_of_reminder(words if isinstance(words, Reminder) else Reminder(**facts), began)
        signed = self.signed(by, to, words, message_id=own, conversation_id=conversation)
        department = receipt.pop("department", "planning")
        fields = {"message_id": own, "digest": hashlib.sha256(signed).hexdigest(), **receipt}
        proof = ReminderProof(signed=signed, receipt=self.evidence(department, fields.pop("of", by), **fields))
        sent = SentReminder(message_id=own, stage=stage, at=self.clock.now(), proof=proof)
        self.step_to(before)
        return sent

    def directory(self) -> Lookup:
        """The directory by which all of it verifies."""
        opened = open_member(self.settings, "hefei.window")
        opened.store.close()
        return opened.node.directory

    def take_receipt(self, sent: SentReminder) -> None:
        """The monitor takes in the department's receipt, as it does when it has come by the broker."""
        assert sent.proof is not None
        proof, opened = sent.proof.receipt, open_member(self.settings, "hefei.monitor")
        header = verify_signed(proof.signed, opened.node.directory).header
        entry = InboxEntry(
            header, hashlib.sha256(proof.signed).hexdigest(), proof.signed, (pack_leaves([proof.receipt]),),
            Arrival(self.clock.now(), self.clock.now(), ArrivalSource.OWN), None, True, None,
        )  # fmt: skip
        receipt = Receipt.model_validate_json(proof.receipt)
        signed = Signed(sent.message_id, receipt.receiver, True, header.message_id, 0, receipt.digest, None, "")
        try:
            with opened.node.step() as step:
                step.tx[Inbox].record([entry], step.now)
                assert step.tx[Outbox].mark_signed([signed], step.now)
        finally:
            opened.store.close()

    def run(self, *words: str) -> int:
        """The command, in this process; its exit code."""
        try:
            return int(COMMANDS.main([*words, "--home", str(self.settings.home)], standalone_mode=False) or 0)
        except typer.Exit as ended:
            return ended.exit_code


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder, clock = tmp_path_factory.mktemp("town"), SteppedClock(at("03-02"))
    write_departments(folder / "departments", "hefei", ["planning", "transport"])
    settings = Settings(folder / "home", None, None, None, clock)
    init_files(settings, lambda text: None, folder / "departments")
    later = AcceleratedClock(datetime.now(UTC), at("03-12"), 1)
    Home(settings.home).clock.write_text(format_clock(later))  # for the command
    return Town(settings, clock)


@pytest.fixture(scope="module")
def silence(town: Town) -> DeadlineState:
    """A term of five days from Monday, which planning let pass."""
    town.step_to(at("03-02", "10:00"))
    return deadline(
        start("03-02"), evidence=town.evidence(), department="hefei.planning", lead="hefei.window", case_number="C-1"
    )


@pytest.fixture(scope="module")
def chased(town: Town, silence: DeadlineState) -> SentReminder:
    """The reminder of 6 March, which planning signed for."""
    return town.reminded(silence)


def consent(state: DeadlineState, *reminders: SentReminder, **fields: Any) -> DeemedConsent:
    due_at = project(state, CALENDAR).due_at
    assert due_at is not None
    assert state.evidence is not None
    fields = {"receipt_digest": proof_digest(state.evidence), **fields}
    return deemed_on(state, fields.pop("due_at", due_at), *reminders, **fields)


def extended_by(actor: str, days: int, told: datetime) -> LedgerEntry:
    """An extension as this release enters it, with the due moment that it tells."""
    return extend("03-06", days).model_copy(update={"actor": actor, "told": told})


def instead(state: DeadlineState, **fields: Any) -> DeemedConsent:
    """A consent over another state, with the receipt that stands in it."""
    return consent(state.model_copy(update=fields))


@pytest.mark.parametrize(
    ("spoil", "who", "day", "complaint"),
    [
        (lambda s, r, t: consent(s, r), "monitor", "03-06", "the term is not over"),
        (lambda s, r, t: consent(s, r), "window", "03-11", "is not a monitor"),
        (lambda s, r, t: instead(s, lead="hefei.elsewhere.window"), "monitor", "03-11", "is not a monitor"),
        (
            lambda s, r, t: consent(s, r.model_copy(update={"at": at("03-10")})),
            "monitor", "03-11", "no reminder went out within the term",
        ),
        (
            lambda s, r, t: consent(s, r, due_at=at("03-06", "24:00")),
            "monitor", "03-11", "does not follow from the ledger",
        ),
        (lambda s, r, t: consent(s, r, mode=DefaultMode.REFUSAL), "monitor", "03-11", "not the one that the matter"),
        (lambda s, r, t: consent(s, r, receipt_digest="1" * 64), "monitor", "03-11", "not the one that is cited"),
        (lambda s, r, t: instead(s, evidence=t.evidence("transport")), "monitor", "03-11", "for another request"),
        (lambda s, r, t: instead(s, evidence=t.evidence(sender="monitor")), "monitor", "03-11", "for another request"),
        (
            lambda s, r, t: instead(
                s, evidence=t.evidence(outcome=ReceiptOutcome.RETURNED, reason_code="not-ours", reason="elsewhere")
            ),
            "monitor", "03-11", "the department returned the request",
        ),
        (
            lambda s, r, t: consent(s.model_copy(update={"exclusions": (Exclusion.LIFE_SAFETY,)}), r),
            "monitor", "03-11", "excluded: life-safety",
        ),
        (
            lambda s, r, t: consent(
                s.model_copy(update={"ledger": (*s.ledger, extended_by("hefei.planning", 1, at("03-10", "24:00")))}), r
            ),
            "monitor", "03-12", "an entry that the matter does not allow",
        ),
        (lambda s, r, t: DeadlineNotice(deadlines=(s,)), "monitor", "03-11", "not a deemed consent"),
    ],
)  # fmt: skip
def test_each_thing_that_it_rests_on_is_missed_where_it_is_wrong(
    town: Town,
    silence: DeadlineState,
    chased: SentReminder,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[DeadlineState, SentReminder, Town], Body],
    who: str,
    day: str,
    complaint: str,
) -> None:
    town.step_to(at(day))
    file = tmp_path / "one.cose"
    file.write_bytes(town.signed(who, "transport", spoil(silence, chased, town)))
    assert town.run("check-consent", str(file)) == 8
    assert complaint in " ".join(capsys.readouterr().out.split())


_NUMBERS = count(10)


def another(state: DeadlineState) -> DeadlineState:
    """The same term in a case of its own: a reminder's id is the case's, and goes out once."""
    return state.model_copy(update={"case_number": f"C-{next(_NUMBERS)}"})


AFTER_THE_END = at("03-10", "08:00")
RETURNED = {"outcome": ReceiptOutcome.RETURNED, "reason_code": "not-consulted", "reason": "not on this desk"}


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        ({"day": "03-02"}, "before its share of the term had passed"),
        ({"stage": 1}, "before its share of the term had passed"),
        ({"by": "window"}, "hefei.window signed it, and is not a monitor"),
        ({"body": DeadlineNotice(deadlines=(deadline(start("03-02")),))}, "what is cited as a reminder is none"),
        ({"id": OTHER_ID}, "of another request, term or stage"),
        ({"conversation": OTHER_ID}, "of another request, term or stage"),
        ({"said": {"case_number": "C-2"}}, "of another request, term or stage"),
        ({"said": {"department": "hefei.transport"}}, "of another request, term or stage"),
        ({"said": {"consultation_id": OTHER_ID}}, "of another request, term or stage"),
        ({"said": {"stage": 90}}, "of another request, term or stage"),
        ({"said": {"due_at": at("03-31", "00:00")}}, "says another end of the term"),
        ({"to": "transport"}, "was not sent to the department"),
        ({"department": "transport"}, "the receipt is for another reminder"),
        ({"of": "window"}, "the receipt is for another reminder"),
        ({"message_id": OTHER_ID}, "the receipt is for another reminder"),
        ({"digest": "0" * 64}, "for other words than those of the reminder"),
        (RETURNED, "the department returned the reminder"),
        ({"arrived_at": AFTER_THE_END, "signed_for_at": AFTER_THE_END}, "after the end of its term"),
        ({"signed_for_at": AFTER_THE_END}, "after the end of its term"),
    ],
)
def test_a_reminder_that_is_not_proved_in_each_of_its_facts_is_none(
    town: Town, silence: DeadlineState, made: dict[str, Any], complaint: str
) -> None:
    town.step_to(at("03-02", "10:00"))
    state = another(silence)
    wrong = town.reminded(state, **made)
    with pytest.raises((Forged, Malformed, Untrusted), match=complaint):
        check_reminder(state, wrong, town.directory(), CALENDAR)


BY_DAYS = {"began_at": at("03-02")}


@pytest.mark.parametrize(
    ("made", "complaint"),
    [
        ({"day": "03-04"}, "before its share of the term had passed"),
        ({"said": BY_DAYS | {"began_at": at("03-01")}}, "of another request, term or stage"),
        ({"said": BY_DAYS | {"due_at": at("03-31", "00:00")}}, "says another end of the term"),
        ({"id": clock_reminder_id("C-100", "hefei.planning", 50, at("03-02"))}, "of another request, term or stage"),
    ],
)
def test_a_reminder_by_working_days_is_held_against_the_working_days(
    town: Town, silence: DeadlineState, made: dict[str, Any], complaint: str
) -> None:
    town.step_to(at("03-02", "10:00"))
    state = silence.model_copy(update={"case_number": "C-100"}) if "id" in made else another(silence)
    wrong = town.reminded(state, **{"said": BY_DAYS} | made)
    with pytest.raises(Forged, match=complaint):
        check_reminder(state, wrong, town.directory(), CALENDAR)


def test_a_reminder_by_working_days_is_of_its_due_moment_alone(town: Town, silence: DeadlineState) -> None:
    town.step_to(at("03-02", "10:00"))
    state = another(silence)
    extended = state.model_copy(update={"ledger": (*state.ledger, extend("03-06", 10))})
    sent = town.reminded(state, "03-05", said=BY_DAYS)
    check_reminder(state, sent, town.directory(), CALENDAR)
    with pytest.raises(Forged, match="another end of the term"):
        check_reminder(extended, sent, town.directory(), CALENDAR)


def test_a_reminder_that_is_proved_holds_by_an_earlier_ledger_too(town: Town, silence: DeadlineState) -> None:
    """The window had extended the term a moment before; the monitor, of a former release, had not heard of it."""
    town.step_to(at("03-02", "10:00"))
    state = another(silence)
    extended = state.model_copy(update={"ledger": (*state.ledger, extend("03-06", 10))})
    sent = town.reminded(state)
    check_reminder(state, sent, town.directory(), CALENDAR)
    check_reminder(extended, sent, town.directory(), CALENDAR)
    again = state.model_copy(update={"ledger": (*state.ledger, restart("03-07"))})
    with pytest.raises(Forged, match="another request, term or stage"):
        check_reminder(again, sent, town.directory(), CALENDAR)


def test_a_consent_with_an_invented_reminder_or_none_that_is_proved_does_not_verify(
    town: Town, silence: DeadlineState, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.step_to(at("03-11"))
    file = tmp_path / "one.cose"
    own_id = clock_reminder_id(silence.case_number, silence.department, 50, at("03-02"))
    invented = SentReminder(message_id=own_id, stage=50, at=at("03-06", "18:00"))
    file.write_bytes(town.signed("monitor", "transport", consent(silence, invented)))
    assert payload_of(file.read_bytes()).count(b"proof") == 0, "as the release before wrote it"
    assert town.run("check-consent", str(file)) == 8
    assert "rests on the monitor's word alone" in " ".join(capsys.readouterr().out.split())


def test_the_window_holds_what_is_cited_against_its_own_copies(town: Town, silence: DeadlineState) -> None:
    town.step_to(at("03-02", "10:00"))
    state = another(silence)
    sent = town.reminded(state)
    other = town.reminded(another(silence))
    assert sent.proof is not None
    assert other.proof is not None
    town.step_to(at("03-11"))
    deemed = consent(state, sent)

    def taken(signed: bytes | None) -> None:
        """The window looks at it, having this under the reminder's id; nothing of the try is kept."""
        opened = open_member(town.settings, "hefei.window")
        header = verify_signed(sent.proof.signed, opened.node.directory).header if sent.proof else None
        try:
            with opened.node.step() as step:
                if signed is not None and header is not None:
                    came = InboxEntry(
                        header, "0" * 64, signed, (), Arrival(step.now, step.now, ArrivalSource.OWN), None, True, None
                    )
                    step.tx[Inbox].record([came], step.now)
                check_evidence(step, deemed, step.now)
                raise Undone
        finally:
            opened.store.close()

    for held in (None, sent.proof.signed):
        with pytest.raises(Undone):
            taken(held)
    with pytest.raises(Returned, match="not the one that came to the window") as refused:
        taken(other.proof.signed)
    assert refused.value.code == "no-evidence"


class Undone(Exception):
    """Ends a try of which nothing is to be kept."""


def test_one_of_version_1_is_proved_at_its_monitor_which_has_the_receipts_on_record(
    town: Town, silence: DeadlineState, capsys: pytest.CaptureFixture[str]
) -> None:
    town.step_to(at("03-02", "10:00"))
    of_old = silence.model_copy(update={"case_number": "C-OLD"})
    sent = town.reminded(of_old)
    assert sent.proof is not None
    town.step_to(at("03-11"))
    old = consent(of_old, sent.model_copy(update={"proof": None}))
    town.signed("monitor", "window", old, case="C-OLD")
    assert town.run("check-consent", "C-OLD", "--as", "hefei.monitor") == 8
    capsys.readouterr()
    town.take_receipt(sent)
    assert town.run("check-consent", "C-OLD", "--as", "hefei.monitor") == 0
    assert "✓ verified" in " ".join(capsys.readouterr().out.split())


def test_what_a_monitor_signed_is_verified_written_and_verified_again_from_the_file(
    town: Town, silence: DeadlineState, chased: SentReminder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    town.step_to(at("03-11"))
    town.signed("monitor", "window", consent(silence, chased), case="C-1")
    assert town.run("check-consent", "C-1", "--as", "hefei.monitor", "--out", str(tmp_path / "out")) == 0
    assert "✓ verified" in " ".join(capsys.readouterr().out.split())
    (file,) = (tmp_path / "out").iterdir()
    assert file.name == "C-1.hefei.planning.hefei.monitor.cose"
    assert town.run("check-consent", str(file), "--json") == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["verified"], told["department"], told["monitor"]) == (True, "hefei.planning", "hefei.monitor")
    assert told["due_at"] == "2026-03-10T00:00:00+08:00"
    file.write_bytes(file.read_bytes().replace(b"hefei.planning", b"hefei.plannimg"))
    assert town.run("check-consent", str(file), "--json") == 8
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["verified"], told["code"]) == (False, "forged")


def test_a_case_without_one_says_who_has_them(town: Town) -> None:
    with pytest.raises(NotFound, match="no deemed consent in case C-9") as refused:
        town.run("check-consent", "C-9")
    assert "exchange status" in refused.value.remedy
