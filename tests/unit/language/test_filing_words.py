"""Every state of a filing, and every step that its applicant sees, has its words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pytest

from exchange.approval.filings.states import FilingState
from exchange.approval.hearings.states import HearingState
from exchange.language.choice import Words
from exchange.language.filings import CHANNELS, FILING_STANDINGS, FILING_STATES, HEARING_STATES, PART_STEPS
from exchange.portal.view import FilingStanding
from exchange.schemas import FilingChannel, PartStep


@pytest.mark.parametrize(
    ("words", "states"),
    [
        (FILING_STATES, FilingState),
        (FILING_STANDINGS, FilingStanding),
        (CHANNELS, FilingChannel),
        (PART_STEPS, PartStep),
        (HEARING_STATES, HearingState),
    ],
)
def test_every_value_has_its_words_and_nothing_else_has(words: Mapping[str, Words], states: type[StrEnum]) -> None:
    assert set(words) == {one.value for one in states}
    assert all(zh and en for zh, en in words.values())
