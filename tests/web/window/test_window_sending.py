"""Files that go up in parts (tus 1.0): broken off, repeated, sent twice, killed; whole once, or refused with a word."""

from __future__ import annotations

import os

import pytest

from exchange.claims import fetch
from exchange.clock import RealClock
from exchange.portal.drafting import draft_of
from exchange.portal.large_files import claim_of
from exchange.portal.uploads import partial as under_way
from exchange.portal.uploads.limits import FILE_MOST, PARTIAL_KEPT
from exchange.schemas.base import ATTACHMENT_LIMIT
from tests.web.clamd import scanner
from tests.web.window.part_sender import OCTETS, PartSender
from tests.web.window.wicket import Applicant, Wicket


def kept(wicket: Wicket, applicant: Applicant) -> list[tuple[str, str, int]]:
    return [(one.name, one.digest, one.size) for one in draft_of(wicket.face.node, applicant.number).files]


def parts(wicket: Wicket) -> list[str]:
    return sorted(path.suffix for path in wicket.face.keeping.uploads.rglob("*") if path.suffix in (".part", ".json"))


def test_a_file_that_is_broken_off_goes_on_where_it_stopped_and_is_whole_once(
    wicket: Wicket, applicant: Applicant
) -> None:
    data = "方案𠮷".encode() * 60_000
    assert len(data) > ATTACHMENT_LIMIT
    script = PartSender(applicant, data)
    assert script.announce().status_code == 201
    assert script.send(0, 100_000).status_code == 204
    page = applicant.get(f"/drafts/{applicant.number}/steps/materials")
    assert "choose the same file again" in page
    other = PartSender(applicant, data)  # after a reload, or on another day: it is announced once more
    assert other.announce().headers["upload-offset"] == "100000"
    assert script.path == other.path
    assert script.send(0, 100_000).status_code == 409, "the part that comes twice is not taken twice"
    assert script.send(200_000, 200_001).status_code == 409
    assert other.stands() == "100000"
    assert other.send(100_000).status_code == 204
    assert kept(wicket, applicant) == [("方案.txt", script.digest, len(data))]
    assert parts(wicket) == [], "nothing is left under way"
    for again in (script.announce(), script.send(len(data))):
        assert again.headers["upload-offset"] == str(len(data)), "the other tab finds that it is there"
    assert len(kept(wicket, applicant)) == 1
    claim = claim_of(draft_of(wicket.face.node, applicant.number).files[0].claim or "")
    assert fetch(claim, wicket.settings.home / "fetched", wicket.face.claims()).read_bytes() == data


def test_two_tabs_that_send_at_the_same_moment_make_one_file(wicket: Wicket, applicant: Applicant) -> None:
    script = PartSender(applicant, b"one, two, three")
    script.announce()
    found = wicket.face.partials.find(applicant.number, script.path.rpartition("/")[2])
    assert found is not None
    with found.alone(0):
        assert script.send(0).status_code == 409, "somebody else is at it"
    assert script.send(0).status_code == 204
    assert len(kept(wicket, applicant)) == 1


def test_what_is_announced_is_looked_at_before_anything_of_it_is_taken(wicket: Wicket, applicant: Applicant) -> None:
    script = PartSender(applicant, b"some text")
    for refused, status in (
        (script.announce(FILE_MOST + 1), 422),
        (script.announce(0), 422),
        (script.announce(material="nothing"), 404),
        (PartSender(applicant, b"x", digest="zz").announce(), 422),
        (PartSender(applicant, b"x", name="\u202e\u200b").announce(), 422),
    ):
        assert (refused.status_code, bool(refused.json()["what"])) == (status, True)
    assert parts(wicket) == []
    script.announce()
    assert (
        script.asks("PATCH", script.path, {"content-type": OCTETS, "upload-offset": "0"}, b"x" * 10).status_code == 413
    )
    assert (
        script.asks("PATCH", script.path, {"content-type": "text/plain", "upload-offset": "0"}, b"x").status_code == 415
    )
    assert script.send(0, **{"tus-resumable": "0.2.2"}).status_code == 412
    assert script.stands() == "0"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"MZ\x90\x00\x03" * 9, "files of this kind"),
        (b"some harm in it", "something harmful"),
        (b"as sent", "did not come"),
    ],
)
def test_what_is_not_taken_when_it_is_whole_is_deleted_and_said(
    wicket: Wicket, applicant: Applicant, data: bytes, said: str
) -> None:
    with scanner(b"harm") as place:
        wicket.face.scanner = place
        script = PartSender(applicant, data, digest="0" * 64 if said == "did not come" else "")
        script.announce()
        answer = script.send(0)
    assert (answer.status_code, said in answer.json()["what"]) == (422, True)
    assert kept(wicket, applicant) == []
    assert parts(wicket) == []


