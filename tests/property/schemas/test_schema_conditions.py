"""The published schemas carry what validators say of several fields at once: both take and refuse the same bodies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from tests.json_schemas import exported
from tests.unit.examples import EXAMPLES
from tests.unit.facts import ID

ABSENT: Any = object()
WORDS = ["因规划调整", "", " \n"]
ATTACHMENT = {"name": "a", "media_type": "text/plain", "size": 1, "digest": "ab" * 32}

CHOICES: dict[str, dict[str, list[Any]]] = {
    "opinion": {
        "verdict": [
            "agree", "agree-with-conditions", "disagree", "not-competent", "special-procedure", "refer-upward",
        ],
        "reasons": WORDS,
        "conditions": [*WORDS, ABSENT],
        "basis": [["行政许可法第三十八条"], [], ABSENT],
        "competent_body": ["市住建局", None, ABSENT],
        "procedure": [{"kind": "hearing", "days": 5}, None],
        "ground": ["safety", None, ABSENT],
    },
    "decision": {
        "outcome": ["grant", "grant-with-conditions", "refuse"],
        "conditions": [*WORDS, ABSENT],
        "considered.0.verdict": ["disagree", "agree", None, ABSENT],
        "considered.0.standing": ["answered", "moot", "deemed", "deemed-refusal"],
        "overruled": [[{"department": "c.police", "reasons": "措施充分"}], [], ABSENT],
        "without_consent": [[{"department": "c.transport", "reasons": "依法"}], ABSENT],
    },
    "case-reopened": {
        "ordered_by": ["lead", "superior", "reconsideration", "court"], "order": ["（2026）1号", None, ABSENT],
    },
    "protest": {"ground": ["time-running", "answered", "other-opinion"], "opinion_id": [ID, None, ABSENT]},
    "notice": {
        "treatment": ["action", "information", ABSENT],
        "act_by": ["2026-03-20", None, ABSENT],
        "form": [EXAMPLES["form"], None, ABSENT],
        "document.kind": ["通知", "请示"],
        "document.signatory": ["王某", None, ABSENT],
        "document.addressees": [["甲"], ["甲", "乙"], []],
    },
    "sign-off": {"accepted": [True, False], "reason": [*WORDS, ABSENT]},
    "receipt-leaf": {
        "version": [1, 2, ABSENT],
        "arrival": [{"basis": "broker-stamp"}, None, ABSENT],
        "outcome": ["accepted", "returned"],
        "reason_code": ["path", None, ABSENT],
        "reason": ["x", "", ABSENT],
    },
    "form": {
        "fields.0.type": ["text", "integer", "decimal", "date", "choice", "yes-no"],
        "fields.0.unit": ["台", "", ABSENT],
        "fields.0.minimum": ["0", None, ABSENT],
        "fields.0.maximum": ["9", None],
        "fields.0.choices": [["甲", "乙"], ["甲", "甲"], [], ABSENT],
    },
    "matter": {
        "completion": ["all", "quorum", "veto", ABSENT],
        "quorum": [1, None, ABSENT],
        "approvers.0.default": ["none", "consent", "refusal", ABSENT],
        "approvers.0.default_basis": [["缺席默认制"], [], ABSENT],
    },
    "case-term": {
        "event": ["amended", "refused", "overrun", "undelivered"],
        "entry": [EXAMPLES["case-term"].model_dump(mode="json")["entry"], None, ABSENT],
        "refused": ["too late", None, ABSENT],
        "deliver_by": ["2026-03-09T00:00:00+08:00", None, ABSENT],
    },
    "licence-entry": {
        "change": ["renewed", "changed", "revoked", "cancelled"],
        "valid_until": ["2027-03-15", None, ABSENT],
        "permits": ["占用人行道", None, ABSENT],
        "conditions": ["", "夜间施工", None, ABSENT],
        "holder": [{"name": "张三", "identifier": "340101199001011234"}, None, ABSENT],
    },
    "term-notice": {
        "entry.kind": ["start", "stop", "resume", "restart", "extend"],
        "entry.days": [3, None, ABSENT],
        "entry.basis": [["行政许可法第四十五条"], [], ABSENT],
    },
    "consultation": {
        "departments.0.term.days": [5, None, ABSENT],
        "departments.0.term.fixed": ["2026-03-09T00:00:00+08:00", None, ABSENT],
    },
    "default-notice": {
        "mode": ["none", "consent", "refusal"],
        "due_at": ["2026-03-09T00:00:00+08:00", None],
        "deemed_consent": [ID, None],
        "reminder": [True, False, ABSENT],
        "obstacles": [["excluded: life-safety"], [], ABSENT],
        "paper_owed_by": ["2026-03-11T00:00:00+08:00", None, ABSENT],
    },
    "clearance": {
        "results.0.verdict": ["agree", None],
        "results.0.conditions": ["夜间施工", "", ABSENT],
        "results.0.standing": ["no-result", "deemed-refusal", None, ABSENT],
    },
    "deemed-consent": {
        "mode": ["none", "consent", "refusal"],
        "state.default_basis": [["缺席默认制"], [], ABSENT],
    },
    "directory": {
        "delegations.0.revoked_at": ["2026-03-09T00:00:00+08:00", None, ABSENT],
        "delegations.0.revoked_for": ["合并", None, ABSENT],
    },
    "forwarding": {
        "cover.document.kind": ["通知", "意见"],
        "cover.document.signatory": ["李某", None, ABSENT],
        "cover.document.date": ["2026-03-04", None],
        "cover.document.attachments": [[ATTACHMENT], [], ABSENT],
        "cover.document.copies": [["c.d"], ABSENT],
        "cover.document.purpose": ["action", "information", ABSENT],
        "cover.document.body": ["x", "x" * 20_001],
    },
    "forwarded-request": {
        "path": [["c.office"], ["c.office", "c.office"], ["c.office", "office.c"]],
        "opinion.kind": ["意见", "函", "请示"],
    },
    "joint-draft": {
        "document.date": ["2026-03-04", None],
        "document.purpose": ["action", "information", "record", ABSENT],
        "document.copies": [[]],
        "signers": [["c.d.planning", "c.e.planning"], ["c.d.planning", "c.d.planning"]],
        "addressees": [["c.planning"], ["c.planning", "c.planning"]],
    },
    "header": {
        "addressees": [[one] for one in ("a.b", "a.from.b", "from", "uplink.a", "link", "a.link", "a.fromage")]
        + [["a.b", "a.b"]],
    },
}  # fmt: skip
"""By schema: fields, by their place, and the values that are tried there in every combination."""


def variants(name: str) -> Iterator[Any]:
    fields = CHOICES[name]
    written = json.loads(EXAMPLES[name].model_dump_json())
    for values in product(*fields.values()):
        found = deepcopy(written)
        for place, value in zip(fields, values, strict=True):
            put(found, place.split("."), value)
        yield found


def put(found: Any, place: list[str], value: Any) -> None:
    *way, last = place
    for step in way:
        found = found[int(step) if step.isdigit() else step]
    if value is ABSENT:
        found.pop(last, None)
    else:
        found[last] = json.loads(value.model_dump_json()) if hasattr(value, "model_dump_json") else value


def takes(name: str, body: Any) -> bool:
    try:
        type(EXAMPLES[name]).model_validate_json(json.dumps(body))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_a_schema_takes_and_refuses_what_the_model_does(name: str) -> None:
    validator = Draft202012Validator(exported()[name])
    verdicts = [(takes(name, body), validator.is_valid(body), body) for body in variants(name)]
    assert [body for model, schema, body in verdicts if model != schema][:2] == []
    assert {model for model, _, _ in verdicts} == {True, False}
