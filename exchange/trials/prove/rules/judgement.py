"""The law of the fault proof: nothing lost, nothing doubled, no wrong default, and every opinion in time has won.

What the prover itself has done and seen (`Handed`, `Asked`) is held against what the members' records say in the end.
It goes by nothing that a member concludes: a document counts once its sender's database has taken it, and an opinion is
in time if the broker had confirmed it before the term was over by the one clock that nothing in the run moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from exchange.approval.rules.states import BY_SILENCE, PartState


class ProofBreach(StrEnum):
    """A way in which the law is broken."""

    LOST = "lost"
    DOUBLED = "doubled"
    INVENTED = "invented"
    WRONG_DEFAULT = "wrong-default"
    IN_TIME_LOST = "in-time-lost"
    LATE_WON = "late-won"
    UNSETTLED = "unsettled"
    UNBALANCED = "unbalanced"
    SET_ASIDE = "set-aside"
    UNREAD = "unread"


class Behaviour(StrEnum):
    """What a consulted department does in the run. EDGE and LATE: just before, and just after, its term is over."""

    PROMPT = "prompt"
    EDGE = "edge"
    LATE = "late"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Handed:
    """A document that was given to its sender's database. ``taken``: it said so; else nobody knows."""

    message_id: str
    sender: str
    addressee: str
    taken: bool


@dataclass(frozen=True, slots=True)
class ConsultedPart:
    """One consultation in the end, by the window's record and the prover's own. Moments are seconds of the run."""

    case_number: str
    department: str
    behaviour: Behaviour
    state: PartState
    due: float | None
    opinions: int
    """How often an opinion of the department was recorded."""
    defaults: int
    """How often a default took effect."""
    given: float | None = None
    """When the department's opinion was written, as far as the prover knows."""
    confirmed: float | None = None
    """When the broker had certainly confirmed it; None where that is not known, or it never did."""
    deemed_fault: str = ""
    """Why the deemed consent in force does not verify from its signed bytes."""
    deemed_at: float | None = None
    """When it was signed."""
    escalated: bool = False
    """Whether the lead was told that no default is possible: then a late answer counts as well."""
    for_review: bool = False
    """Whether the lead is told to review its decision, since an opinion in time came in after it."""

    @property
    def in_time(self) -> bool:
        """Whether the opinion certainly was in time."""
        return self.confirmed is not None and self.due is not None and self.confirmed <= self.due


@dataclass(frozen=True)
class BreachFound:
    """One breach, by name."""

    breach: ProofBreach
    what: str
    """The document's or message's id, or the case's number."""
    who: str
    """The members concerned."""
    detail: str = ""


@dataclass(frozen=True)
class ProofEvidence:
    """Everything that is judged."""

    handed: Sequence[Handed]
    effects: Mapping[tuple[str, str], int]
    """How often a document had its effect at a member, by message id and member."""
    cases: Sequence[str]
    """Numbers of cases that the window's database has taken."""
    asked: Sequence[ConsultedPart]
    departments: int
    """How many departments each case is put to."""
    stamps: bool
    """Whether the broker stamps arrivals: then nothing late can be taken for in time."""
    unbalanced: Sequence[BreachFound] = ()
    """What the reconciliation has found."""
    set_aside: Sequence[BreachFound] = ()
    """Dead letters, and copies that were abandoned or came back."""


def judge(evidence: ProofEvidence) -> list[BreachFound]:
    """Return every breach; an empty list where everything came out as it must."""
    return [
        *_documents(evidence),
        *_cases(evidence),
        *(found for one in evidence.asked for found in _asked(one, evidence.stamps)),
        *evidence.unbalanced,
        *evidence.set_aside,
    ]


def _documents(evidence: ProofEvidence) -> Iterator[BreachFound]:
    known = set()
    for one in evidence.handed:
        known.add((one.message_id, one.addressee))
        times, way = evidence.effects.get((one.message_id, one.addressee), 0), f"{one.sender} → {one.addressee}"
        if times == 0 and one.taken:
            yield BreachFound(ProofBreach.LOST, one.message_id, way)
        if times > 1:
            yield BreachFound(ProofBreach.DOUBLED, one.message_id, way, f"× {times}")
    for (message_id, member), _ in evidence.effects.items():
        if (message_id, member) not in known:
            yield BreachFound(ProofBreach.INVENTED, message_id, member)


def _cases(evidence: ProofEvidence) -> Iterator[BreachFound]:
    parts: dict[str, int] = {}
    for one in evidence.asked:
        parts[one.case_number] = parts.get(one.case_number, 0) + 1
    for number in evidence.cases:
        if parts.get(number, 0) < evidence.departments:
            told = f"{parts.get(number, 0)} / {evidence.departments}"
            yield BreachFound(ProofBreach.LOST, number, "", told)


def _asked(one: ConsultedPart, stamps: bool) -> Iterator[BreachFound]:
    def found(breach: ProofBreach, detail: str) -> BreachFound:
        return BreachFound(breach, one.case_number, one.department, detail)

    if one.opinions > 1:
        yield found(ProofBreach.DOUBLED, f"opinion × {one.opinions}")
    if one.defaults > 1:
        yield found(ProofBreach.DOUBLED, f"default × {one.defaults}")
    if one.state in BY_SILENCE:
        yield from (found(breach, why) for breach, why in _silence(one))
    elif one.state is PartState.ANSWERED:
        if one.behaviour is Behaviour.SILENT and one.given is None:
            yield found(ProofBreach.INVENTED, "nobody gave an opinion")
        late = one.given is not None and one.due is not None and one.given > one.due
        if stamps and late and not one.escalated:
            yield found(ProofBreach.LATE_WON, "given after its term was over")
    elif one.state is not PartState.ESCALATED:
        yield found(ProofBreach.UNSETTLED, one.state.value)


def _silence(one: ConsultedPart) -> Iterator[tuple[ProofBreach, str]]:
    if one.in_time:
        yield ProofBreach.IN_TIME_LOST, "review" if one.for_review else "confirmed by the broker within the term"
    if one.deemed_fault:
        yield ProofBreach.WRONG_DEFAULT, one.deemed_fault
    if one.due is None or (one.deemed_at is not None and one.deemed_at <= one.due):
        yield ProofBreach.WRONG_DEFAULT, "signed before the term was over"


def counted(found: Iterable[BreachFound]) -> dict[ProofBreach, int]:
    """Return how many breaches of each kind there are, those of which there are none as well."""
    counts = dict.fromkeys(ProofBreach, 0)
    for one in found:
        counts[one.breach] += 1
    return counts
