"""Files of an application by plain forms: each by itself, scanned where a scanner is set, said otherwise."""

from __future__ import annotations

from exchange.claims import fetch
from exchange.portal.drafting import draft_of
from exchange.portal.large_files import claim_of
from exchange.portal.uploads.keeping import KeptFile
from exchange.portal.uploads.limits import FILE_MOST
from exchange.runtime.settings import Home
from exchange.schemas.base import ATTACHMENT_LIMIT
from tests.web.clamd import scanner
from tests.web.window.wicket import Applicant, Wicket


def names(wicket: Wicket, applicant: Applicant) -> list[tuple[str, str]]:
    return [(file.name, file.scanned) for file in draft_of(wicket.face.node, applicant.number).files]


def test_a_file_is_added_shown_and_removed(wicket: Wicket, applicant: Applicant) -> None:
    assert applicant.upload("plan", "方案 𠮷 👷.txt", "方案".encode()).status_code == 303
    page = applicant.get(f"/drafts/{applicant.number}/steps/materials")
    assert "方案 𠮷 👷.txt" in page
    assert "not scanned" in page
    (file,) = draft_of(wicket.face.node, applicant.number).files
    token = applicant.hidden(f"/drafts/{applicant.number}/steps/materials")["token"]
    applicant.post(f"/drafts/{applicant.number}/detach", {"token": token, "file": file.file_id})
    assert names(wicket, applicant) == []


def test_several_files_of_one_form_are_taken_and_what_is_wrong_with_one_keeps_out_no_other(
    wicket: Wicket, applicant: Applicant
) -> None:
    token = applicant.hidden(f"/drafts/{applicant.number}/steps/materials")["token"]
    sent = [("一.txt", b"one"), ("空.pdf", b""), ("二.txt", b"two"), ("三.exe", b"MZ\x90\x00\x03")]
    answer = applicant.post(
        f"/drafts/{applicant.number}/files/plan",
        {"token": token},
        files=[("files", (name, data, "application/pdf")) for name, data in sent],
    )
    assert answer.status_code == 422
    assert "空.pdf" in answer.text
    assert "the file is empty" in answer.text
    assert "this material has at most 3 files" in answer.text
    assert names(wicket, applicant) == [("一.txt", ""), ("二.txt", "")]


def test_a_file_that_is_too_large_for_an_envelope_lies_encrypted_in_the_claim_store(
    wicket: Wicket, applicant: Applicant
) -> None:
    large = b"x" * (ATTACHMENT_LIMIT + 1)
    assert applicant.upload("plan", "a.txt", b"x" * ATTACHMENT_LIMIT).status_code == 303
    assert applicant.upload("plan", "b.txt", large).status_code == 303
    inline, kept = draft_of(wicket.face.node, applicant.number).files
    assert (inline.claim, kept.name, kept.size) == (None, "b.txt", len(large))
    claim = claim_of(kept.claim or "")
    home = Home(wicket.settings.home)
    stored = [file.read_bytes() for file in home.claims.rglob("*") if file.is_file()]
    assert stored
    assert not any(b"x" * 64 in data for data in stored)
    fetched = fetch(claim, wicket.settings.home / "fetched", wicket.face.claims()).read_bytes()
    assert fetched == large
    assert [file for file in home.uploads("hefei.portal").iterdir() if file.stat().st_size] == []


def test_a_file_above_the_limit_is_refused_with_a_remedy(wicket: Wicket, applicant: Applicant) -> None:
    refused = applicant.upload("plan", "b.txt", b"x" * (FILE_MOST + 1))
    assert refused.status_code == 422
    assert "20,971,521 bytes, 20,971,520 at most" in refused.text
    assert "make it smaller" in refused.text
    assert names(wicket, applicant) == []


def test_a_form_with_more_than_all_its_files_may_have_is_refused_unread(wicket: Wicket, applicant: Applicant) -> None:
    assert applicant.upload("plan", "a.txt", b"x" * (2 * FILE_MOST + 100_000)).status_code == 413
    assert names(wicket, applicant) == []


def test_a_name_that_was_tidied_is_said(wicket: Wicket, applicant: Applicant) -> None:
    answer = applicant.upload("plan", "../../\u202etxt.方案.txt", b"x")
    assert "done=renamed" in answer.headers["location"]
    assert names(wicket, applicant) == [("txt.方案.txt", "")]


def test_what_a_scanner_finds_is_refused_and_what_it_does_not_find_is_recorded(
    wicket: Wicket, applicant: Applicant
) -> None:
    with scanner(b"harm") as place:
        wicket.face.scanner = place
        refused = applicant.upload("plan", "a.txt", b"some harm in it")
        assert refused.status_code == 422
        assert "something harmful" in refused.text
        assert applicant.upload("plan", "b.txt", b"nothing in it").status_code == 303
    assert names(wicket, applicant) == [("b.txt", "clamd")]
    assert applicant.upload("plan", "c.txt", b"while it is away").status_code == 303
    assert names(wicket, applicant)[-1] == ("c.txt", ""), "never called scanned"


def test_of_two_files_that_come_at_once_for_the_last_place_one_is_taken(wicket: Wicket, applicant: Applicant) -> None:
    plan = next(one for one in wicket.face.matters["works"].materials if one.code == "plan")
    for place in range(plan.files - 1):
        assert applicant.upload("plan", f"{place}.txt", b"one of them").status_code == 303

    def in_the_other_tab() -> None:
        wicket.face.keeping.keep(applicant.number, plan, KeptFile("other.txt", "text/plain", b"from another tab", ""))

    with scanner(b"harm", in_the_other_tab) as place:
        wicket.face.scanner = place
        refused = applicant.upload("plan", "late.txt", b"looked at while the other came")
    assert refused.status_code == 422
    assert f"this material has at most {plan.files} files" in refused.text
    assert [name for name, _ in names(wicket, applicant)] == ["0.txt", "1.txt", "other.txt"]


def test_the_limits_are_said_before_anybody_chooses_a_file(applicant: Applicant) -> None:
    for path in ("/matters/works/apply", f"/drafts/{applicant.number}/steps/materials"):
        page = applicant.get(path)
        assert "PDF, OFD, PNG" in page
        assert "20.0 MiB" in page


def test_where_there_is_no_file_it_is_said_where_it_lies(wicket: Wicket, applicant: Applicant) -> None:
    token = applicant.hidden(f"/drafts/{applicant.number}/steps/materials")["token"]
    path = f"/drafts/{applicant.number}/notes/plan"
    assert applicant.post(path, {"token": token, "note": "原件已交窗口"}).status_code == 303
    assert draft_of(wicket.face.node, applicant.number).entered.notes == {"plan": "原件已交窗口"}
    refused = applicant.post(path, {"token": token, "note": "x" * 501})
    assert refused.status_code == 422
    assert "x" * 501 in refused.text
