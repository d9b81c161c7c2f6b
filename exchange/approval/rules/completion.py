"""How a case moves on: which stage is open, who may decide now, when the lead may decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from exchange.approval.rules.consent import consents, objects
from exchange.approval.rules.states import BY_SILENCE, PartState
from exchange.schemas import Approver, Completion, Verdict

SETTLED = BY_SILENCE | {PartState.ANSWERED, PartState.MOOT}
"""States of a part that nobody waits for. ESCALATED is none: there the lead must act, or an answer may still come."""
OVER = SETTLED | {PartState.ESCALATED}
"""States of a part that no other part waits for: what was escalated may never come."""
RESULT = BY_SILENCE | {PartState.ANSWERED}
"""States in which there is a result that others can be told."""


class PartProgress(Protocol):
    """What progress depends on."""

    @property
    def department(self) -> str: ...
    @property
    def stage(self) -> int: ...
    @property
    def state(self) -> PartState: ...
    @property
    def verdict(self) -> Verdict | None: ...


class Advance(StrEnum):
    """What a case does next."""

    WAIT = "wait"
    NEXT_STAGE = "next-stage"
    READY = "ready"


@dataclass(frozen=True)
class Progress:
    """Where a case stands: its next move, whose parts become moot, and who need not wait any longer."""

    kind: Advance
    moot: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()


def progress(
    completion: Completion,
    quorum: int | None,
    stage: int,
    parts: Sequence[PartProgress],
    approvers: Iterable[Approver],
) -> Progress:
    """Apply the matter's completion rule. An empty set of parts never completes anything."""
    rules = {approver.department: approver for approver in approvers}
    still_open = tuple(part.department for part in parts if part.state not in SETTLED)
    if ends_early(completion, quorum, parts, rules):
        return Progress(Advance.READY, still_open)
    here = [part for part in parts if part.stage <= stage]  # earlier ones too: one may be recalled, or asked again
    cleared = _cleared(parts, here, rules)
    later = any(part.stage > stage and part.state is PartState.PLANNED for part in parts)
    if here and later and all(part.state in OVER for part in here):
        return Progress(Advance.NEXT_STAGE, cleared=cleared)
    if here and not later and all(part.state in SETTLED for part in here):
        return Progress(Advance.READY)
    return Progress(Advance.WAIT, cleared=cleared)


def may_decide(parts: Sequence[PartProgress]) -> bool:
    """Return whether the lead may decide by hand: nobody who was asked has time left."""
    return bool(parts) and not any(part.state in (PartState.ISSUED, PartState.SIGNED) for part in parts)


def ends_early(
    completion: Completion, quorum: int | None, parts: Sequence[PartProgress], rules: Mapping[str, Approver]
) -> bool:
    """Return whether a veto or a quorum lets the lead decide, whoever else has not answered."""
    if completion is Completion.VETO:
        return any(objects(part) and rules[part.department].veto for part in parts)
    if completion is Completion.QUORUM and quorum:
        return sum(consents(part) for part in parts) >= quorum
    return False


def _cleared(
    parts: Sequence[PartProgress], here: Sequence[PartProgress], rules: Mapping[str, Approver]
) -> tuple[str, ...]:
    """Who waits for nobody any more: whoever it waited for has a result, or none will be waited for.

    One that was added may wait for one of an earlier stage.
    """
    done = {part.department for part in parts if part.state in OVER}
    return tuple(
        part.department
        for part in here
        if part.state not in SETTLED and rules[part.department].after and set(rules[part.department].after) <= done
    )
