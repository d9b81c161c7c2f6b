"""Rounds over what a portal keeps: drafts end after their month, files of cases some time after these have ended.

The journal says so, and what lies of the files in the claim store is written down to be removed there.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from exchange.messaging.documents import Documents
from exchange.messaging.failing.apart import each_together
from exchange.messaging.node import Node, Step
from exchange.portal.records import DraftRow
from exchange.portal.removing import note_removals
from exchange.portal.states import DraftState
from exchange.portal.store import Drafts
from exchange.portal.told.store import Contacts
from exchange.portal.view import FilingStanding, case_view_in
from exchange.schemas.matter import KEPT_DAYS
from exchange.store.transaction import Transaction

WORK = "ended drafts"
"""What this work is called where it fails."""
FILES = "files of ended cases"
"""What the work on cases is called where it fails."""
_AT_ONCE = 100


def look(node: Node) -> int:
    """Delete what drafts and cases hold that are over for long enough; returns how many these were."""
    ended = each_together(node, WORK, partial(_due, node), _end, _AT_ONCE)
    return len(ended) + len(each_together(node, FILES, partial(_kept, node), _empty, _AT_ONCE))


def keep_until(step: Step, row: DraftRow) -> datetime:
    """Have a case that has ended kept for as long as its matter says; returns until when."""
    matter = step.node.catalogue.get(row.matter)
    until = step.now + timedelta(days=KEPT_DAYS if matter is None else matter.kept_days)
    step.tx[Drafts].move(row.number, row.state, row.state, kept_until=until)
    return until


def _due(node: Node, tx: Transaction, limit: int) -> list[tuple[str, DraftRow]]:
    return [(row.number, row) for row in tx[Drafts].ending(node.clock.now(), limit)]


def _end(step: Step, row: DraftRow) -> None:
    if step.tx[Drafts].move(row.number, DraftState.OPEN, DraftState.ENDED, entered="{}", code_hash=""):
        files = _delete_files(step, row, everywhere=True)
        step.tx[Contacts].erase([one.contact_id for one in step.tx[Contacts].of(row.number)])
        step.note("draft-deleted", None, None, filing=row.number, files=files)


def _kept(node: Node, tx: Transaction, limit: int) -> list[tuple[str, DraftRow]]:
    return [(row.number, row) for row in tx[Drafts].kept(node.clock.now(), limit)]


def _empty(step: Step, row: DraftRow) -> None:
    """Delete the files and what was typed; the signed papers stay, and their access code."""
    forgotten = row.filing_id is None or _nobody_has_it(step, row)
    if step.tx[Drafts].move(row.number, row.state, row.state, entered="{}", emptied_at=step.now):
        files = _delete_files(step, row, everywhere=forgotten)
        if row.filing_id is not None:
            step.tx[Documents].drop_enclosures(step.node.address, row.filing_id)
        step.note("case-files-deleted", None, None, filing=row.number, files=files)


def _nobody_has_it(step: Step, row: DraftRow) -> bool:
    """Whether a filing was taken back before it was accepted, so that no authority works on it, or ever will."""
    view = case_view_in(step.tx, step.node, row.number)
    taken_back = view.standing in (FilingStanding.WITHDRAWN, FilingStanding.RETURNED)
    return taken_back and not any(one.opens for one in view.acceptances)


def _delete_files(step: Step, row: DraftRow, *, everywhere: bool) -> int:
    named_by = None if everywhere else row.filing_id
    note_removals(step, row.number, step.tx[Drafts].files(row.number), named_by)
    return step.tx[Drafts].empty(row.number)
