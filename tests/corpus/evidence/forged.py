"""What might be tried with a case, each as a town's papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from exchange.directory.view import sign_directory
from exchange.evidence.bundle.workdays_file import WORKDAYS
from exchange.evidence.proof.logs import LOG
from exchange.schemas import (
    ArrivalBasis,
    DeadlineState,
    Escalation,
    OpinionRecall,
    Outcome,
    ReceiptArrival,
    SentReminder,
    Standing,
    StartRule,
    Verdict,
)
from tests.corpus.evidence.town import (
    ASKED,
    DEEMED,
    LEAD,
    MONITOR,
    NUMBER,
    OPINION,
    POLICE,
    TRANSPORT,
    PaperTown,
    answered,
    good,
    silent,
    usual,
)
from tests.unit.facts import at, start

OTHER = "60000000-0000-4000-8000-000000000000"
RECALL = "70000000-0000-4000-8000-000000000000"
NEXT_NOTICE = "80000000-0000-4000-8000-000000000000"


def decided(town: PaperTown, police: Standing = Standing.ANSWERED, transport: Standing = Standing.DEEMED) -> PaperTown:
    ids = {Standing.ANSWERED: OPINION, Standing.DEEMED: DEEMED}
    transports = OTHER if transport is Standing.ANSWERED else ids.get(transport)
    town.decide(town.considered(POLICE, police, ids.get(police)), town.considered(TRANSPORT, transport, transports))
    town.vouch()
    return town


def opinion_dropped() -> PaperTown:
    town = PaperTown()
    _, transport = usual(town)
    answered(town, Verdict.DISAGREE)
    silent(town, transport)
    return decided(town, police=Standing.MOOT)


def silence_against_opinion() -> PaperTown:
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    signed = town.opinion(TRANSPORT, Verdict.DISAGREE, at("03-09", "16:00"), OTHER)
    town.receipt(signed, OTHER, TRANSPORT, LEAD, at("03-09", "16:00"))
    silent(town, transport)
    return decided(town)


def opinion_otherwise() -> PaperTown:
    town = PaperTown()
    _, transport = usual(town)
    answered(town, Verdict.DISAGREE)
    silent(town, transport)
    return decided(town)


def department_left_out() -> PaperTown:
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    town.decide(town.considered(POLICE, Standing.ANSWERED, OPINION))
    town.vouch()
    return town


def decision_dated_back() -> PaperTown:
    town = PaperTown(decided_at=at("03-06"))
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    return decided(town)


def term_dated_back() -> PaperTown:
    """The ledger begins on Friday before, three days before the department signed for the request."""
    town = PaperTown()
    asked = town.consult()
    ledger = (start("02-27"),)
    police = town.state(POLICE, town.receipt(asked, ASKED, LEAD, POLICE, town.asked_at))
    transport = town.state(TRANSPORT, town.receipt(asked, ASKED, LEAD, TRANSPORT, town.asked_at), ledger=ledger)
    town.notice(police, transport)
    answered(town)
    sent = town.remind(transport, at("03-05", "18:00"))
    town.receipt(town.deem(transport, (sent,), at("03-07")), DEEMED, MONITOR, LEAD, at("03-07"))
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION),
        town.considered(TRANSPORT, Standing.DEEMED, DEEMED, ledger=ledger),
    )  # fmt: skip
    town.vouch()
    return town


def two_ledgers() -> PaperTown:
    town = good()
    told = town.state(TRANSPORT, None, revision=2, ledger=(start("03-03"),))
    town.notice(told, message_id=NEXT_NOTICE, moment=at("03-03"))
    return town


def deemed(
    change: Callable[[PaperTown, DeadlineState, SentReminder], bytes], evidence: bool = True
) -> Callable[[], PaperTown]:
    """A case whose deemed consent is made by ``change``."""

    def make() -> PaperTown:
        town = PaperTown()
        asked = town.consult()
        police = town.state(POLICE, town.receipt(asked, ASKED, LEAD, POLICE, town.asked_at))
        signed_for = town.receipt(asked, ASKED, LEAD, TRANSPORT, town.asked_at)
        transport = town.state(TRANSPORT, signed_for if evidence else None)
        town.notice(police, transport)
        answered(town)
        sent = town.remind(town.state(TRANSPORT, signed_for), at("03-06", "18:00"))
        signed = change(town, transport, sent)
        town.receipt(signed, DEEMED, MONITOR, LEAD, at("03-10", "08:45"))
        return decided(town)

    return make


def not_reminded_in_time(town: PaperTown, state: DeadlineState, sent: SentReminder) -> bytes:
    """It was reminded, and signed for that only after its term."""
    assert sent.proof is not None
    late = town.receipt(
        sent.proof.signed, sent.message_id, MONITOR, TRANSPORT, at("03-10", "08:00"), keep=False
    )  # fmt: skip
    told = sent.model_copy(update={"proof": sent.proof.model_copy(update={"receipt": late})})
    return town.deem(state, (told,), at("03-10", "08:30"))


def receipt_missing() -> PaperTown:
    """The department denies that it had the request, and its receipt was taken out."""
    town = PaperTown()
    asked = town.consult()
    police = town.state(POLICE, town.receipt(asked, ASKED, LEAD, POLICE, town.asked_at))
    transport = town.state(TRANSPORT, town.receipt(asked, ASKED, LEAD, TRANSPORT, town.asked_at, keep=False))
    town.notice(police, transport)
    answered(town)
    silent(town, transport)
    return decided(town)


def receipt_invented() -> PaperTown:
    """A relay office signs a receipt in the department's name."""
    town = PaperTown()
    asked = town.consult()
    police = town.state(POLICE, town.receipt(asked, ASKED, LEAD, POLICE, town.asked_at))
    forged = town.receipt(asked, ASKED, LEAD, TRANSPORT, town.asked_at, by="c.relay")
    transport = town.state(TRANSPORT, forged)
    town.notice(police, transport)
    answered(town)
    silent(town, transport)
    return decided(town)


