"""Matters as linked data: every word stands in its vocabulary, and what CPSV-AP 3.2 requires is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from exchange.catalogue.linked.datasets import OpenData, catalogue_json_ld
from exchange.catalogue.linked.service import matter_json_ld
from exchange.catalogue.terms import as_duration
from exchange.language import Text
from tests.unit.catalogue.published import matters, names
from tests.unit.facts import matter

SITE = "https://window.example.org"
ROAD = matter_json_ld(matters()["road-occupation"], names(), SITE)
REGISTER = OpenData(
    "licences", "/register", Text("fees"), Text("conditions"), {"text/csv": "/register.csv"},
)  # fmt: skip
CATALOGUE = catalogue_json_ld(matters().values(), names(), "hefei.window", SITE, [REGISTER])

VOCABULARY = {
    "cpsv": "PublicService Rule hasInput produces follows implements",
    "cv": "PublicOrganisation Requirement Output Cost Evidence ContactPoint Participation hasCompetentAuthority "
    "hasLegalResource processingTime hasParticipation hasParticipant role holdsRequirement hasCost contactPoint "
    "telephone thematicArea",
    "dcat": "Catalog Dataset Distribution dataset distribution keyword theme landingPage accessURL downloadURL "
    "mediaType",
    "dct": "identifier title description language isPartOf hasPart spatial publisher Location LinguisticSystem",
    "eli": "LegalResource",
    "foaf": "Agent Document",
    "skos": "Concept prefLabel",
    "xsd": "duration",
    "schema": "GovernmentService GovernmentOrganization GovernmentPermit Audience ServiceChannel ContactPoint Place "
    "Duration url name description serviceType provider areaServed termsOfService audience audienceType serviceOutput "
    "availableChannel serviceUrl servicePhone telephone serviceLocation availableLanguage processingTime",
}
"""Words of each vocabulary that are used, as its specification writes them."""

REQUIRED = {
    "cpsv:PublicService": ("dct:identifier", "dct:title", "dct:description", "cv:hasCompetentAuthority"),
    "cv:PublicOrganisation": ("dct:identifier", "dct:title", "skos:prefLabel", "dct:spatial"),
    "cpsv:Rule": ("dct:identifier", "dct:title", "dct:description"),
    "cv:Evidence": ("dct:identifier", "dct:title"),
    "cv:Output": ("dct:identifier", "dct:title"),
    "cv:Cost": ("dct:identifier",),
    "cv:Requirement": ("dct:identifier", "dct:title"),
    "cv:Participation": ("dct:identifier", "dct:description", "cv:role", "cv:hasParticipant"),
    "dcat:Dataset": ("dct:title", "dct:description", "dct:publisher"),
    "dcat:Distribution": ("dcat:accessURL",),
}
"""What the shapes of CPSV-AP 3.2.0 want at least of each class, and DCAT of a distribution."""


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """All objects of a document but its context."""
    if isinstance(value, dict):
        yield value
        for key, inner in value.items():
            if key != "@context":
                yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def types_of(node: dict[str, Any]) -> list[str]:
    found = node.get("@type", [])
    return found if isinstance(found, list) else [found]


def documents() -> list[dict[str, Any]]:
    return [*(matter_json_ld(one, names(), SITE) for one in matters().values()), CATALOGUE]


def test_every_word_is_one_of_its_vocabulary_and_every_prefix_is_declared() -> None:
    for document in documents():
        used = {key for node in nodes(document) for key in (*node, *types_of(node)) if not key.startswith("@")}
        for word in used:
            prefix, _, name = word.partition(":")
            assert prefix in document["@context"], word
            assert name in VOCABULARY[prefix].split(), word


def test_what_the_profile_requires_of_each_class_is_there() -> None:
    seen = set()
    for document in documents():
        for node in nodes(document):
            for kind in types_of(node):
                missing = [key for key in REQUIRED.get(kind, ()) if not node.get(key)]
                assert missing == [], (kind, node)
                seen.add(kind)
    assert seen >= REQUIRED.keys()


CLASSES = {
    "dct:language": "dct:LinguisticSystem",
    "dct:isPartOf": "dcat:Dataset",
    "dct:publisher": "foaf:Agent",
    "cv:hasCompetentAuthority": "cv:PublicOrganisation",
    "cv:hasParticipant": "foaf:Agent",
    "cv:hasLegalResource": "eli:LegalResource",
    "cpsv:implements": "eli:LegalResource",
    "dct:spatial": "dct:Location",
    "dcat:landingPage": "foaf:Document",
}
"""Of which class its shapes want a value to be, of those that are told by name."""


def test_what_is_pointed_to_is_of_the_class_that_the_profile_wants() -> None:
    for document in documents():
        known = {node["@id"]: types_of(node) for node in nodes(document) if "@id" in node and "@type" in node}
        for node in nodes(document):
            for key, kind in CLASSES.items():
                pointed = node.get(key, [])
                for one in pointed if isinstance(pointed, list) else [pointed]:
                    assert kind in (types_of(one) or known[one["@id"]]), (key, one)


def test_values_are_written_as_json_ld_writes_them() -> None:
    for document in documents():
        assert json.loads(json.dumps(document)) == document
        for node in nodes(document):
            if "@value" in node:
                assert set(node) in ({"@value"}, {"@value", "@language"}, {"@value", "@type"})
            if "@id" in node:
                assert re.match(r"https?://", node["@id"]), node["@id"]


def test_identifiers_are_unique_within_a_document() -> None:
    for document in documents():
        told = [node["dct:identifier"] for node in nodes(document) if "#" in str(node.get("dct:identifier", ""))]
        assert len(told) == len(set(told)) > 3 or document is CATALOGUE


def test_a_matter_is_a_service_of_both_vocabularies_in_one_node() -> None:
    assert ROAD["@id"] == f"{SITE}/matters/road-occupation"
    assert ROAD["@type"] == ["cpsv:PublicService", "schema:GovernmentService"]
    assert ROAD["dct:title"] == [
        {"@value": "占用、挖掘城市道路审批", "@language": "zh"},
        {"@value": "Occupying or digging up a city road for works", "@language": "en"},
    ]
    assert ROAD["schema:name"] == ROAD["dct:title"]
    assert ROAD["schema:provider"]["@id"] == ROAD["cv:hasCompetentAuthority"]["@id"] == f"{SITE}/matters#hefei.window"
    assert len(ROAD["cpsv:hasInput"]) == 4
    assert ROAD["cv:hasLegalResource"][1]["dct:title"] == {"@value": "道路交通安全法第三十二条", "@language": "zh"}


def test_silence_is_a_rule_and_a_default_names_the_law_that_it_implements() -> None:
    rules = {node["dct:identifier"].rpartition("-")[2]: node for node in ROAD["cpsv:follows"]}
    assert set(rules) == {"hefei.urban", "hefei.police", "hefei.planning", "hefei.transport"}
    assert "cpsv:implements" not in rules["hefei.police"]
    (law,) = rules["hefei.transport"]["cpsv:implements"]
    assert law["dct:title"]["@value"] == "合肥市并联审批缺席默认制（2006年）"


@pytest.mark.parametrize(("days", "duration"), [(5, "P7D"), (10, "P14D"), (12, "P17D"), (1, "P2D"), (45, "P63D")])
def test_working_days_are_told_as_calendar_days_of_ordinary_weeks(days: int, duration: str) -> None:
    assert as_duration(days) == duration


def test_the_duration_is_that_promised() -> None:
    assert ROAD["cv:processingTime"] == {"@value": "P17D", "@type": "xsd:duration"}
    assert ROAD["schema:availableChannel"]["schema:processingTime"]["@value"] == "P17D"


def test_without_a_site_identifiers_are_those_of_whoever_serves_it() -> None:
    assert matter_json_ld(matters()["restaurant"], names())["@id"] == "/matters/restaurant"


def test_a_matter_without_a_guide_is_described_as_far_as_it_is_told() -> None:
    document = matter_json_ld(matter(), {}, SITE)
    assert document["dct:identifier"] == "works"
    assert "cv:hasCost" not in document


def test_the_catalogue_lists_what_is_published_and_its_datasets_with_their_files() -> None:
    assert CATALOGUE["@type"] == "dcat:Catalog"
    assert {one["@id"] for one in CATALOGUE["dct:hasPart"]} == {f"{SITE}/matters/{code}" for code in matters()}
    first, second = CATALOGUE["dcat:dataset"]
    assert [one["dcat:downloadURL"]["@id"] for one in first["dcat:distribution"]] == [
        f"{SITE}/matters.json", f"{SITE}/matters.jsonld"
    ]  # fmt: skip
    (csv,) = second["dcat:distribution"]
    assert csv["dcat:mediaType"]["@id"] == "https://www.iana.org/assignments/media-types/text/csv"
    assert second["dct:publisher"]["@id"] == CATALOGUE["dct:publisher"]["@id"]


def test_what_is_not_published_is_not_in_the_catalogue() -> None:
    assert catalogue_json_ld([matter()], {}, "c.window", SITE)["dct:hasPart"] == []
