"""The OpenAPI document says what the API does: every operation is called with what holds and with what does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from exchange.api.app import PARTS, openapi
from exchange.api.model import ApiModel
from exchange.approval.department.store import DepartmentDesk
from tests.contract.rows import desk_row
from tests.web.api.test_api_window import APPLICATION, DECISION, TERM
from tests.web.department import LETTER, Bureau, bureau, token_for

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
_JSON = "application/json"
FILING = {**APPLICATION, "declaration": "本单位对申请材料实质内容的真实性负责"}
LETTER_TO = {"to": ["hefei.transport"], "document": LETTER}
JOINTLY = {
    "cosigners": ["hefei.transport"],
    "to": ["hefei.window"],
    "document": {**LETTER, "kind": "意见", "signatory": "王某"},
}
NOTICE = {"audience": "departments", "document": {**LETTER, "kind": "通知"}}
_OPERATIONS = [
    (route.path, method.lower())
    for part in PARTS
    for route in part.router.routes
    if isinstance(route, APIRoute)
    for method in sorted(route.methods)
]
"""Known before the document is made, which takes as long as all else of importing this."""


@cache
def document() -> dict[str, Any]:
    """What is tested."""
    return openapi()


def test_the_document_has_every_operation_that_is_served() -> None:
    told = [(path, method) for path, methods in document()["paths"].items() for method in methods]
    assert sorted(told) == sorted(_OPERATIONS)


def test_everything_that_the_document_refers_to_is_in_it() -> None:
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document())))
    assert {"SentOut", "OpinionIn", "ReopeningIn"} <= named <= set(document()["components"]["schemas"])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"), portal=True, relay=True)
    yield made
    made.view.close()


@pytest.fixture(scope="module")
def schema(served: Bureau) -> Any:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", served.app)


def whose(path: str, method: str) -> str:
    """Who would call it: a window's own operations are for nobody else."""
    tags = document()["paths"][path][method]["tags"]
    if "portal" in tags:
        return "hefei.portal"
    return "hefei.window" if path == "/matters" or "window" in tags else "hefei.planning"


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), _OPERATIONS, ids=lambda part: part)
def test_every_operation_answers_as_its_document_says(
    served: Bureau, schema: Any, path: str, method: str, mode: GenerationMode
) -> None:
    operation = schema[path][method]
    headers = {"authorization": f"Bearer {token_for(served.view, whose(path, method))}"}
    checks = [*_CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else _CHECKS

    @settings(
        max_examples=3,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=checks)

    call()


def known(served: Bureau) -> dict[str, Any]:
    """Something of every kind on record at the planning office, by the names of path parameters."""
    client = served.client("hefei.planning")
    for hook in client.get("/api/v1/webhooks").json()["items"]:
        client.delete(f"/api/v1/webhooks/{hook['id']}")  # a member has few
    attached = {"name": "plan.txt", "content": "cGxhbg=="}
    sent = client.post("/api/v1/documents", json={**LETTER_TO, "attachments": [attached]}).json()
    joint = client.post("/api/v1/joint-documents", json=JOINTLY).json()
    notice = client.post("/api/v1/notices", json=NOTICE).json()
    hook = client.post("/api/v1/webhooks", json={"url": "https://oa.example/", "events": ["receipt.in"]}).json()
    with served.api.member("hefei.planning").store.transaction() as tx:
        if tx[DepartmentDesk].get("HF-1") is None:
            tx[DepartmentDesk].put([desk_row("HF-1")])
    ids = {"message_id": sent["message_id"], "joint_id": joint["joint_id"], "webhook_id": hook["id"]}
    return {**ids, "notice_id": notice["notice_id"], "position": 0, "number": "HF-1"}


@pytest.mark.parametrize(
    ("path", "method", "body", "status"),
    [
        ("/matters", "get", None, 200),
        ("/cases", "post", APPLICATION, 201),
        ("/cases", "get", None, 200),
        ("/cases/{number}", "get", None, 200),
        ("/cases/{number}/withdrawal", "post", {"reason": "r"}, 202),
        ("/cases/{number}/decision", "post", DECISION, 409),
        ("/cases/{number}/confirmation", "post", {"officer": "李四"}, 409),
        ("/cases/{number}/review", "post", {"officer": "李四", "reasons": "维持"}, 409),
        ("/cases/{number}/terms", "post", TERM, 409),
    ],
)
def test_what_a_window_does_is_answered_as_the_document_says(
    served: Bureau, schema: Any, path: str, method: str, body: Any, status: int
) -> None:
    headers = {"authorization": f"Bearer {token_for(served.view, 'hefei.window')}"}
    made = served.client("hefei.window").post("/api/v1/cases", json=APPLICATION).json()
    parameters = {"number": made["number"]} if "{number}" in path else {}
    media = {"body": body, "media_type": _JSON} if body else {}
    case = schema[path][method].Case(path_parameters=parameters, **media)
    response = case.call(headers=headers)
    case.validate_response(response, checks=_CHECKS)
    assert response.status_code == status, response.text


@pytest.mark.parametrize(
    ("path", "method", "body", "status"),
    [
        ("/matters", "get", None, 200),
        ("/filings", "post", FILING, 201),
        ("/filings/{number}/progress", "get", None, 200),
        ("/filings/{number}/supplement", "post", APPLICATION, 409),
        ("/filings/{number}/statement", "post", {"text": "已核定"}, 202),
        ("/filings/{number}/withdrawal", "post", {"reasons": ""}, 202),
        ("/filings/{number}/access-code", "post", {"reason": "遗失"}, 200),
    ],
)
def test_what_is_done_at_a_portal_is_answered_as_the_document_says(
    served: Bureau, schema: Any, path: str, method: str, body: Any, status: int
) -> None:
    headers = {"authorization": f"Bearer {token_for(served.view, 'hefei.portal')}"}
    made = served.client("hefei.portal").post("/api/v1/filings", json=FILING).json()
    parameters = {"number": made["number"]} if "{number}" in path else {}
    media = {"body": body, "media_type": _JSON} if body else {}
    case = schema[path][method].Case(path_parameters=parameters, **media)
    response = case.call(headers=headers)
    case.validate_response(response, checks=_CHECKS)
    assert response.status_code == status, response.text


@pytest.mark.parametrize(
    ("path", "method", "body", "status"),
    [
        ("/documents", "post", LETTER_TO, 202),
        ("/documents", "get", None, 200),
        ("/documents/{message_id}", "get", None, 200),
        ("/documents/{message_id}/attachments/{position}", "get", None, 200),
        ("/documents/{message_id}/receipts", "get", None, 200),
        ("/documents/{message_id}/resending", "post", {"addressee": "hefei.transport"}, 202),
        ("/documents/{message_id}/circulation", "post", {"to": ["主任"], "officer": "收发室"}, 404),
        ("/joint-documents", "post", JOINTLY, 202),
        ("/joint-documents", "get", None, 200),
        ("/joint-documents/{joint_id}", "get", None, 200),
        ("/joint-documents/{joint_id}/signature", "post", None, 404),
        ("/joint-documents/{joint_id}/refusal", "post", {"reasons": "r"}, 404),
        ("/joint-documents/{joint_id}/withdrawal", "post", {"reasons": "r"}, 202),
        ("/documents/{message_id}/forwarding", "post", {"document": {**LETTER, "kind": "意见"}}, 404),
        ("/notices", "post", NOTICE, 202),
        ("/notices", "get", None, 200),
        ("/notices/{notice_id}", "get", None, 200),
        ("/notices/{notice_id}/signature", "post", None, 404),
        ("/notices/{notice_id}/return", "post", {"reason": "r"}, 404),
        ("/notices/{notice_id}/answer", "post", {"values": {"pumps": "1"}}, 404),
        ("/notices/{notice_id}/cover", "post", {"document": None}, 404),
        ("/notices/{notice_id}/reminder", "post", None, 202),
        ("/notices/{notice_id}/recall", "post", {"reason": "r"}, 202),
        ("/notices/{notice_id}/receipts", "post", {"of": None}, 202),
        ("/notices/{notice_id}/receipts", "get", None, 404),
        ("/inbox/leases", "post", {"limit": 1, "seconds": 1}, 201),
        ("/cases", "get", None, 200),
        ("/cases/{number}", "get", None, 200),
        ("/webhooks/{webhook_id}", "delete", None, 204),
        ("/webhooks/{webhook_id}/enable", "post", None, 200),
        ("/webhooks/{webhook_id}/secret", "post", None, 200),
        ("/webhooks/{webhook_id}/deliveries", "get", None, 200),
    ],
)
def test_what_is_on_record_is_answered_as_the_document_says(
    served: Bureau, schema: Any, path: str, method: str, body: Any, status: int
) -> None:
    found = known(served)
    operation = schema[path][method]
    parameters = {name: value for name, value in found.items() if f"{{{name}}}" in path}
    case = operation.Case(path_parameters=parameters, **({"body": body, "media_type": _JSON} if body else {}))
    headers = {"authorization": f"Bearer {token_for(served.view, 'hefei.planning')}"}
    response = case.call(headers=headers)
    case.validate_response(response, checks=_CHECKS)
    assert response.status_code == status, response.text


def test_every_operation_is_described_in_both_languages_and_every_body_has_an_example() -> None:
    for path, method in _OPERATIONS:
        operation = document()["paths"][path][method]
        assert " · " in operation["summary"], path
        assert " · " in operation["description"], path
        taken = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if taken:
            assert document()["components"]["schemas"][taken["schema"]["$ref"].rpartition("/")[2]]["examples"], path


def test_every_answer_has_a_schema_with_an_example_and_every_problem_is_one() -> None:
    schemas = document()["components"]["schemas"]
    for path, method in _OPERATIONS:
        for status, answer in document()["paths"][path][method]["responses"].items():
            if status == "204":
                assert "content" not in answer, path
            elif status < "300":
                ((kind, said),) = answer["content"].items()
                name = said["schema"].get("$ref", "").rpartition("/")[2]
                assert kind != _JSON or schemas[name]["examples"], (path, status)
                assert kind == _JSON or said["schema"]["type"] == "string", (path, status)
            else:
                assert list(answer["content"]) == ["application/problem+json"], (path, status)


def _models() -> list[type[ApiModel]]:
    found, left = [], list(ApiModel.__subclasses__())
    while left:
        found.append(left.pop())
        left += found[-1].__subclasses__()
    return found


@pytest.mark.parametrize("model", _models(), ids=lambda model: model.__name__)
def test_examples_are_what_they_are_examples_of(model: type[ApiModel]) -> None:
    extra = model.model_config.get("json_schema_extra")
    for one in extra["examples"] if isinstance(extra, dict) and isinstance(extra["examples"], list) else ():
        model.model_validate_json(json.dumps(one))