def receipt_of_other_bytes() -> PaperTown:
    town = good()
    signed = town.opinion(POLICE, Verdict.AGREE, at("03-05"), OTHER)
    town.receipt(signed + b"\x00", OTHER, POLICE, LEAD, at("03-05"))
    return town


def receipt_before_document() -> PaperTown:
    town = good()
    signed = town.opinion(POLICE, Verdict.AGREE, at("03-09"), OTHER)
    town.receipt(signed, OTHER, POLICE, LEAD, at("03-04"))
    return town


def two_documents_of_one_id() -> PaperTown:
    town = good()
    town.opinion(POLICE, Verdict.DISAGREE, at("03-04"))
    return town


def stolen_key() -> PaperTown:
    """Transport was revoked on Tuesday; on Wednesday somebody signs with its key."""
    town = PaperTown()
    usual(town)
    answered(town)
    signed = town.opinion(TRANSPORT, Verdict.AGREE, at("03-04"), OTHER)
    town.receipt(signed, OTHER, TRANSPORT, LEAD, at("03-04"))
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION), town.considered(TRANSPORT, Standing.ANSWERED, OTHER)
    )  # fmt: skip
    town.vouch(_revoked(town))
    return town


def stolen_key_dated_back() -> PaperTown:
    """The same, dated before the revocation: no window has signed for it, so it proves nothing."""
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    town.opinion(TRANSPORT, Verdict.AGREE, at("03-02", "12:00"), OTHER, decided_on=date(2026, 3, 2))
    return decided(town)


def _revoked(town: PaperTown) -> bytes:
    directory = town.kin.directory()
    members = tuple(
        one.model_copy(update={"revoked_at": at("03-03"), "revoked_for": "失窃"}) if one.address == TRANSPORT else one
        for one in directory.members
    )  # fmt: skip
    changed = directory.model_copy(update={"members": members})
    return sign_directory(changed, town.kin.authority.key, town.kin.authority.certificate)


def rolled_back() -> PaperTown:
    """The directory of before the revocation, though the domain has stated a newer one since."""
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION), town.considered(TRANSPORT, Standing.DEEMED, DEEMED)
    )  # fmt: skip
    town.vouch(town.kin.signed(1), stated=town.kin.signed(2), version=2)
    return town


def not_the_lead() -> PaperTown:
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION), town.considered(TRANSPORT, Standing.DEEMED, DEEMED),
        by="police",
    )  # fmt: skip
    town.vouch()
    return town


def recalled() -> PaperTown:
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    body = OpinionRecall(
        case_number="C-1", department=POLICE, opinion_id=OPINION, reasons="补充核查", officer="张三", at=at("03-05")
    )  # fmt: skip
    signed = town.sign(body, "police", (LEAD,), RECALL, at("03-05"), conversation=ASKED)
    town.receipt(signed, RECALL, POLICE, LEAD, at("03-05"))
    silent(town, transport)
    return decided(town)


