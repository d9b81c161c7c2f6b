"""Drafts of applications at the counter, in the member's store, shared by its office."""

from __future__ import annotations

from typing import Any

from exchange.desk.counter.fields import MATTER, matter_entered
from exchange.desk.letters.writing.drafts import LetterDraft, draft_here, draft_with_files
from exchange.desk.visit import DeskVisit
from exchange.schemas import Matter

COUNTER = "counter:"
"""How the subjects of all of them begin."""


def counter_subject(draft: str) -> str:
    """Return under what a draft is kept."""
    return f"{COUNTER}{draft}"


def counter_draft(tx: Any, draft: str) -> LetterDraft | None:
    """Read a draft with its files; None where there is none."""
    return draft_with_files(tx, counter_subject(draft))


def counter_here(tx: Any, draft: str) -> LetterDraft:
    """The same. Raises NotFound."""
    return draft_here(tx, counter_subject(draft))


def matter_of_draft(visit: DeskVisit, found: LetterDraft) -> Matter:
    """Return the matter that a draft is for. Raises NotFound where the catalogue has it no more."""
    return matter_entered(visit, found.kept.fields.get(MATTER, ""))
