"""The reconciliation: nothing that was issued, written or dispatched is lost, doubled or invented.

Three laws, each over things that can be named:

    consultations issued  = answered + deemed + returned + withdrawn + moot + in flight
    messages written      = dispatched + waiting
    dispatched            = taken + taken elsewhere + queued + over links + dead

A message is counted once an addressee: a *copy*. What the members' stores say of one message id, whosever stores they
are, is judged by itself (`judge`), so that books of any size need the facts of one message at a time. Terms come
from independent records: issued from consultations that went out, their fates from the parts of cases; written from the
number of addressees noted with the message, dispatched and waiting from its copies; taken and dead from the addressees.

A copy that its addressee does not have and that nobody has signed for is *untraced*: it must lie in the addressee's
queues. Brokers count messages and do not name them, so that is held against their depth
(`exchange.operations.reconciliation.books`). More in a queue than is untraced is lawful: what is sent again lies there
twice, and is taken in once. Until the queue has drained it may hide that as many others are lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from exchange.approval.rules.states import WITHOUT_DECISION, CaseState, PartState
from exchange.messaging.copy_states import BY_RECEIPT
from exchange.messaging.records import OutboxState
from exchange.operations.reconciliation.facts import (
    BalanceTerm,
    CopyFact,
    DeadFact,
    Difference,
    DifferenceKind,
    Fact,
    Law,
    MessageFact,
    PartFact,
    StrayFact,
    TakenFact,
    Untraced,
)


@dataclass(frozen=True)
class Judged:
    """What the facts of one message id come to."""

    counts: Counter[BalanceTerm]
    differences: tuple[Difference, ...] = ()
    untraced: tuple[Untraced, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether nothing of it depends on anything else."""
        return not self.differences and not self.untraced


def judge(facts: Iterable[Fact], members: Collection[str]) -> Judged:
    """Judge all facts of one message id; expect nothing of others than the ``members`` whose stores were read."""
    case = _Facts.sorted_out(facts)
    found = _Finding(Counter())
    senders = case.senders
    for sender in sorted(senders):
        _judge_sender(case.of(sender) if len(senders) > 1 else case, sender, members, found)
    return Judged(found.counts, tuple(found.differences), tuple(found.untraced))


def written_since(facts: Iterable[Fact], since: datetime) -> bool:
    """Return whether a message was written (or, where only its addressee knows it, taken in) at that time or later."""
    facts = list(facts)
    times = [fact.written_at for fact in facts if isinstance(fact, CopyFact)]
    times = times or [fact.recorded_at for fact in facts if isinstance(fact, TakenFact)]
    return not times or min(times) >= since


@dataclass
class _Facts:
    messages: list[MessageFact] = field(default_factory=list)
    copies: list[CopyFact] = field(default_factory=list)
    taken: list[TakenFact] = field(default_factory=list)
    dead: list[DeadFact] = field(default_factory=list)
    parts: list[PartFact] = field(default_factory=list)
    strays: list[StrayFact] = field(default_factory=list)

    @classmethod
    def sorted_out(cls, facts: Iterable[Fact]) -> _Facts:
        case = cls()
        for fact in facts:
            if isinstance(fact, MessageFact):
                case.messages.append(fact)
            elif isinstance(fact, CopyFact):
                case.copies.append(fact)
            elif isinstance(fact, TakenFact):
                case.taken.append(fact)
            elif isinstance(fact, DeadFact):
                case.dead.append(fact)
            elif isinstance(fact, PartFact):
                case.parts.append(fact)
            else:
                case.strays.append(fact)
        return case

    @property
    def senders(self) -> set[str]:
        kinds: tuple[Sequence[Fact], ...] = (self.messages, self.copies, self.taken, self.parts, self.strays)
        return {str(fact.sender) for facts in kinds for fact in facts}

    def of(self, sender: str) -> _Facts:
        """Return the facts of one sender; a dead letter that names none may be anybody's."""
        return _Facts(
            [fact for fact in self.messages if fact.sender == sender],
            [fact for fact in self.copies if fact.sender == sender],
            [fact for fact in self.taken if fact.sender == sender],
            [fact for fact in self.dead if fact.sender in (sender, None)],
            [fact for fact in self.parts if fact.sender == sender],
            [fact for fact in self.strays if fact.sender == sender],
        )


