"""Files of a case at a desk: given to be saved, and pages of PDF shown as pictures that were drawn apart."""

from __future__ import annotations

import hashlib
import io

from pypdf import PdfWriter

from exchange.approval.window.submit import submit
from exchange.schemas import Applicant, Application, Attachment, Material, SubmittedMaterial
from exchange.web.door.permissions import AccountRole
from tests.web.desk.office import Office

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


def _pdf(pages: int) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(200, 300)
    writer.write(out)
    return out.getvalue()


def _material(name: str, media_type: str, data: bytes) -> SubmittedMaterial:
    digest = hashlib.sha256(data).hexdigest()
    file = Attachment(name=name, media_type=media_type, size=len(data), digest=digest)
    return SubmittedMaterial(code="plan", attachment=file)


def test_a_file_is_given_to_be_saved_and_pages_of_pdf_are_shown_as_pictures_alone(office: Office) -> None:
    city = office.city
    several = (Material(code="plan", name="施工方案", files=3),)
    city.matter(city.approver("planning", silent=True), city.approver("transport"), materials=several)
    files = [
        ("方案.pdf", "application/pdf", _pdf(2)),
        ("图.png", "image/png", PNG),
        ("坏.pdf", "application/pdf", b"%PDF-x"),
    ]
    application = Application(
        matter="works",
        applicant=Applicant(name="热电公司", identifier="91340100X", contact="0551-0"),
        project="黄山路供热管道",
        materials=tuple(_material(*one) for one in files),
        submitted_at=city.clock.now(),
    )
    case = submit(city.window, application, enclosures=tuple(data for *_, data in files))
    city.wake("window")
    city.local.settle()
    clerk = office.officer("planning", AccountRole.CLERK)
    page = clerk.get(f"/case/{case.number}")
    place = {name: f"/case/{case.number}/files/{hashlib.sha256(data).hexdigest()}" for name, _, data in files}
    for name, _, data in files:
        assert f'href="{place[name]}"' in page
        given = clerk.http.get(place[name])
        assert given.content == data
        assert given.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in given.headers["content-security-policy"]
        assert given.headers["x-content-type-options"] == "nosniff"
    assert f'<img class="preview" src="{place["图.png"]}"' in page
    assert "Page 2 of 2" in clerk.get(f"{place['方案.pdf']}/view?page=2")
    picture = clerk.http.get(f"{place['方案.pdf']}/pages/2")
    assert picture.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert picture.headers["content-type"] == "image/png"
    assert "this page cannot be shown here" in clerk.get(f"{place['坏.pdf']}/view")
    assert "this page cannot be shown here" in clerk.get(f"{place['方案.pdf']}/view?page=3")
    assert "this file is not shown here" in clerk.get(f"{place['图.png']}/view")
    stranger = office.visitor("planning").http.get(place["图.png"])
    assert stranger.headers["location"].startswith("/sign-in")


def test_a_supervisor_reads_who_did_what_and_nobody_else_does(office: Office) -> None:
    supervisor = office.officer("transport", AccountRole.SUPERVISOR)
    made = supervisor.post("/accounts/make", {**supervisor.hidden("/accounts"), "name": "王芳", "role": "clerk"})
    assert made.headers["location"] == "/accounts/link"
    assert "/set-up/" in supervisor.get("/accounts/link")
    page = supervisor.get("/audit?account=su")
    assert "account made" in page
    assert "王芳 clerk" in page
    refused = office.officer("transport")
    assert "may not do this: audit log" in refused.get("/audit")
    assert 'href="/accounts"' not in refused.get("/")
