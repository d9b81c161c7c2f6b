"""What a portal keeps and for how long; ciphertexts of what is gone are removed from the claim store, once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from exchange.claims import ClaimStore
from exchange.errors import ClaimStoreUnavailable
from exchange.portal.drafting import detach, draft_of
from exchange.portal.ending import look
from exchange.portal.removing import remove_due
from exchange.portal.states import DraftState
from exchange.portal.store import ClaimRemovals, Drafts
from exchange.runtime.settings import Home
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.window.housekeeping import tidy
from tests.web.window.part_sender import PartSender
from tests.web.window.wicket import Applicant, Wicket


def stored(wicket: Wicket) -> list[Path]:
    return [path for path in Home(wicket.settings.home).claims.rglob("*") if path.is_file()]


def noted(wicket: Wicket) -> int:
    with wicket.face.node.store.reading() as tx:
        return len(tx[ClaimRemovals].due(10))


def test_ciphertexts_of_removed_files_and_of_drafts_that_end_are_removed_from_the_store(
    wicket: Wicket, applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = wicket.face.node
    for name in ("一.txt", "二.txt"):
        applicant.upload("plan", name, name.encode() * ATTACHMENT_LIMIT)
    first = draft_of(node, applicant.number).files[0]
    before = len(stored(wicket))
    detach(node, applicant.number, first.file_id)
    assert (noted(wicket), len(stored(wicket))) == (1, before), "written down in the same step, not yet done"

    def away(store: ClaimStore, name: str) -> None:
        raise ClaimStoreUnavailable("the claim store is away")

    with monkeypatch.context() as broken:
        broken.setattr(ClaimStore, "delete", away)
        assert remove_due(node, wicket.face.claims) == 0
    assert (noted(wicket), len(stored(wicket))) == (1, before), "what fails stays to be done"
    PartSender(applicant, b"under way").announce()
    tidy(wicket.face)
    assert wicket.face.partials.of(applicant.number) != []
    with node.step() as step:
        step.tx[Drafts].move(applicant.number, DraftState.OPEN, DraftState.OPEN, ends_at=step.now - timedelta(days=1))
    assert look(node) == 1
    assert noted(wicket) == 2
    assert remove_due(node, wicket.face.claims) >= 1
    monkeypatch.setattr("exchange.messaging.failing.apart.FailingWork.next_tries", lambda self, work: {})
    tidy(wicket.face)
    assert (noted(wicket), stored(wicket)) == (0, [])
    assert wicket.face.partials.of(applicant.number) == [], "what was under way ended with its draft"


def test_what_was_handed_in_stays_in_the_store_for_those_who_read_it(wicket: Wicket, applicant: Applicant) -> None:
    applicant.fill_in()
    applicant.upload("plan", "大.txt", b"x" * (ATTACHMENT_LIMIT + 1))
    applicant.hand_in()
    node = wicket.face.node
    with node.step() as step:
        step.tx[Drafts].move(applicant.number, DraftState.FILED, DraftState.FILED, kept_until=step.now)
    assert look(node) == 1
    found = draft_of(node, applicant.number)
    assert (found.files, found.entered.project) == ((), "")
    assert found.emptied_at is not None
    assert look(node) == 0, "once"
    assert noted(wicket) == 0
    assert stored(wicket) != []
    page = applicant.get(f"/cases/{applicant.number}")
    assert "were deleted here at" in page
    assert applicant.http.get(f"/cases/{applicant.number}/everything.zip").status_code == 200, "the signed papers"