@dataclass
class _Finding:
    counts: Counter[BalanceTerm]
    differences: list[Difference] = field(default_factory=list)
    untraced: list[Untraced] = field(default_factory=list)

    def differs(
        self, law: Law, fault: DifferenceKind, about: Fact, member: str = "", case_number: str | None = None
    ) -> None:
        self.differences.append(Difference(law, fault, about.message_id, str(about.sender), member, case_number))


def _judge_sender(case: _Facts, sender: str, members: Collection[str], found: _Finding) -> None:
    if sender not in members:
        return  # it was written elsewhere; whoever took it in answers to that domain's books
    _judge_written(case, found)
    _judge_taken(case, found)
    for copy in case.copies:
        _judge_copy(copy, case, members, found)
    if case.parts or any(message.consults for message in case.messages):
        _judge_parts(case, found)


# --- messages written = dispatched + waiting --------------------------------------------------------------------------


def _judge_written(case: _Facts, found: _Finding) -> None:
    law, addressees = Law.WRITTEN, Counter(copy.addressee for copy in case.copies)
    message = case.messages[0] if case.messages else None
    noted = message.copies if message is not None and message.copies is not None else len(addressees)
    found.counts[BalanceTerm.WRITTEN] += noted
    for stray in case.strays:
        found.differs(law, DifferenceKind.MESSAGE_LOST, stray)
    if case.copies and message is None:
        found.differs(law, DifferenceKind.MESSAGE_LOST, case.copies[0])
    if message is not None and noted > len(addressees):
        found.differs(law, DifferenceKind.COPY_LOST, message)
    if (message is not None and noted < len(addressees)) or len(case.messages) > 1:
        found.differs(law, DifferenceKind.COPY_DOUBLED, case.messages[0])
    for copy in case.copies:
        if addressees[copy.addressee] > 1:
            found.differs(law, DifferenceKind.COPY_DOUBLED, copy, copy.addressee)


# --- dispatched = taken + taken elsewhere + queued + over links + dead ------------------------------------------------


def _judge_taken(case: _Facts, found: _Finding) -> None:
    """What members have taken in of a sender: written by it, once, the same document, and signed for."""
    law, times = Law.DISPATCHED, Counter(taken.member for taken in case.taken)
    digests = {message.digest for message in case.messages}
    addressees = {copy.addressee for copy in case.copies}
    found.counts[BalanceTerm.TAKEN] += len(case.taken)
    for taken in case.taken:
        if taken.member not in addressees:
            found.differs(law, DifferenceKind.INVENTED, taken, taken.member)
        elif digests and taken.digest not in digests:
            found.differs(law, DifferenceKind.ALTERED, taken, taken.member)
        if times[taken.member] > 1:
            found.differs(law, DifferenceKind.TAKEN_TWICE, taken, taken.member)
        if not taken.receipt_written:
            found.differs(law, DifferenceKind.RECEIPT_UNWRITTEN, taken, taken.member)


def _judge_copy(copy: CopyFact, case: _Facts, members: Collection[str], found: _Finding) -> None:
    taken = next((fact for fact in case.taken if fact.member == copy.addressee), None)
    dead = any(_is_of(letter, copy, members) for letter in case.dead)
    if not (copy.sent or taken or dead):
        found.counts[BalanceTerm.WAITING] += 1
        if copy.state not in (OutboxState.WRITTEN, OutboxState.FAILED):
            found.differs(Law.DISPATCHED, DifferenceKind.UNPROVEN, copy, copy.addressee)
        return
    found.counts[BalanceTerm.DISPATCHED] += 1
    _judge_receipt(copy, taken, found)
    if taken is not None:
        return
    if copy.addressee not in members:
        found.counts[
            BalanceTerm.ELSEWHERE if copy.receipt_id else BalanceTerm.DEAD if _ended(copy, dead) else BalanceTerm.LINKS
        ] += 1
    elif copy.receipt_id is not None:
        found.differs(Law.DISPATCHED, DifferenceKind.NOT_TAKEN, copy, copy.addressee)
    elif _ended(copy, dead):
        found.counts[BalanceTerm.DEAD] += 1
    else:
        found.untraced.append(Untraced(copy.message_id, copy.sender, copy.addressee))


