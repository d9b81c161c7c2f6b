"""Former versions of a matter stay to be read; and what becomes of people who fill in a matter that changes or goes."""

from __future__ import annotations

from pathlib import Path

from exchange.runtime.settings import Home
from exchange.window.housekeeping import tidy
from tests.web.window.wicket import HOST, Applicant, Wicket


def catalogue_file(wicket: Wicket) -> Path:
    return Home(wicket.settings.home).catalogue / "works.toml"


def publish(wicket: Wicket, version: str, fees: str) -> None:
    path = catalogue_file(wicket)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('version = "1"', f'version = "{version}"').replace("不收费", fees), encoding="utf-8")
    tidy(wicket.face)


def test_former_versions_are_read_with_their_time_and_the_one_in_force(wicket: Wicket) -> None:
    tidy(wicket.face)
    http = wicket.visitor("zh").http
    assert "历次版本" not in http.get("/matters/works").text
    assert http.get("/matters/works/versions/1").headers["location"] == "/matters/works"
    publish(wicket, "2.0", "每平方米十元")
    now = http.get("/matters/works").text
    assert "每平方米十元" in now
    assert "/matters/works/versions/1" in now
    assert http.get("/matters/works?version=1").headers["location"] == "/matters/works/versions/1"
    former = http.get("/matters/works/versions/1").text
    assert "不收费" in former
    assert "这是旧版本 1" in former
    assert '现行版本：<a href="/matters/works">2.0</a>，自 ' in former
    assert "/matters/works/apply" not in former
    data = http.get("/matters/works/versions/1.json").json()
    assert (data["version"], data["held"]["in_force"], data["url"]) == ("1", False, f"{HOST}/matters/works/versions/1")
    assert [(one["version"], one["in_force"]) for one in data["versions"]] == [("2.0", True), ("1", False)]
    assert data["held"]["until"] == data["versions"][0]["since"]
    assert http.get("/matters/works/versions/3").status_code == 404


def test_who_fills_in_a_matter_that_changes_or_is_taken_away_is_told_and_loses_nothing(
    wicket: Wicket, applicant: Applicant
) -> None:
    tidy(wicket.face)
    applicant.fill_in()
    publish(wicket, "2", "每平方米十元")
    assert "The matter has changed since you began" in applicant.get(f"/drafts/{applicant.number}")
    catalogue_file(wicket).unlink()
    assert applicant.http.get("/matters/works").status_code == 404
    gone = applicant.http.get(f"/drafts/{applicant.number}/steps/project")
    assert gone.status_code == 404
    assert "there is no matter" in gone.text
    page = applicant.get("/matters/works/versions/1")
    assert "not offered any more" in page, "what was told stays to be read"
    taken = applicant.http.get(f"/drafts/{applicant.number}/everything.zip")
    assert taken.status_code == 200, "and what was handed over can be taken home"
