"""The counter: an application from paper is entered, kept, checked as everywhere, and filed once."""

from __future__ import annotations

import pytest

from exchange.approval.window.store import Cases
from exchange.portal.drafting import draft_of
from exchange.schemas import Bilingual, FilingChannel, InputType, Material, Matter
from exchange.schemas.catalogue.fields import MatterField
from exchange.web.door.passwords import Passwords
from exchange.web.door.permissions import AccountRole
from tests.journeys.portal import arrive, offer, row
from tests.web.desk.office import Office, Officer

PLAN = Material(code="plan", name="施工方案", name_en="Plan")
PROOF = Material(code="proof", name="资金证明", name_en="Proof of funds", promise_days=5)
LENGTH = MatterField(
    name="length", label=Bilingual(zh="长度", en="Length"), type=InputType.DECIMAL, unit="m", minimum="1"
)
WHO = {
    "applicant-name": "热电公司",
    "applicant-identifier": "91340100X",
    "applicant-contact": "0551-0",
    "project": "黄山路供热管道",
}
SCAN = ("方案.txt", "施工方案全文".encode(), "text/plain")


@pytest.fixture(scope="module")
def matter(lead_office: Office) -> Matter:
    return offer(lead_office.city, materials=(PLAN, PROOF), fields=(LENGTH,))


def _begin(officer: Officer, matter: Matter) -> tuple[str, dict[str, object]]:
    """Begin the form; its path and its hidden fields."""
    page = officer.get(f"/counter/begin?matter={matter.code}")
    path = page.partition('<form class="letter-form" method="post" action="')[2].partition('"')[0]
    return path, {"matter": matter.code, **officer.fields_of(page)}


def _cases(office: Office, project: str) -> list[str]:
    with office.city.window.store.reading() as tx:
        return [one.number for one in tx[Cases].recent() if one.project == project]


@pytest.mark.broker
def test_all_that_is_lacking_is_told_at_its_field_and_nothing_typed_is_lost(
    lead_office: Office, matter: Matter
) -> None:
    clerk = lead_office.officer("window", AccountRole.CLERK)
    assert matter.code in clerk.get("/counter")
    path, fields = _begin(clerk, matter)
    sent = {**fields, "project": "某项目", "f-length": "一点", "then": "preview"}
    kept = clerk.post(path, sent, files={"file-plan": ("virus.exe", b"MZ\x00\x01", "text/plain")})
    assert kept.status_code == 422, "what is no kind that is taken is not kept"
    assert 'href="#m-plan"' in kept.text
    assert "某项目" in kept.text
    assert clerk.post(path, sent).headers["location"] == f"{path}?check=1"
    page = clerk.get(f"{path}?check=1")
    for anchor in ("applicant-name", "applicant-contact", "f-length", "m-plan", "m-proof"):
        assert f'href="#{anchor}"' in page, anchor
    assert 'value="一点"' in page
    assert "某项目" in clerk.get("/counter"), "the office sees what was begun"


@pytest.mark.broker
def test_an_application_is_submitted_once_by_a_clerk_and_opens_its_case(lead_office: Office, matter: Matter) -> None:
    clerk, project = lead_office.officer("window", AccountRole.CLERK), "录入的项目"
    path, fields = _begin(clerk, matter)
    saved = clerk.post(f"{path}/autosave", {**fields, "project": "半"}).json()
    assert saved["left"] == 0
    sent = {**fields, **saved, **WHO, "project": project, "f-length": "１２", "n-proof": "窗口存原件"}
    late = clerk.post(path, {**fields, "project": "另一份", "then": "keep"})
    assert late.status_code == 409, "its mark is that of a draft that was not there"
    there = clerk.post(path, {**sent, "then": "preview"}, files={"file-plan": SCAN})
    assert there.headers["location"] == f"{path}/preview"
    page = clerk.get(f"{path}/preview")
    assert "方案.txt" in page
    assert "12 m" in page
    final = clerk.fields_of(page)
    filed = clerk.post(f"{path}/submit", final)
    again = clerk.post(f"{path}/submit", final)
    assert filed.headers["location"] == again.headers["location"]
    (number,) = _cases(lead_office, project)
    assert filed.headers["location"] == f"/lead/case/{number}?done=case-opened"
    assert "方案.txt" in clerk.get(f"/lead/case/{number}")
    assert [one for one in lead_office.logged("window") if one[1] == "submit"] == [
        ("chen", "submit", f"{path}/submit", "done")
    ]
    assert clerk.http.get(path).status_code == 404, "the draft is gone"


@pytest.mark.broker
def test_paper_is_handed_in_at_a_portal_with_a_code_for_its_applicant(lead_office: Office, matter: Matter) -> None:
    clerk = lead_office.officer("portal", AccountRole.CLERK)
    menu = clerk.get("/")
    assert 'href="/counter"' in menu
    assert 'href="/documents"' not in menu, "a portal writes to nobody"
    assert clerk.http.get("/documents/kinds").status_code == 404
    assert "/account/calendar" not in clerk.get("/account")
    path, fields = _begin(clerk, matter)
    sent = {**fields, **WHO, "agent-name": "张三", "f-length": "12", "then": "preview"}
    assert clerk.post(path, sent, files={"file-plan": SCAN}).headers["location"].endswith("?check=1")
    page = clerk.get(f"{path}?check=1")
    assert 'href="#agent-contact"' in page, "who hands it in is named in full"
    assert 'href="#m-proof"' not in page, "what may be promised is no fault at a portal"
    more = {"agent-identifier": "34", "agent-contact": "138", **clerk.fields_of(page)}
    assert clerk.post(path, {**sent, **more}).headers["location"].endswith("/preview")
    page = clerk.get(f"{path}/preview")
    assert "Proof of funds" in page, "it is told what is missing still"
    final = clerk.fields_of(page)
    bare = clerk.post(f"{path}/hand-in", final)
    assert bare.status_code == 422
    assert 'href="#declared"' in bare.text
    final = {**clerk.fields_of(bare.text), "declared": "yes"}
    handed = clerk.post(f"{path}/hand-in", final)
    assert clerk.post(f"{path}/hand-in", final).headers["location"] == handed.headers["location"]
    shown = clerk.get(handed.headers["location"])
    number, code = (part.partition("</strong>")[0] for part in shown.split("<dd><strong>")[1:])
    draft = draft_of(lead_office.city.node("portal"), number)
    assert Passwords().verify(draft.code_hash, code.replace("-", ""))
    clerk.post(f"{handed.headers['location']}/given", clerk.fields_of(shown))
    assert code not in clerk.get(handed.headers["location"])
    arrive(lead_office.city)
    found = row(lead_office.city, number)
    assert (found.channel, found.applicant) == (FilingChannel.COUNTER, "热电公司")
    acts = [one for one in lead_office.logged("portal") if one[1] == "filing.hand-in" and one[2].endswith("/hand-in")]
    assert [one[3] for one in acts] == ["form", "done"]
