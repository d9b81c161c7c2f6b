"""What a window tells of a term's ledger, held against what the matter allows: its word alone lengthens no term."""

from __future__ import annotations

from exchange.approval.monitor.store import Watches
from exchange.approval.rules.permitted import entered_late, refusal_of, term_of_state
from exchange.approval.superiors import superiors_of
from exchange.errors import Returned
from exchange.messaging.node import Step
from exchange.schemas import DeadlineState, EntryKind, LedgerEntry

_OF_ITSELF = frozenset({EntryKind.START, EntryKind.REPROJECT})
"""Entries that nobody orders."""


def expect_permitted(step: Step, state: DeadlineState) -> None:
    """Raise Returned for an entry that the matter does not allow, and for rules that change within a case.

    What this monitor has taken in before, of a former release perhaps, stands.
    """
    if all(entry.kind in _OF_ITSELF for entry in state.ledger):
        return
    told = step.tx[Watches].deadline(state.case_number, state.department)
    if told is not None and told.lead == state.lead and told.amendments != state.amendments:
        raise Returned(
            "what may be amended in {number} was told otherwise before",
            code="not-permitted",
            remedy="tell of a case by the matter as it stood when the case was opened",
            number=state.case_number,
        )
    known = {_facts(entry) for entry in told.ledger} if told is not None else set()
    term = term_of_state(state, state.amendments, superiors_of(state.department, step.node.directory))
    for row, entry in enumerate(state.ledger):
        refused = refusal_of(term, state.ledger[:row], entry)
        if refused is not None and _facts(entry) not in known:
            raise Returned(refused.why, code="not-permitted", remedy=refused.remedy)
    late = entered_late(state, step.node.calendar)
    if late is not None and _facts(late) not in known:
        raise Returned(
            "the term of {department} is over",
            code="not-permitted",
            remedy="what changes a term is entered before its end",
            department=state.department,
        )


def _facts(entry: LedgerEntry) -> tuple[object, ...]:
    return entry.kind, entry.at, entry.days, entry.actor
