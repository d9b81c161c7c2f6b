"""What is judged in the end: the members' records, the reconciliation, and what the prover itself has seen."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.approval.monitor.recheck import recheck_case
from exchange.approval.rules.states import BY_SILENCE
from exchange.errors import NotFound
from exchange.messaging.inbox import Inbox
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.operations.reconciliation.books import Balance, BalanceVerdict
from exchange.store import Store
from exchange.trials.prove.notebook import Notebook
from exchange.trials.prove.rules.faults import FaultKind
from exchange.trials.prove.rules.judgement import Behaviour, BreachFound, ConsultedPart, ProofBreach, ProofEvidence
from exchange.trials.prove.rules.measures import Struck
from exchange.trials.prove.stage import DEPARTMENTS, WINDOW, address_of, behaviour_of, name_of
from exchange.trials.prove.store import PartEnd, RunEnd
from exchange.trials.prove.time_of_run import TimeOfRun

_MOST = 200
"""Dead letters and differences that are named of each member."""
_SETTLES = 1.5
"""Seconds around a clock's jump in which its member may have gone by either time."""


@dataclass(frozen=True)
class Findings:
    """Where the records are, and what the prover has seen."""

    stores: Mapping[str, Store]
    """By short name."""
    window: Node
    notebook: Notebook
    time: TimeOfRun
    struck: Sequence[Struck]
    stamps: bool

    def evidence(self, balance: Balance) -> ProofEvidence:
        """Return everything that is judged. Raises DatabaseUnavailable."""
        return ProofEvidence(
            handed=self.notebook.handed(),
            effects=self._effects(),
            cases=list(self.notebook.cases),
            asked=list(self._asked()),
            departments=len(DEPARTMENTS),
            stamps=self.stamps,
            unbalanced=list(_unbalanced(balance)),
            set_aside=list(self._set_aside()),
        )

    def _effects(self) -> Counter[tuple[str, str]]:
        """How often each document was taken in: by the inbox, or by the register where that says more."""
        effects: Counter[tuple[str, str]] = Counter()
        for name, store in self.stores.items():
            with store.reading() as tx:
                taken, entered = Counter(tx[RunEnd].taken()), Counter(tx[RunEnd].entered())
            effects.update({(id, name): times for id, times in (taken | entered).items()})
        return effects

    def _asked(self) -> Iterator[ConsultedPart]:
        with self.stores[WINDOW].reading() as tx:
            ends = list(tx[RunEnd].parts())
            opinions, defaults = (_by_part(tx[RunEnd].noted(event)) for event in ("opinion", "deemed"))
        confirmed = {name: self._confirmed(name) for name in DEPARTMENTS}
        deemed = self._deemed({end.case_number for end in ends if end.state in BY_SILENCE})
        for end in ends:
            yield self._one(end, opinions, defaults, confirmed[name_of(end.department)], deemed)

    def _one(
        self,
        end: PartEnd,
        opinions: Mapping[tuple[str, str], int],
        defaults: Mapping[tuple[str, str], int],
        confirmed: Mapping[str, float],
        deemed: Mapping[tuple[str, str], tuple[str, float | None]],
    ) -> ConsultedPart:
        key, name = (end.case_number, end.department), name_of(end.department)
        seen = self.notebook.opinions.get((end.case_number, name))
        fault, signed_at = deemed.get(key, ("", None))
        known = [confirmed.get(id) for id in (end.opinion_id, end.late_opinion_id) if id is not None]
        moments = [moment for moment in (seen.confirmed if seen else None, *known) if moment is not None]
        silent = end.state in BY_SILENCE
        return ConsultedPart(
            case_number=end.case_number,
            department=name,
            behaviour=behaviour_of(end.project, name) or Behaviour.SILENT,
            state=end.state,
            due=self._seconds(end.due_at),
            opinions=opinions.get(key, 0),
            defaults=defaults.get(key, 0),
            given=seen.given if seen else None,
            confirmed=min(moments, default=None),
            deemed_fault=(fault or ("" if signed_at is not None else "it is not on record")) if silent else "",
            deemed_at=signed_at,
            escalated=end.escalated_at is not None,
            for_review=end.review_at is not None,
        )

    def _seconds(self, instant: datetime | None) -> float | None:
        return None if instant is None else self.time.seconds(instant)

    def _confirmed(self, name: str) -> dict[str, float]:
        """When the broker had each of a department's opinions, at the latest, by the time that nothing moves."""
        true = latest_times([one for one in self.struck if one.fault.target == name], self.time)
        with self.stores[name].reading() as tx:
            found = tx[RunEnd].confirmed(address_of(WINDOW))
            return {id: true(self.time.seconds(sent_at)) for id, sent_at in found}

    def _deemed(self, numbers: set[str]) -> dict[tuple[str, str], tuple[str, float | None]]:
        """Why a default in force does not verify from its signed bytes, if so, and when it was signed."""
        found: dict[tuple[str, str], tuple[str, float | None]] = {}
        for number in sorted(numbers):
            try:
                again = recheck_case(self.window, number)
            except NotFound:
                continue
            for one in again:
                if one.deemed is None:
                    found |= {(number, address_of(name)): (str(one.error), None) for name in DEPARTMENTS}
                else:
                    found[number, one.deemed.state.department] = ("", self._seconds(one.signed_at))
        return found

    def _set_aside(self) -> Iterator[BreachFound]:
        for name, store in self.stores.items():
            with store.reading() as tx:
                letters, bad = tx[Inbox].dead_letters(_MOST), list(tx[RunEnd].ended_badly())
                keys = [(letter.sender or "", letter.message_id or "") for letter in letters]
                known = tx[Inbox].known(keys)
            for letter, key in zip(letters, keys, strict=True):
                if key in known:
                    continue  # refused by a clock that was wrong, and taken in since
                if letter.stands_for_more and self._all_arrived(letter.sender):
                    continue  # it stands for what was not kept one by one, and has come again since
                yield BreachFound(
                    ProofBreach.SET_ASIDE, letter.message_id or "?", name, f"{letter.kind}: {letter.reason}"
                )
            for id, addressee, why in bad:
                yield BreachFound(ProofBreach.SET_ASIDE, id, f"{name} → {name_of(addressee)}", why)

    def _all_arrived(self, sender: str | None) -> bool:
        """Whether a member has a receipt for all that it has sent."""
        store = self.stores.get(name_of(sender or ""))
        if store is None:
            return False
        with store.reading() as tx:
            counts = tx[Outbox].counts()
        return not any(counts.get(state.value) for state in (OutboxState.WRITTEN, OutboxState.SENT, OutboxState.FAILED))


