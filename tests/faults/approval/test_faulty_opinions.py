"""An opinion whose signer is proved goes back with the exact sentence, and nobody takes its department for silent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.records import CaseRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window import conclude
from exchange.approval.window.decision import Ruling
from exchange.approval.window.lead_duties import lead_duties
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.traffic.topology import opinions_queue
from exchange.envelope import envelope_for, unpack_leaves
from exchange.envelope.document import ENCLOSURES, HEADER, content_type
from exchange.envelope.sealing import Sealed, seal_signed
from exchange.envelope.sign1 import ALG, CONTENT_TYPE, CRIT, EDDSA, SHA_256, X5T, sign1
from exchange.errors import Conflict
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState, Outgoing
from exchange.operations.tasks.duties import DutyKind, duties_here
from exchange.operations.trace.dossier import filed
from exchange.schemas import Header, Opinion, Outcome, Receipt, ReceiptBatch, ReceiptOutcome, Verdict
from tests.faults.messaging.test_hostile_input import push
from tests.journeys.city import City, make_city, wait_until

pytestmark = pytest.mark.broker

Fault = Callable[["Letter"], None]


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        yield city


MISSING = "-missing-"


class Letter:
    """What a department's own software writes: any bytes, signed and sealed as it must be."""

    def __init__(self, city: City, case: CaseRow, name: str = "transport") -> None:
        self.city, self.case, self.name = city, case, name
        self.node = city.node(name)
        self.kind, self.version = Opinion.KIND, 1
        self.fields = json.loads(city.opinion(name, case).model_dump_json())
        self.in_reply_to: str | None = self.fields["consultation_id"]
        self.conversation: str | None = None
        self.labels: dict[object, object] = {}
        self.header: dict[str, object] = {}
        """Members of the clear header that are written otherwise than as they must be."""
        self.payload: bytes | None = None
        self.enclosures: tuple[bytes, ...] = ()
        self.message_id = self.node.new_id()
        self.written_at: datetime | None = None

    def push(self) -> None:
        """Brings it to the window's queue, past its own outbox."""
        window = self.city.address("window")
        _, _, sealed = self._sealed()
        push(self.city, opinions_queue(window), envelope_for(sealed.common, sealed.recipients[window]))

    def send(self) -> str:
        """Puts it into the outbox, as whoever keeps the protocol does, and has it sent."""
        window = self.city.address("window")
        header, signed, sealed = self._sealed()
        with self.node.store.transaction() as tx:
            queues = {window: opinions_queue(window)}
            out = Outgoing(header, signed, self.enclosures, sealed.common, sealed.recipients, queues, True)
            tx[Outbox].add([out], self.city.clock.now())
        self.city.wake(self.name)
        return header.message_id

    def _sealed(self) -> tuple[Header, bytes, Sealed]:
        window = self.city.address("window")
        header = Header(
            message_id=self.message_id,
            conversation_id=self.conversation or self.case.conversation_id,
            in_reply_to=self.in_reply_to,
            kind=self.kind,
            sender=self.node.address,
            addressees=(window,),
            created_at=self.written_at or self.city.clock.now(),
        )
        said = json.loads(header.model_dump_json()) | self.header
        header_bytes = json.dumps({name: value for name, value in said.items() if value is not MISSING}).encode()
        protected = {
            ALG: EDDSA,
            CRIT: [HEADER, ENCLOSURES],
            CONTENT_TYPE: content_type(self.kind, self.version),
            X5T: [SHA_256, self.node.identity.x5t],
            HEADER: header_bytes,
            ENCLOSURES: [],
        } | self.labels
        payload = self.payload if self.payload is not None else json.dumps(self.fields, ensure_ascii=False).encode()
        signed = sign1(payload, protected, self.node.identity.signing_key)
        recipient = self.node.directory.recipient(window, header.suite)
        return header, signed, seal_signed(header_bytes, signed, [recipient], self.enclosures)


def returned(city: City, message_id: str, name: str = "transport") -> str:
    """The reason with which the window's signed receipt brings a message back."""

    def copy() -> tuple[OutboxState, str]:
        with city.node(name).store.reading() as tx:
            [row] = tx[Outbox].rows(message_id)
        return row.state, row.last_error or ""

    wait_until(lambda: copy()[0] is OutboxState.RETURNED, what="the receipt that returns it")
    return copy()[1]


def journal(city: City, case: CaseRow) -> list[str]:
    with city.window.store.reading() as tx:
        return [entry.event for entry in tx.journal_of(case.number)]


