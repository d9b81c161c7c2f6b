"""The packaged departments: what their rules say to the sample applications, day by day, and what the lead decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

import exchange
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.answers import answered, figure, said, working_days_open
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.decision import Docket, Ruling
from exchange.catalogue.completeness import check_application
from exchange.clock import SteppedClock
from exchange.departments.window.rule import decide as lead
from exchange.files.applications import read_application
from exchange.runtime.catalogue import load_catalogue
from exchange.runtime.profiles import load_profiles
from exchange.runtime.rule_process.loading import load_decide
from exchange.runtime.rule_process.questions import PARAMETERS
from exchange.schemas import (
    AnnouncedYear,
    Application,
    Consultation,
    ConsultedDepartment,
    FieldAnswer,
    Matter,
    Opinion,
    Outcome,
    Role,
    Term,
    Verdict,
)
from exchange.workdays import CalendarLayer, PublishedCalendar, reckoning_by
from tests.unit.facts import at

PACKAGED = Path(exchange.__file__).resolve().parent.parent / "departments"
SAMPLES = sorted(path.stem for path in (PACKAGED / "applications").glob("*.toml"))
CATALOGUE = load_catalogue(PACKAGED / "catalogue")
PROFILES = load_profiles(PACKAGED)
RULES = {
    address: load_decide(profile.folder / "rule.py", address, PARAMETERS["department"])
    for address, profile in PROFILES.items()
    if Role.DEPARTMENT in profile.roles
}
MONDAY = at("03-02")
SUNDAY_WORKED = PublishedCalendar(
    [
        CalendarLayer(
            "hefei",
            1,
            (AnnouncedYear(year=2026, number="n", holidays=(date(2026, 1, 1),), makeup_days=(date(2026, 3, 8),)),),
            b"signed",
        ),
    ]
)
"""Sunday 8 March 2026 is worked."""


def sample(name: str) -> tuple[Application, list[bytes]]:
    return read_application(PACKAGED / "applications" / f"{name}.toml", SteppedClock(MONDAY))


def consultation(application: Application) -> Consultation:
    matter = CATALOGUE[application.matter]
    return Consultation(
        case_number="C-1",
        matter=matter.code,
        matter_version=matter.version,
        matter_name=matter.name,
        lead=matter.lead,
        stage=1,
        basis=matter.basis,
        application=application,
        departments=tuple(
            ConsultedDepartment(department=a.department, term=Term(days=a.term_days), default=a.default)
            for a in matter.approvers
        ),
        issued_at=MONDAY,
    )


def in_words(application: Application, summary: str) -> Application:
    """What is applied for in the applicant's own words alone, as by a system that knows no form."""
    return application.model_copy(update={"summary": summary, "answers": ()})


def answer(department: str, asked: Consultation) -> Opinion | None:
    """The first answer a department's rule gives within two weeks, asked again each day."""
    for days in range(14):
        opinion = RULES[department](asked, MONDAY.date() + timedelta(days=days))
        if opinion is not None:
            return opinion
    return None


def answers(name: str) -> dict[str, str]:
    """By department: its verdict, or silence."""
    asked = consultation(sample(name)[0])
    found = {a.department: answer(a.department, asked) for a in CATALOGUE[asked.matter].approvers}
    return {
        name.removeprefix("hefei."): opinion.verdict.value if opinion else "silent" for name, opinion in found.items()
    }


# --- the samples ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_is_complete(name: str) -> None:
    application, enclosures = sample(name)
    check_application(application, CATALOGUE[application.matter], enclosures)


def test_every_matter_has_a_sample() -> None:
    assert {sample(name)[0].matter for name in SAMPLES} == set(CATALOGUE)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "road-occupation",
            {"urban": "agree", "police": "agree-with-conditions", "planning": "agree", "transport": "silent"},
        ),
        ("restaurant", {"fire": "agree", "environment": "agree", "market": "agree"}),
        ("restaurant-below-homes", {"fire": "agree", "environment": "disagree", "market": "agree"}),
        (
            "construction-planning",
            {"planning": "agree", "environment": "agree", "housing": "agree", "transport": "agree"},
        ),
        (
            "mass-event",
            {"police": "agree-with-conditions", "fire": "agree", "health": "agree", "transport": "agree"},
        ),
        ("mass-event-one-exit", {"police": "agree", "fire": "disagree", "health": "agree", "transport": "agree"}),
        ("outdoor-advertising", {"urban": "agree", "planning": "agree", "transport": "agree"}),
        ("night-works", {"housing": "agree", "environment": "agree-with-conditions"}),
    ],
)
def test_departments_answer_the_samples(name: str, expected: Mapping[str, str]) -> None:
    assert answers(name) == expected