def latest_times(struck: Sequence[Struck], time: TimeOfRun) -> Callable[[float], float]:
    """Return what turns a moment by a member's own clock into the latest true moment that it may have been.

    ``struck``: what befell the member. Its clock was wrong while it had jumped, and only then.
    """
    jumps = [
        (one.at - _SETTLES, one.lifted + _SETTLES, one.fault.amount * time.day)
        for one in struck
        if one.fault.kind is FaultKind.CLOCK and one.at is not None and one.lifted is not None
    ]

    def true(shown: float) -> float:
        return max([shown, *(shown - by for since, until, by in jumps if since <= shown - by <= until)])

    return true


def _by_part(entries: Iterator[tuple[str, str]]) -> Counter[tuple[str, str]]:
    return Counter((number, json.loads(detail)["department"]) for number, detail in entries)


def _unbalanced(balance: Balance) -> Iterator[BreachFound]:
    for unread in balance.unread:
        yield BreachFound(ProofBreach.UNREAD, unread.name, "", unread.reason)
    for one in balance.differences[:_MOST]:
        who = f"{name_of(one.sender)} → {name_of(one.member)}" if one.member else name_of(one.sender)
        yield BreachFound(ProofBreach.UNBALANCED, one.message_id, who, f"{one.law.value}: {one.fault.value}")
    if balance.verdict is BalanceVerdict.DIFFERS and not balance.differences:
        yield BreachFound(ProofBreach.UNBALANCED, "", "", f"{balance.unnamed} more")
