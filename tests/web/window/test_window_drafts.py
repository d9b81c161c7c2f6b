"""An application from the first page to handing in, by forms alone: nothing typed is lost, one filing only."""

from __future__ import annotations

from exchange.portal.drafting import draft_of
from exchange.portal.states import DraftState
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
