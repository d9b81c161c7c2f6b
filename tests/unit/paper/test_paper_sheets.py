"""What stands on papers: strangers' signs made visible, fonts chosen, a seal only for a signature that was verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.directory.view import load_directory
from exchange.envelope.document import sign_document
from exchange.errors import BadConfiguration, SenderError
from exchange.language import Language
from exchange.paper.characters import by_number, paragraphs, printable
from exchange.paper.fonts import PaperFonts, choose_fonts
from exchange.paper.links import status_link, verification_link
from exchange.paper.making import JointText, sheet_of, unsigned_sheet
from exchange.paper.pen import PaperSetting
from exchange.paper.sheet import PartLook, Sheet, SheetForm
from exchange.schemas import Acceptance, Body, Document, FilingReceipt, Header, JointDocument, JointDraft
from tests.unit.examples import EXAMPLES, MESSAGES
from tests.unit.facts import ID
from tests.unit.levels import NOW, family

LEVEL = family("a")["a"]
TRUST = load_directory(LEVEL.signed(), LEVEL.authority.certificate, NOW, 0)
SENDER = "a.planning"


def signed(body: Body) -> bytes:
    header = Header(
        message_id=ID,
        conversation_id=ID,
        kind=body.KIND,
        sender=SENDER,
        addressees=("a.relay",),
        created_at=NOW,
    )
    return sign_document(header.model_dump_json().encode(), body, LEVEL.department, [])


def laid_out(kind: str, **setting: object) -> Sheet:
    body = EXAMPLES[kind]
    assert isinstance(body, Body)
    names = {SENDER: ("规划局", "Planning")}
    return sheet_of(signed(body), TRUST, PaperSetting(names=names, **setting))  # type: ignore[arg-type]


def text_of(sheet: Sheet) -> str:
    return "\n".join(part.text for part in sheet.parts)


def test_a_seal_stands_for_the_verified_signer_and_never_on_a_deemed_consent() -> None:
    accepted = laid_out("acceptance", addressee="热电公司")
    assert (accepted.seal, accepted.signer, accepted.instead) == ("规划局", "规划局", "")
    assert (accepted.title, accepted.addressee) == ("受理通知书", "热电公司：")
    deemed = laid_out("deemed-consent")
    assert (deemed.seal, deemed.instead) == ("", "依规则产生，未经任何人批准")
    assert deemed.number == "C-1"
    turned = signed(EXAMPLES["acceptance"])  # type: ignore[arg-type]
    with pytest.raises(SenderError):
        sheet_of(turned[:-1] + bytes([turned[-1] ^ 1]), TRUST, PaperSetting())


def test_every_kind_has_a_paper() -> None:
    for body in MESSAGES:
        sheet = laid_out(body.KIND)
        assert sheet.title, body.KIND
        assert sheet.parts, body.KIND


def test_outcomes_receipts_and_licences_say_what_the_law_asks_and_where_their_codes_lead() -> None:
    receipt = laid_out("filing-receipt", link="https://w/case?number=X")
    assert "受理" not in text_of(receipt).replace("即为受理", "")
    assert receipt.link_says.startswith("扫码查询办理进度")
    body = EXAMPLES["filing-receipt"]
    assert isinstance(body, FilingReceipt)
    assert [part.text for part in receipt.parts if part.look is PartLook.CODE] == [
        f"SHA-256 {one.digest}" for one in body.files
    ]
    accepted = EXAMPLES["acceptance"]
    assert isinstance(accepted, Acceptance)
    decision = laid_out("decision-served", language=Language.ENGLISH)
    assert decision.title == "Decision: granted"
    heads = [part.text for part in decision.parts if part.look is PartLook.HEAD]
    assert heads[0] == "1. Reasons"
    assert heads[-1].endswith("Remedies")
    licence = laid_out("licence", link="https://w/verify/N/C", code="0123456789ABCDEF")
    assert licence.form is SheetForm.CERTIFICATE
    assert "0123-4567-89AB-CDEF" in licence.link_says
    assert laid_out("hearing-notice", link="https://w/").link == "", "nothing is scanned where nothing says what for"


def test_links_hold_no_secret_and_nothing_without_a_site() -> None:
    assert status_link("https://w", "A/B 1") == "https://w/case?number=A%2FB%201"
    assert verification_link("https://w", "N-1", "CODE") == "https://w/verify/N-1/CODE"
    assert (status_link("", "A"), verification_link("", "N", "C")) == ("", "")


def test_strangers_signs_are_all_seen_and_stay_within_the_margins() -> None:
    assert printable("ab\u202ec\u2066d\ue000\x00") == "ab〔U+202E〕c〔U+2066〕d〔U+E000〕〔U+0000〕"
    assert printable("中文 a\tb") == "中文 a b"
    assert max(map(len, printable("x" * 500).split("\u200b"))) <= 25
    assert printable("x" * 500).replace("\u200b", "") == "x" * 500
    assert paragraphs("a\n\n b\r\nc\u2028d ") == ["a", "b", "c", "d"]
    assert by_number("一𰻝", {"𰻝"}) == "一〔U+30EDD〕"


def test_fonts_of_the_standard_come_first_and_what_stands_in_is_told() -> None:
    assert choose_fonts(["DejaVu Sans"], {}) is None
    free = choose_fonts(["Noto Serif CJK SC", "Noto Sans CJK SC"], {})
    assert free is not None
    assert free.lacking == ("body", "title", "heading", "page")
    assert free.families["heading"] == ("Noto Sans CJK SC", "Noto Serif CJK SC")
    own = choose_fonts(["FangSong", "Noto Serif CJK SC", "My Song"], {"page": "My Song"})
    assert own is not None
    assert own.families["body"] == ("FangSong", "Noto Serif CJK SC")
    assert own.families["page"][0] == "My Song"
    assert own.lacking == ("title", "heading")
    read = PaperFonts.read({"EXCHANGE_PAPER_FONTS": "body = A B; page=C", "EXCHANGE_PAPER_FONT_FOLDERS": "/x:/y"})
    assert (read.families, read.folders) == ({"body": "A B", "page": "C"}, (Path("/x"), Path("/y")))
    for wrong in ("seal=X", "body=", "body"):
        with pytest.raises(BadConfiguration):
            PaperFonts.read({"EXCHANGE_PAPER_FONTS": wrong})


def test_a_joint_document_bears_the_names_of_all_who_have_signed_it_and_its_date() -> None:
    draft, issued = EXAMPLES["joint-draft"], EXAMPLES["joint-document"]
    assert isinstance(draft, JointDraft)
    assert isinstance(issued, JointDocument)
    names = {SENDER: ("规划局", "Planning"), draft.signers[1]: ("交通局", "Transport")}
    text = JointText(draft.document, (SENDER, draft.signers[1]), issued.issued_on)
    sheet = sheet_of(signed(issued), TRUST, PaperSetting(names=names), joint=text)
    assert (sheet.title, sheet.seal, sheet.notes[-1]) == (
        draft.document.title,
        "规划局",
        "（由规划局、交通局联合签名）",
    )
    day = issued.issued_on
    assert sheet.dated == f"{day.year}年{day.month}月{day.day}日"


def test_what_is_not_issued_yet_has_no_seal_and_says_so() -> None:
    document = EXAMPLES["document"]
    assert isinstance(document, Document)
    sheet = unsigned_sheet(document, SENDER, NOW, PaperSetting(names={SENDER: ("规划局", "Planning")}))
    assert (sheet.seal, sheet.seal_code, sheet.instead) == ("", "", "草稿，尚未签名")
    assert sheet.title == document.title
