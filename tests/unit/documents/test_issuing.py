"""Whose name stands on a document, and whether that is who has signed it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from exchange.cli import naming
from exchange.cli.documents.message_views import letter_json, letter_view
from exchange.cli.view import console
from exchange.documents.rules.issuing import document_in, is_signers_name
from exchange.language import Language, speak
from exchange.schemas import Document, DocumentKind, DocumentNumber

NAMES = ("合肥市自然资源和规划局", "Hefei Planning Bureau")


@pytest.mark.parametrize(
    ("issuer", "own"),
    [
        ("合肥市自然资源和规划局", True),
        ("合肥市自然资源和规划局文件", True),
        ("合肥市 自然资源和规划局", True),
        ("hefei planning bureau", True),
        ("合肥市人民政府", False),
        ("合肥市自然资源和规划局办公室", False),
        ("自然资源和规划局", False),
    ],
)
def test_an_issuer_is_the_signer_by_its_whole_name_alone(issuer: str, own: bool) -> None:
    assert is_signers_name(issuer, NAMES) is own
    assert is_signers_name(issuer, ()) is None


def letter(issuer: str) -> Document:
    number = DocumentNumber(agency="合政", year=2026, serial=1)
    return Document(number=number, kind=DocumentKind.LETTER, issuer=issuer, title="关于某事的函", body="x", date=None)


def filed(issuer: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(naming._names, "hefei.planning", NAMES)  # type: ignore[arg-type]
    body = letter(issuer)
    stored = SimpleNamespace(
        sender="hefei.planning", kind="document", direction="received", message_id="1", recorded_at=None, enclosures=()
    )
    verified = SimpleNamespace(body=body, payload=body.model_dump_json().encode())
    return SimpleNamespace(stored=stored, verified=verified, joint=None, passed_on=None, fault=None, copies=())


def test_show_says_in_both_languages_that_the_issuer_has_not_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange.cli.documents import message_views

    monkeypatch.setattr(message_views, "_heading", lambda item: "")
    monkeypatch.setattr(message_views, "_handling", lambda item: ())
    assert document_in(letter("x")) is not None
    for language, word in ((Language.ENGLISH, "not its signer's name"), (Language.CHINESE, "不是签署机关的名称")):
        speak(language)
        for issuer, said in (("合肥市人民政府", True), (NAMES[0], False)):
            with console.capture() as shown:
                console.print(letter_view(filed(issuer, monkeypatch)), width=200)
            assert issuer in shown.get()
            assert (word in shown.get()) is said


@pytest.mark.parametrize(("issuer", "own"), [("合肥市人民政府", False), (NAMES[0], True)])
def test_machines_are_told_too(issuer: str, own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange.cli.documents import message_views

    monkeypatch.setattr(message_views, "attachments", lambda item: ())
    item = filed(issuer, monkeypatch)
    item.stored.recorded_at = SimpleNamespace(isoformat=lambda: "2026")
    assert letter_json(item)["issuer_is_signer"] is own
