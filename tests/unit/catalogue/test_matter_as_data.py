"""A matter as data: all that article 30 of the Administrative License Law makes public, in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from exchange.catalogue.as_data import matter_data, summary_data
from exchange.schemas import BY_LAW, AmendmentRules, DefaultMode, Exclusion, ProcedureKind
from exchange.schemas.catalogue.publication import HearingMode
from exchange.schemas.matter import StopRule
from tests.unit.catalogue.published import matters, names
from tests.unit.facts import approver, matter

ROAD: dict[str, Any] = matter_data(matters()["road-occupation"], names(), "https://window.example.org/")


@pytest.mark.parametrize("code", matters())
def test_everything_that_article_30_names_is_there(code: str) -> None:
    data = matter_data(matters()[code], names())
    article_30 = ("name", "basis", "conditions", "number_of_licences", "procedure", "terms", "materials", "form")
    beside = ("applicants", "fees", "result", "validity", "remedies", "place", "contact", "complaints", "theme")
    assert {*article_30, *beside} <= data.keys()
    empty = [key for key in (*article_30, *beside) if data[key] in ([], "", {})]
    assert empty == []
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize("code", matters())
def test_whatever_the_public_reads_is_there_in_both_languages(code: str) -> None:
    def texts(value: Any, place: str = "") -> list[tuple[str, dict[str, str]]]:
        if isinstance(value, dict) and "zh" in value:
            return [(place, value)]
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [found for key, one in inner for found in texts(one, f"{place}.{key}")]

    found = texts(matter_data(matters()[code], names()))
    assert len(found) > 40
    assert [place for place, one in found if not one.get("en") or one["en"] == one["zh"]] == []


def test_a_matter_says_who_leads_and_where_its_page_is() -> None:
    assert ROAD["url"] == "https://window.example.org/matters/road-occupation"
    name = {"zh": "政务服务中心", "en": "Government Service Centre"}
    assert ROAD["authority"] == {"address": "hefei.window", "name": name}
    assert summary_data(matters()["road-occupation"])["url"] == "/matters/road-occupation"


def test_terms_are_those_of_the_law_and_those_promised() -> None:
    assert ROAD["terms"] == {
        "statutory_working_days": 45,
        "promised_working_days": 12,
        "delivery_working_days": 10,
        "longest_extension_working_days": 15,
        "not_counted": [kind.value for kind in ProcedureKind],
    }
    assert ROAD["working_days"] == 12
    assert ROAD["acceptance"] == {"mode": "automatic"}
    event = matter_data(matters()["mass-event"], names())
    assert (event["working_days"], event["terms"]["promised_working_days"]) == (7, None)
    assert event["acceptance"] == {"mode": "officer", "within_working_days": 5}


def test_only_the_stops_that_a_matter_allows_are_told() -> None:
    only = BY_LAW.model_copy(update={"stops": (StopRule(procedure=ProcedureKind.HEARING, by=("lead",)),)})
    assert matter_data(matter(amendments=only), {})["terms"]["not_counted"] == ["hearing"]
    none = AmendmentRules(extension=(), stops=())
    terms = matter_data(matter(amendments=none), {})["terms"]
    assert (terms["not_counted"], terms["longest_extension_working_days"]) == ([], 0)


def test_what_each_silence_means_is_told_with_its_rule() -> None:
    (stage,) = ROAD["procedure"]["stages"]
    by_address = {one["address"]: one for one in stage["departments"]}
    assert by_address["hefei.police"]["silence"] == "none"
    assert by_address["hefei.police"]["silence_basis"] == []
    transport = by_address["hefei.transport"]
    assert (transport["silence"], transport["working_days"]) == ("consent", 3)
    assert transport["silence_basis"] == ["合肥市并联审批缺席默认制（2006年）"]
    assert "合肥市并联审批缺席默认制" in transport["silence_text"]["en"]
    assert transport["silence_text"]["zh"].startswith("期内未答复的，视为同意")


def test_where_a_matter_excludes_silence_no_rule_of_a_department_gives_it_effect() -> None:
    consenting = approver("c.transport", default=DefaultMode.CONSENT, default_basis=("缺席默认制",))
    excluded = matter_data(matter(consenting, exclusions=(Exclusion.LIFE_SAFETY,)), {})["procedure"]
    (one,) = excluded["stages"][0]["departments"]
    assert (one["silence"], one["silence_basis"]) == ("none", [])
    assert excluded["silence_excluded"] == ["life-safety"]
    assert "life and safety" in excluded["silence_excluded_text"]["en"]


def test_whether_there_is_a_hearing_is_part_of_the_procedure() -> None:
    assert ROAD["procedure"]["hearing"] == "never"
    assert matter_data(matter(hearing=HearingMode.ON_REQUEST), {})["procedure"]["hearing"] == "on-request"


def test_fields_say_what_bounds_them_and_when_they_are_asked() -> None:
    by_name = {one["name"]: one for one in ROAD["form"]}
    assert by_name["length"]["unit"] == "m"
    assert (by_name["length"]["minimum"], by_name["length"]["maximum"]) == ("0.1", "20000")
    assert by_name["depth"]["shown_if"] == {"field": "kind", "value": "dig"}
    assert [one["code"] for one in by_name["kind"]["choices"]] == ["occupy", "dig"]
    assert by_name["kind"]["topic"] == {"zh": "工程", "en": "The works"}
    assert "unit" not in by_name["kind"]


def test_materials_say_where_they_come_from_and_whether_they_may_follow() -> None:
    by_code = {one["code"]: one for one in ROAD["materials"]}
    assert by_code["planning-approval"]["promised_within_working_days"] == 5
    assert "promised_within_working_days" not in by_code["plan"]
    assert by_code["plan"]["most_files"] == 5
    assert by_code["pipeline"]["required"] is False
    assert {"source", "sample"} <= by_code["plan"].keys()


def test_a_matter_without_a_guide_tells_what_the_engine_goes_by() -> None:
    data = matter_data(matter(), {})
    assert "conditions" not in data
    assert data["authority"] == {"address": "c.window", "name": {"zh": "c.window", "en": "c.window"}}
    assert data["form"] == []
