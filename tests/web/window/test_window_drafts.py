"""An application from the first page to handing in, by forms alone: nothing typed is lost, one filing only."""

from __future__ import annotations

from datetime import timedelta

from exchange.clock import SteppedClock
from exchange.portal import ending
from exchange.portal.drafting import draft_of
from exchange.portal.states import DraftState
from exchange.portal.view import case_view
from tests.web.window.wicket import Applicant, Wicket


def test_everything_is_filled_in_and_handed_in_by_forms_alone(wicket: Wicket, applicant: Applicant) -> None:
    applicant.fill_in()
    draft = draft_of(wicket.face.node, applicant.number)
    assert draft.entered.answers == {"length": "120.5", "closing": "no", "begins": "2026-04-01"}
    assert [(file.name, file.media_type, file.scanned) for file in draft.files] == [("方案.txt", "text/plain", "")]
    answer = applicant.hand_in()
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{applicant.number}")
    page = applicant.get(f"/cases/{applicant.number}")
    assert "on its way to the window" in page
    assert draft_of(wicket.face.node, applicant.number).state is DraftState.FILED


def test_all_that_is_wrong_is_told_at_once_and_all_that_was_typed_is_shown_again(applicant: Applicant) -> None:
    answer = applicant.step("topic-1", length="long", closing="yes", detour="")
    assert answer.status_code == 422
    assert "Please correct these 2 things first" in answer.text
    assert 'href="#f-length"' in answer.text
    assert 'href="#f-detour"' in answer.text
    assert 'value="long"' in answer.text
    assert "<title>Error: " in answer.text
    assert 'value="yes" id' not in answer.text or "checked" in answer.text
    again = applicant.step("topic-1", length="１２．５ m", closing="yes", detour="经黄山路绕行")
    assert again.status_code == 303
    assert again.headers["location"].endswith("/steps/topic-2")


def test_a_question_that_depends_on_an_answer_is_asked_only_then(wicket: Wicket, applicant: Applicant) -> None:
    applicant.step("topic-1", length="1", closing="no", detour="not asked")
    assert draft_of(wicket.face.node, applicant.number).entered.answers == {"length": "1", "closing": "no"}


def test_two_tabs_do_not_overwrite_each_other_unseen(wicket: Wicket, applicant: Applicant) -> None:
    path = f"/drafts/{applicant.number}/steps/project"
    hidden = applicant.hidden(path)
    assert applicant.post(path, {**hidden, "f-project": "first tab", "f-summary": ""}).status_code == 303
    overtaken = applicant.post(path, {**hidden, "f-project": "second tab", "f-summary": "long text"})
    assert overtaken.status_code == 409
    assert "changed somewhere else" in overtaken.text
    assert "first tab" in overtaken.text, "what was saved there is shown"
    assert 'value="second tab"' in overtaken.text, "what was typed here is kept"
    assert draft_of(wicket.face.node, applicant.number).entered.project == "first tab"
    fields = applicant.fields_of(overtaken.text)
    assert applicant.post(path, {**fields, "f-project": "second tab", "f-summary": "long text"}).status_code == 303
    assert draft_of(wicket.face.node, applicant.number).entered.project == "second tab"


