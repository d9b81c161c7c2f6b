"""A department protests where its own record says otherwise, and nowhere else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from exchange.approval.records import PartRow
from exchange.approval.rules.case_sentence import sentence
from exchange.approval.rules.protest import OwnRecord, ground_against, is_as_given
from exchange.approval.rules.states import CaseState, PartState
from exchange.clock import CST
from exchange.schemas import Considered, ProtestGround, Standing, Verdict

AT = datetime(2026, 3, 9, 9, tzinfo=CST)
DAY = timedelta(days=1)
OWN, OTHER = (f"{digit}" * 8 + "-1111-4111-8111-111111111111" for digit in (1, 2))


def said(standing: Standing, message_id: str | None = None) -> Considered:
    verdict = Verdict.AGREE if standing is Standing.ANSWERED else None
    return Considered(department="c.fire", standing=standing, verdict=verdict, message_id=message_id)


def answered(verdict: Verdict) -> OwnRecord:
    return OwnRecord(AT, given_id=OWN, opinion_id=OWN, verdict=verdict, arrived_at=AT - DAY)


@pytest.mark.parametrize(
    ("own", "told", "ground"),
    [
        (OwnRecord(AT + DAY), said(Standing.DEEMED), ProtestGround.TIME_RUNNING),
        (OwnRecord(None), said(Standing.DEEMED), ProtestGround.TIME_RUNNING),
        (OwnRecord(AT + DAY), said(Standing.ESCALATED), ProtestGround.TIME_RUNNING),
        (OwnRecord(AT + DAY), said(Standing.MOOT), None),
        (OwnRecord(AT + timedelta(minutes=5)), said(Standing.DEEMED), None),
        (OwnRecord(AT - DAY), said(Standing.DEEMED), None),
        (OwnRecord(AT + DAY, provisional=True), said(Standing.DEEMED), None),
        (OwnRecord(AT + DAY, sent_back=True), said(Standing.ESCALATED), None),
        (OwnRecord(AT, opinion_id=OWN, arrived_at=AT - DAY), said(Standing.DEEMED), ProtestGround.ANSWERED),
        (OwnRecord(None, opinion_id=OWN, arrived_at=AT - DAY), said(Standing.MOOT), ProtestGround.ANSWERED),
        (OwnRecord(AT - 2 * DAY, opinion_id=OWN, arrived_at=AT - DAY), said(Standing.DEEMED), None),
        (answered(Verdict.AGREE), said(Standing.ANSWERED, OWN), None),
        (answered(Verdict.AGREE), said(Standing.ANSWERED, OTHER), ProtestGround.OTHER_OPINION),
        (answered(Verdict.DISAGREE), said(Standing.ANSWERED, OWN), ProtestGround.OTHER_OPINION),
        (answered(Verdict.DISAGREE), None, ProtestGround.ANSWERED),
        (OwnRecord(AT), said(Standing.ANSWERED, OTHER), None),
        (OwnRecord(AT + DAY), said(Standing.ANSWERED, OTHER), ProtestGround.TIME_RUNNING),
        (OwnRecord(AT + DAY, given_id=OWN), said(Standing.ANSWERED, OWN), None),
        (OwnRecord(AT + DAY), None, ProtestGround.TIME_RUNNING),
        (OwnRecord(AT - DAY), None, None),
    ],
)  # fmt: skip
def test_what_a_department_protests_against(
    own: OwnRecord, told: Considered | None, ground: ProtestGround | None
) -> None:
    assert ground_against(own, told, AT) is ground


@pytest.mark.parametrize("days", [-2, 0, 2])
@pytest.mark.parametrize("given", [Verdict.AGREE, Verdict.DISAGREE])
@pytest.mark.parametrize("told", [said(Standing.ANSWERED, OWN), said(Standing.ANSWERED, OTHER), said(Standing.DEEMED)])
def test_what_is_said_as_it_was_given_is_never_protested_against(given: Verdict, told: Considered, days: int) -> None:
    same = is_as_given(told, OWN, given)
    assert same is ((told.standing, told.message_id, told.verdict) == (Standing.ANSWERED, OWN, given))
    due = AT + days * DAY
    signed = OwnRecord(due, given_id=OWN, opinion_id=OWN, verdict=given, arrived_at=AT - DAY)
    for own in (signed, OwnRecord(due, given_id=OWN), OwnRecord(due, True, OWN, sent_back=True)):
        assert not same or ground_against(own, told, AT) is None
    assert same or told.standing is not Standing.ANSWERED or ground_against(signed, told, AT) is not None


def test_the_applicant_sees_that_a_decision_is_contested_until_it_is_reviewed() -> None:
    part = PartRow("C-1", "c.fire", 1, PartState.DEEMED, review_at=AT, protest_id=OWN)
    assert "contests" in sentence(CaseState.DECIDED, [part], AT)[1]
    reviewed = PartRow("C-1", "c.fire", 1, PartState.DEEMED, protest_id=OWN)
    assert "contests" not in sentence(CaseState.DECIDED, [reviewed], AT)[1]
