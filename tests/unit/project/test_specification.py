"""The specification is complete: what the code refuses, and which way messages go, stands on its pages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cbor2 import dumps

from exchange.broker.traffic.publisher import ConfirmedPublisher
from exchange.broker.traffic.topology import DOCUMENTS, MAX_KEY, all_queues, queues_of, routing_key
from exchange.broker.traffic.uplink import transit_queues
from exchange.directory.addressing import queue_for, uplink_queue
from exchange.envelope import open_envelope
from exchange.envelope.cbor import decode
from exchange.envelope.document import HEADER_LIMIT, MAX_ENCLOSURES, SIGNED_LIMIT
from exchange.envelope.sealing import ENVELOPE_LIMIT
from exchange.envelope.strict import MAX_DEPTH
from exchange.errors import Malformed
from exchange.messaging.freshness import HEADER as FRESHNESS
from exchange.messaging.ports import Publication
from exchange.messaging.rules.label import HOPS, MAX_HOPS, TO
from exchange.notices.rules.covering import Covering
from exchange.runtime.work import work_for
from exchange.schemas import MAX_ADDRESSEES, MAX_SIGNERS, MESSAGES, Body, Header, ReceiptBatch, Role, Suite, Urgency
from exchange.schemas.base import ATTACHMENT_LIMIT
from tests.corpus.forge import Forge, good_header
from tests.corpus.world import NOW, load_world

ROOT = Path(__file__).parents[3]
RULES = (ROOT / "docs" / "message-rules.md").read_text(encoding="utf-8")
TRANSPORT = (ROOT / "docs" / "transport.md").read_text(encoding="utf-8")
ENVELOPE = (ROOT / "docs" / "envelope.md").read_text(encoding="utf-8")
TAKING = ("approval", "documents", "joint", "levels", "messaging", "notices", "portal")
"""Rooms whose handlers take messages in."""


def rows(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    table = text.partition(f"\n## {heading}\n")[2].partition("|---")[2].partition("\n")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in row.strip().strip("|").split(" | ")] for row in table.splitlines()]


def calls(package: str, *names: str) -> Iterator[ast.Call]:
    for file in sorted((ROOT / "exchange" / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node


def sentences() -> set[str]:
    """What validators of the schemas say."""
    raised = (call.args[0] for call in calls("schemas", "ValueError", "Unfit") if call.args)
    return {one.value for one in raised if isinstance(one, ast.Constant)}


def codes(package: str) -> set[str]:
    """Codes under which the handlers of a room send messages back."""
    given = (word.value for call in calls(package, "Returned", "returned_for") for word in call.keywords)
    return {one.value for one in given if isinstance(one, ast.Constant) and re.fullmatch(r"[a-z-]+", str(one.value))}


def takers(kind: str) -> str:
    take: Any = lambda files: None  # noqa: E731
    roles = [
        role.value
        for role in Role
        if kind in work_for((role,), take=take if role is Role.RELAY else None, covering=Covering.NONE).handlers
    ]
    is_for_all = kind == ReceiptBatch.KIND or {*roles, Role.PORTAL} == set(Role)
    return "all" if is_for_all else ", ".join(sorted(roles))


def fields(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


def declared(body: type[Body]) -> list[str]:
    versions = ", ".join(map(str, body.READ))
    return [takers(body.KIND), body.QUEUE.value, versions, fields(body.MOMENT), fields(body.HAPPENED)]


def test_every_kind_has_its_row_as_its_class_declares_it() -> None:
    said = {row[0].strip("`"): row[1:6] for row in rows(RULES, "Who takes what, and what it belongs to")}
    assert said == {kind: declared(body) for kind, body in MESSAGES.items()}


def test_every_sentence_of_a_validator_stands_in_the_table_and_no_other() -> None:
    assert {row[1] for row in rows(RULES, "Rules of the schemas")} == sentences()


@pytest.mark.parametrize("package", TAKING)
def test_every_code_under_which_a_message_goes_back_is_on_a_page(package: str) -> None:
    missing = {code for code in codes(package) if f"`{code}`" not in RULES + TRANSPORT}
    assert codes(package)
    assert missing == set()


def test_the_transport_page_names_queues_keys_and_label_as_the_code_does() -> None:
    named = {row[0] for row in rows(TRANSPORT, "Exchanges, queues, keys")}
    shown = set(re.findall(r"`([^`]+)`", " ".join(named)))
    queues = {*queues_of("ADDRESS", True), *(queue.name for queue in all_queues(["ADDRESS"], ["ADDRESS"]))}
    uplinks = {uplink_queue("NEIGHBOUR", urgent=urgent) for urgent in (True, False)}
    assert shown == queues | uplinks | set(transit_queues("RELAY"))
    assert routing_key("QUEUE", "ACCOUNT") in TRANSPORT
    assert {f"`{TO}`", f"`{HOPS}`", f"`{DOCUMENTS}`", f"{MAX_KEY} octets"} <= set(
        re.findall(r"`[\w-]+`|\d+ octets", TRANSPORT)
    )
    assert MAX_HOPS == 8, "the page says so in words"


def test_the_queue_of_opinions_is_for_the_kinds_that_the_page_names() -> None:
    row = next(row for row in rows(TRANSPORT, "Exchanges, queues, keys") if row[0] == "`ADDRESS.opinions`")
    kinds = {kind for kind in MESSAGES if queue_for(kind, "c.x", Urgency.URGENT) == "c.x.opinions"}
    assert set(re.findall(r"`([a-z-]+)`", row[1])) == kinds


def test_what_is_published_has_the_properties_that_the_page_names() -> None:
    publisher = ConfirmedPublisher(
        "amqp://nobody.localhost", sender="c.a", user_id="c.a", on_results=lambda results: None
    )
    written = publisher._properties(Publication(1, "c.b.inbox", b"", "ID", "CONVERSATION", "document", {TO: "c.b"}))
    said = {row[0].strip("`"): row[1] for row in rows(TRANSPORT, "Properties")}
    values = {name: value for name, value in vars(written).items() if value is not None and name != "headers"}
    assert set(values) == {name for name, writes in said.items() if hasattr(written, name) and writes != "never"}
    assert (values["content_type"], values["delivery_mode"], values["app_id"]) == ("application/cose", 2, "yizhan")
    assert "`application/cose`" in said["content_type"]
    assert said["delivery_mode"].startswith("2 ")
    assert (values["message_id"], values["correlation_id"], values["type"]) == ("ID", "CONVERSATION", "document")
    assert f"`{FRESHNESS}`" in TRANSPORT


def test_limits_of_the_envelope_page_are_the_limits() -> None:
    said = " ".join(ENVELOPE.split())
    for limit in (
        f"{ATTACHMENT_LIMIT:,} bytes each",
        f"at most {ENVELOPE_LIMIT // 2**20} MiB",
        f"at most {HEADER_LIMIT // 2**10} KiB",
        f"up to {SIGNED_LIMIT // 2**20} MiB",
        f"up to {MAX_ENCLOSURES} of them",
        f"1 to {MAX_ADDRESSEES} addresses",
        f"more than {MAX_DEPTH} arrays and objects within each other",
        f"[ 1*{MAX_SIGNERS} COSE_Signature ]",
    ):
        assert limit in said, limit


@pytest.mark.parametrize("example", ["[[[[[[1]]]]]]", "[[[[[[[]]]]]]]", "[[[[[[[1]]]]]]]"])
def test_the_examples_of_depth_are_within_the_bound_or_not_as_the_page_says(example: str) -> None:
    said = " ".join(ENVELOPE.split())
    assert f"`{example}`" in said
    data = dumps(json.loads(example), canonical=True)
    if f"`{example}` is not" in said:
        with pytest.raises(Malformed):
            decode(data, "example", 100)
    else:
        assert dumps(decode(data, "example", 100), canonical=True) == data


def test_an_array_of_1099_items_is_within_the_bound_and_one_of_1100_is_not() -> None:
    assert "A list of 1,099" in ENVELOPE
    assert len(decode(dumps([b""] * 1_099, canonical=True), "example", 10_000)) == 1_099
    with pytest.raises(Malformed):
        decode(dumps([b""] * 1_100, canonical=True), "example", 10_000)


def test_the_clear_header_has_the_members_and_the_defaults_that_the_page_names() -> None:
    table = ENVELOPE.partition("| member | meaning |")[2].partition("\n\n")[0]
    named = re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in table.splitlines()[2:]))
    assert named == list(Header.model_fields)
    said = " ".join(ENVELOPE.split())
    assert (
        "`version`, `in_reply_to`, `urgency` and `suite` may be left out; they then are 1, null, `ordinary` and "
        "`mlkem768-x25519`." in said
    )
    optional = {name: field.default for name, field in Header.model_fields.items() if not field.is_required()}
    assert optional == {"version": 1, "in_reply_to": None, "urgency": Urgency.ORDINARY, "suite": Suite.HYBRID}


@pytest.mark.parametrize("left_out", ["version", "in_reply_to", "urgency", "suite"])
def test_an_envelope_whose_header_leaves_a_default_out_is_opened_as_the_page_says(left_out: str) -> None:
    world = load_world()
    header = good_header()
    expected = header.pop(left_out)
    opened = open_envelope(Forge(world, header=header).envelope(), world["bob"], world.directory, NOW)
    assert json.loads(opened.header.model_dump_json())[left_out] == expected
    assert left_out not in json.loads(opened.header_bytes)


def test_negative_vectors_name_refusals_that_the_table_has_for_their_check() -> None:
    checks = {
        int(number): set(re.findall(r"`([a-z-]+)`", refusal))
        for number, refusal in re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", _section("5."), flags=re.MULTILINE)
    }
    assert set(checks) == set(range(1, 34))
    cases = json.loads((ROOT / "docs" / "vectors" / "negative.json").read_text(encoding="utf-8"))["cases"]
    assert [case["name"] for case in cases if case["refusal"] not in checks[case["check"]]] == []


def test_every_file_of_vectors_stands_in_the_table_and_is_there() -> None:
    named = set(re.findall(r"`([\w-]+)\.json`", _section("8.")))
    files = {file.stem for file in (ROOT / "docs" / "vectors").glob("*.json")}
    assert named - {"envelope-SUITE"} == {name for name in files if not name.startswith("envelope-")}
    assert {name for name in files if name.startswith("envelope-")} == {f"envelope-{suite.value}" for suite in Suite}


def _section(number: str) -> str:
    return ENVELOPE.partition(f"\n## {number} ")[2].partition("\n## ")[0]
