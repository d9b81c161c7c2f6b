"""Papers as PDF/A, drawn by the real typesetter in its own process, and the original taken out of them again."""

from __future__ import annotations

import io
import os
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader

from exchange.errors import FontsMissing, PaperNotDrawn, TooLarge
from exchange.language import Language
from exchange.paper import drawing, originals
from exchange.paper.drawing import draw
from exchange.paper.fonts import PaperFonts
from exchange.paper.originals import is_pdf, original_of
from exchange.paper.sheet import PartLook, Sheet, SheetForm, SheetPart

ORIGINAL = bytes(range(256)) * 8
FONTS = PaperFonts()
AT = datetime(2026, 3, 4, 9, 30, 5, tzinfo=UTC)
SHEET = Sheet(
    form=SheetForm.LETTER,
    language=Language.CHINESE,
    mark="合肥市政务服务窗口",
    number="受理编号：HEFEI-2026-000001",
    title="受理通知书",
    parts=(SheetPart("一、依据", PartLook.HEAD), SheetPart("现予受理。")),
    signer="合肥市政务服务窗口",
    dated="2026年3月4日",
    at=AT,
    seal="合肥市政务服务窗口",
    seal_code="3f9a1c77e0b2d",
    addressee="热电公司：",
    link="https://apply.example.org/case?number=X",
    link_says="扫码查询",
)
CERTIFICATE = replace(
    SHEET,
    form=SheetForm.CERTIFICATE,
    parts=(SheetPart("热电公司", PartLook.ROW, "持有人"), SheetPart("占用慢车道\n长 120 米", PartLook.ROW, "许可内容")),
)
HOSTILE = (
    '#read("/etc/passwd") #import "@preview/x:0.1.0": * $x^2$ @ref <label> *strong* _emph_ = Head\n'
    "- list // comment /* more */ `raw` \\u{41} #{panic()} https://x.example/ ~ -- --- ...\n"
    "abc\u202edcba\u2066 \u200f עברית العربية \ue000\x07\n"
    "\U00030edd\U0002ffff𠀀 " + "x" * 3000
)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("sheet", [SHEET, CERTIFICATE], ids=["letter", "certificate"])
def test_a_paper_is_pdf_a_with_its_original_inside_and_the_same_every_time(sheet: Sheet) -> None:
    drawn = draw(sheet, ORIGINAL, FONTS)
    assert draw(sheet, ORIGINAL, FONTS) == drawn
    with pikepdf.open(io.BytesIO(drawn.pdf)) as pdf:
        with pdf.open_metadata() as told:
            assert (told["pdfaid:part"], told["pdfaid:conformance"]) == ("3", "B")
            assert told["xmp:CreateDate"] == "2026-03-04T09:30:05Z"
            assert told["dc:title"] == "受理通知书"
        attached = pdf.attachments["original.cose"]
        assert attached.get_file().read_bytes() == ORIGINAL
        assert pdf.Root.AF[0].AFRelationship == "/Source"
        assert pdf.Root.AF[0].EF.F.Subtype == "/application/cose"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert "/JavaScript" not in pdf.Root.Names
        assert {"/OpenAction", "/AA", "/AcroForm"}.isdisjoint(pdf.Root.keys())
        assert str(pdf.Root.Lang).startswith("zh")
        for page in pdf.pages:
            assert [round(float(one)) for one in page.mediabox] == [0, 0, 595, 842]
            assert "/Annots" not in page
            fonts = page.Resources.get("/Font", {})
            for font in (one.DescendantFonts[0] for one in fonts.values()):
                assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys()), "embedded"
    found = text_of(drawn.pdf).replace("\n", "")
    assert "热电公司" in found
    assert "apply.example.org" in found
    assert original_of(drawn.pdf) == ORIGINAL


