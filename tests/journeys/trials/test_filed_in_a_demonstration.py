"""What somebody files by hand in a demonstration that is held goes the way of the scripted ones, to its decision."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.approval.filings.states import FilingState
from exchange.approval.window.status import recent_cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.portal.view import FilingStanding
from exchange.trials.at_the_window import attend
from tests.journeys.portal import arrive, file, make_portal_city, offer, row, tell, view

pytestmark = pytest.mark.broker

OFFICER = "王主任"


def test_an_officer_accepts_what_is_complete_and_confirms_what_the_rule_prepares(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_portal_city(tmp_path, broker, domain, rule_decides=False)
    with city.local:
        matter = offer(city)
        number, without_plan = file(city, matter), file(city, matter, with_plan=False)
        attend(city.window, OFFICER)
        arrive(city)
        assert row(city, without_plan).state is FilingState.RECEIVED, "left to somebody who looks at it"
        [case] = recent_cases(city.window)
        assert view(city, number).standing is FilingStanding.UNDER_WAY
        for name in ("planning", "transport"):
            city.reply(name, case)  # type: ignore[arg-type]
        assert [one.prepared is not None for one in recent_cases(city.window)] == [True]
        for _ in range(2):
            attend(city.window, OFFICER)
        arrive(city)
        tell(city)
        seen = view(city, number)
        assert seen.standing is FilingStanding.DECIDED
        assert seen.decision is not None
        assert not seen.decision.by_rule
