"""Whose name stands on a document, and whether that is who has signed it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from exchange.cli import naming
from exchange.cli.documents.message_views import letter_json, letter_view
from exchange.cli.view import console
from exchange.documents.rules.issuing import code_in, document_in, is_signers_name, issuing, issuing_in
from exchange.language import Language, speak
from exchange.schemas import Document, DocumentKind, DocumentNumber
from exchange.schemas.document import AnnouncementNumber, OrderNumber

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


def member(address: str, names: tuple[str, str], codes: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(address=address, name=names[0], name_en=names[1], codes=codes)


def filed(issuer: str, monkeypatch: pytest.MonkeyPatch, codes: tuple[str, ...] = ()) -> Any:
    monkeypatch.setitem(naming._names, "hefei.planning", NAMES)  # type: ignore[arg-type]
    body = letter(issuer)
    stored = SimpleNamespace(
        sender="hefei.planning", kind="document", direction="received", message_id="1", recorded_at=None, enclosures=()
    )
    verified = SimpleNamespace(body=body, payload=body.model_dump_json().encode())
    found = issuing_in(body, "hefei.planning", [member("hefei.planning", NAMES, codes)])
    return SimpleNamespace(
        stored=stored,
        verified=verified,
        joint=None,
        passed_on=None,
        fault=None,
        copies=(),
        issuing=found,
        registered=None,
        readers=(),
        handled=(),
        replaces=None,
    )


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


OTHER = member("hefei.finance", ("合肥市财政局", "Finance"), ("合财",))
CITY = member("hefei.window", ("合肥市人民政府", "City"), ("合政",))


@pytest.mark.parametrize(
    ("code", "own", "is_signers"),
    [
        ("合自然资", ("合自然资", "合自然资函"), True),
        ("合自然资函", ("合自然资", "合自然资函"), True),
        ("合自然资办", ("合自然资", "合自然资函"), False),  # each is listed in full
        ("合政", ("合自然资",), False),
        ("合政", (), False),  # another's, though the signer lists none of its own
        ("皖政", (), None),  # nobody's here
    ],
)
def test_a_numbers_agency_code_is_held_against_its_signer(
    code: str, own: tuple[str, ...], is_signers: bool | None
) -> None:
    body = letter(NAMES[0]).model_copy(update={"number": DocumentNumber(agency=code, year=2026, serial=1)})
    found = issuing(body, "hefei.planning", [member("hefei.planning", NAMES, own), OTHER, CITY])
    assert found.code_is_signers is is_signers
    assert issuing(body, "anhui.elsewhere.office", [OTHER, CITY]).code_is_signers is None, "another domain's codes"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (OrderNumber(agency="合政令", serial=7), "合政"),
        (AnnouncementNumber(agency="合政通告", year=2026, issue=7), "合政"),
        (AnnouncementNumber(agency="公告", year=2026, issue=7), ""),
    ],
)
def test_the_code_of_an_order_or_announcement_stands_before_its_name(number: Any, code: str) -> None:
    assert code_in(number) == code


def test_show_says_in_both_languages_whose_number_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    from exchange.cli.documents import message_views

    monkeypatch.setattr(message_views, "_heading", lambda item: "")
    monkeypatch.setattr(message_views, "_handling", lambda item: ())
    said = {
        Language.ENGLISH: ("not its signer's", "is not known"),
        Language.CHINESE: ("不是签署机关", "是否为签署机关"),
    }
    for language, (not_its, unknown) in said.items():
        speak(language)
        shown: dict[tuple[str, ...], str] = {}
        for codes in (("合政",), ("合自然资",), ()):
            with console.capture() as capture:
                console.print(letter_view(filed(NAMES[0], monkeypatch, codes)), width=200)
            shown[codes] = capture.get()
        assert not_its in shown["合自然资",]
        assert unknown in shown[()]
        assert not_its not in shown["合政",]
