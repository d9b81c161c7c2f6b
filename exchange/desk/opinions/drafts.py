"""The draft of an opinion as the pages and acts go by it: kept once for the office, and marked as it was seen."""

from __future__ import annotations

from typing import Any

from exchange.approval.department.desk import row_on_desk
from exchange.approval.department.records import DeskRow
from exchange.desk.cases.asked import AskedCase, facts_of
from exchange.desk.cases.term_words import countdown, silence_words
from exchange.desk.opinions.preview import seen_by_applicant
from exchange.desk.permissions import DeskAction
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.messaging.node import Step
from exchange.web.drafts.records import KeptDraft
from exchange.web.drafts.store import KeptDrafts

_OF_OPINION = "opinion:"


def draft_subject(number: str) -> str:
    """Return under what the draft of an opinion on a case is kept."""
    return f"{_OF_OPINION}{number}"


def case_of_draft(draft: KeptDraft) -> str | None:
    """Return the case that a draft is an opinion on; None for what is a draft of something else."""
    return draft.subject.removeprefix(_OF_OPINION) if draft.subject.startswith(_OF_OPINION) else None


def kept_in(tx: Any, number: str) -> KeptDraft | None:
    """Return the draft of an opinion, within a transaction."""
    kept: KeptDraft | None = tx[KeptDrafts].get(draft_subject(number))
    return kept


def kept_opinion(visit: DeskVisit, number: str) -> KeptDraft | None:
    """Return the draft of an opinion that is kept; None where there is none."""
    with visit.node.store.reading() as tx:
        return kept_in(tx, number)


def there(kept: KeptDraft | None, number: str) -> KeptDraft:
    """Return a draft that must be there. Raises NotFound."""
    if kept is None:
        raise NotFound(
            "no draft of an opinion on case {number} is kept", remedy="write one: page of the case", number=number
        )
    return kept


def draft_mark(row: DeskRow, kept: KeptDraft | None) -> str:
    """Return what the forms about a draft bear (`exchange.desk.seen`)."""
    return mark_of(*_facts(row, kept))


def expect_draft_seen(visit: DeskVisit, step: Step) -> tuple[DeskRow, KeptDraft | None]:
    """Return case and draft as they are now. Raises Changed where they are not as they were seen."""
    number = visit.path["number"]
    row, kept = row_on_desk(step, number), kept_in(step.tx, number)
    expect_seen(visit, *_facts(row, kept))
    return row, kept


def _facts(row: DeskRow, kept: KeptDraft | None) -> tuple[object, ...]:
    return (*facts_of(row), kept.revision if kept is not None else 0)


def wants_second(visit: DeskVisit, case: AskedCase) -> bool:
    """Return whether whoever drafts the opinion may not sign it."""
    own = case.own(visit.node.address)
    return own is not None and own.second_person


def common_facts(visit: DeskVisit, case: AskedCase) -> dict[str, object]:
    """Return what form and preview show alike."""
    own, number = case.own(visit.node.address), case.row.case_number
    return {
        "row": case.row,
        "number": number,
        "countdown": countdown(visit, case.term),
        "silence": silence_words(visit, own, case.term) if own is not None and case.term is not None else "",
        "seen_by_applicant": seen_by_applicant(visit, own.visible) if own is not None else "",
        "may_sign": visit.may(DeskAction.REPLY),
        "second_person": wants_second(visit, case),
    }
