"""What has happened in a case, from its signed papers: oldest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.language import choose, name_of
from exchange.language.filings import PART_STEPS
from exchange.language.names import OUTCOMES
from exchange.portal.view import CasePaper, CaseView
from exchange.schemas import (
    OUTCOME_TITLES,
    Acceptance,
    CaseProgress,
    DecisionServed,
    Filing,
    FilingReceipt,
    FilingStatement,
    FilingSupplement,
    FilingWithdrawal,
    HearingEvent,
    HearingNotice,
    HearingRecord,
    PartStep,
    SupplementInvitation,
    TacitAuthorisation,
)
from exchange.window.guest import Guest


@dataclass(frozen=True)
class HistoryLine:
    """One line of the timeline."""

    kind: str
    what: str
    at: datetime
    more: str = ""
    path: str = ""
    """Where its paper is read."""


def history_of(guest: Guest, view: CaseView) -> list[HistoryLine]:
    """Return what has happened, oldest first."""
    found = [one for paper in view.papers for one in _of_paper(guest, view, paper)]
    if view.progress is not None:
        found += _of_departments(guest, view.progress)
    return sorted(found, key=lambda one: one.at)


def _of_paper(guest: Guest, view: CaseView, paper: CasePaper) -> Iterator[HistoryLine]:
    body, path = paper.body, f"/cases/{view.number}/papers/{paper.message_id}"
    sent_back = guest.say(f"被退回：{paper.reason}", f"sent back: {paper.reason}") if paper.signed_for is False else ""
    kind = "bad" if paper.signed_for is False else ""
    if isinstance(body, CaseProgress):
        return
    if isinstance(body, Acceptance):
        yield HistoryLine("" if body.opens else "warn", choose(OUTCOME_TITLES[body.outcome]), paper.at, path=path)
    elif isinstance(body, DecisionServed):
        outcome = name_of(OUTCOMES, body.outcome.value)
        yield HistoryLine("", guest.say(f"作出决定：{outcome}", f"Decided: {outcome}"), paper.at, path=path)
    elif isinstance(body, FilingReceipt):
        yield HistoryLine(
            "", guest.say("窗口收到，出具收件凭证", "The window has it, and gives a receipt"), paper.at, path=path
        )
    elif isinstance(body, TacitAuthorisation):
        said = guest.say("依法视为准予延续，无人审批", "Renewed by law; no person has approved it")
        yield HistoryLine("", said, paper.at, path=path)
    elif isinstance(body, SupplementInvitation):
        asks = guest.say(f"{body.name}请您补充材料", f"{body.name_en} asks you for a supplement")
        yield HistoryLine("warn", asks, paper.at, path=path)
    elif isinstance(body, HearingNotice | HearingRecord):
        yield HistoryLine("", _of_hearing(guest, body), paper.at, path=path)
    elif isinstance(body, Filing):
        yield HistoryLine(kind, guest.say("您提交了申请", "You handed in the application"), paper.at, sent_back)
    elif isinstance(body, FilingSupplement):
        yield HistoryLine(kind, guest.say("您提交了补正材料", "You handed in what was missing"), paper.at, sent_back)
    elif isinstance(body, FilingStatement):
        what = (
            ("您申请听证", "You asked for a hearing") if body.hearing else ("您提交了陈述申辩", "You stated your view")
        )
        yield HistoryLine(kind, guest.words(what), paper.at, "\n".join(filter(None, (body.text, sent_back))))
    elif isinstance(body, FilingWithdrawal):
        yield HistoryLine(kind, guest.say("您申请撤回", "You asked to withdraw it"), paper.at, sent_back)


def _of_hearing(guest: Guest, body: HearingNotice | HearingRecord) -> str:
    if isinstance(body, HearingRecord):
        return guest.say("举行了听证，笔录在此", "The hearing was held; this is its record")
    return guest.words(_HEARINGS[body.event])


_HEARINGS = {
    HearingEvent.CALLED: ("将举行听证", "A hearing will be held"),
    HearingEvent.PUT_OFF: ("听证延期", "The hearing is put off"),
    HearingEvent.CALLED_OFF: ("听证取消", "The hearing is called off"),
}


def _of_departments(guest: Guest, progress: CaseProgress) -> Iterator[HistoryLine]:
    put: dict[datetime, list[str]] = {}
    for part in progress.parts:
        name = guest.say(part.name, part.name_en)
        if part.put_to_at is not None:
            put.setdefault(part.put_to_at, []).append(name)
        if part.signed_at is not None:
            yield HistoryLine("", guest.say(f"{name}已签收", f"{name} has signed for it"), part.signed_at)
        if part.settled_at is not None and part.step is not PartStep.NOT_NEEDED:
            state = guest.words(PART_STEPS[part.step])
            kind = "" if part.step is PartStep.ANSWERED else "warn"
            yield HistoryLine(kind, guest.say(f"{name}：{state}", f"{name} {state}"), part.settled_at)
    for at, names in put.items():
        together = guest.say("、", ", ").join(names)
        yield HistoryLine(
            "", guest.say(f"送达 {len(names)} 个部门", f"Put to {len(names)} departments at once"), at, together
        )
