"""Announcements of a year's holidays as people write them: what holds, and what is told of what does not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from exchange.errors import BadConfiguration
from exchange.files.announcements import LARGEST, read_announcement

TODAY = date(2025, 11, 20)
NUMBER = "国办发明电〔2025〕7号"
YEAR = f"""year = 2026
number = "{NUMBER}"
announced_on = 2025-11-04
holidays = [
    "2026-01-01/2026-01-03",
    2026-10-01,
]
makeup_days = [2026-01-04]
"""

Told = Callable[[str], str]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """What is said of a TOML file with this text, without its folder."""

    def of(text: str) -> str:
        path = tmp_path / "2026.toml"
        path.write_bytes(text.encode())
        with pytest.raises(BadConfiguration) as error:
            read_announcement(path, TODAY)
        assert error.value.remedy
        return str(error.value).replace(f"{tmp_path}/", "")

    return of


def test_a_year_is_read_as_it_was_announced(tmp_path: Path) -> None:
    (tmp_path / "2026.toml").write_text("\ufeff" + YEAR)
    year = read_announcement(tmp_path / "2026.toml", TODAY)
    assert (year.year, year.number, year.announced_on) == (2026, NUMBER, date(2025, 11, 4))
    assert year.holidays == (*(date(2026, 1, day) for day in (1, 2, 3)), date(2026, 10, 1))
    assert [year.is_workday(date(2026, *day)) for day in ((1, 2), (1, 4), (1, 5), (1, 10), (10, 1))] == [
        False, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ("year = 2026", "year = 2524", "2026.toml:1: year: 2524 cannot have been announced: 2000 to 2027"),
        ("year = 2026", "", "2026.toml:1: year: missing"),
        (f'number = "{NUMBER}"', 'number = ""', "2026.toml:2: number: "),
        ("announced_on = 2025-11-04", "announced_on = 5", "2026.toml:3: announced_on: "),
        ("    2026-10-01,", "    2027-10-01,", "2026.toml:4: holidays.1: 2027-10-01 is not in 2026; each year has"),
        ("    2026-10-01,", "    2026-01-02,", "2026.toml:4: holidays.1: 2026-01-02 appears twice"),
        ("    2026-10-01,", '    "2026-10-07/2026-10-01",', "2026.toml:4: holidays.1: a span goes from its first day"),
        ("    2026-10-01,", '    "2026-01-01/2026-12-31",', "2026.toml:4: holidays.1: a span goes from its first day"),
        ("    2026-10-01,", '    "1 October",', "2026.toml:4: holidays.1: must be a day, as 2026-10-01, or a span"),
        ("    2026-10-01,", "    2026-10-01T08:00:00,", "2026.toml:4: holidays.1: must be a day, as 2026-10-01, or"),
        ("[2026-01-04]", "[2026-01-03]", "2026.toml:8: makeup_days.0: 2026-01-03 is a holiday, too"),
        ("[2026-01-04]", "[2026-01-05]", "2026.toml:8: makeup_days.0: 2026-01-05 is no Saturday or Sunday: it is"),
        ("[2026-01-04]", "2026-01-04", "2026.toml:8: makeup_days: "),
        ("makeup_days", "make_up_days", "2026.toml:8: make_up_days: "),
        ("holidays = [", "holidays = [[", "2026.toml:"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_field(told: Told, written: str, instead: str, said: str) -> None:
    assert written in YEAR
    assert said in told(YEAR.replace(written, instead))


def test_all_faults_are_told_at_once(told: Told) -> None:
    said = told(YEAR.replace("2026-10-01", "2027-10-01").replace("[2026-01-04]", "[2026-01-05]"))
    assert [line.split(":")[1] for line in said.splitlines()] == ["4", "8"]


def test_what_is_no_announcement_is_told_as_such(told: Told) -> None:
    assert "2026.toml:1: it has more than 65,536 bytes" in told("#" * (LARGEST + 1))
    assert "2026.toml:3: holidays: must have at least 1 entries" in told('year = 2026\nnumber = "n"\nholidays = []\n')
