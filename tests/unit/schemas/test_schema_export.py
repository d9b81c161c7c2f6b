"""The exported specification: valid by its own standard, and true to what the models write."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from exchange.schemas import MESSAGES
from exchange.schemas.published.export import MODELS
from exchange.schemas.titles import TITLES
from tests.json_schemas import exported
from tests.unit.examples import EXAMPLES

NAMES = sorted(MODELS)


def written(name: str) -> Any:
    """An example as it travels."""
    return json.loads(EXAMPLES[name].model_dump_json())


def test_everything_that_travels_is_exported_and_named_in_two_languages() -> None:
    assert set(exported()) >= set(MESSAGES) | {"header", "application", "matter", "directory", "receipt-leaf"}
    assert set(exported()) == set(EXAMPLES) == set(TITLES) == set(MODELS)


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_valid_and_says_which_it_is(name: str) -> None:
    schema = exported()[name]
    Draft202012Validator.check_schema(schema)
    version = {
        "application": 2,
        "clearance": 2,
        "deadline-notice": 2,
        "default-notice": 3,
        "consultation": 7,
        "case-closed": 2,
        "decision": 5,
        "deemed-consent": 3,
        "directory": 5,
        "document": 5,
        "escalation": 3,
        "forwarding": 2,
        "opinion": 6,
        "case-progress": 2,
        "licence-query": 2,
        "reminder": 2,
        "tally": 2,
        "term-notice": 3,
    }.get(name, 1)
    assert schema["$id"] == f"urn:yizhan:schema:{name}:{version}"
    assert schema["version"] == str(version)
    assert schema["title"] == " ".join(TITLES[name])
    assert schema["additionalProperties"] is False


def test_identifiers_are_unique() -> None:
    assert len({schema["$id"] for schema in exported().values()}) == len(exported())


@pytest.mark.parametrize("name", NAMES)
def test_what_the_models_write_is_valid_by_the_schema(name: str) -> None:
    Draft202012Validator(exported()[name]).validate(written(name))


@pytest.mark.parametrize("name", NAMES)
def test_what_the_models_write_they_read_again_byte_for_byte(name: str) -> None:
    text = EXAMPLES[name].model_dump_json()
    again = type(EXAMPLES[name]).model_validate_json(text)
    assert again == EXAMPLES[name]
    assert again.model_dump_json() == text


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_field_is_refused_by_schema_and_model_alike(name: str) -> None:
    more = written(name) | {"backdoor": 1}
    with pytest.raises(ValidationError):
        Draft202012Validator(exported()[name]).validate(more)
    with pytest.raises(ValueError, match="backdoor"):
        type(EXAMPLES[name]).model_validate_json(json.dumps(more))


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_required_field_is_refused_by_schema_and_model_alike(name: str) -> None:
    for field in exported()[name]["required"]:
        less = {key: value for key, value in written(name).items() if key != field}
        with pytest.raises(ValidationError):
            Draft202012Validator(exported()[name]).validate(less)
        with pytest.raises(ValueError, match=field):
            type(EXAMPLES[name]).model_validate_json(json.dumps(less))


def test_bounds_of_binary_fields_are_those_of_their_text() -> None:
    path = exported()["receipt-proof"]["properties"]["path"]["items"]
    assert (path["minLength"], path["maxLength"]) == (44, 44)
    short = written("receipt-proof") | {"path": ["AAAA"]}
    with pytest.raises(ValidationError):
        Draft202012Validator(exported()["receipt-proof"]).validate(short)
