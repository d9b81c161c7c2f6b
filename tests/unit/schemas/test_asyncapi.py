"""The exported description of channels and messages (AsyncAPI): whole, and true to queues and models."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from exchange.broker.traffic.topology import dead_queue, opinions_queue, queues_of
from exchange.broker.traffic.uplink import transit_of, transit_queues, uplink_of
from exchange.directory.addressing import queue_for, queue_towards
from exchange.directory.hierarchy import relay_of
from exchange.schemas import MESSAGES, Urgency
from exchange.schemas.published.asyncapi import asyncapi
from exchange.schemas.titles import TITLES
from tests.unit.examples import EXAMPLES

DESCRIPTION = asyncapi()


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """All objects inside a JSON value."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


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
    by_its_order = (
        "opinion",
        "opinion-recall",
        "procedure-ended",
        "deemed-consent",
        "escalation",
        "supplement-request",
    )
    assert (opinions_queue("c.x") in sent) is (kind in by_its_order)


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_every_message_has_its_payload_its_headers_and_both_languages(kind: str) -> None:
    message = DESCRIPTION["components"]["messages"][kind]
    assert message["payload"] == {"$ref": f"#/components/schemas/{MESSAGES[kind].__name__}"}
    assert message["headers"] == {"$ref": "#/components/schemas/Header"}
    assert message["title"] == " ".join(TITLES[kind])
    newer = {"case-closed", "clearance", "deadline-notice", "forwarding", "reminder", "tally"}
    third = {"deemed-consent", "default-notice", "escalation", "term-notice"}
    newest = {"consultation": 7, "decision": 5, "document": 5, "opinion": 6, "case-progress": 2, "licence-query": 2}
    version = {**newest, **dict.fromkeys(third, 3), **dict.fromkeys(newer, 2)}.get(kind, 1)
    assert message["contentType"] == f"application/vnd.yizhan.{kind}+json; version={version}"


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_payload_schemas_of_the_description_accept_what_the_models_write(kind: str) -> None:
    schema = {"$ref": f"#/components/schemas/{MESSAGES[kind].__name__}", "components": DESCRIPTION["components"]}
    Draft202012Validator(schema).validate(json.loads(EXAMPLES[kind].model_dump_json()))


def test_operations_use_the_messages_of_their_channels() -> None:
    for operation in DESCRIPTION["operations"].values():
        channel = operation["channel"]["$ref"]
        assert operation["action"] in ("send", "receive")
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_the_description_is_one_json_document_with_its_version() -> None:
    assert json.loads(json.dumps(DESCRIPTION, ensure_ascii=False)) == DESCRIPTION
    assert DESCRIPTION["asyncapi"] == "3.0.0"
    assert {"title", "version", "description"} <= set(DESCRIPTION["info"])
