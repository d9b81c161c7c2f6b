"""What the product reckons of a log before it plays it, in the shape of the reckoning that shares nothing with it."""

from __future__ import annotations

from pathlib import Path

from exchange.trials.replay.file import read_replay
from exchange.trials.replay.log import ReplayLog
from exchange.trials.replay.reckoning import reckon_log
from exchange.workdays import ChinaCalendar


def read(tmp_path: Path, text: str) -> ReplayLog:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    return read_replay(path)


def reckoned(log: ReplayLog) -> tuple[dict[int, tuple[object, object]], set[int]]:
    found = reckon_log(log, ChinaCalendar())
    outcomes = {
        one.line: found.outcomes[(application.number, one.department)]
        for application in log.applications
        for one in application.asked
    }
    return {line: (outcome.fate, outcome.due) for line, outcome in outcomes.items()}, set(found.refused)
