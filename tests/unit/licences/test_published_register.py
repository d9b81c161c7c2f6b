"""The register for machines and spreadsheets: what is public, whole, and harmless wherever it is opened."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

from exchange.language import Language, speaking
from exchange.licences.kept import KeptLicence, register_row
from exchange.licences.published import register_atom, register_csv, register_json
from exchange.licences.register import PublicLicence, public_licence
from exchange.schemas import Licence, LicenceChange, LicenceEntry
from tests.unit.facts import ID, at
from tests.unit.licences.licences import PERSON, entry, licence

DAY = date(2026, 4, 2)
ATOM = "{http://www.w3.org/2005/Atom}"


def public(body: Licence, *entries: LicenceEntry) -> PublicLicence:
    row = register_row(body, ID, "ab" * 32, entries)
    return public_licence(KeptLicence(row, body, b"", entries, ()), DAY)


REVOKED = public(licence(), entry(LicenceChange.REVOKED, date(2026, 4, 1)))
OF_A_PERSON = public(licence(number="C-WORKS-2026-00002", holder=PERSON, permits="张小明 在自家门前占道"))


def test_a_table_has_the_fields_of_the_double_publication_and_shows_what_was_revoked() -> None:
    with speaking(Language.CHINESE):
        title, first, second = csv.reader(io.StringIO(register_csv([REVOKED, OF_A_PERSON]).removeprefix("\ufeff")))
    assert dict(zip(title, first, strict=True)) == {
        "许可编号": "C-WORKS-2026-00001",
        "行政相对人名称": "合肥热电集团有限公司",
        "行政相对人代码": "91340100MA2RTLCW7X",
        "许可事项": "占用道路施工",
        "许可内容": "占用黄山路慢车道",
        "许可决定文书号": "C-1",
        "许可决定日期": "2026-03-10",
        "有效期自": "2026-03-16",
        "有效期至": "2026-09-15",
        "许可机关": "城市管理局",
        "当前状态": "已撤销",
        "变动": "2026-04-01 撤销",
    }
    assert second[1:3] == ["张**", "**************002X"]


def test_no_form_of_it_names_a_person_or_what_a_person_is_allowed() -> None:
    for text in (
        register_csv([OF_A_PERSON]),
        register_json([OF_A_PERSON]),
        register_atom([OF_A_PERSON], "https://x.cn", "t", at("04-02")),
    ):
        assert "张**" in text
        for secret in ("张小明", "11010519491231", "自家门前"):
            assert secret not in text


def test_no_cell_becomes_a_formula() -> None:
    evil = replace(REVOKED, permits='=HYPERLINK("http://x")', holder="＋1")
    with speaking(Language.ENGLISH):
        row = list(csv.reader(io.StringIO(register_csv([evil]))))[1]
    assert (row[1], row[4]) == ("'＋1", '\'=HYPERLINK("http://x")')


def test_data_for_machines_is_in_codes_and_both_languages() -> None:
    (one,) = json.loads(register_json([REVOKED]))["licences"]
    assert (one["standing"], one["valid_until"], one["organisation"]) == ("revoked", "2026-09-15", True)
    assert one["authority"] == {"zh": "城市管理局", "en": "Urban Management Bureau"}
    entry = {"change": "revoked", "effective_on": "2026-04-01", "basis": ["行政许可法"]}
    assert one["entries"] == [entry | {"valid_until": None, "by_law": False}]
    endless = json.loads(register_json([public(licence(valid_until=None))]))["licences"][0]
    assert (endless["valid_until"], endless["standing"]) == (None, "valid")


def test_a_feed_is_sound_whatever_stands_in_a_name() -> None:
    odd = replace(REVOKED, holder='<b>"甲" & 乙\x00\ud800</b>')
    with speaking(Language.ENGLISH):
        text = register_atom([odd, OF_A_PERSON], "https://gov.example.cn/", "Licences <new>", at("04-02"))
    feed = ET.fromstring(text.encode())
    assert feed.findtext(f"{ATOM}title") == "Licences <new>"
    assert [link.get("href") for link in feed.findall(f"{ATOM}link")] == [
        "https://gov.example.cn/licences",
        "https://gov.example.cn/licences.atom",
    ]
    first, second = feed.findall(f"{ATOM}entry")
    assert '<b>"甲" & 乙\ufffd\ufffd</b>' in (first.findtext(f"{ATOM}summary") or "")
    assert first.findtext(f"{ATOM}updated") == at("03-20").isoformat(), "the entry on it is news"
    assert second.findtext(f"{ATOM}updated") == at("03-11").isoformat()
