"""What the members' own records say has come of a replay, held against the reckoning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.deadline import project
from exchange.approval.rules.states import BY_SILENCE, CaseState, PartState
from exchange.approval.window.deadlines import RUNNING, deadline_state, matter_of
from exchange.approval.window.status import case_status
from exchange.approval.window.store import Cases
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.portal.view import FilingStanding, case_view
from exchange.schemas import Opinion, ProcedureEnded
from exchange.schemas.instants import EARLIEST
from exchange.store.journal import JournalEntry
from exchange.store.transaction import Transaction
from exchange.trials.replay.acts import Acts
from exchange.trials.replay.fates import Ending, ReplayFate
from exchange.trials.replay.log import ReplayApplication, ReplayLog
from exchange.trials.replay.reckoning import Reckoned
from exchange.trials.replay.result import Consulted, Refused, Replayed


def found_in(acts: Acts, log: ReplayLog, reckoned: Reckoned, refused: Mapping[int, str], seconds: float) -> Replayed:
    """Read what came of a replay from its members' databases."""
    sent_back = dict(_sent_back(acts))
    said = {line: _by_name(acts, sentence) for line, sentence in {**refused, **sent_back}.items()}
    with acts.domain.nodes[acts.window].store.reading() as tx:
        consulted = tuple(
            one for application in log.applications for one in _consulted(tx, acts, application, reckoned)
        )
        doubled = sum(_times_settled(tx.journal_of(application.number)) for application in log.applications)
    copies: Counter[str] = Counter()
    dead = 0
    for node in acts.domain.nodes.values():
        with node.store.reading() as tx:
            dead += tx[Inbox].counts().get("dead", 0)
            copies.update(tx[Outbox].counts())
    settled = copies[OutboxState.DELIVERED] + len(sent_back)
    return Replayed(
        consulted=consulted,
        refused=tuple(
            Refused(event, said.get(event.line), event.line in reckoned.refused)
            for event in log.events
            if event.line in said or event.line in reckoned.refused
        ),
        events=len(log.events),
        messages=copies.total(),
        seconds=seconds,
        dead_letters=dead,
        undelivered=copies.total() - settled,
        doubled=doubled,
        filings=len(acts.filings),
        told_otherwise=_told_otherwise(acts),
    )


def _told_otherwise(acts: Acts) -> int:
    """Of how many filings the portal's signed papers say another thing than the window's record of the case."""
    portal = acts.portal.address if acts.portal is not None else ""
    return sum(not _agrees(acts, portal, case, filing) for case, filing in acts.filings.items())


def _agrees(acts: Acts, portal: str, case_number: str, filing: str) -> bool:
    told = case_view(acts.domain.nodes[portal], filing)
    case = case_status(acts.domain.nodes[acts.window], case_number)
    lines = {part.department: part.step.value for part in told.progress.parts} if told.progress else {}
    parts = {part.department: _STEPS[part.state] for part in case.parts}
    served = told.decision.decision_id if told.decision else None
    return (told.standing, lines, served) == (_STANDINGS[case.state], parts, case.decision_id)


_STANDINGS = {
    CaseState.OPEN: FilingStanding.UNDER_WAY,
    CaseState.READY: FilingStanding.UNDER_WAY,
    CaseState.DECIDED: FilingStanding.DECIDED,
    CaseState.WITHDRAWN: FilingStanding.WITHDRAWN,
    CaseState.BY_LAW: FilingStanding.BY_LAW,
}
_STEPS = {
    PartState.PLANNED: "planned",
    PartState.ISSUED: "put-to",
    PartState.SIGNED: "signed-for",
    PartState.ANSWERED: "answered",
    PartState.DEEMED: "deemed",
    PartState.REFUSED: "deemed-refusal",
    PartState.ESCALATED: "escalated",
    PartState.MOOT: "not-needed",
}
"""How a part is told; in words of its own, so that a wrong table of the window's is found."""


def _by_name(acts: Acts, sentence: str) -> str:
    """Say of whom a sentence speaks as the log does, and not by an address that lasts as long as the replay."""
    for name, address in sorted(acts.addresses.items(), key=lambda one: len(one[1]), reverse=True):
        sentence = sentence.replace(address, name or "''")
    return sentence


def _sent_back(acts: Acts) -> Iterator[tuple[int, str]]:
    """What a department has sent of a case and the window has returned, with why."""
    lines = {message_id: line for line, message_id in acts.sent.items()}
    for address in acts.addresses.values():
        with acts.domain.nodes[address].store.reading() as tx:
            for copy in tx[Outbox].returned(EARLIEST, {Opinion.KIND, ProcedureEnded.KIND}):
                if copy.message_id in lines:
                    yield lines[copy.message_id], copy.last_error or copy.state.value


def _consulted(tx: Transaction, acts: Acts, application: ReplayApplication, reckoned: Reckoned) -> Iterator[Consulted]:
    case = tx[Cases].get(application.number)
    parts = {part.department: part for part in tx[Cases].parts(application.number)}
    for event in application.asked:
        part = parts.get(acts.addresses[event.department])
        yield Consulted(
            event=event,
            number=application.number,
            found=_outcome(tx, acts, case, part) if case and part else Ending(None, None),
            expected=reckoned.outcomes[(application.number, event.department)],
            consultation_id=part.consultation_id if part else None,
            opinion_id=(part.opinion_id or part.late_opinion_id) if part else None,
            deemed_id=part.deemed_id if part else None,
        )


def _outcome(tx: Transaction, acts: Acts, case: CaseRow, part: PartRow) -> Ending:
    fate = _fate(case, part)
    if part.state in RUNNING:
        node = acts.domain.nodes[acts.window]
        entries = tx[Cases].ledger(case.number, part.department)
        runs = project(deadline_state(node, case, part, matter_of(tx, case), entries, None), node.calendar)
        if runs.stopped or runs.provisional:
            fate = ReplayFate.STOPPED if runs.stopped else ReplayFate.PROVISIONAL
    return Ending(fate, part.due_at)


def _fate(case: CaseRow, part: PartRow) -> ReplayFate | None:
    if part.state is PartState.MOOT:
        return ReplayFate.WITHDRAWN if case.state is CaseState.WITHDRAWN else None
    if part.escalated_at is not None:
        return ReplayFate.ESCALATED
    if part.state is PartState.ANSWERED:
        return ReplayFate.IN_TIME
    if part.state in BY_SILENCE:
        return ReplayFate.DEEMED_THEN_LATE if part.late_opinion_id else ReplayFate.DEEMED
    return None


def _times_settled(journal: Sequence[JournalEntry]) -> int:
    """How often more than once a department's part of a case was settled; the journal never forgets."""
    settled = Counter(str(entry.detail.get("department")) for entry in journal if entry.event in ("opinion", "deemed"))
    return sum(times - 1 for times in settled.values())