def without_basis(letter: Letter) -> None:
    letter.fields |= {"verdict": "disagree", "reasons": "压占燃气管线"}


def unknown_version(letter: Letter) -> None:
    letter.version = 99


def unknown_verdict(letter: Letter) -> None:
    letter.fields["verdict"] = "perhaps"


def not_json(letter: Letter) -> None:
    letter.payload = b"{"


def a_name_twice(letter: Letter) -> None:
    text = json.dumps(letter.fields)
    letter.payload = f'{text[:-1]}, "verdict": "disagree"}}'.encode()


def enclosures_not_signed(letter: Letter) -> None:
    letter.enclosures = (b"a paper that nobody signed",)


def unknown_label(letter: Letter) -> None:
    letter.labels = {"more": 1}


def another_consultation(letter: Letter) -> None:
    letter.fields["consultation_id"] = letter.node.new_id()


def an_unknown_case(letter: Letter) -> None:
    letter.fields["case_number"] = "NOWHERE-1"


def says_nothing_of_the_case(letter: Letter) -> None:
    letter.fields, letter.in_reply_to, letter.conversation = {}, None, letter.node.new_id()


def for_another_department(letter: Letter) -> None:
    letter.fields["department"] = letter.city.address("planning")


FAULTS = {
    without_basis: "disagree: give reasons and the legal basis",
    unknown_version: "version 99 is not known here",
    unknown_verdict: "verdict: Input should be 'agree'",
    not_json: "not JSON",
    a_name_twice: "a field appears twice",
    enclosures_not_signed: "enclosures: not those that were signed",
    unknown_label: "a label is not known here",
    another_consultation: "was not put to you by this consultation",
    an_unknown_case: "no case NOWHERE-1",
    says_nothing_of_the_case: "verdict: Field required",
    for_another_department: "cannot speak for",
}


def test_whatever_is_wrong_with_an_opinion_it_goes_back_with_the_sentence_and_its_department_is_not_silent(
    city: City,
) -> None:
    city.matter(city.approver("transport", days=1, silent=True), city.approver("planning", days=60))
    cases = {fault: city.submit() for fault in FAULTS}
    for fault, case in cases.items():
        letter = Letter(city, case)
        fault(letter)
        reason = returned(city, letter.send())
        assert FAULTS[fault] in reason, fault.__name__
    with city.window.store.reading() as tx:
        assert tx[Inbox].dead_letters() == []

    city.through(2)

    for fault, case in cases.items():
        assert city.part(case, "transport").state is PartState.ESCALATED, fault.__name__
        assert "deemed" not in journal(city, case)


def in_header(**members: object) -> Fault:
    def fault(letter: Letter) -> None:
        letter.header = {
            name: [letter.city.address("window")] * 2 if value == "twice" else value for name, value in members.items()
        }

    return fault


IN_HEADER: dict[str, tuple[Fault, str]] = {
    "addressed twice": (in_header(addressees="twice"), "an address appears twice"),
    "no instant": (in_header(created_at="yesterday"), "created_at: must be an instant"),
    "an unknown member": (in_header(remark="urgent!"), "remark: Extra inputs"),
    "another kind": (in_header(kind="opinoin"), "does not take messages of kind"),
    "no kind": (in_header(kind=MISSING), "kind: Field required"),
    "no urgency that is known": (in_header(urgency="now"), "urgency"),
}
UNNAMED = {"no id": in_header(message_id=7), "nothing": in_header(version=2, message_id=MISSING, kind=MISSING)}


def test_a_faulty_header_goes_back_too_or_is_set_aside_by_name_and_its_department_is_not_silent(city: City) -> None:
    city.matter(city.approver("transport", days=1, silent=True), city.approver("planning", days=60))
    cases = {name: city.submit() for name in (*IN_HEADER, *UNNAMED)}
    for name, (fault, sentence) in IN_HEADER.items():
        letter = Letter(city, cases[name])
        fault(letter)
        assert sentence in returned(city, letter.send()), name
    for name, fault in UNNAMED.items():
        letter = Letter(city, cases[name])
        fault(letter)
        letter.push()

    def aside() -> list[tuple[str | None, str | None, str | None]]:
        with city.window.store.reading() as tx:
            return [(one.sender, one.kind, one.message_id) for one in tx[Inbox].dead_letters()]

    proved = (city.address("transport"), Opinion.KIND, None)
    wait_until(lambda: aside() == [proved] * len(UNNAMED), what="the dead letters of the proved signer")

    city.through(2)

    for name, case in cases.items():
        assert city.part(case, "transport").state is PartState.ESCALATED, name
        assert "deemed" not in journal(city, case)


