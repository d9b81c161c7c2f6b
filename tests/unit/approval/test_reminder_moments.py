"""When a department is reminded: on working days of its term, once for every due moment, and not before the share."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from exchange.approval.rules.deadline import project
from exchange.approval.rules.derived_ids import reminder_id
from exchange.approval.rules.reminders.stages import next_stage_look, stage_moments, stage_to_remind
from exchange.schemas import DeadlineState, SentReminder
from tests.unit.facts import CALENDAR, at, deadline, end, extend, restart, resume, start, stop


def moments(state: DeadlineState) -> tuple[datetime, ...]:
    return tuple(stage_moments(state, project(state, CALENDAR), CALENDAR).values())


@pytest.mark.parametrize(
    ("state", "half", "last"),
    [
        (deadline(start("03-02"), days=1), "03-03", "03-03"),
        (deadline(start("03-02"), days=2), "03-03", "03-04"),
        (deadline(start("03-02")), "03-05", "03-09"),
        (deadline(start("03-02"), days=10), "03-09", "03-13"),
        (deadline(start("03-02"), days=20), "03-16", "03-26"),
        (deadline(start("2026-02-09"), days=10), "2026-02-14", "2026-02-27"),  # the festival ends with 23 February
        (deadline(start("03-02"), extend("03-06", 15)), "03-16", "03-26"),
        (deadline(start("03-02"), stop("03-04", 3)), "03-11", "03-13"),
        (deadline(start("03-02"), stop("03-04"), resume("03-11")), "03-13", "03-17"),
        (deadline(start("03-02"), restart("03-09")), "03-12", "03-16"),
        (deadline(start("03-02"), fixed=at("03-10", "08:59")), "03-05", "03-09"),
        (deadline(start("03-02"), fixed=at("03-10", "09:01")), "03-05", "03-10"),
    ],
)
def test_a_stage_falls_on_the_working_day_by_whose_end_its_share_has_passed(
    state: DeadlineState, half: str, last: str
) -> None:
    assert moments(state) == (at(half), at(last))


@pytest.mark.parametrize(
    "state",
    [
        deadline(),
        deadline(start("03-02"), stop("03-03")),
        deadline(start("03-06"), fixed=at("03-09", "08:59")),
        deadline(start("03-02"), fixed=at("03-02", "17:00")),
        deadline(start("03-02"), fixed=at("2199-03-02", "17:00")),
    ],
)
def test_a_term_without_an_end_or_without_a_working_day_has_no_stages(state: DeadlineState) -> None:
    assert moments(state) == ()
    now = at("03-06")
    assert stage_to_remind(state, project(state, CALENDAR), [], CALENDAR, now) is None
    assert next_stage_look(state, project(state, CALENDAR), CALENDAR, now) is None


def run(changes: list[tuple[datetime, DeadlineState]], until: datetime, away: list[datetime]) -> list[SentReminder]:
    """What a monitor sends that looks every hour, except between the two moments in which it is away."""
    sent: list[SentReminder] = []
    now = changes[0][0]
    while now < until:
        state = [state for since, state in changes if since <= now][-1]
        term = project(state, CALENDAR)
        present = not away or not away[0] <= now < away[1]
        due = term.due_at is not None and now < term.due_at
        stage = stage_to_remind(state, term, sent, CALENDAR, now) if present and due else None
        if stage is not None and term.started_at and term.due_at:
            id_ = reminder_id(state.case_number, state.department, stage, term.started_at, term.due_at)
            sent.append(SentReminder(message_id=id_, stage=stage, at=now))
        now += timedelta(hours=1)
    return sent


FIVE = deadline(start("03-02"))
RUNS = [
    ("undisturbed", [(at("03-02"), FIVE)], [], [("03-05", 50), ("03-09", 90)]),
    (
        "extended by fifteen days after the first reminder",
        [(at("03-02"), FIVE), (at("03-06", "15:00"), deadline(start("03-02"), extend("03-06", 15)))],
        [],
        [("03-05", 50), ("03-16", 50), ("03-26", 90)],
    ),
    (
        "extended by one on the last day",
        [(at("03-02"), FIVE), (at("03-09", "15:00"), deadline(start("03-02"), extend("03-09", 1)))],
        [],
        [("03-05", 50), ("03-09", 90), ("03-10", 90)],
    ),
    (
        "extended so that the last stage has come already",
        [
            (at("03-02"), deadline(start("03-02"), days=19)),
            (at("03-27", "15:00"), deadline(start("03-02"), extend("03-27", 1), days=19)),
        ],
        [],
        [("03-16", 50), ("03-26", 90), ("03-27", 90)],
    ),
    (
        "stopped for an open time, and resumed",
        [
            (at("03-02"), FIVE),
            (at("03-06", "15:00"), deadline(start("03-02"), stop("03-06"))),
            (at("03-16", "15:00"), deadline(start("03-02"), stop("03-06"), resume("03-16"))),
        ],
        [],
        [("03-05", 50), ("03-18", 90)],
    ),
    (
        "begun anew",
        [(at("03-02"), FIVE), (at("03-09", "15:00"), deadline(start("03-02"), restart("03-09")))],
        [],
        [("03-05", 50), ("03-09", 90), ("03-12", 50), ("03-16", 90)],
    ),
    ("away over both stages", [(at("03-02"), FIVE)], [at("03-04"), at("03-09", "20:00")], [("03-09", 90)]),
    (
        "away until a Sunday",
        [(at("03-02"), deadline(start("03-02"), days=6))],
        [at("03-04"), at("03-08")],
        [("03-09", 50), ("03-10", 90)],
    ),
]


@pytest.mark.parametrize(("changes", "away", "expected"), [one[1:] for one in RUNS], ids=[one[0] for one in RUNS])
def test_each_stage_is_reminded_of_once_for_every_due_moment_and_missed_ones_collapse(
    changes: list[tuple[datetime, DeadlineState]], away: list[datetime], expected: list[tuple[str, int]]
) -> None:
    sent = run(changes, end("04-10"), away)
    assert [(one.at.strftime("%m-%d"), one.stage) for one in sent] == expected
    assert len({one.message_id for one in sent}) == len(sent)


def test_a_monitor_that_looks_on_a_holiday_looks_again_when_the_next_working_day_begins() -> None:
    state = deadline(start("03-02"), days=6)
    term = project(state, CALENDAR)
    assert stage_to_remind(state, term, [], CALENDAR, at("03-08", "13:00")) is None
    assert next_stage_look(state, term, CALENDAR, at("03-08", "13:00")) == at("03-09")
    assert next_stage_look(state, term, CALENDAR, at("03-05", "09:00")) == at("03-10")
    assert next_stage_look(state, term, CALENDAR, at("03-10", "09:00")) is None
