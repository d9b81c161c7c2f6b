"""The joined timeline: honest records of any progress never contradict; a lie in any store is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exchange.approval.rules.states import DeskState
from exchange.clock import CST
from exchange.messaging.records import OutboxState
from exchange.operations.records.trace_facts import (
    AnswerFact,
    AsideFact,
    DeskFact,
    Failure,
    ReceiptFact,
    TracedCopy,
    TracedMessage,
    TracedTaking,
    TraceFacts,
)
from exchange.operations.trace.rules import Trace, trace
from exchange.operations.trace.stages import CONTRADICTIONS, Mark, Stage, TraceFinding

BEGAN = datetime(2026, 3, 2, 9, tzinfo=CST)
WE, ID, DIGEST = "hefei.window", "11111111-1111-4111-8111-111111111111", "d" * 64
PEOPLE = ("hefei.planning", "hefei.transport", "anhui.office")
HERE = frozenset({WE, "hefei.planning", "hefei.transport"})
STAGES = list(Stage)
SENT, TAKEN, SIGNED, ANSWERED = 1, 2, 3, 4
"""How far a copy has come; 0: only written."""


def after(minutes: int) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


@st.composite
def honest(draw: st.DrawFn) -> tuple[TraceFacts, dict[str, int]]:
    """What the stores hold of a message whose copies have come so far, each at its own pace."""
    reached = {one: draw(st.integers(0, ANSWERED), label=one) for one in PEOPLE}
    copies, taken, receipts, answers = [], [], [], []
    for one, far in reached.items():
        pace = draw(st.integers(1, 50))
        tries = tuple(Failure(after(n), "lost: no confirm") for n in range(draw(st.integers(0, 3))))
        accepted = draw(st.booleans()) or far == ANSWERED
        settled = OutboxState.DELIVERED if accepted else OutboxState.RETURNED
        state = OutboxState.WRITTEN if far < SENT else OutboxState.SENT if far < SIGNED else settled
        receipt = f"receipt-{one}" if far >= SIGNED else None
        copies.append(
            TracedCopy(
                ID, one, f"{one}.inbox", state, True, len(tries) + (far >= SENT), BEGAN,
                after(pace) if far >= SENT else None, failures=tries, receipt_id=receipt,
            )
        )  # fmt: skip
        if far >= TAKEN and one in HERE:
            at = after(2 * pace)
            taken.append(TracedTaking(one, WE, DIGEST, at, at, "broker", accepted, at, None if accepted else "x: y"))
        if receipt:
            receipts.append(ReceiptFact(one, receipt, accepted, DIGEST, after(2 * pace), after(3 * pace)))
        if far >= ANSWERED:
            answers.append(AnswerFact(one, f"answer-{one}", "opinion", after(4 * pace)))
    desks = tuple(DeskFact(one, "HF-1", DeskState.WAITING) for one, far in reached.items() if TAKEN <= far < ANSWERED)
    queued = {copy.queue: int(TAKEN > reached[copy.addressee] >= SENT) for copy in copies}
    message = TracedMessage(ID, WE, "consultation", ID, DIGEST, PEOPLE, BEGAN, BEGAN)
    facts = TraceFacts(
        message, HERE, tuple(copies), tuple(taken), (), tuple(receipts), tuple(answers), desks,
        queued=draw(st.sampled_from([None, queued])),
    )  # fmt: skip
    return facts, reached


def contradictions(found: Trace) -> set[TraceFinding]:
    return (CONTRADICTIONS & set(found.findings)) | {one for way in found.ways for one in way.findings} & CONTRADICTIONS


@given(honest())
def test_honest_records_of_any_progress_do_not_contradict_one_another(made: tuple[TraceFacts, dict[str, int]]) -> None:
    assert contradictions(trace(made[0])) == set()


@given(honest())
def test_every_addressee_has_one_way_with_every_station_in_order(made: tuple[TraceFacts, dict[str, int]]) -> None:
    found = trace(made[0])
    assert sorted(way.addressee for way in found.ways) == sorted(PEOPLE)
    for way in found.ways:
        assert [step.stage for step in way.steps] == STAGES
        times = [step.at for step in way.steps if step.at is not None]
        assert times == sorted(times)


@given(honest())
def test_what_was_reached_is_done_and_what_was_not_is_never_claimed(made: tuple[TraceFacts, dict[str, int]]) -> None:
    facts, reached = made
    for way in trace(facts).ways:
        marks, far = {step.stage: step.mark for step in way.steps}, reached[way.addressee]
        assert (marks[Stage.DISPATCHED] is Mark.DONE) == (far >= SENT)
        assert (marks[Stage.RECEIPTED] is Mark.DONE) == (far >= SIGNED)
        assert (marks[Stage.ANSWERED] is Mark.DONE) == (far >= ANSWERED)
        known = far >= TAKEN if way.addressee in HERE else far >= SIGNED
        assert (marks[Stage.ARRIVED] is Mark.DONE) == known
        if not known:
            assert marks[Stage.ARRIVED] is (Mark.MISSING if way.addressee in HERE else Mark.UNKNOWN)
        assert len(way.failures) == sum(len(one.failures) for one in facts.copies if one.addressee == way.addressee)


@given(honest(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_were_found_changes_nothing(
    made: tuple[TraceFacts, dict[str, int]], chance: object
) -> None:
    facts, _ = made

    def mixed(rows: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(chance.sample(rows, len(rows)))  # type: ignore[attr-defined]

    names = ("copies", "taken", "receipts", "answers", "desks")
    assert trace(replace(facts, **{name: mixed(getattr(facts, name)) for name in names})) == trace(facts)


@given(honest(), st.data())
def test_a_lie_in_any_store_is_named(made: tuple[TraceFacts, dict[str, int]], data: st.DataObject) -> None:
    facts, _ = made
    lies = [
        ("copies", facts.copies, lambda one: None, TraceFinding.NO_COPY),
        ("taken", facts.taken, lambda one: replace(one, digest="e" * 64), TraceFinding.OTHER_BYTES),
        ("receipts", facts.receipts, lambda one: replace(one, digest="e" * 64), TraceFinding.RECEIPT_OF_OTHER_BYTES),
        ("receipts", facts.receipts, lambda one: None, TraceFinding.STATE_WITHOUT_RECEIPT),
        ("receipts", facts.receipts, lambda one: replace(one, fault="forged"), TraceFinding.RECEIPT_NOT_PROVEN),
        ("receipts", facts.receipts, lambda one: replace(one, accepted=not one.accepted), TraceFinding.RECEIPT_DIFFERS),
        ("receipts", facts.receipts, lambda one: replace(one, arrived_at=after(-600)), TraceFinding.TIMES),
        ("taken", facts.taken, lambda one: replace(one, latest=after(-600), earliest=after(-600)), TraceFinding.TIMES),
        ("taken", facts.taken, lambda one: replace(one, member=WE), TraceFinding.NOT_ADDRESSED),
    ]
    name, rows, change, wanted = data.draw(st.sampled_from([lie for lie in lies if lie[1]]))
    place = data.draw(st.integers(0, len(rows) - 1))
    changed = [change(one) if at == place else one for at, one in enumerate(rows)]
    lied = replace(facts, **{name: tuple(one for one in changed if one is not None)})
    if name == "taken" and wanted is TraceFinding.TIMES:
        lied = replace(lied, receipts=())
    assert wanted in contradictions(trace(lied))


@given(honest())
def test_a_member_that_signed_and_has_no_record_is_named(made: tuple[TraceFacts, dict[str, int]]) -> None:
    facts, reached = made
    found = {way.addressee: way for way in trace(replace(facts, taken=())).ways}
    for one, far in reached.items():
        assert (TraceFinding.RECEIPT_WITHOUT_RECORD in found[one].findings) == (far >= SIGNED and one in HERE)


@given(honest(), st.sampled_from(["open", "handle", "broker"]))
def test_a_dead_letter_says_where_a_copy_ended_until_it_is_taken_in(
    made: tuple[TraceFacts, dict[str, int]], stage: str
) -> None:
    facts, reached = made
    aside = tuple(AsideFact(one, "a1", WE, stage, "forged", "why", 2, after(200), after(300)) for one in HERE)
    for way in trace(replace(facts, aside=aside)).ways:
        if way.addressee not in HERE:
            continue
        taken = reached[way.addressee] >= TAKEN
        assert (TraceFinding.TAKEN_AFTER_ALL in way.findings) == taken
        assert (TraceFinding.SET_ASIDE in way.findings) == (not taken)
        ended = Stage.HANDLED if stage == "handle" else Stage.OPENED
        marks = {step.stage: step for step in way.steps}
        assert taken or (marks[ended].mark is Mark.FAILED and "why" in marks[ended].detail)


@given(honest(), st.integers(0, 3))
def test_a_confirmed_copy_that_nobody_took_is_looked_for_in_its_queue(
    made: tuple[TraceFacts, dict[str, int]], waiting: int
) -> None:
    facts, reached = made
    queued = {copy.queue: waiting for copy in facts.copies}
    for way in trace(replace(facts, queued=queued)).ways:
        under_way = reached[way.addressee] == SENT and way.addressee in HERE
        assert (TraceFinding.STILL_QUEUED in way.findings) == (under_way and waiting > 0)
        assert (TraceFinding.NOWHERE in way.findings) == (under_way and waiting == 0)
