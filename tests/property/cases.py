"""What a case may be about, what may be said on it, and when it is complete."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import strategies as st

from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.schemas import (
    Approver,
    Completion,
    DefaultMode,
    Exclusion,
    Material,
    Matter,
    Opinion,
    OpinionRecall,
    ProcedureKind,
    SpecialProcedure,
    Verdict,
)
from tests.property.court import Court
from tests.property.seat import CASE, CONSULTATION

DEPARTMENTS = ("c.a", "c.b", "c.c")
BASIS = ("行政许可法第四十五条",)


@st.composite
def matters(draw: st.DrawFn) -> Matter:
    """A matter for three departments: any completion, defaults, stages, prerequisites, vetoes, delays."""
    modes = [draw(st.sampled_from([DefaultMode.CONSENT, *DefaultMode])) for _ in DEPARTMENTS]
    last = draw(st.sampled_from(["parallel", "second stage", "after a"]))
    approvers = tuple(
        Approver(
            department=name,
            term_days=draw(st.integers(1, 4)),
            default=mode,
            default_basis=() if mode is DefaultMode.NONE else ("a rule",),
            stage=2 if name == "c.c" and last == "second stage" else 1,
            after=("c.a",) if name == "c.c" and last == "after a" else (),
            veto=draw(st.booleans()),
        )
        for name, mode in zip(DEPARTMENTS, modes, strict=True)
    )
    completion = draw(st.sampled_from(Completion))
    return Matter(
        code="works",
        version="1",
        name="占用道路",
        name_en="Occupying a road",
        lead="c.window",
        basis=("a law",),
        materials=(Material(code="plan", name="方案"),),
        approvers=approvers,
        completion=completion,
        quorum=draw(st.integers(1, 3)) if completion is Completion.QUORUM else None,
        exclusions=draw(st.sampled_from([(), (), (Exclusion.LIFE_SAFETY,)])),
        effect_delay_days=draw(st.sampled_from([0, 0, 2])),
    )


def opinion(department: str, verdict: Verdict) -> Opinion:
    """An opinion that says what its verdict must."""
    return Opinion(
        case_number=CASE,
        consultation_id=CONSULTATION,
        department=department,
        verdict=verdict,
        reasons="reasons",
        basis=BASIS,
        conditions="conditions" if verdict is Verdict.AGREE_WITH_CONDITIONS else "",
        competent_body="another" if verdict is Verdict.NOT_COMPETENT else None,
        procedure=SpecialProcedure(kind=ProcedureKind.HEARING, days=2)
        if verdict is Verdict.SPECIAL_PROCEDURE
        else None,
        officer="officer",
        decided_on=date(2026, 3, 2),
    )


def recall(department: str, opinion_id: str, at: datetime) -> OpinionRecall:
    """A department takes an opinion back."""
    return OpinionRecall(
        case_number=CASE, department=department, opinion_id=opinion_id, reasons="overlooked", officer="officer", at=at
    )


def complete(court: Court) -> bool:
    """Whether the lead may decide, reckoned anew from what is on record; what was moot had been open before."""
    seats = list(court.seats.values())
    if all(seat.state in (PartState.ANSWERED, *BY_SILENCE) for seat in seats):
        return True
    if court.matter.completion is Completion.VETO:
        against = [seat for seat in seats if seat.verdict is Verdict.DISAGREE or seat.state is PartState.REFUSED]
        return any(court.rules[seat.department].veto for seat in against)
    if court.matter.completion is Completion.QUORUM and court.matter.quorum:
        agreed = sum(seat.verdict in (Verdict.AGREE, Verdict.AGREE_WITH_CONDITIONS) for seat in seats)
        silent = sum(seat.state is PartState.DEEMED for seat in seats)
        return agreed + silent >= court.matter.quorum
    return False


def snapshot(court: Court) -> object:
    """Everything a redelivery must not change."""
    return (
        court.case,
        court.stage,
        [
            (s.state, s.revision, s.verdict, s.late_opinion_id, s.recalled_id, len(s.ledger))
            for s in court.seats.values()
        ],
    )
