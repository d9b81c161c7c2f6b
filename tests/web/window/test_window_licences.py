"""Licences for everybody: the public register, verification by code, address and file, and the applicant's own."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from exchange.approval.window.licensing.entering import EntryWanted, enter
from exchange.approval.window.licensing.issuing import LicenceWanted, issue
from exchange.clock import CST
from exchange.licences.asking import QueryWanted, ask
from exchange.licences.records import LicencePlace, LicenceRow
from exchange.paper.originals import original_of
from exchange.schemas import AcceptanceMode, LicenceChange, LicenceHolder
from exchange.window.app import create_app
from exchange.window.pages.licences.listing import place_of, token_of
from tests.journeys.city import wait_until
from tests.journeys.portal import arrive
from tests.web.window.shown_city import ShownCity
from tests.web.window.test_window_cases import filed, page_of
from tests.web.window.wicket import HOST, Applicant, Wicket

pytestmark = pytest.mark.broker


def visitor_of(shown: ShownCity) -> Applicant:
    """Somebody who has nothing to do with any case."""
    english = {"accept-language": "en"}
    return Applicant(TestClient(create_app(shown.face), base_url=HOST, follow_redirects=False, headers=english))


def granted(shown: ShownCity, applicant: Applicant) -> LicenceRow:
    """What an applicant has filed is decided, and its licence issued."""
    shown.arrive()
    shown.reply_all(applicant.number)
    case = shown.view(applicant.number).acceptances[-1].case_number
    licence = issue(shown.city.window, case or "", LicenceWanted("发证岗李四", permits="<b>占用慢车道</b>"))
    arrive(shown.city)
    return licence


def test_a_granted_case_links_to_its_licence_which_anybody_verifies_until_it_is_revoked(shown: ShownCity) -> None:
    applicant = filed(shown, "en", acceptance=AcceptanceMode.AUTOMATIC)
    assert "/verify/" not in page_of(applicant)
    licence = granted(shown, applicant)
    there = f"/verify/{licence.number}/{licence.code}"
    page = page_of(applicant)
    assert there in page
    file = applicant.http.get(f"/cases/{applicant.number}/licence")
    assert file.headers["content-disposition"] == f'attachment; filename="{licence.number}.cose"'

    stranger = visitor_of(shown)
    assert stranger.http.get(f"/cases/{applicant.number}/licence").status_code == 401
    page = stranger.get(there)
    assert ">valid<" in page
    assert "&lt;b&gt;占用慢车道&lt;/b&gt;" in page
    assert "热***" in page, "without a code of an organisation it counts as a person"
    assert "热电公司" not in page
    assert "李四" not in page
    answer = stranger.post(
        "/verify", {"number": licence.number.lower(), "code": f"{licence.code[:4]}-{licence.code[4:]}"}
    )
    assert answer.headers["location"] == there
    assert ">valid<" in stranger.post("/verify/file", {}, files={"file": ("x.cose", file.content)}).text

    paper = applicant.http.get(f"/cases/{applicant.number}/licence.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.headers["content-disposition"] == f'attachment; filename="{licence.number}.pdf"'
    assert paper.headers["x-content-type-options"] == "nosniff"
    assert original_of(paper.content) == file.content
    assert applicant.http.get(f"/cases/{applicant.number}/licence.pdf").content == paper.content
    assert stranger.http.get(f"/cases/{applicant.number}/licence.pdf").status_code == 401
    assert ">valid<" in stranger.post("/verify/file", {}, files={"file": ("x.pdf", paper.content)}).text
    assert "Not issued by us" in stranger.post("/verify/file", {}, files={"file": ("x.pdf", b"%PDF-1.7\n")}).text
    assert '<svg role="img"' in page_of(applicant)
    shown.face.site = "https://apply.example.org"
    moved = applicant.http.get(f"/cases/{applicant.number}/licence.pdf").content
    shown.face.site = ""
    said = PdfReader(io.BytesIO(moved)).pages[0].extract_text()
    assert f"https://apply.example.org/verify/{licence.number}" in said.replace("\n", "")
    assert licence.code[:4] in said
    turned = file.content[:-1] + bytes([file.content[-1] ^ 1])
    assert "Not issued by us" in stranger.post("/verify/file", {}, files={"file": ("x.cose", turned)}).text
    assert "Not issued by us" in stranger.get(f"/verify/{licence.number}/0000-0000-0000-0000")

    asked = f"/cases/{applicant.number}/asked"
    assert "No department has asked." in applicant.get(asked)
    wanted = QueryWanted("核实<b>占道</b>许可", ("行政许可法第三十三条",), licence.number)
    ask(shown.city.node("fire"), wanted)
    shown.city.wake("fire")
    arrive(shown.city)
    wait_until(lambda: "核实" in applicant.get(asked), what="who has asked")
    page = applicant.get(asked)
    assert "核实&lt;b&gt;占道&lt;/b&gt;许可" in page
    assert "行政许可法第三十三条" in page
    assert f'href="{asked}"' in page_of(applicant)
    assert stranger.http.get(asked).status_code == 401
    told = applicant.http.get(f"/cases/{applicant.number}/asked", headers={"accept-language": "zh-CN"}).text
    assert "消防" in told, "by its name"
    other = LicenceHolder(name="庐州供热有限公司", identifier="91340100MA00000011")
    enter(shown.city.window, licence.number, EntryWanted(LicenceChange.CHANGED, "李四", "变更持有人", holder=other))
    arrive(shown.city)
    assert "核实" not in applicant.get(asked), "what is asked about another holder's licence is not for the former one"
    assert asked not in page_of(applicant)
    enter(shown.city.window, licence.number, EntryWanted(LicenceChange.REVOKED, "李四", "以欺骗手段取得"))
    arrive(shown.city)
    assert ">revoked<" in stranger.get(there)
    assert ">revoked<" in stranger.post("/verify/file", {}, files={"file": ("x.cose", file.content)}).text
    register = stranger.get(f"/licences?q={licence.number}")
    assert licence.number in register
    assert ">revoked<" in register
    for path in ("/licences.csv", "/licences.json", "/licences.atom"):
        text = stranger.get(path)
        assert licence.number in text, path
        assert "热电公司" not in text, path
        assert "欺骗" not in text, path
    row = list(csv.reader(io.StringIO(stranger.get("/licences.csv").removeprefix("\ufeff"))))[1]
    assert row[10] == "revoked"


def test_the_register_is_gone_through_page_by_page(shown: ShownCity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.window.pages.licences.listing._PAGE", 1)
    first = granted(shown, filed(shown, "en", acceptance=AcceptanceMode.AUTOMATIC))
    second = granted(shown, filed(shown, "en", acceptance=AcceptanceMode.AUTOMATIC))
    visitor = visitor_of(shown)
    page = visitor.get("/licences")
    assert second.number in page
    assert first.number not in page
    onward = page.partition('href="/licences?after=')[2].partition('"')[0]
    page = visitor.get(f"/licences?after={onward}")
    assert first.number in page
    assert second.number not in page
    assert "after=" not in page


def test_what_is_left_out_is_asked_for_and_an_empty_register_says_so(wicket: Wicket) -> None:
    visitor = wicket.visitor()
    assert "There is none yet." in visitor.get("/licences")
    assert "Persons are not found by name" in visitor.get("/licences?q=%E5%BC%A0%E4%B8%89")
    assert visitor.post("/verify", {"number": "X-1", "code": " "}).status_code == 422
    assert "Give number and code." in (visitor.last.text if visitor.last else "")
    assert visitor.post("/verify/file", {}, files={"file": ("", b"")}).status_code == 422
    assert visitor.http.get("/licences.json").json() == {"licences": []}
    assert 'href="/licences"' in visitor.get("/")
    assert "核验一份许可证件" in wicket.visitor("zh-CN").get("/licences")


def test_a_place_in_the_register_survives_its_address_and_nothing_else_is_one() -> None:
    place = LicencePlace(datetime(2026, 3, 2, 9, 0, 0, 1, tzinfo=CST), "C-1", "c.window")
    assert place_of(token_of(place)) == place
    for wrong in ("", "x", "é", token_of(place)[:12], "MjAyNi0wMy0wMgpDCmM=", "_w=="):
        assert place_of(wrong) is None
