"""The command with which the lead presses a department, as a person types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.commands import application
from tests.web.cli.test_case_term_command import run
from tests.web.department import Bureau, bureau


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Bureau]:
    made = bureau(tmp_path / "bureau")
    yield made
    made.view.close()


def test_a_department_is_pressed_with_words_and_not_twice_on_one_day(city: Bureau, tmp_path: Path) -> None:
    number = json.loads(run(city, "submit", application(tmp_path), "--json").stdout)["case"]
    words = ("chase", number, "hefei.planning", "--words", "请于本周内答复")
    done = json.loads(run(city, *words, "--json").stdout)
    assert (done["case"], done["department"]) == (number, "hefei.planning")
    assert "每个工作日一次" in run(city, *words, code=4, language="zh").stderr
    assert "请于本周内答复" in run(city, "show", done["message_id"]).stdout