def test_what_was_killed_before_the_file_joined_joins_when_it_is_asked_for_again(
    wicket: Wicket, applicant: Applicant
) -> None:
    script = PartSender(applicant, b"all of it")
    script.announce()
    (path,) = wicket.face.keeping.uploads.rglob("*.part")
    path.write_bytes(script.data)  # every octet was on disk when the process died
    assert script.announce().headers["upload-offset"] == str(len(script.data))
    assert script.send(len(script.data)).status_code == 204
    assert kept(wicket, applicant) == [("方案.txt", script.digest, len(script.data))]


def test_only_a_script_of_the_session_sends(wicket: Wicket, applicant: Applicant) -> None:
    script = PartSender(applicant, b"text")
    script.announce()
    for more in ({"x-form-token": "0" * 64}, {"origin": "https://elsewhere.test"}, {"sec-fetch-site": "cross-site"}):
        assert script.send(0, **more).status_code == 403
    stranger = PartSender.__new__(PartSender)
    stranger.__dict__.update(script.__dict__, applicant=wicket.visitor())
    assert stranger.send(0).status_code == 401
    assert stranger.asks("DELETE", script.path, {}).status_code == 401
    assert script.stands() == "0"
    assert script.asks("DELETE", script.path, {}).status_code == 204
    assert parts(wicket) == []


def test_files_under_way_are_few_and_end_after_a_day_or_with_their_draft(
    wicket: Wicket, applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_way, "PARTIAL_MOST", 2)
    first, second, third = (PartSender(applicant, data) for data in (b"1", b"2", b"3"))
    assert [one.announce().status_code for one in (first, second, third)] == [201, 201, 422]
    monkeypatch.setattr(under_way, "PARTIAL_FILES", 2)
    monkeypatch.setattr(under_way, "PARTIAL_MOST", 9)
    full = third.announce()
    assert (full.status_code, full.headers["retry-after"]) == (429, "60")
    old = RealClock().now().timestamp() - PARTIAL_KEPT.total_seconds() - 1
    for path in wicket.face.keeping.uploads.rglob("*.part"):
        if path.name.startswith(first.path.rpartition("/")[2]):
            os.utime(path, (old, old))
    assert third.announce().status_code == 201, "what is older than a day made room"
    assert first.asks("HEAD", first.path, {}).status_code == 404
    page = applicant.get(f"/drafts/{applicant.number}/steps/materials")
    token = applicant.fields_of(page)["token"]
    assert applicant.post(f"{second.path}/remove", {"token": token}).status_code == 303
    assert parts(wicket) == [".json", ".part"]
    assert wicket.face.partials.end(applicant.number) == 1
    assert parts(wicket) == []


def test_a_draft_that_has_ended_or_was_handed_in_meanwhile_takes_nothing_more(
    wicket: Wicket, applicant: Applicant
) -> None:
    applicant.fill_in()
    script = PartSender(applicant, b"late")
    script.announce()
    script.send(0, 2)
    assert applicant.hand_in().status_code == 303
    late = script.send(2)
    assert (late.status_code, late.json()["what"]) == (409, f"{applicant.number} has been handed in")
    assert script.announce().status_code == 409
    assert parts(wicket) == [], "what was under way ended with it"
