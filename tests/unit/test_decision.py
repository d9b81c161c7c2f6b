"""A decision is complete or is refused with every field that lacks something, and what to give there."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.errors import CallerError
from exchange.flow.decision import Docket, Ruling, decision_of
from exchange.flow.ports import CaseRow, CaseState, PartRow, PartState
from schemas import Outcome, Overruling, Standing, Verdict
from tests.unit.facts import ID, OTHER_ID, application, at, matter

CASE = CaseRow("C-1", "works", "1", CaseState.READY, 1, b"{}", "热电公司", "黄山路供热管道", ID, at("03-02"))
AGREED = PartRow("C-1", "c.transport", 1, PartState.ANSWERED, verdict=Verdict.AGREE, opinion_id=ID)
OBJECTED = PartRow("C-1", "c.police", 1, PartState.ANSWERED, verdict=Verdict.DISAGREE, reasons="r", opinion_id=ID)
SILENT = PartRow("C-1", "c.fire", 1, PartState.DEEMED, deemed_id=OTHER_ID)


def docket(*parts: PartRow) -> Docket:
    return Docket(CASE, matter(), application(), parts or (AGREED,))


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
    ("fields", "field", "mend"),
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
    fields: dict[str, Any], field: str, mend: str
) -> None:
    ruling = Ruling(**{"outcome": Outcome.GRANT, "reasons": "heard", **fields})
    error = refused(docket(), ruling)
    assert f"{field}: " in str(error)
    assert mend in error.mend


def test_an_objection_that_is_not_followed_is_owed_its_reasons_by_name() -> None:
    error = refused(docket(AGREED, OBJECTED), Ruling(Outcome.GRANT, "heard"))
    assert "c.police" in str(error)
    assert "--overrule DEPARTMENT=REASONS" in error.mend


def test_all_faults_of_fields_are_told_at_once() -> None:
    error = refused(docket(), Ruling(Outcome.GRANT, "", officer=""))
    assert "reasons: " in str(error)
    assert "officer: " in str(error)
