"""Whether what names another message of a case takes it for the case, lead and department that this is of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.records import ProvedRecords
from exchange.language import Text
from exchange.schemas import (
    Body,
    Clearance,
    Considered,
    Consultation,
    DeadlineNotice,
    DeadlineState,
    Decision,
    DeemedConsent,
    Escalation,
    Opinion,
    OpinionRecall,
    Reminder,
)


@dataclass(frozen=True)
class NamingStatement:
    """Of which case and department a message, or a part of one, says that it is, and which others it names."""

    case_number: str
    lead: str | None = None
    department: str | None = None
    names: tuple[str | None, ...] = ()

    def agrees(self, other: NamingStatement) -> bool:
        """Whether both may be of one case, lead and department; what one of them leaves open is no difference."""
        pairs = ((self.lead, other.lead), (self.department, other.department))
        return self.case_number == other.case_number and all(None in two or two[0] == two[1] for two in pairs)


def naming_findings(records: ProvedRecords) -> Iterator[EvidenceFinding]:
    """Yield each document that names a message in the bundle as of another case, lead or department than it is.

    What is not in the bundle is held against nobody; of several under one id any may be meant. Nothing is said of a
    document that somebody has returned: whoever did has not taken it for anything.
    """
    said = [(document, one) for document in records.documents.values() for one in statements_of(document.verified.body)]
    known: dict[str | None, list[NamingStatement]] = defaultdict(list)
    for document, one in said:
        known[document.key[1]].append(one)
    for document, one in said:
        wrong = [name for name in one.names if name in known and not any(map(one.agrees, known[name]))]
        if wrong and not records.returned(document):
            named = {"sender": document.key[0], "id": document.key[1], "other": wrong[0]}
            words = Text("{id} of {sender} names {other} as of another case, lead or department than it is", named)
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.NAMES_ANOTHER, document.key[1], words)


def statements_of(body: Body) -> Iterator[NamingStatement]:
    """Yield what a message says of itself; nothing of kinds that name no others of a case."""
    if isinstance(body, Consultation):
        yield from (NamingStatement(body.case_number, body.lead, one.department) for one in body.departments)
    elif isinstance(body, Decision):
        yield from (_of_considered(body, one) for one in body.considered)
    elif isinstance(body, DeadlineNotice):
        yield from map(_of_state, body.deadlines)
    elif isinstance(body, DeemedConsent):
        yield _of_state(body.state)
    elif isinstance(body, Clearance):
        yield NamingStatement(body.case_number, names=(body.consultation_id,))
    elif isinstance(body, OpinionRecall):
        yield NamingStatement(body.case_number, None, body.department, (body.opinion_id,))
    elif isinstance(body, Escalation | Opinion | Reminder):
        yield NamingStatement(body.case_number, None, body.department, (body.consultation_id,))


def _of_considered(decision: Decision, one: Considered) -> NamingStatement:
    asked = one.rests_on.consultation_id if one.rests_on is not None else None
    return NamingStatement(decision.case_number, decision.lead, one.department, (asked, one.message_id))


def _of_state(state: DeadlineState) -> NamingStatement:
    return NamingStatement(state.case_number, state.lead, state.department, (state.consultation_id,))