def late_counted() -> PaperTown:
    town = PaperTown()
    usual(town)
    answered(town)
    signed = town.opinion(TRANSPORT, Verdict.AGREE, at("03-10", "08:00"), OTHER)
    town.receipt(signed, OTHER, TRANSPORT, LEAD, at("03-10", "08:00"))
    return decided(town, transport=Standing.ANSWERED)


def late_by(told: ReceiptArrival | None) -> Callable[[], PaperTown]:
    """The police's objection comes after the term, as the lead says, and does not count."""

    def make() -> PaperTown:
        town = PaperTown()
        _, transport = usual(town)
        silent(town, transport)
        signed = town.opinion(POLICE, Verdict.DISAGREE, at("03-09", "17:00"))
        version = 1 if told is None else 2
        town.receipt(signed, OPINION, POLICE, LEAD, at("03-10", "08:00"), version=version, arrival=told)
        return decided(town, police=Standing.MOOT)

    return make


def within_an_interval() -> PaperTown:
    """The window was down at the end of the term: when the opinion came in between it cannot know."""
    town = PaperTown()
    usual(town)
    answered(town)
    signed = town.opinion(TRANSPORT, Verdict.AGREE, at("03-09", "16:00"), OTHER)
    told = ReceiptArrival(basis=ArrivalBasis.OWN_CLOCK, not_before=at("03-09", "17:00"))
    town.receipt(signed, OTHER, TRANSPORT, LEAD, at("03-10", "08:00"), arrival=told)
    return decided(town, transport=Standing.ANSWERED)


def begun_by_own_clock() -> PaperTown:
    """The police's term begins with the request's arrival, of which the police alone know."""
    town = PaperTown()
    asked = town.consult()
    told = ReceiptArrival(basis=ArrivalBasis.OWN_CLOCK)
    town.receipt(asked, ASKED, LEAD, POLICE, town.asked_at, arrival=told)
    town.receipt(asked, ASKED, LEAD, TRANSPORT, town.asked_at)
    answered(town)
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION, start=StartRule.ARRIVAL),
        town.considered(TRANSPORT, Standing.MOOT, None, start=StartRule.ARRIVAL),
    )
    town.vouch()
    return town


def arrival_dated_back() -> PaperTown:
    """The window says that an opinion came in time which was written after the term."""
    town = PaperTown()
    usual(town)
    answered(town)
    signed = town.opinion(TRANSPORT, Verdict.AGREE, at("03-10", "08:00"), OTHER)
    town.receipt(signed, OTHER, TRANSPORT, LEAD, at("03-10", "08:00"), arrived_at=at("03-09", "16:00"))
    return decided(town, transport=Standing.ANSWERED)


def receipts_of_before() -> PaperTown:
    town = PaperTown(arrival=None)
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    return decided(town)


def undecided() -> PaperTown:
    town = PaperTown()
    usual(town)
    answered(town)
    town.vouch()
    return town


def nothing() -> PaperTown:
    town = PaperTown()
    town.vouch()
    return town


def no_statement() -> PaperTown:
    town = good()
    town.parts.files = {path: data for path, data in town.parts.files.items() if not path.startswith("freshness/")}
    return town


def without(prefix: str, kind: bytes) -> Callable[[], PaperTown]:
    """The good one without the documents of a kind; its index does not name them either."""

    def make() -> PaperTown:
        town = good()
        town.parts.files = {
            path: data for path, data in town.parts.files.items() if not (path.startswith(prefix) and kind in data)
        }  # fmt: skip
        return town

    return make


def other_days() -> PaperTown:
    """The bundle has a day off that nobody gave."""
    town = good()
    days = town.parts.files[WORKDAYS]
    town.parts.files[WORKDAYS] = days.replace(b'"holidays":[', b'"holidays":["2026-03-05",')
    return town


def log_rewritten() -> PaperTown:
    """An entry of the window's journal was changed after its log had it."""
    town = good()
    town.log("window", ("submitted", "opinion", "deemed", "decided"), changed=1)
    return town


def log_of_another() -> PaperTown:
    """The police's log is given out as transport's."""
    town = good()
    town.log("police", ("received",))
    own, other = f"{LOG}/{POLICE}/", f"{LOG}/{TRANSPORT}/"
    town.parts.files = {path.replace(own, other): data for path, data in town.parts.files.items()}
    return town


def log_without_its_head() -> PaperTown:
    town = good()
    town.parts.files = {path: data for path, data in town.parts.files.items() if "/heads/" not in path}
    return town