def test_a_corrected_opinion_counts_as_arrived_when_the_faulty_one_did(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    city.through(2)
    letter = Letter(city, case)
    without_basis(letter)
    returned(city, letter.send())
    city.local.settle()
    part = city.part(case, "transport")
    assert part.correct_by is not None
    with city.window.store.reading() as tx:
        [duty] = lead_duties(tx, city.window.calendar, city.clock.now())
    assert (duty.task, duty.departments) == (LeadTask.CORRECTION, (city.address("transport"),))

    city.through(2)  # the term is over
    assert city.part(case, "transport").state is PartState.ESCALATED
    with pytest.raises(Conflict, match="to be corrected by"):
        conclude.decide(city.window, case.number, Ruling(Outcome.GRANT, "nobody objects", officer="主任"))

    city.reply("transport", case, Verdict.DISAGREE, reasons="压占燃气管线", basis=("城镇燃气管理条例第三十三条",))
    part = city.part(case, "transport")
    assert (part.state, part.verdict) == (PartState.ANSWERED, Verdict.DISAGREE)
    assert city.case(case).outcome == "refuse"


def test_where_no_correction_comes_the_lead_decides_once_the_time_for_it_is_over(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    letter = Letter(city, case)
    without_basis(letter)
    returned(city, letter.send())
    city.through(6)
    part = city.part(case, "transport")
    assert part.state is PartState.ESCALATED
    assert part.correct_by is not None
    assert part.correct_by < city.clock.now()
    assert city.case(case).state is CaseState.OPEN
    conclude.decide(
        city.window, case.number,
        Ruling(Outcome.REFUSE, "the objection stands, though it was never put right", officer="主任"),
    )  # fmt: skip
    assert city.case(case).outcome == "refuse"


def test_an_opinion_that_came_back_waits_on_the_desk_with_its_reason(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    letter = Letter(city, case)
    without_basis(letter)
    message_id = letter.send()
    with city.node("transport").store.transaction() as tx:
        assert tx[DepartmentDesk].get(case.number) is not None
    returned(city, message_id)
    city.local.settle()
    [duty] = [one for one in duties_here(city.node("transport")) if one.kind is DutyKind.LOOK_AT_RETURNED]
    assert duty.id == message_id
    assert "disagree: give reasons and the legal basis" in duty.detail
    [here] = filed(city.window, message_id)
    assert "disagree: give reasons" in here.fault, "the window, too, sees what it has sent back"


def test_a_kind_that_a_member_does_not_take_is_returned(city: City) -> None:
    city.matter(city.approver("transport"))
    case = city.submit()
    letter = Letter(city, case)
    letter.kind = "weather-report"
    reason = returned(city, letter.send())
    assert "does not take messages of kind" in reason


def test_an_opinion_dated_ahead_of_our_clock_is_nobodys_silence(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    case = city.submit()
    letter = Letter(city, case)
    letter.written_at = city.clock.now() + timedelta(days=300)
    letter.send()

    def dead() -> list[str]:
        with city.window.store.reading() as tx:
            return [one.reason_code for one in tx[Inbox].dead_letters()]

    wait_until(lambda: dead() == ["clock"], what="the dead letter")
    for _ in range(6):
        city.step_to(city.clock.now() + timedelta(days=1), settle=False)
        city.signed_for("monitor")
    wait_until(lambda: "deemed-held-up" in journal(city, case), what="the default that is held up")
    assert city.part(case, "transport").state is PartState.SIGNED


def test_a_message_id_used_again_for_another_opinion_goes_back(city: City) -> None:
    city.matter(city.approver("transport", silent=True))
    first, second = city.submit(), city.submit()
    message_id = city.reply("transport", first)
    letter = Letter(city, second)
    letter.message_id = message_id
    letter.push()

    def last_receipt() -> Receipt:
        with city.node("transport").store.reading() as tx:
            [batch] = tx[Documents].recent("received", ReceiptBatch.KIND, 1)
        return Receipt.model_validate_json(unpack_leaves(batch.enclosures[0])[-1])

    wait_until(lambda: last_receipt().reason_code == "id-reused", what="the receipt")
    assert (last_receipt().message_id, last_receipt().outcome) == (message_id, ReceiptOutcome.RETURNED)
    city.through(4)
    assert city.part(second, "transport").state is PartState.ESCALATED
    assert city.part(first, "transport").state is PartState.ANSWERED
