"""Classified documents stop at the door of an ordinary exchange."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from exchange.clock import monotonic
from exchange.errors import Secret
from exchange.messaging.rules.secrecy import check_application_secrecy, check_secrecy
from exchange.schemas import Attachment, Classification, Document, DocumentKind, DocumentNumber, SubmittedMaterial
from tests.unit.facts import application

MARKINGS = [
    "机密★1年", "绝密★", "秘密", "　机密　★ 10年", "绝密\n正文。", "机　密", "密级：机密", "【机密】", "（秘密）",
    "机密 1年", "000001 机密★1年", "№ 000001 绝密", "绝密 特急",
    "密级：秘密 保密期限：1年", "机\u200b密",
    "机\ufe00密", "\u3164绝密★", "秘\U000e0101密", "机\u034f密", "绝\u2800密", "\u202e秘密\u202c", "机\u00ad密",
    "秘密 长期", "正文\r机密★",
]  # fmt: skip


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
    assert "classified network" in refused.value.remedy


@pytest.mark.parametrize("marking", MARKINGS)
def test_a_document_that_bears_the_marking_is_refused_though_it_says_it_is_not_classified(marking: str) -> None:
    with pytest.raises(Secret, match="marking"):
        check_secrecy(document(f"{marking}\n正文。"))
    with pytest.raises(Secret, match="marking"):
        check_secrecy(document(notes=marking))


@pytest.mark.parametrize(
    "prose",
    [
        "保守国家秘密是公民的义务。",
        "机密文件应当登记。\n秘密级以上的另行发送。",
        "商业秘密受法律保护。",
        "秘密三年计划的实施。",
        "（一）秘密事项的范围",
        "密级：无",
        "秘密、机密、绝密三级",
        "机密级计算机应当登记",
    ],
)
def test_ordinary_prose_about_secrets_passes(prose: str) -> None:
    check_secrecy(document(prose))


def test_the_refusal_quotes_nothing_of_the_document() -> None:
    with pytest.raises(Secret) as refused:
        check_secrecy(document("机密★5年\n导弹阵地位于某地。"))
    assert "导弹" not in refused.value.diagnostics()


@pytest.mark.parametrize("marking", MARKINGS)
def test_a_marking_is_found_wherever_an_application_or_document_can_bear_it(marking: str) -> None:
    plan = SubmittedMaterial(code="plan", note=marking)
    attachment = Attachment(name=marking, media_type="text/plain", size=0, digest="0" * 64)
    for marked in (
        application(plan),
        application(project=marking),
        application(summary=marking),
        application(SubmittedMaterial(code="plan", attachment=attachment)),
    ):
        with pytest.raises(Secret, match="marking"):
            check_application_secrecy(marked)
    with pytest.raises(Secret, match="marking"):
        check_secrecy(document(attachment_note=(marking,)))


def test_an_ordinary_application_passes() -> None:
    check_application_secrecy(application(SubmittedMaterial(code="plan", note="方案一份"), summary="不涉及国家秘密"))


def test_looking_for_markings_takes_a_moment_even_in_a_text_made_to_take_long() -> None:
    began = monotonic()
    check_secrecy(document(" " * 100_000 + "一" * 100_000))
    check_secrecy(document("密级" * 50_000 + "0" * 100_000))
    assert monotonic() - began < 2
