"""The exported specification: valid by its own standard, and true to what the models write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from exchange.broker.traffic.topology import dead_queue, opinions_queue, queues_of
from exchange.broker.traffic.uplink import transit_of, transit_queues, uplink_of
from exchange.directory.addressing import queue_for, queue_towards
from exchange.directory.hierarchy import relay_of
from exchange.schemas import MESSAGES, Urgency
from exchange.schemas.published.asyncapi import asyncapi
from exchange.schemas.published.export import MODELS, json_schemas
from exchange.schemas.titles import TITLES
from tests.unit.examples import EXAMPLES

SCHEMAS = json_schemas()
NAMES = sorted(SCHEMAS)


def written(name: str) -> Any:
    """An example as it travels."""
    return json.loads(EXAMPLES[name].model_dump_json())


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """All objects inside a JSON value."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def test_everything_that_travels_is_exported_and_named_in_two_languages() -> None:
    assert set(SCHEMAS) >= set(MESSAGES) | {"header", "application", "matter", "directory", "receipt-leaf"}
    assert set(SCHEMAS) == set(EXAMPLES) == set(TITLES) == set(MODELS)


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_valid_and_says_which_it_is(name: str) -> None:
    schema = SCHEMAS[name]
    Draft202012Validator.check_schema(schema)
    version = {
        "clearance": 2,
        "deadline-notice": 2,
        "default-notice": 3,
        "consultation": 4,
        "case-closed": 2,
        "decision": 4,
        "deemed-consent": 3,
        "directory": 5,
        "document": 5,
        "escalation": 3,
        "forwarding": 2,
        "opinion": 3,
        "reminder": 2,
        "tally": 2,
        "term-notice": 3,
    }.get(name, 1)
    assert schema["$id"] == f"urn:yizhan:schema:{name}:{version}"
    assert schema["version"] == str(version)
    assert schema["title"] == " ".join(TITLES[name])
    assert schema["additionalProperties"] is False


def test_identifiers_are_unique() -> None:
    assert len({schema["$id"] for schema in SCHEMAS.values()}) == len(SCHEMAS)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_models_write_is_valid_by_the_schema(name: str) -> None:
    Draft202012Validator(SCHEMAS[name]).validate(written(name))


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
        Draft202012Validator(SCHEMAS[name]).validate(more)
    with pytest.raises(ValueError, match="backdoor"):
        type(EXAMPLES[name]).model_validate_json(json.dumps(more))


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_required_field_is_refused_by_schema_and_model_alike(name: str) -> None:
    for field in SCHEMAS[name]["required"]:
        less = {key: value for key, value in written(name).items() if key != field}
        with pytest.raises(ValidationError):
            Draft202012Validator(SCHEMAS[name]).validate(less)
        with pytest.raises(ValueError, match=field):
            type(EXAMPLES[name]).model_validate_json(json.dumps(less))


def test_bounds_of_binary_fields_are_those_of_their_text() -> None:
    path = SCHEMAS["receipt-proof"]["properties"]["path"]["items"]
    assert (path["minLength"], path["maxLength"]) == (44, 44)
    short = written("receipt-proof") | {"path": ["AAAA"]}
    with pytest.raises(ValidationError):
        Draft202012Validator(SCHEMAS["receipt-proof"]).validate(short)


# --- AsyncAPI ---------------------------------------------------------------------------------------------------------

DESCRIPTION = asyncapi()


def test_every_reference_of_the_description_leads_somewhere() -> None:
    references = [item["$ref"] for item in walk(DESCRIPTION) if "$ref" in item]
    assert len(references) > 100
    for reference in references:
        target: Any = DESCRIPTION
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        assert isinstance(target, dict)


def address_of(channel: dict[str, Any], member: str) -> str:
    """A channel's queue, at a member of domain ``c`` whose neighbour is ``c.d``."""
    address: str = channel["address"]
    return address.format(member=member, neighbour="c.d", domain="c")


def test_the_channels_are_the_queues_of_a_window_and_those_between_levels() -> None:
    queues = [address_of(channel, "c.window") for channel in DESCRIPTION["channels"].values()]
    between = [queue.name for queue, _ in (*uplink_of("c.d"), *transit_of(relay_of("c")))]
    assert sorted(queues) == sorted([*queues_of("c.window", True), dead_queue("c.window"), *between])


def test_every_channel_explains_what_stands_in_its_name_and_nothing_else() -> None:
    for channel in DESCRIPTION["channels"].values():
        named = set(re.findall(r"{(\w+)}", channel["address"]))
        assert named == set(channel["parameters"])
        assert all(parameter["description"] for parameter in channel["parameters"].values())


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_kind_stands_in_the_channels_it_is_sent_to(kind: str) -> None:
    said = {address_of(channel, "c.x") for channel in DESCRIPTION["channels"].values() if kind in channel["messages"]}
    sent = {queue_for(kind, "c.x", urgency) for urgency in Urgency}
    over = {queue_towards("c", kind, "c.d.e.x", urgency) for urgency in Urgency}
    assert said == sent | over | {dead_queue("c.x"), *transit_queues(relay_of("c"))}
    by_its_order = ("opinion", "opinion-recall", "procedure-ended", "deemed-consent", "escalation")
    assert (opinions_queue("c.x") in sent) is (kind in by_its_order)


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_message_has_its_payload_its_headers_and_both_languages(kind: str) -> None:
    message = DESCRIPTION["components"]["messages"][kind]
    assert message["payload"] == {"$ref": f"#/components/schemas/{MESSAGES[kind].__name__}"}
    assert message["headers"] == {"$ref": "#/components/schemas/Header"}
    assert message["title"] == " ".join(TITLES[kind])
    newer = {"case-closed", "clearance", "deadline-notice", "forwarding", "reminder", "tally"}
    third = {"deemed-consent", "default-notice", "escalation", "opinion", "term-notice"}
    newest = {"consultation": 4, "decision": 4, "document": 5}
    version = {**newest, **dict.fromkeys(third, 3), **dict.fromkeys(newer, 2)}.get(kind, 1)
    assert message["contentType"] == f"application/vnd.yizhan.{kind}+json; version={version}"


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_payload_schemas_of_the_description_accept_what_the_models_write(kind: str) -> None:
    schema = {"$ref": f"#/components/schemas/{MESSAGES[kind].__name__}", "components": DESCRIPTION["components"]}
    Draft202012Validator(schema).validate(written(kind))


def test_operations_use_the_messages_of_their_channels() -> None:
    for operation in DESCRIPTION["operations"].values():
        channel = operation["channel"]["$ref"]
        assert operation["action"] in ("send", "receive")
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_the_description_is_one_json_document_with_its_version() -> None:
    assert json.loads(json.dumps(DESCRIPTION, ensure_ascii=False)) == DESCRIPTION
    assert DESCRIPTION["asyncapi"] == "3.0.0"
    assert {"title", "version", "description"} <= set(DESCRIPTION["info"])
