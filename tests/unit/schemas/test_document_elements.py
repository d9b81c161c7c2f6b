"""Elements of GB/T 9704-2012 that a document may bear since schema version 5; without them it stays as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from exchange.schemas import Document

PLAIN: dict[str, Any] = {
    "number": {"agency": "皖政", "year": 2026, "serial": 3},
    "kind": "意见",
    "issuer": "安徽省人民政府",
    "title": "关于防汛的意见",
    "body": "正文",
    "date": "2026-03-02",
}
AGREED_IN = "1f8a9c52-3a3d-4c52-8d5b-6c2b8a1f0a11"


def _read(fields: dict[str, Any]) -> Document:
    return Document.model_validate_json(json.dumps(fields))


@pytest.mark.parametrize(
    "more",
    [
        {"copy_number": 7},
        {"issuing_mark": "安徽省人民政府文件"},
        {"printing": {"by": "安徽省人民政府办公厅", "on": "2026-03-03"}},
        {"concerns": [{"authority": "anhui.water", "agreed_in": AGREED_IN}]},
        {"classification": "机密", "classification_period": "10年"},
    ],
)
def test_a_document_with_any_of_them_is_of_version_5_and_reads_back_as_it_was(more: dict[str, Any]) -> None:
    document = _read(PLAIN | more)
    assert document.written_version == 5
    assert Document.model_validate_json(document.model_dump_json()) == document


def test_without_them_nothing_is_written_that_older_readers_do_not_know() -> None:
    document = _read(PLAIN)
    assert document.written_version == 1
    assert not {"concerns", "copy_number", "classification_period", "issuing_mark", "printing"} & set(
        document.model_dump(mode="json")
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"classification_period": "10年"}, "only a classified document"),
        ({"printing": {"by": "办公厅", "on": "2026-03-01"}}, "before its date of issue"),
        ({"concerns": [{"authority": "anhui.water"}, {"authority": "anhui.water"}]}, "twice"),
        ({"copy_number": 1_000_000}, "copy_number"),
        ({"classification": "机密", "classification_period": "十年"}, "classification_period"),
    ],
)
def test_what_the_standard_does_not_know_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        _read(PLAIN | more)
