"""Classified documents stop at the door of an ordinary exchange."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from exchange.errors import Secret
from exchange.rules.secrecy import check_secrecy
from schemas import Classification, Document, DocumentKind, DocumentNumber


def document(body: str = "正文。", **fields: Any) -> Document:
    facts: dict[str, Any] = {
        "number": DocumentNumber(agency="合政办", year=2026, serial=3),
        "kind": DocumentKind.NOTICE,
        "issuer": "合肥市人民政府办公室",
        "title": "关于做好防汛工作的通知",
        "body": body,
        "date": date(2026, 3, 2),
    }
    return Document(**facts | fields)


@pytest.mark.parametrize("classification", [c for c in Classification if c is not Classification.NONE])
def test_a_classified_document_is_refused(classification: Classification) -> None:
    with pytest.raises(Secret, match=classification.value) as refused:
        check_secrecy(document(classification=classification))
    assert "classified network" in refused.value.mend


@pytest.mark.parametrize("marking", ["机密★1年", "绝密★", "秘密", "　机密　★ 10年", "绝密\n正文。"])
def test_a_document_that_bears_the_marking_is_refused_though_it_says_it_is_not_classified(marking: str) -> None:
    with pytest.raises(Secret, match="marking"):
        check_secrecy(document(f"{marking}\n正文。"))
    with pytest.raises(Secret, match="marking"):
        check_secrecy(document(notes=marking))


@pytest.mark.parametrize(
    "prose", ["保守国家秘密是公民的义务。", "机密文件应当登记。\n秘密级以上的另行发送。", "商业秘密受法律保护。"]
)
def test_ordinary_prose_about_secrets_passes(prose: str) -> None:
    check_secrecy(document(prose))


def test_the_refusal_quotes_nothing_of_the_document() -> None:
    with pytest.raises(Secret) as refused:
        check_secrecy(document("机密★5年\n导弹阵地位于某地。"))
    assert "导弹" not in refused.value.diagnostics()
