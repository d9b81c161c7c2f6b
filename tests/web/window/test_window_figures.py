"""What the public reads on a matter's page of how long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from exchange.clock import CST
from exchange.portal.store import ShownFigures
from exchange.schemas import DepartmentFigures, MatterFigures
from tests.web.window.wicket import Wicket, make_home

TRANSPORT = DepartmentFigures(
    department="hefei.transport", name="交通局", name_en="Transport Bureau", asked=12, in_time=9, deemed_consents=2
)
ENOUGH = MatterFigures(
    matter="works", since=date(2025, 3, 3), until=date(2026, 3, 2), decided=12, in_time=11, half_within_days=4,
    nine_of_ten_within_days=9, departments=(TRANSPORT,), at=datetime(2026, 3, 3, tzinfo=CST),
)  # fmt: skip


@pytest.fixture(scope="module")
def wicket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wicket]:
    found = Wicket.of(make_home(Path(tmp_path_factory.mktemp("figures"))))
    yield found
    found.opened.store.close()


def told(wicket: Wicket, figures: MatterFigures, language: str = "en") -> str:
    with wicket.opened.store.transaction() as tx:
        tx[ShownFigures].keep(figures.matter, figures.at, figures.model_dump_json())
    return wicket.visitor(language).http.get("/matters/works").text


def test_what_is_usual_is_told_with_its_days_and_only_of_enough_cases(wicket: Wicket) -> None:
    nothing = wicket.visitor().http.get("/matters/works").text
    assert "Usual time" not in nothing
    few = ENOUGH.model_copy(update={"decided": 4, "half_within_days": None, "departments": (), "at": ENOUGH.at})
    assert "Too few were decided" in told(wicket, few)
    shown = told(wicket, ENOUGH.model_copy(update={"at": ENOUGH.at + timedelta(days=1)}))
    for said in (
        "within 4, nine of ten within 9 working days",
        "91 %",
        "From 2025-03-03 to 2026-03-02",
        "Transport Bureau",
    ):
        assert said in shown
    assert "Too few" not in shown
    older = told(wicket, ENOUGH.model_copy(update={"half_within_days": 1}), "zh")
    assert "半数在 4 个工作日内办结，九成在 9 个工作日内办结" in older, "older figures change nothing"
