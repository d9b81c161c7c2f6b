"""What an applicant takes home: its files, and everything in one ZIP; as files that do nothing in our name."""

from __future__ import annotations

import io
import zipfile

from exchange.envelope import verify_signed
from exchange.evidence.bundle.contents import BundleReader
from exchange.evidence.proof.findings import FindingCode
from exchange.evidence.proof.verifying import verify_bundle
from exchange.operations.audit.store import AuditLog
from exchange.portal.drafting import draft_of
from exchange.schemas.base import ATTACHMENT_LIMIT
from tests.web.window.wicket import Applicant, Wicket


def test_a_file_comes_back_as_it_was_and_does_nothing_in_our_name(wicket: Wicket, applicant: Applicant) -> None:
    large = "大𠮷".encode() * ATTACHMENT_LIMIT
    sent = {"方案 𠮷.txt": b"<script>alert(1)</script>", "大.txt": large}
    for name, data in sent.items():
        assert applicant.upload("plan", name, data).status_code == 303
    files = {file.name: file for file in draft_of(wicket.face.node, applicant.number).files}
    page = applicant.get(f"/drafts/{applicant.number}/steps/materials")
    for name, data in sent.items():
        path = f"/drafts/{applicant.number}/files/{files[name].file_id}"
        assert path in page
        answer = applicant.http.get(path)
        assert answer.content == data
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        stranger = wicket.visitor()
        assert stranger.http.get(path).status_code == 401
    assert applicant.http.get(f"/drafts/{applicant.number}/files/none").status_code == 404
    assert (
        "%F0%A0%AE%B7"
        in applicant.http.get(f"/drafts/{applicant.number}/files/{files['方案 𠮷.txt'].file_id}").headers[
            "content-disposition"
        ]
    )


def test_everything_of_ones_own_is_in_one_zip_with_a_page_that_lists_it(wicket: Wicket, applicant: Applicant) -> None:
    applicant.fill_in()
    large = b"x" * (ATTACHMENT_LIMIT + 1)
    applicant.upload("pipes", "管线.txt", large)
    assert applicant.hand_in().status_code == 303
    page = applicant.get(f"/cases/{applicant.number}")
    assert f"/cases/{applicant.number}/everything.zip" in page
    answer = applicant.http.get(f"/cases/{applicant.number}/everything.zip")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        assert package.testzip() is None
        names = package.namelist()
        assert names[:3] == ["index.html", "files/01-方案.txt", "files/02-管线.txt"]
        assert package.read("files/01-方案.txt") == "方案".encode()
        assert package.read("files/02-管线.txt") == large
        (paper,) = names[3:]
        assert verify_signed(package.read(paper), wicket.face.node.directory).header.kind == "filing"
        listed = package.read("index.html").decode()
        for file in draft_of(wicket.face.node, applicant.number).files:
            assert file.digest in listed
        assert paper in listed
    assert wicket.visitor().http.get(f"/cases/{applicant.number}/everything.zip").status_code == 401


def test_the_evidence_is_ones_own_alone_recorded_and_not_given_without_end(
    wicket: Wicket, applicant: Applicant
) -> None:
    path = f"/cases/{applicant.number}/evidence.zip"
    assert applicant.http.get(path).status_code == 409, "nothing was handed in"
    applicant.fill_in()
    assert applicant.hand_in().status_code == 303
    assert path in applicant.get(f"/cases/{applicant.number}")
    answer = applicant.http.get(path)
    assert answer.headers["content-disposition"] == f'attachment; filename="{applicant.number}.evidence.zip"'
    found = verify_bundle(answer.content, (wicket.face.home.trusted / "authority.der").read_bytes())
    assert (found.contents.reader, found.contents.withheld) == (BundleReader.APPLICANT, ())
    assert found.contents.made_by == (wicket.face.node.address,)
    codes = {one.code for one in found.findings}
    assert FindingCode.DOCUMENT_SIGNED in codes
    assert FindingCode.RECEIPT_MISSING in codes, "the window has not signed for it yet"
    assert wicket.visitor().http.get(path).status_code == 401
    with wicket.face.node.store.reading() as tx:
        entries = [one for one in tx[AuditLog].entries() if one.action == "evidence"]
    assert [(one.account, one.what, one.outcome, one.origin) for one in entries] == [
        ("applicant", f"{applicant.number} reader=applicant", "done", "192.0.2.1")
    ]
    given = [applicant.http.get(path).status_code for _ in range(10)]
    assert given == [200] * 9 + [429]
