"""The OpenAPI document says what the API does: every operation is called with what holds and with what does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
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

from exchange.bootstrap.settings import Settings
from exchange.console.api.app import create_api
from exchange.console.api.context import Api
from exchange.console.api.openapi import openapi_of
from exchange.console.desk import Desk
from tests.console.department import Bureau, bureau, token_for

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
_DOCUMENT = openapi_of(create_api(Api(Desk(Settings.read({}, home=Path("nowhere")), None))))
_OPERATIONS = [(path, method) for path, methods in _DOCUMENT["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"))
    yield made
    made.desk.close()


@pytest.fixture(scope="module")
def schema(served: Bureau) -> Any:
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", served.app)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), _OPERATIONS, ids=lambda part: part)
def test_every_operation_answers_as_its_document_says(
    served: Bureau, schema: Any, path: str, method: str, mode: GenerationMode
) -> None:
    operation = schema[path][method]
    headers = {"authorization": f"Bearer {token_for(served.desk, 'hefei.planning')}"}
    checks = [*_CHECKS, negative_data_rejection] if mode is GenerationMode.NEGATIVE else _CHECKS

    @settings(
        max_examples=5,
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


def test_every_operation_is_described_in_both_languages_and_every_body_has_an_example() -> None:
    for path, method in _OPERATIONS:
        operation = _DOCUMENT["paths"][path][method]
        assert " · " in operation["summary"], path
        assert " · " in operation["description"], path
        taken = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if taken:
            assert _DOCUMENT["components"]["schemas"][taken["schema"]["$ref"].rpartition("/")[2]]["examples"], path
