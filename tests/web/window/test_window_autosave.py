"""A step that is saved while it is typed: what fits is kept, and never in place of what somebody else has saved."""

from __future__ import annotations

from httpx import Response

from exchange.portal.drafting import draft_of
from exchange.portal.records import Entered
from tests.web.window.wicket import Applicant, Wicket


def autosave(applicant: Applicant, key: str, hidden: dict[str, str], **values: str) -> Response:
    sent = {f"f-{name}": value for name, value in values.items()}
    return applicant.post(f"/drafts/{applicant.number}/steps/{key}/autosave", {**hidden, **sent})


def entered(wicket: Wicket, applicant: Applicant) -> Entered:
    return draft_of(wicket.face.node, applicant.number).entered


def test_what_fits_is_saved_while_it_is_typed_and_nothing_in_place_of_what_does_not(
    wicket: Wicket, applicant: Applicant
) -> None:
    applicant.step("topic-1", length="120.5", closing="yes", detour="走长江路")
    hidden = applicant.hidden(f"/drafts/{applicant.number}/steps/topic-1")
    first = autosave(applicant, "topic-1", hidden, length="long", closing="yes", detour="走黄山路")
    assert first.json() == {"revision": int(hidden["revision"]) + 1, "left": 1}
    assert entered(wicket, applicant).answers == {"length": "120.5", "closing": "yes", "detour": "走黄山路"}
    hidden["revision"] = str(first.json()["revision"])
    again = autosave(applicant, "topic-1", hidden, length="long", closing="yes", detour="走黄山路")
    assert again.json()["revision"] == first.json()["revision"], "nothing new, nothing saved"
    person = applicant.hidden(f"/drafts/{applicant.number}/steps/applicant")
    assert autosave(applicant, "applicant", person, name="热电公司", identifier="", contact="").json()["left"] == 2
    assert entered(wicket, applicant).applicant is None
    whole = autosave(applicant, "applicant", person, name="热电公司", identifier="91340100X", contact="0551-0")
    assert whole.json()["left"] == 0
    known = entered(wicket, applicant).applicant
    assert known is not None
    assert known.contact == "0551-0"


def test_two_tabs_lose_nothing_to_each_other(wicket: Wicket, applicant: Applicant) -> None:
    path = f"/drafts/{applicant.number}/steps/project"
    one, other = applicant.hidden(path), applicant.hidden(path)
    assert autosave(applicant, "project", one, project="一", summary="").status_code == 200
    late = autosave(applicant, "project", other, project="二", summary="")
    assert (late.status_code, late.json()["code"]) == (409, "changed")
    assert entered(wicket, applicant).project == "一"
    pressed = applicant.post(path, {**other, "f-project": "二", "f-summary": ""})
    assert pressed.status_code == 409
    assert "二" in pressed.text
    assert "一" in pressed.text, "both are shown, and the button decides"
    same = autosave(applicant, "project", other, project="一", summary="")
    assert same.status_code == 200, "what is the same is no conflict"


def test_without_its_session_or_from_elsewhere_nothing_is_saved(wicket: Wicket, applicant: Applicant) -> None:
    hidden = applicant.hidden(f"/drafts/{applicant.number}/steps/project")
    assert autosave(applicant, "project", {**hidden, "token": "0"}, project="x").status_code == 403
    stranger = wicket.visitor()
    stranger.number = applicant.number
    assert autosave(stranger, "project", hidden, project="x").status_code == 401
    assert entered(wicket, applicant).project == ""