def test_a_form_that_is_sent_twice_is_saved_once_and_goes_on(applicant: Applicant) -> None:
    path = f"/drafts/{applicant.number}/steps/project"
    sent = {**applicant.hidden(path), "f-project": "黄山路", "f-summary": ""}
    answers = [applicant.post(path, sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]


def test_pressed_twice_it_is_handed_in_once(wicket: Wicket, applicant: Applicant) -> None:
    applicant.fill_in()
    path = f"/drafts/{applicant.number}/steps/check"
    sent = {**applicant.hidden(path), "declared": "yes"}
    for _ in range(3):
        answer = applicant.post(f"/drafts/{applicant.number}/hand-in", sent)
        assert answer.headers["location"] == f"/cases/{applicant.number}"
    papers = case_view(wicket.face.node, applicant.number).papers
    assert [paper.body.KIND for paper in papers] == ["filing"]
    filing = case_view(wicket.face.node, applicant.number).filing
    assert filing.declaration in applicant.get(f"/cases/{applicant.number}/application")


def test_what_was_looked_at_before_it_was_changed_is_not_handed_in(wicket: Wicket, applicant: Applicant) -> None:
    applicant.fill_in()
    sent = {**applicant.hidden(f"/drafts/{applicant.number}/steps/check"), "declared": "yes"}
    applicant.step("project", project="another", summary="")
    answer = applicant.post(f"/drafts/{applicant.number}/hand-in", sent)
    assert answer.status_code == 409
    assert "changed somewhere else" in answer.text
    assert draft_of(wicket.face.node, applicant.number).filing_id is None


def test_everything_that_is_lacking_is_named_with_its_page_and_nothing_is_handed_in(applicant: Applicant) -> None:
    page = applicant.get(f"/drafts/{applicant.number}/steps/check")
    for key in ("applicant", "project", "topic-1", "topic-2", "materials"):
        assert f'href="/drafts/{applicant.number}/steps/{key}' in page, key
    assert "What lies below" in page, "what may follow later is said, and does not stand in the way"
    assert applicant.hand_in().status_code == 422


def test_without_the_statement_of_truth_nothing_is_handed_in(wicket: Wicket, applicant: Applicant) -> None:
    applicant.fill_in()
    answer = applicant.hand_in(declared="no")
    assert answer.status_code == 422
    assert 'href="#declared"' in answer.text
    assert draft_of(wicket.face.node, applicant.number).filing_id is None


def test_somebody_else_may_hand_it_in(wicket: Wicket, applicant: Applicant) -> None:
    assert applicant.step("agent", **{"for": ""}).status_code == 422
    half = applicant.step("agent", **{"for": "other", "name": "代理公司"})
    assert half.status_code == 422
    assert 'value="代理公司"' in half.text
    whole = {"for": "other", "name": "代理公司", "identifier": "9134", "contact": "0551"}
    assert applicant.step("agent", **whole).status_code == 303
    agent = draft_of(wicket.face.node, applicant.number).entered.agent
    assert agent is not None
    assert agent.name == "代理公司"


def test_twenty_thousand_characters_are_taken_and_one_more_is_told_and_kept(
    wicket: Wicket, applicant: Applicant
) -> None:
    long = "𠮷" * 20_000
    assert applicant.step("project", project="长", summary=long).status_code == 303
    assert draft_of(wicket.face.node, applicant.number).entered.summary == long
    refused = applicant.step("project", project="长", summary=long + "田")
    assert refused.status_code == 422
    assert "20001 characters, 20000 at most" in refused.text
    assert long + "田" in refused.text


def test_signs_that_cannot_be_seen_are_told_and_not_signed(applicant: Applicant) -> None:
    for project in ("\u202eevil", "a\x00b", "\u200b"):
        assert applicant.step("project", project=project, summary="").status_code == 422, ascii(project)
    assert applicant.step("project", project="👷🏽 𠮷野家 ﷽ é", summary="").status_code == 303


def test_a_body_that_is_too_large_is_refused_before_anything_is_kept(wicket: Wicket, applicant: Applicant) -> None:
    answer = applicant.step("project", project="x", summary="y" * 3_000_000)
    assert answer.status_code == 413
    assert "more than 2,097,152 octets" in answer.text
    assert draft_of(wicket.face.node, applicant.number).revision == 1


def test_what_is_not_handed_in_is_gone_after_a_month_and_says_so(wicket: Wicket, applicant: Applicant) -> None:
    wicket.face.node.clock = SteppedClock(draft_of(wicket.face.node, applicant.number).ends_at + timedelta(seconds=1))
    assert ending.look(wicket.face.node) == 1
    page = applicant.get(f"/drafts/{applicant.number}")
    assert applicant.last is not None
    assert applicant.last.status_code == 404
    assert "deleted after 30 days" in page
    assert wicket.visitor().enter(applicant.number, applicant.code).status_code == 401


def test_a_matter_that_has_changed_is_said(wicket: Wicket, applicant: Applicant) -> None:
    file = wicket.settings.home / "departments" / "catalogue" / "works.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('version = "1"', 'version = "22"'), encoding="utf-8")
    assert "has changed since you began" in applicant.get(f"/drafts/{applicant.number}")
