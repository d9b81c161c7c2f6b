"""The parallel procedure of a matter as data: stages, who is asked in each, who waits for whom, and how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.catalogue.silence import silence_of, silence_text
from exchange.language import Text, Words
from exchange.schemas import Approver, Completion, DefaultMode, Matter

Names = Mapping[str, Words]
"""What members are called, by address."""


@dataclass(frozen=True)
class ProcedurePart:
    """One department's part."""

    department: str
    names: Words
    term_days: int
    waits_for: tuple[Words, ...]
    """Departments of its stage whose result it needs before it decides; it prepares meanwhile."""
    veto: bool
    silence: DefaultMode
    silence_text: Text
    default_basis: tuple[str, ...]


@dataclass(frozen=True)
class ProcedureStage:
    """Departments that are asked at the same time."""

    number: int
    ranks: tuple[tuple[ProcedurePart, ...], ...]
    """Who decides at once, then who needs their results, and so on."""

    @property
    def parts(self) -> tuple[ProcedurePart, ...]:
        """All departments of the stage."""
        return tuple(part for rank in self.ranks for part in rank)


def procedure_of(matter: Matter, names: Names) -> tuple[ProcedureStage, ...]:
    """Return a matter's stages in their order."""
    numbers = sorted({approver.stage for approver in matter.approvers})
    return tuple(ProcedureStage(number, _ranks(matter, number, names)) for number in numbers)


def completion_text(matter: Matter) -> Text:
    """Say when the window may decide."""
    if matter.completion is Completion.QUORUM:
        return Text("Decided once {quorum} departments have agreed.", {"quorum": matter.quorum})
    if matter.completion is Completion.VETO:
        return Text("Decided when all have answered; an objection of a department with a veto ends it at once.")
    return Text("Decided when all have answered.")


def called(names: Names, address: str) -> Words:
    """Return what a member is called; its address where nobody has told."""
    return names.get(address, (address, address))


def _ranks(matter: Matter, stage: int, names: Names) -> tuple[tuple[ProcedurePart, ...], ...]:
    waiting = [approver for approver in matter.approvers if approver.stage == stage]
    ranks, settled = [], set[str]()
    while waiting:
        free = [approver for approver in waiting if settled.issuperset(approver.after)]
        ranks.append(tuple(_part(approver, matter, names) for approver in free))
        settled |= {approver.department for approver in free}
        waiting = [approver for approver in waiting if approver not in free]
    return tuple(ranks)


def _part(approver: Approver, matter: Matter, names: Names) -> ProcedurePart:
    silence = silence_of(approver, matter)
    return ProcedurePart(
        department=approver.department,
        names=called(names, approver.department),
        term_days=approver.term_days,
        waits_for=tuple(called(names, earlier) for earlier in approver.after),
        veto=approver.veto,
        silence=silence,
        silence_text=silence_text(approver, matter),
        default_basis=() if silence is DefaultMode.NONE else approver.default_basis,
    )
