"""A deadline monitor in memory: it reminds, defaults and escalates by what it was told, which may be outdated."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from exchange.approval.rules.deadline import Projection, project
from exchange.approval.rules.defaults import obstacles
from exchange.approval.rules.derived_ids import deemed_id, escalation_id, reminder_id
from exchange.approval.rules.reminders.reminded import reminders_of
from exchange.approval.rules.reminders.stages import stage_to_remind
from exchange.schemas import (
    DeadlineState,
    DeadlineStatus,
    DeemedConsent,
    Escalation,
    Opinion,
    OpinionRecall,
    ReminderProof,
    SentReminder,
)
from tests.property.seat import CALENDAR, CASE, CONSULTATION, PROOF

Message = Opinion | OpinionRecall | DeemedConsent | Escalation


@dataclass(frozen=True)
class Posted:
    """A message in the arbiter queue, with the broker's stamp."""

    id: str
    at: datetime
    body: Message


@dataclass
class Monitor:
    """Deadlines under watch, reminders sent, and what the window has told it and it has not taken in yet."""

    watched: dict[str, DeadlineState] = field(default_factory=dict)
    running: dict[str, bool] = field(default_factory=dict)
    reminders: dict[str, list[SentReminder]] = field(default_factory=dict)
    told: list[DeadlineState] = field(default_factory=list)

    def take_in(self) -> None:
        """Takes in what it was told; an older revision changes nothing."""
        for state in self.told:
            known = self.watched.get(state.department)
            if known is None or known.revision < state.revision:
                self.watched[state.department] = state
                self.running[state.department] = state.status is DeadlineStatus.RUNNING
        self.told.clear()

    def sweep(self, now: datetime) -> list[Posted]:
        """Looks at its deadlines: reminds, and posts what silence has come to."""
        posted = []
        for department, state in self.watched.items():
            projection = project(state, CALENDAR)
            if not self.running[department] or projection.due_at is None or projection.effective_at is None:
                continue
            sent = self.reminders.setdefault(department, [])
            if now > projection.effective_at:
                self.running[department] = False
                posted.append(_lapse(state, projection, reminders_of(state, projection, sent), now))
            elif now < projection.due_at:
                self.reminders[department] += _remind(state, projection, sent, now)
        return posted


def _remind(
    state: DeadlineState, projection: Projection, sent: list[SentReminder], now: datetime
) -> list[SentReminder]:
    stage = stage_to_remind(state, projection, sent, CALENDAR, now)
    if stage is None or projection.started_at is None or projection.due_at is None:
        return []
    id_ = reminder_id(CASE, state.department, stage, projection.started_at, projection.due_at)
    proof = ReminderProof(signed=b"reminder", receipt=PROOF)
    return [SentReminder(message_id=id_, stage=stage, at=now, proof=proof)]


def _lapse(state: DeadlineState, projection: Projection, sent: list[SentReminder], now: datetime) -> Posted:
    assert projection.due_at is not None
    hindered = obstacles(state, projection, sent, now)
    if hindered:
        id_ = escalation_id(CASE, state.department, state.revision)
        escalation = Escalation(
            case_number=CASE,
            department=state.department,
            consultation_id=CONSULTATION,
            due_at=projection.due_at,
            obstacles=tuple(hindered),
            state=state,
        )
        return Posted(id_, now, escalation)
    deemed = DeemedConsent(
        state=state,
        mode=state.default,
        due_at=projection.due_at,
        calendar=CALENDAR.version,
        reminders=tuple(sent),
        receipt_digest="0" * 64,
    )
    return Posted(deemed_id(CASE, state.department, state.revision), now, deemed)
