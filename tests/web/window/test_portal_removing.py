"""What a portal keeps and for how long; ciphertexts of what is gone are removed from the claim store, once."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.claims import ClaimStore
from exchange.clock import SteppedClock
from exchange.errors import ClaimStoreUnavailable
from exchange.portal.drafting import detach, draft_of
from exchange.portal.ending import look
from exchange.portal.large_files import attach_large, claim_of
from exchange.portal.removing import UNNAMED, remove_due
from exchange.portal.states import DraftState
from exchange.portal.store import ClaimRemovals, Drafts
from exchange.runtime.settings import Home
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.window.housekeeping import tidy
from tests.contract.claim_stores import ROOT
from tests.web.window.part_sender import PartSender
from tests.web.window.wicket import Applicant, Wicket


def stored(wicket: Wicket) -> list[Path]:
    return [path for path in Home(wicket.settings.home).claims.rglob("*") if path.is_file()]


def noted(wicket: Wicket) -> int:
    with wicket.face.node.store.reading() as tx:
        return len(tx[ClaimRemovals].due(wicket.face.node.clock.now(), 10))


def store_and_die(wicket: Wicket, number: str, path: Path) -> None:
    """Another process leaves a file in the store, and is killed before a draft names it."""
    task = [sys.executable, "-m", "tests.web.window.stored_and_killed", str(wicket.settings.home), number, str(path)]
    with subprocess.Popen(task, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        process.kill()
    assert said == "stored"


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


def test_what_a_killed_process_has_stored_is_removed_after_a_day_unless_it_comes_to_be_named(
    wicket: Wicket, applicant: Applicant, tmp_path: Path
) -> None:
    lost, resumed = tmp_path / "一.txt", tmp_path / "二.txt"
    for path in (lost, resumed):
        path.write_text(path.name * ATTACHMENT_LIMIT, encoding="utf-8")
        store_and_die(wicket, applicant.number, path)
    node, uploads = wicket.face.node, Home(wicket.settings.home).uploads(wicket.face.node.address)
    assert len(stored(wicket)) == 2
    assert draft_of(node, applicant.number).files == ()
    assert remove_due(node, wicket.face.claims) == 0, "not yet: whoever was killed may go on"
    kept = (resumed.name, "text/plain", resumed, wicket.face.claims(), uploads)
    attach_large(node, applicant.number, "plan", *kept)
    tomorrow = replace(node, clock=SteppedClock(node.clock.now() + UNNAMED + timedelta(minutes=1)))
    assert remove_due(tomorrow, wicket.face.claims) == 1
    (file,) = draft_of(node, applicant.number).files
    assert [path.parent.name for path in stored(wicket)] == [claim_of(file.claim or "").object_key]
    assert remove_due(tomorrow, wicket.face.claims) == 0
