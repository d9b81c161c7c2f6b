"""A decision is complete or is refused with every field that lacks something, and what to give there."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.decision import Docket, Ruling, decision_of
from exchange.errors import CallerError
from exchange.schemas import (
    Completion,
    Decision,
    DefaultMode,
    Matter,
    Outcome,
    Overruling,
    Standing,
    Verdict,
    WithoutConsent,
)
from tests.unit.facts import ID, OTHER_ID, application, approver, at, matter

CASE = CaseRow("C-1", "works", "1", CaseState.READY, 1, b"{}", "热电公司", "黄山路供热管道", ID, at("03-02"))
AGREED = PartRow("C-1", "c.transport", 1, PartState.ANSWERED, verdict=Verdict.AGREE, opinion_id=ID)
OBJECTED = PartRow("C-1", "c.police", 1, PartState.ANSWERED, verdict=Verdict.DISAGREE, reasons="r", opinion_id=ID)
SILENT = PartRow("C-1", "c.fire", 1, PartState.DEEMED, deemed_id=OTHER_ID)
CONSENT = {"default": DefaultMode.CONSENT, "default_basis": ("缺席默认制",)}
MATTER = matter(approver("c.transport"), approver("c.police"), approver("c.fire", **CONSENT))


def docket(*parts: PartRow, of: Matter = MATTER) -> Docket:
    return Docket(CASE, of, application(), parts or (AGREED,))


def refused(found: Docket, ruling: Ruling) -> CallerError:
    with pytest.raises(CallerError) as error:
        decision_of(found, ruling, "c.window", at("03-10"))
    told = error.value.diagnostics()
    assert "pydantic" not in told
    assert "input" not in told
    return error.value


def test_a_decision_names_each_department_as_it_stands_and_never_writes_silence_down_as_an_opinion() -> None:
    decision = decision_of(docket(AGREED, SILENT), Ruling(Outcome.GRANT, "heard"), "c.window", at("03-10"))
    assert [(c.department, c.standing, c.verdict, c.message_id) for c in decision.considered] == [
        ("c.transport", Standing.ANSWERED, Verdict.AGREE, ID),
        ("c.fire", Standing.DEEMED, None, OTHER_ID),
    ]
    assert decision.basis == matter().basis


@pytest.mark.parametrize(
    ("fields", "field", "remedy"),
    [
        ({"reasons": ""}, "reasons", "--reasons"),
        ({"reasons": "x" * 20_001}, "reasons", "20,000"),
        ({"outcome": Outcome.GRANT_WITH_CONDITIONS}, "conditions", "--conditions"),
        ({"conditions": "at night"}, "conditions", "only there"),
        ({"overruled": (Overruling(department="c.transport", reasons="r"),)}, "overruled", "--overrule"),
        ({"officer": ""}, "officer", "--officer"),
        ({"basis": ("x" * 501,)}, "basis", "500"),
    ],
)
def test_a_ruling_that_lacks_something_is_told_the_field_and_what_to_give(
    fields: dict[str, Any], field: str, remedy: str
) -> None:
    ruling = Ruling(**{"outcome": Outcome.GRANT, "reasons": "heard", **fields})
    error = refused(docket(), ruling)
    assert f"{field}: " in str(error)
    assert remedy in error.remedy


def test_an_objection_that_is_not_followed_is_owed_its_reasons_by_name() -> None:
    error = refused(docket(AGREED, OBJECTED), Ruling(Outcome.GRANT, "heard"))
    assert "c.police" in str(error)
    assert "--overrule DEPARTMENT=REASONS" in error.remedy


def test_all_faults_of_fields_are_told_at_once() -> None:
    error = refused(docket(), Ruling(Outcome.GRANT, "", officer=""))
    assert "reasons: " in str(error)
    assert "officer: " in str(error)


def part(state: PartState, verdict: Verdict | None = None) -> PartRow:
    return PartRow("C-1", "c.police", 1, state, verdict=verdict, opinion_id=ID if verdict else None)


WITHOUT = (WithoutConsent(department="c.police", reasons="措施充分"),)


@pytest.mark.parametrize(
    ("found", "how"),
    [
        (part(PartState.ESCALATED), "let its term pass"),
        (part(PartState.MOOT), "not needed any more"),
        (part(PartState.PLANNED), "not been asked"),
        (part(PartState.ANSWERED, Verdict.NOT_COMPETENT), "not-competent"),
        (part(PartState.ANSWERED, Verdict.REFER_UPWARD), "refer-upward"),
    ],
)
def test_a_grant_names_everybody_whose_consent_it_lacks_with_reasons(found: PartRow, how: str) -> None:
    error = refused(docket(AGREED, SILENT, found), Ruling(Outcome.GRANT, "heard"))
    assert "c.police" in str(error)
    assert how in str(error)
    assert "c.fire" not in str(error)
    assert "--without c.police=REASONS" in error.remedy

    ruling = Ruling(Outcome.GRANT, "heard", without_consent=WITHOUT)
    decision = decision_of(docket(AGREED, SILENT, found), ruling, "c.window", at("03-10"))
    assert decision.without_consent == WITHOUT
    assert decision.written_version == 2
    assert Decision.model_validate_json(decision.model_dump_json()) == decision


def test_who_grants_over_a_silence_that_is_refusal_owes_reasons_as_to_an_objector() -> None:
    found = docket(AGREED, SILENT, part(PartState.REFUSED))
    assert found.lacking == ()
    assert "视为不同意" in found.objections["c.police"]
    error = refused(found, Ruling(Outcome.GRANT, "heard"))
    assert "c.police" in str(error)
    assert "--overrule" in error.remedy
    assert refused(found, Ruling(Outcome.GRANT, "heard", without_consent=WITHOUT)) is not None

    ruling = Ruling(Outcome.GRANT, "heard", overruled=(Overruling(department="c.police", reasons="措施充分"),))
    decision = decision_of(found, ruling, "c.window", at("03-10"))
    assert decision.written_version == 3
    [standing] = [one.standing for one in decision.considered if one.department == "c.police"]
    assert standing is Standing.DEEMED_REFUSAL
    assert Decision.model_validate_json(decision.model_dump_json()) == decision
    against = decision_of(found, Ruling(Outcome.REFUSE, "by rule"), "c.window", at("03-10"))
    assert (against.written_version, against.overruled) == (3, ())


def test_a_refusal_owes_nobody_reasons_for_going_without() -> None:
    decision = decision_of(docket(AGREED, part(PartState.ESCALATED)), Ruling(Outcome.REFUSE, "r"), "c.w", at("03-10"))
    assert decision.without_consent == ()
    assert decision.written_version == 1


def test_once_a_quorum_has_consented_nobody_is_lacking_but_who_objected_is_owed_reasons() -> None:
    some = matter(
        approver("c.transport"), approver("c.police"), approver("c.fire", **CONSENT),
        completion=Completion.QUORUM, quorum=2,
    )  # fmt: skip
    ruling = Ruling(Outcome.GRANT, "heard")
    decision_of(docket(AGREED, SILENT, part(PartState.MOOT), of=some), ruling, "c.window", at("03-10"))
    assert "c.police" in str(refused(docket(AGREED, part(PartState.MOOT), of=some), ruling))
    assert "--overrule" in refused(docket(AGREED, SILENT, OBJECTED, of=some), ruling).remedy


@pytest.mark.parametrize("named", ["c.transport", "c.office"])
def test_nobody_is_named_as_not_consenting_who_has_consented_or_was_not_asked(named: str) -> None:
    ruling = Ruling(Outcome.GRANT, "heard", without_consent=(WithoutConsent(department=named, reasons="r"),))
    assert "--without" in refused(docket(), ruling).remedy


def test_a_decision_by_rule_says_so_and_what_says_nothing_newer_is_written_as_before() -> None:
    ruling = Ruling(Outcome.GRANT, "heard")
    by_person = decision_of(docket(), ruling, "c.window", at("03-10"))
    by_rule = decision_of(docket(), ruling, "c.window", at("03-10"), by_rule=True)
    assert (by_person.written_version, by_rule.written_version) == (1, 2)
    assert "by_rule" not in by_person.model_dump_json()
    assert "without_consent" not in by_person.model_dump_json()
    assert Decision.model_validate_json(by_rule.model_dump_json()).by_rule
