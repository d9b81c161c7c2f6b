"""Consent: who has given it, who objects, and whose a grant lacks. Silence is either only where a rule says so."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from exchange.approval.rules.states import PartState
from exchange.schemas import Completion, Verdict

_AGREED = frozenset({Verdict.AGREE, Verdict.AGREE_WITH_CONDITIONS})


class PartConsent(Protocol):
    """What consent depends on."""

    @property
    def department(self) -> str: ...
    @property
    def state(self) -> PartState: ...
    @property
    def verdict(self) -> Verdict | None: ...


def objects(part: PartConsent) -> bool:
    """Return whether a department has disagreed, or its silence is refusal by the rule."""
    return part.state is PartState.REFUSED or (part.state is PartState.ANSWERED and part.verdict is Verdict.DISAGREE)


def consents(part: PartConsent) -> bool:
    """Return whether a department has agreed, with or without conditions, or its silence is consent by the rule."""
    return part.state is PartState.DEEMED or (part.state is PartState.ANSWERED and part.verdict in _AGREED)


def lacking(
    completion: Completion,
    quorum: int | None,
    parts: Sequence[PartConsent],
    replaced: Collection[str] = (),
) -> tuple[str, ...]:
    """Return the departments whose consent a grant requires and which have given none.

    Those that have disagreed, or whose silence is refusal, are not among them.

    All that the matter names must consent, answered or not, asked or not; with a quorum nobody is lacking once that
    has consented. Who objects is owed reasons as an objector, whatever the quorum. ``replaced`` are those that
    are not competent and in whose place another was asked: its consent is required, theirs is not.
    """
    given = {part.department for part in parts if consents(part)}
    if completion is Completion.QUORUM and quorum and len(given) >= quorum:
        return ()
    objected = {part.department for part in parts if objects(part)}
    return tuple(part.department for part in parts if part.department not in {*given, *objected, *replaced})
