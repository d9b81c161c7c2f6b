"""The specification is complete: what the code refuses, and which way messages go, stands on its pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.broker.traffic.topology import DOCUMENTS, MAX_KEY, all_queues, queues_of, routing_key
from exchange.broker.traffic.uplink import transit_queues
from exchange.directory.addressing import queue_for, uplink_queue
from exchange.messaging.rules.label import HOPS, MAX_HOPS, TO
from exchange.notices.rules.covering import Covering
from exchange.runtime.work import work_for
from exchange.schemas import MESSAGES, Body, ReceiptBatch, Role, Urgency
from exchange.schemas.base import ATTACHMENT_LIMIT

ROOT = Path(__file__).parents[3]
RULES = (ROOT / "docs" / "message-rules.md").read_text(encoding="utf-8")
TRANSPORT = (ROOT / "docs" / "transport.md").read_text(encoding="utf-8")
ENVELOPE = (ROOT / "docs" / "envelope.md").read_text(encoding="utf-8")
TAKING = ("approval", "documents", "joint", "levels", "messaging", "notices")
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
    return "all" if kind == ReceiptBatch.KIND or len(roles) == len(Role) else ", ".join(sorted(roles))


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


def test_limits_of_the_envelope_page_are_the_limits() -> None:
    assert f"{ATTACHMENT_LIMIT:,} bytes" in ENVELOPE