def test_a_disagreement_names_its_reasons_and_the_law() -> None:
    opinion = answer("hefei.environment", consultation(sample("restaurant-below-homes")[0]))
    assert opinion is not None
    assert "专用烟道" in opinion.reasons
    assert opinion.basis == ("大气污染防治法第八十一条第二款",)


def test_a_department_that_takes_its_time_is_silent_until_then() -> None:
    asked = consultation(sample("mass-event")[0])
    monday, tuesday, wednesday = (MONDAY.date() + timedelta(days=days) for days in range(3))
    health = RULES["hefei.health"]
    assert [health(asked, day) is None for day in (monday, tuesday, wednesday)] == [True, True, False]


def test_a_weekend_is_no_time_to_answer() -> None:
    asked = consultation(sample("road-occupation")[0]).model_copy(update={"issued_at": at("03-06")})
    days = [date(2026, 3, day) for day in (6, 7, 8, 9)]
    assert [working_days_open(asked, day) for day in days] == [0, 0, 0, 1]
    with reckoning_by(SUNDAY_WORKED):
        assert [working_days_open(asked, day) for day in days] == [0, 0, 1, 2]
    assert [working_days_open(asked, day) for day in days] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("sample_name", "before", "after", "department", "verdict"),
    [
        ("construction-planning", "设计容积率2.8", "设计容积率3.2", "planning", Verdict.DISAGREE),
        ("night-works", "距最近住宅45米", "距最近住宅450米", "environment", Verdict.AGREE),
        ("night-works", "须连续浇筑", "拟夜间浇筑", "housing", Verdict.DISAGREE),
        ("restaurant", "安全出口2个", "安全出口1个", "fire", Verdict.DISAGREE),
        ("mass-event", "预计参加人数8000人", "预计参加人数1200人", "police", Verdict.AGREE),
        ("mass-event", "，设医疗救护点2处", "", "health", Verdict.AGREE_WITH_CONDITIONS),
        ("road-occupation", "工期25天", "工期45天", "urban", Verdict.AGREE_WITH_CONDITIONS),
        ("road-occupation", "（主干道）", "", "police", Verdict.AGREE),
    ],
)
def test_other_words_of_the_applicant_get_another_answer(
    sample_name: str, before: str, after: str, department: str, verdict: Verdict
) -> None:
    application, _ = sample(sample_name)
    assert before in application.summary
    summary = application.summary.replace(before, after)
    opinion = answer(f"hefei.{department}", consultation(in_words(application, summary)))
    assert opinion is not None
    assert opinion.verdict is verdict


@pytest.mark.parametrize(
    ("sample_name", "changes", "department", "verdict"),
    [
        ("construction-planning", {"plot-ratio": "3.2"}, "planning", Verdict.DISAGREE),
        ("night-works", {"distance": "450"}, "environment", Verdict.AGREE),
        ("night-works", {"ground": "repair"}, "housing", Verdict.AGREE),
        ("restaurant", {"exits": "1"}, "fire", Verdict.DISAGREE),
        ("restaurant", {"building": "mixed", "flue": "no"}, "environment", Verdict.DISAGREE),
        ("restaurant", {"building": "residential", "fumes": "no"}, "environment", Verdict.AGREE),
        ("mass-event", {"people": "1200"}, "police", Verdict.AGREE),
        ("mass-event", {"first-aid": "0"}, "health", Verdict.AGREE_WITH_CONDITIONS),
        ("road-occupation", {"days": "45"}, "urban", Verdict.AGREE_WITH_CONDITIONS),
        ("road-occupation", {"road-class": "branch"}, "police", Verdict.AGREE),
    ],
)
def test_another_answer_in_the_form_goes_before_what_the_words_say(
    sample_name: str, changes: Mapping[str, str], department: str, verdict: Verdict
) -> None:
    application, _ = sample(sample_name)
    given = {one.field: one.value for one in application.answers}
    assert {name: given[name] for name in changes if name in given} != changes
    answers = tuple(FieldAnswer(field=name, value=value) for name, value in (given | changes).items())
    opinion = answer(f"hefei.{department}", consultation(application.model_copy(update={"answers": answers})))
    assert opinion is not None
    assert opinion.verdict is verdict


