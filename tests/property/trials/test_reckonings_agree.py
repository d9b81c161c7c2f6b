"""What must come of whole logs: the product's own reckoning against one that shares nothing with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.trials.replay.fates import summary
from exchange.trials.replay.file import read_replay
from exchange.trials.replay.reckoning import reckon_log
from exchange.workdays import ChinaCalendar
from tests.plain_reckoning import reckon
from tests.real_input import real
from tests.reckoned_logs import read, reckoned
from tests.synthetic_log import synthetic_log


@pytest.mark.parametrize("seed", range(3))
def test_two_reckonings_that_share_nothing_agree_on_a_log_made_up_by_chance(tmp_path: Path, seed: int) -> None:
    text = synthetic_log(seed, 150)
    assert reckoned(read(tmp_path, text)) == reckon(text)


def test_the_permit_log_is_reckoned_as_its_own_times_say() -> None:
    found = reckon_log(read_replay(real("wabo/replay.csv")), ChinaCalendar())
    counts = summary(outcome.fate for outcome in found.outcomes.values())
    assert (counts["consultations"], counts["in_time"], counts["deemed"]) == (4750, 4454, 296)
    assert (counts["deemed_answered_late"], found.refused) == (210, frozenset())