def silence_otherwise() -> PaperTown:
    """The decision makes a refusal of a silence that was to be consent."""
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION),
        town.considered(TRANSPORT, Standing.DEEMED_REFUSAL, DEEMED), outcome=Outcome.REFUSE,
    )  # fmt: skip
    town.vouch()
    return town


def before_its_effect() -> PaperTown:
    """The matter gives a working day more until silence takes effect, and the monitor did not wait for it."""
    town = PaperTown()
    asked = town.consult()
    police = town.state(POLICE, town.receipt(asked, ASKED, LEAD, POLICE, town.asked_at))
    signed_for = town.receipt(asked, ASKED, LEAD, TRANSPORT, town.asked_at)
    transport = town.state(TRANSPORT, signed_for, effect_delay_days=1)
    town.notice(police, transport)
    answered(town)
    silent(town, transport)
    return decided(town)


def escalated(by: str, number: str = NUMBER) -> Callable[[], PaperTown]:
    """A late opinion counts, since somebody says that the part was left to the lead."""

    def make() -> PaperTown:
        town = late_counted()
        due_at = at("03-09", "24:00")
        body = Escalation(
            case_number=number, department=TRANSPORT, consultation_id=ASKED, due_at=due_at, obstacles=("no reminder",)
        )  # fmt: skip
        town.sign(body, by, (LEAD,), RECALL, at("03-10", "07:00"))
        return town

    return make


ANOTHER_CASE = "C-2"
ITS_REQUEST = "90000000-0000-4000-8000-000000000000"


def silence_of_another_case(town: PaperTown, state: DeadlineState, sent: SentReminder) -> bytes:
    """It was signed for another case, with this one's request and receipts."""
    return town.deem(state.model_copy(update={"case_number": ANOTHER_CASE}), (sent,), at("03-10", "00:01"))


def reminded_another(town: PaperTown, state: DeadlineState, sent: SentReminder) -> bytes:
    """The reminder that is cited went to the police, who signed for it."""
    police = state.model_copy(update={"department": POLICE})
    return town.deem(state, (town.remind(police, at("03-06", "18:00")),), at("03-10", "00:01"))


def opinion_said(**said: str) -> Callable[[], PaperTown]:
    """The opinion that the decision counts says otherwise of what it is on."""

    def make() -> PaperTown:
        town = PaperTown()
        _, transport = usual(town)
        town.consult((TRANSPORT,), message_id=ITS_REQUEST, case_number=ANOTHER_CASE)
        signed = town.opinion(POLICE, Verdict.AGREE, at("03-04"), **said)
        town.receipt(signed, OPINION, POLICE, LEAD, at("03-04"))
        silent(town, transport)
        return decided(town)

    return make


def recall_of_another_case() -> PaperTown:
    """The lead leaves out an opinion since it was recalled, and the recall is of another case."""
    town = PaperTown()
    _, transport = usual(town)
    answered(town, Verdict.DISAGREE)
    body = OpinionRecall(
        case_number=ANOTHER_CASE, department=POLICE, opinion_id=OPINION, reasons="补充核查", officer="张三",
        at=at("03-05"),
    )  # fmt: skip
    signed = town.sign(body, "police", (LEAD,), RECALL, at("03-05"), conversation=ASKED)
    town.receipt(signed, RECALL, POLICE, LEAD, at("03-05"))
    silent(town, transport)
    return decided(town, police=Standing.MOOT)


def decision_of_another_case() -> PaperTown:
    """What the lead has decided on another case rests on this one's requests and opinions."""
    town = PaperTown()
    _, transport = usual(town)
    answered(town)
    silent(town, transport)
    town.decide(
        town.considered(POLICE, Standing.ANSWERED, OPINION), town.considered(TRANSPORT, Standing.DEEMED, DEEMED),
        case_number=ANOTHER_CASE,
    )  # fmt: skip
    town.vouch()
    return town


def term_of_another_case() -> PaperTown:
    """The lead tells the monitor another term of transport's, as one of another case."""
    town = good()
    told = town.state(TRANSPORT, None, revision=2, ledger=(start("03-03"),), case_number=ANOTHER_CASE)
    town.notice(told, message_id=NEXT_NOTICE, moment=at("03-03"))
    return town


def reminder_of_nobody() -> PaperTown:
    """A monitor reminds somebody whom this request was not put to."""
    town = good()
    town.remind(town.state("c.relay", None), at("03-05", "18:00"))
    return town