def test_a_need_that_no_rule_knows_is_for_an_officer() -> None:
    application, _ = sample("night-works")
    answers = (FieldAnswer(field="ground", value="other"),)
    assert answer("hefei.housing", consultation(application.model_copy(update={"answers": answers}))) is None


@pytest.mark.parametrize(
    ("sample_name", "left_out", "department"),
    [("restaurant", "安全出口2个，", "fire"), ("construction-planning", "规划条件容积率3.0，", "planning")],
)
def test_what_the_application_does_not_say_is_for_an_officer(sample_name: str, left_out: str, department: str) -> None:
    application, _ = sample(sample_name)
    assert left_out in application.summary
    silent = in_words(application, application.summary.replace(left_out, ""))
    assert answer(f"hefei.{department}", consultation(silent)) is None


def test_a_figure_is_the_first_number_behind_its_label() -> None:
    words = "距最近住宅约45.5米，距道路3米；面积未定。"
    asked = consultation(in_words(sample("night-works")[0], words))
    assert figure(asked, "最近住宅") == 45.5
    assert figure(asked, "距道路") == 3
    assert figure(asked, "面积") is None
    assert figure(asked, "高度") is None


def test_a_figure_is_what_a_field_has_where_it_is_answered() -> None:
    asked = consultation(sample("restaurant")[0])
    assert figure(asked, "安全出口", "seats") == 96
    assert figure(asked, "安全出口", "nothing-of-the-kind") == 2
    assert answered(asked, "building") == "commercial"
    assert answered(asked, "nothing-of-the-kind") is None


def test_notes_to_materials_are_part_of_what_the_applicant_says() -> None:
    assert "管线查询编号" in said(consultation(sample("road-occupation")[0]))


# --- the lead ---------------------------------------------------------------------------------------------------------


def part(
    department: str, state: PartState = PartState.ANSWERED, verdict: Verdict | None = None, **fields: str
) -> PartRow:
    return PartRow("C-1", f"hefei.{department}", 1, state, verdict=verdict, **fields)  # type: ignore[arg-type]


def ruling(*parts: PartRow, matter: Matter = CATALOGUE["road-occupation"]) -> Ruling | None:
    case = CaseRow("C-1", matter.code, matter.version, CaseState.READY, 1, b"{}", "a", "p", "x", MONDAY)
    return lead(Docket(case, matter, sample("road-occupation")[0], parts))


AGREED = part("urban", verdict=Verdict.AGREE)
SILENT = part("transport", PartState.DEEMED)


def test_the_lead_grants_what_all_agree_to_and_names_who_was_silent() -> None:
    granted = ruling(AGREED, SILENT)
    assert granted is not None
    assert granted.outcome is Outcome.GRANT
    assert "hefei.transport逾期未答复" in granted.reasons
    assert "1个部门同意" in granted.reasons


def test_the_lead_passes_all_conditions_on() -> None:
    one = part("police", verdict=Verdict.AGREE_WITH_CONDITIONS, conditions="夜间施工")
    two = part("urban", verdict=Verdict.AGREE_WITH_CONDITIONS, conditions="分段恢复")
    granted = ruling(one, two, SILENT)
    assert granted is not None
    assert granted.outcome is Outcome.GRANT_WITH_CONDITIONS
    assert granted.conditions == "夜间施工；分段恢复"


def test_the_lead_refuses_with_the_objectors_reasons_even_where_others_agree() -> None:
    objection = part("police", verdict=Verdict.DISAGREE, reasons="影响应急通道")
    refused = ruling(AGREED, objection, SILENT)
    assert refused is not None
    assert refused.outcome is Outcome.REFUSE
    assert "影响应急通道" in refused.reasons


@pytest.mark.parametrize("verdict", [Verdict.NOT_COMPETENT, Verdict.REFER_UPWARD])
def test_what_the_rule_cannot_weigh_goes_to_an_officer(verdict: Verdict) -> None:
    assert ruling(AGREED, part("police", verdict=verdict)) is None


def test_silence_that_does_not_mean_consent_goes_to_an_officer() -> None:
    assert ruling(AGREED, replace(SILENT, department="hefei.police", state=PartState.REFUSED)) is None