def _ended(copy: CopyFact, dead: bool) -> bool:
    return dead or copy.state == OutboxState.FAILED


def _is_of(letter: DeadFact, copy: CopyFact, members: Collection[str]) -> bool:
    """Whether a dead letter can be this copy: its addressee's, or one that a relay office could not pass on."""
    if letter.sender not in (copy.sender, None):
        return False
    return copy.addressee not in members if letter.in_transit else letter.member == copy.addressee


def _judge_receipt(copy: CopyFact, taken: TakenFact | None, found: _Finding) -> None:
    """What is marked as settled rests on a receipt that is on record, and says what the addressee's inbox says."""
    law = Law.DISPATCHED
    if copy.state in BY_RECEIPT and copy.receipt_id is None and copy.needs_receipt:
        found.differs(law, DifferenceKind.UNPROVEN, copy, copy.addressee)
    if copy.receipt_id is None:
        return
    if not copy.receipt_kept:
        found.differs(law, DifferenceKind.RECEIPT_LOST, copy, copy.addressee)
    said = {OutboxState.DELIVERED: True, OutboxState.RETURNED: False}.get(copy.state)
    if taken is not None and said is not None and taken.accepted is not said:
        found.differs(law, DifferenceKind.CONTRADICTED, copy, copy.addressee)


# --- consultations ----------------------------------------------------------------------------------------------------


def _judge_parts(case: _Facts, found: _Finding) -> None:
    """Every department that a consultation went to has one part, and every part its consultation."""
    law, copies = Law.CONSULTATIONS, {copy.addressee: copy for copy in case.copies}
    times = Counter(part.department for part in case.parts)
    found.counts[BalanceTerm.ISSUED] += len(copies)
    for copy in copies.values():
        if copy.addressee not in times:
            found.differs(law, DifferenceKind.PART_LOST, copy, copy.addressee)
    for part in case.parts:
        copy_of_it = copies.get(part.department)
        found.counts[_fate(part, copy_of_it)] += 1
        for fault in _faults(part, copy_of_it, times[part.department]):
            found.differs(law, fault, part, part.department, part.case_number)


def _faults(part: PartFact, copy: CopyFact | None, times: int) -> Iterator[DifferenceKind]:
    if copy is None:
        yield DifferenceKind.PART_INVENTED
    if times > 1:
        yield DifferenceKind.PART_DOUBLED
    if part.state is PartState.PLANNED:
        yield DifferenceKind.PART_EARLY
    if part.state in _FATES and not part.answer_kept:
        yield DifferenceKind.ANSWER_LOST


_FATES = {
    PartState.ANSWERED: BalanceTerm.ANSWERED,
    PartState.DEEMED: BalanceTerm.DEEMED,
    PartState.REFUSED: BalanceTerm.REFUSED,
}


def _fate(part: PartFact, copy: CopyFact | None) -> BalanceTerm:
    """What became of a consultation. One whose department sent it back stays so until somebody answers or decides;
    one that the lead decided without is moot."""
    if part.state in _FATES:
        return _FATES[part.state]
    if part.state is PartState.MOOT or part.case_state in (CaseState.DECIDED, *WITHOUT_DECISION):
        return BalanceTerm.WITHDRAWN if part.case_state is CaseState.WITHDRAWN else BalanceTerm.MOOT
    return BalanceTerm.RETURNED if copy is not None and copy.state == OutboxState.RETURNED else BalanceTerm.IN_FLIGHT