def test_what_strangers_write_is_text_and_nothing_else() -> None:
    sheet = replace(
        SHEET,
        parts=(SheetPart(HOSTILE), SheetPart("一" * 20_000)),
        addressee=HOSTILE[:400],
        number="#panic()",
        signer='#eval("1")' * 4,
        seal='*"\\' * 20,
        notes=("]#[",),
    )
    drawn = draw(sheet, ORIGINAL, FONTS)
    found = text_of(drawn.pdf)
    assert '#read("/etc/passwd")' in found
    assert "root:" not in found
    assert "$x^2$ @ref <label> *strong* _emph_ = Head" in found
    assert "U+202E" in found
    assert "U+E000" in found
    assert "\U0002ffff" not in found
    assert "U+30EDD" in found or "\U00030edd" in found
    assert set(drawn.by_number) <= set(HOSTILE)
    pages = PdfReader(io.BytesIO(drawn.pdf)).pages
    assert len(pages) > 30, "20,000 signs, 28 a line, 22 lines a page"
    spread = re.findall(r"一+", pages[10].extract_text())
    assert {len(line) for line in spread[2:-2]} == {28}
    assert len(spread) == 22


SHORT = tuple(SheetPart(f"第{place}条。") for place in range(1, 12))
DOCUMENT = replace(
    SHEET, form=SheetForm.DOCUMENT, link="", link_says="",
    copies="抄送：市委办公室。", printed_by="合肥市人民政府办公室", printed_on="2026年3月4日印发",
)  # fmt: skip


@pytest.mark.parametrize(
    ("sheet", "parts", "pages"),
    [
        (DOCUMENT, SHORT[:3], 1),
        (DOCUMENT, SHORT[:4], 2),
        (DOCUMENT, SHORT[:6], 2),
        (replace(DOCUMENT, notes=("（此件公开发布）",)), SHORT[:3], 2),
        (DOCUMENT, (SheetPart("条" * 28 * 17),), 2),
        (SHEET, SHORT[:9], 1),
        (SHEET, SHORT[:10], 2),
    ],
)
def test_the_foot_of_a_paper_never_stands_on_a_page_without_text(
    sheet: Sheet, parts: tuple[SheetPart, ...], pages: int
) -> None:
    drawn = PdfReader(io.BytesIO(draw(replace(sheet, parts=parts), ORIGINAL, FONTS).pdf)).pages
    last = drawn[-1].extract_text().replace("\n", "")
    assert len(drawn) == pages
    assert "条" in last
    assert "2026年3月4日" in last
    if sheet.form is SheetForm.DOCUMENT:
        assert last.count("印发") == 1
        bottom = [line for line in drawn[-1].extract_text().splitlines() if "印发" in line or "抄送" in line]
        assert len(bottom) == 2, "all of it on one page"


def test_fonts_that_are_missing_are_a_refusal_and_what_cannot_be_drawn_in_time_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exchange.paper.fonts.SYSTEM_FOLDERS", (tmp_path,))
    with pytest.raises(FontsMissing) as refused:
        draw(SHEET, ORIGINAL, FONTS)
    assert "fonts-noto-cjk" in refused.value.remedy
    monkeypatch.undo()
    with pytest.raises(PaperNotDrawn):
        draw(SHEET, ORIGINAL, FONTS, seconds=0.01)
    with pytest.raises(TooLarge):
        draw(replace(SHEET, parts=(SheetPart("x" * drawing.LONGEST),)), ORIGINAL, FONTS)


def test_hostile_pdfs_hold_no_original_and_stop_nothing() -> None:
    bomb = zlib.compress(b"\0" * (64 << 20), 9)
    stream = b"<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(bomb), bomb)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(original.cose) 3 0 R]>>>>>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        b"<</Type/Filespec/F(original.cose)/UF(original.cose)/EF<</F 4 0 R>>>>",
        stream,
    )
    made = b"%PDF-1.7\n"
    places = []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"xref\n0 5\n0000000000 65535 f \n%strailer<</Root 1 0 R/Size 5>>\nstartxref\n%d\n%%%%EOF" % (
        table, len(made),
    )  # fmt: skip
    assert is_pdf(made)
    for hostile in (made, made[:200], b"%PDF-1.7\n" + b"[" * 200_000, b"%PDF-" + os.urandom(5000)):
        assert original_of(hostile) is None
    assert original_of(b"%PDF-" + b"0" * originals.LONGEST_PDF) is None
