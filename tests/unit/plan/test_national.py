"""What a country needs: figures that follow from others, limits in their order, and the page that says them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exchange.cli import app
from exchange.cli.operations.plan_rows import needs, peak
from exchange.errors import CallerError
from exchange.plan.assumptions import DecidingLevel, PlanAssumptions
from exchange.plan.limits import PlannedPlace
from exchange.plan.measured import FIGURES, by_departments, measured
from exchange.plan.national import plan
from exchange.plan.queueing import erlang_c, utilisation, wait_of_one, wait_of_several
from exchange.plan.work import case_work, notice_messages, notice_slope

PAGE = Path("docs/national.md")
BENCHMARKS = Path("docs/benchmarks.md")


def test_the_default_is_the_country_as_it_is_with_every_city_as_hefei_in_2006() -> None:
    found = plan(PlanAssumptions())
    assert found.asked.domains == 1 + 31 + 333 + 2_843
    assert found.asked.cases_a_day == pytest.approx(333 * 20_000 * 12 / 250)
    assert found.sized.brokers == 3 * found.asked.domains
    assert found.sized.links == found.asked.domains - 1
    assert found.sized.machines >= 3 * found.asked.domains
    assert found.sized.open_cases == pytest.approx(found.asked.cases_a_day * 3.5)


def test_a_case_costs_what_was_measured_where_it_was() -> None:
    five, two = case_work(5), case_work(2)
    assert five.window == pytest.approx(measured("window") / 1000)
    assert two.window == pytest.approx(measured("window-two") / 1000)
    assert two.messages == pytest.approx(measured("messages-two"))
    assert by_departments("window", 0) > 0, "a case without a department is a case"
    assert case_work(5, 2).total == pytest.approx(2 * five.total)


def test_a_notice_takes_what_was_measured_where_it_was() -> None:
    assert measured("notice-one") / 1000 + 119 * notice_slope() == pytest.approx(measured("notice-many") / 1000)
    assert notice_messages() == pytest.approx(10, rel=0.01)


def test_waiting_is_that_of_the_books() -> None:
    assert utilisation(2, 0.25) == 0.5
    assert wait_of_one(1, 0.5) == pytest.approx(0.5), "M/M/1 at a half: the service time once more"
    assert wait_of_one(1, 0.5, variation=0) == pytest.approx(0.25), "M/D/1 waits half of that"
    assert wait_of_one(2, 0.5) == float("inf")
    assert erlang_c(0.5, 1) == pytest.approx(0.5)
    assert erlang_c(1.0, 2) == pytest.approx(1 / 3)
    assert erlang_c(2.0, 2) == 1.0
    assert wait_of_several(1, 0.5, 1) == pytest.approx(wait_of_one(1, 0.5))
    assert wait_of_several(4, 0.5, 2) == float("inf")


def test_what_breaks_first_is_in_front_and_load_that_is_too_much_waits_without_end() -> None:
    found = plan(PlanAssumptions(cases_a_day=1e9, disk_tb=1e9))
    assert found.uses[0].place is PlannedPlace.WINDOW
    assert found.uses[0].share > 1
    assert found.uses[0].growth < 1
    assert found.uses[0].wait == float("inf")
    assert [one.share for one in found.uses] == sorted((one.share for one in found.uses), reverse=True)
    assert {one.place for one in found.uses} == set(PlannedPlace)
    assert next(one for one in found.uses if one.place is PlannedPlace.MACHINES).share <= 0.5


def test_where_it_is_full_it_is_full() -> None:
    asked = PlanAssumptions()
    growth = next(one.growth for one in plan(asked).uses if one.place is PlannedPlace.WINDOW)
    grown = plan(PlanAssumptions(cases_a_day=asked.cases_a_day * growth))
    assert next(one.share for one in grown.uses if one.place is PlannedPlace.WINDOW) == pytest.approx(1)


@pytest.mark.parametrize(
    "given",
    [
        {"hours": 0}, {"cases_a_day": -1}, {"departments": 0}, {"peak_factor": 0.5}, {"cores": 0}, {"utilisation": 1},
        {"cities": 0}, {"cases_a_day": float("inf")}, {"cases_a_day": float("nan")},
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_are_refused(given: dict[str, float]) -> None:
    with pytest.raises(CallerError):
        PlanAssumptions(**given)  # type: ignore[arg-type]


def test_a_level_that_there_is_not_is_left_out() -> None:
    one = plan(PlanAssumptions(provinces=0, cities=1, counties=0, cases_a_day=960))
    assert one.asked.domains == 2
    assert one.notice.domains == 1
    counties = plan(PlanAssumptions(deciding=DecidingLevel.COUNTY))
    assert counties.asked.cases_a_second < plan(PlanAssumptions()).asked.cases_a_second


def test_the_command_gives_the_same_to_people_and_machines() -> None:
    runner = CliRunner()
    shown = runner.invoke(app, ["plan", "--cases-a-day", "1000000", "--peak-factor", "4"])
    assert shown.exit_code == 0, shown.output
    data = json.loads(runner.invoke(app, ["plan", "--cases-a-day", "1000000", "--peak-factor", "4", "--json"]).stdout)
    found = plan(PlanAssumptions(cases_a_day=1_000_000, peak_factor=4))
    assert data["sizing"]["machines"] == found.sized.machines
    assert data["assumptions"]["cases_a_day"] == 1_000_000
    assert {one["key"] for one in data["measured"]} == set(FIGURES)
    assert all(one["benchmark"] and one["taken"] for one in data["measured"])
    for _, value in needs(found):
        assert value in shown.stdout
    refused = runner.invoke(app, ["plan", "--hours", "0"])
    assert refused.exit_code != 0


def test_the_page_says_what_the_command_says() -> None:
    text = PAGE.read_text(encoding="utf-8")
    found = plan(PlanAssumptions())
    for label, value in needs(found):
        assert f"| {label} | {value} |" in text, label
    for row in peak(found):
        assert "| " + " | ".join(row) + " |" in text, row
    hundredfold = plan(PlanAssumptions(cases_a_day=100 * PlanAssumptions().cases_a_day))
    for row in peak(hundredfold):
        assert "| " + " | ".join(row) + " |" in text
    for one in FIGURES.values():
        assert re.search(rf"\| {re.escape(one.meaning[1])} \| {one.value:,g} ?{re.escape(one.unit)} \|", text), one
    assumed = re.findall(r"^\| `--([a-z-]+)` \| ([\d.,]+) \|", text, flags=re.MULTILINE)
    assert len(assumed) > 10
    for name, value in assumed:
        said = getattr(PlanAssumptions(), name.replace("-", "_"))
        assert float(value.replace(",", "")) == said, name


def test_every_figure_of_a_benchmark_stands_on_the_page_of_benchmarks() -> None:
    text = BENCHMARKS.read_text(encoding="utf-8")
    for one in FIGURES.values():
        assert re.search(rf"\b{one.value:,g}", text), one
