"""Which queue a message goes to."""

from __future__ import annotations

import pytest

from exchange.directory.addressing import queue_for
from exchange.schemas import MESSAGES, Urgency

ARBITER = {"opinion", "opinion-recall", "procedure-ended", "deemed-consent", "escalation", "supplement-request"}


@pytest.mark.parametrize("kind", sorted(ARBITER))
@pytest.mark.parametrize("urgency", list(Urgency))
def test_opinions_and_silence_share_one_queue_however_urgent(kind: str, urgency: Urgency) -> None:
    assert queue_for(kind, "hefei.window", urgency) == "hefei.window.opinions"


@pytest.mark.parametrize("kind", sorted(set(MESSAGES) - ARBITER))
def test_everything_else_goes_to_the_inbox_and_what_is_urgent_overtakes(kind: str) -> None:
    assert queue_for(kind, "hefei.fire", Urgency.ORDINARY) == "hefei.fire.inbox"
    assert queue_for(kind, "hefei.fire", Urgency.URGENT) == "hefei.fire.inbox.urgent"
    assert queue_for(kind, "hefei.fire", Urgency.EXTRA_URGENT) == "hefei.fire.inbox.urgent"
