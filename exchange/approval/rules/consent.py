"""Consent: who has given it, and whose a grant lacks. Silence is consent only where a rule says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from exchange.approval.rules.states import PartState
from exchange.schemas import Approver, Completion, DefaultMode, Verdict

_AGREED = frozenset({Verdict.AGREE, Verdict.AGREE_WITH_CONDITIONS})


class PartConsent(Protocol):
    """What consent depends on."""

    @property
    def department(self) -> str: ...
    @property
    def state(self) -> PartState: ...
    @property
    def verdict(self) -> Verdict | None: ...


def consents(part: PartConsent, approver: Approver) -> bool:
    """Return whether a department has agreed, with or without conditions, or its silence is consent by the rule."""
    if part.state is PartState.DEEMED:
        return approver.default is DefaultMode.CONSENT
    return part.state is PartState.ANSWERED and part.verdict in _AGREED


def lacking(
    completion: Completion,
    quorum: int | None,
    parts: Sequence[PartConsent],
    approvers: Iterable[Approver],
    replaced: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the departments whose consent a grant requires and which have given none.

    Those that have disagreed are not among them.

    All that the matter names must consent, answered or not, asked or not; with a quorum nobody is lacking once that
    has consented. Who disagreed is owed reasons as an objector, whatever the quorum. ``replaced`` are those that
    are not competent and in whose place another was asked: its consent is required, theirs is not.
    """
    rules = {approver.department: approver for approver in approvers}
    given = {part.department for part in parts if consents(part, rules[part.department])}
    if completion is Completion.QUORUM and quorum and len(given) >= quorum:
        return ()
    objected = {
        part.department for part in parts if part.state is PartState.ANSWERED and part.verdict is Verdict.DISAGREE
    }
    return tuple(part.department for part in parts if part.department not in {*given, *objected, *replaced})
