"""Whom another body may stand in for, who is meant by a name, and what it is given: by the matter, never less."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from exchange.approval.records import PartRow
from exchange.approval.rules.completion import Advance, progress
from exchange.approval.rules.consent import lacking
from exchange.approval.rules.course.adding import approver_added, member_named, replaced, to_place, unplaced
from exchange.approval.rules.states import CaseState, PartState
from exchange.errors import Conflict
from exchange.schemas import Completion, DefaultMode, Member, Role, Verdict
from tests.unit.facts import approver, matter

SILENT = {"default": DefaultMode.CONSENT, "default_basis": ("缺席默认制",)}


def part(department: str, state: PartState = PartState.ANSWERED, **fields: Any) -> PartRow:
    return PartRow("C-1", department, fields.pop("stage", 1), state, **fields)


DONE = part("c.a", verdict=Verdict.AGREE)
ELSEWHERE = part("c.b", verdict=Verdict.NOT_COMPETENT)
ADDED = part("c.d", PartState.SIGNED, instead_of="c.b")
WORKS = matter(approver("c.a"), approver("c.b"))


def test_whoever_is_not_competent_stands_open_until_another_is_asked() -> None:
    assert unplaced((DONE, ELSEWHERE)) == ("c.b",)
    assert unplaced((DONE, ELSEWHERE, ADDED)) == ()
    assert replaced((DONE, ELSEWHERE, ADDED)) == {"c.b"}
    late = part("c.b", PartState.DEEMED, late_verdict=Verdict.NOT_COMPETENT)
    assert unplaced((DONE, late)) == (), "an opinion that changes nothing proposes nothing"


@pytest.mark.parametrize("state", CaseState)
def test_nobody_is_added_to_what_is_closed(state: CaseState) -> None:
    expected = ("c.b",) if state in (CaseState.OPEN, CaseState.READY) else ()
    assert to_place(state, WORKS, (DONE, ELSEWHERE)) == expected


def test_nobody_is_added_where_a_quorum_or_a_veto_has_settled_it() -> None:
    quorum = matter(approver("c.a"), approver("c.b"), completion=Completion.QUORUM, quorum=1)
    assert to_place(CaseState.READY, quorum, (DONE, ELSEWHERE)) == ()
    veto = matter(approver("c.a", veto=True), approver("c.b"), completion=Completion.VETO)
    against = part("c.a", verdict=Verdict.DISAGREE)
    assert to_place(CaseState.READY, veto, (against, ELSEWHERE)) == ()


def member(address: str, name: str, role: Role = Role.DEPARTMENT) -> Member:
    facts = {"address": address, "name": name, "name_en": name.title(), "roles": (role,)}
    return Member.model_construct(**facts)  # type: ignore[arg-type]


def test_a_body_is_meant_by_its_address_or_name_if_one_alone_has_it() -> None:
    members = (
        member("c.d", "housing"),
        member("c.e", "fire"),
        member("c.f", "fire"),
        member("c.w", "win", Role.WINDOW),
    )
    assert member_named(" Housing", members) == "c.d"
    assert member_named("c.d", members) == "c.d"
    assert member_named("fire", members) is None
    assert member_named("win", members) is None
    assert member_named("", members) is None


def test_a_body_that_the_matter_does_not_know_has_the_term_and_the_veto_and_no_default() -> None:
    place = approver("c.b", term_days=7, veto=True, after=("c.a",), **SILENT)
    found = approver_added(WORKS, "c.d", place, 2, None, {"c.a", "c.b"})
    assert found == approver("c.d", term_days=7, veto=True, stage=2)


def test_a_body_that_the_matter_knows_has_what_the_matter_says() -> None:
    known = approver("c.d", term_days=9, after=("c.a",), **SILENT)
    knowing = WORKS.model_copy(update={"further": (known,)})
    place = approver("c.b", term_days=7, veto=True)
    assert approver_added(knowing, "c.d", place, 2, None, {"c.a"}) == known.model_copy(update={"stage": 2})
    assert approver_added(knowing, "c.d", place, 1, 12, {"c.a"}).term_days == 12
    assert approver_added(knowing, "c.d", place, 1, None, {"c.b"}).after == ()
    with pytest.raises(Conflict, match="full term of 9"):
        approver_added(knowing, "c.d", place, 1, 8, {"c.a"})


def test_the_completion_rule_and_consent_reckon_with_the_body_that_was_added() -> None:
    rules = (*WORKS.approvers, approver("c.d"))
    parts = (DONE, ELSEWHERE, ADDED)
    assert progress(Completion.ALL, None, 1, parts, rules).kind is Advance.WAIT
    assert lacking(Completion.ALL, None, parts, replaced(parts)) == ("c.d",)
    agreed = (DONE, ELSEWHERE, part("c.d", verdict=Verdict.AGREE, instead_of="c.b"))
    assert progress(Completion.ALL, None, 1, agreed, rules).kind is Advance.READY
    assert lacking(Completion.ALL, None, agreed, replaced(agreed)) == ()
    assert lacking(Completion.ALL, None, agreed) == ("c.b",)
    assert progress(Completion.QUORUM, 2, 1, agreed, rules).kind is Advance.READY


def test_one_that_was_added_later_may_wait_for_an_earlier_stage() -> None:
    rules = (approver("c.a"), approver("c.d", stage=2, after=("c.a",)))
    parts = (DONE, part("c.d", PartState.SIGNED, stage=2, instead_of="c.b"))
    assert progress(Completion.ALL, None, 2, parts, rules).cleared == ("c.d",)


def test_the_matter_names_a_body_once_and_only_prerequisites_that_are_asked() -> None:
    facts = WORKS.model_dump()
    for further, why in (
        ((approver("c.a"),), "twice"),
        ((approver("c.d"), approver("c.d")), "twice"),
        ((approver("c.d", after=("c.e",)),), "not among the approvers"),
    ):
        with pytest.raises(ValidationError, match=why):
            type(WORKS).model_validate({**facts, "further": tuple(one.model_dump() for one in further)})
    assert "further" not in WORKS.model_dump()
