"""Forms and answers as people write them in files and on the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from exchange.clock import SteppedClock
from exchange.errors import BadConfiguration, CallerError
from exchange.files.answer_file import parse_values, read_answers
from exchange.files.notice_file import read_notice
from exchange.schemas import FieldType, Treatment
from tests.unit.facts import at

NOTICE = """
number = "皖政办〔2026〕12号"
issuer = "安徽省人民政府办公厅"
title = "关于报送防汛物资的通知"
body = "请报送。"

[form]
title = "防汛物资"
due_days = 5

[[form.fields]]
name = "pumps"
label = "水泵"
type = "integer"
unit = "台"
minimum = "0"

[[form.fields]]
name = "level"
label = "响应等级"
type = "choice"
choices = ["一级", "二级"]
required = false
"""
DAY = date(2026, 3, 20)


def written(folder: Path, text: str) -> Path:
    path = folder / "file.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_notice_file_may_carry_a_form(tmp_path: Path) -> None:
    notice, _ = read_notice(written(tmp_path, NOTICE), "all", DAY, SteppedClock(at("03-02")))
    assert notice.treatment is Treatment.ACTION
    assert notice.form is not None
    assert [(field.name, field.type, field.required) for field in notice.form.fields] == [
        ("pumps", FieldType.INTEGER, True),
        ("level", FieldType.CHOICE, False),
    ]


def test_a_form_goes_with_a_day_to_act_by(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="last day for answers") as refused:
        read_notice(written(tmp_path, NOTICE), "all", None, SteppedClock(at("03-02")))
    assert "--act-by" in refused.value.remedy


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ('type = "integer"', "file.toml:11: form.fields.0: "),
        ("due_days = 5", "file.toml:9: form.due_days: "),
        ('name = "level"', "file.toml:7: form: "),
    ],
)
def test_a_form_that_does_not_hold_is_told_with_its_line(tmp_path: Path, wrong: str, told: str) -> None:
    instead = {"due_days = 5": "due_days = 0", 'name = "level"': 'name = "pumps"'}.get(wrong, 'type = "text"')
    with pytest.raises(BadConfiguration) as refused:
        read_notice(written(tmp_path, NOTICE.replace(wrong, instead)), "all", DAY, SteppedClock(at("03-02")))
    assert told in str(refused.value)


def test_the_answers_of_a_file_are_taken_as_they_are_written(tmp_path: Path) -> None:
    text = 'pumps = 12\ncost = 12345678901234567.100000\nready = true\nsince = 2026-03-02\nremarks = "无"\n'
    assert read_answers(written(tmp_path, text)) == {
        "pumps": "12", "cost": "12345678901234567.100000", "ready": "yes", "since": "2026-03-02",
        "remarks": "无",
    }  # fmt: skip


@pytest.mark.parametrize("value", ["[1]", "{a = 1}", "2026-03-02T09:00:00", "09:00:00"])
def test_a_value_that_no_field_takes_is_told_with_its_line(tmp_path: Path, value: str) -> None:
    with pytest.raises(BadConfiguration, match=r"file.toml:2: pumps: must be text, a number"):
        read_answers(written(tmp_path, f"cost = 1\npumps = {value}\n"))


def test_values_on_the_command_line_are_what_follows_the_first_equals_sign() -> None:
    assert parse_values(["pumps=12", "remarks=a=b c", "cost="]) == {"pumps": "12", "remarks": "a=b c", "cost": ""}


@pytest.mark.parametrize("given", [["pumps"], ["=1"], ["pumps=1", "pumps=2"]])
def test_values_without_a_field_or_given_twice_are_refused(given: list[str]) -> None:
    with pytest.raises(CallerError, match="no field with a value, or is given twice"):
        parse_values(given)
