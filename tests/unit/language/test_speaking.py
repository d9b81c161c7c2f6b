"""What the command line says, in one language at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
import typer

from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.status import PartStatus
from exchange.cli import app, help
from exchange.cli.usage import usage_fault
from exchange.cli.view import part_cell, state_text
from exchange.clock import CST
from exchange.language import Language, speaking, translated
from exchange.language.faults import fault_text
from exchange.schemas import DefaultMode, Opinion, Verdict
from exchange.schemas.titles import TITLES, kind_name

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NOW = datetime(2026, 3, 2, 9, tzinfo=CST)


def part(state: PartState, **more: object) -> PartStatus:
    facts: dict[str, object] = {
        "department": "hefei.planning", "names": ("规划局", "Planning"), "stage": 1, "state": state, "verdict": None,
        "default": DefaultMode.CONSENT, "due_at": None, "reminded": False, "late": False, "reasons": "",
        "conditions": "", "message_id": None, "late_opinion_id": None, "consultation_id": None,
    }  # fmt: skip
    return PartStatus(**{**facts, **more})  # type: ignore[arg-type]


def every_part() -> Iterator[PartStatus]:
    for state in PartState:
        yield part(state)
        yield part(state, due_at=datetime(2026, 3, 7, tzinfo=CST), days_left=4)
        yield part(state, due_at=datetime(2026, 3, 2, tzinfo=CST), days_left=0, reminded=True)
    for verdict in Verdict:
        yield part(PartState.ANSWERED, verdict=verdict)
        yield part(PartState.ANSWERED, verdict=verdict, late=True)


@pytest.mark.parametrize("one", list(every_part()), ids=lambda one: f"{one.state.value}-{one.verdict}-{one.due_at}")
def test_a_departments_part_is_said_in_one_language(one: PartStatus) -> None:
    with speaking(Language.CHINESE):
        chinese = part_cell(one, NOW).plain
    english = part_cell(one, NOW).plain
    assert CHINESE.search(chinese)
    assert not re.search(r"[a-z]{2}", chinese)
    assert not CHINESE.search(english)


def test_what_is_left_of_a_term_is_counted_in_working_days() -> None:
    one = part(PartState.SIGNED, due_at=datetime(2026, 3, 7, tzinfo=CST), days_left=4)
    assert part_cell(one, NOW).plain == "4 d left"
    with speaking(Language.CHINESE):
        assert part_cell(one, NOW).plain == "剩 4 天"


@pytest.mark.parametrize("state", list(CaseState))
def test_a_case_is_said_in_one_language(state: CaseState) -> None:
    with speaking(Language.CHINESE):
        assert not re.search(r"[a-z]", state_text(state, None).plain)
    assert not CHINESE.search(state_text(state, "grant").plain)


def test_kinds_are_called_by_their_names() -> None:
    assert kind_name(Opinion.KIND) == TITLES[Opinion.KIND][1]
    with speaking(Language.CHINESE):
        assert kind_name(Opinion.KIND) == TITLES[Opinion.KIND][0]
        assert kind_name("x-unknown") == "x-unknown"


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("Missing option '--as'.", "缺少选项 '--as'。"),
        ("Missing argument 'case'. Choose from:\n\ta,\n\tb", "缺少参数 'case'。可选：a, b"),
        ("No such option: --hlp (Possible options: --help)", "没有选项 --hlp（可用的选项：--help）"),
        ("No such command 'ini'. Did you mean 'init'?", "没有命令 'ini'。您要的是 'init' 吗？"),
        ("Got unexpected extra argument(s) (b c)", "多余的参数（b c）"),
        (
            "Invalid value for '--days': Input should be a valid integer, unable to parse",
            "'--days' 的值不对：必须是整数",
        ),
        (
            "Invalid value for '--port': 'x' is not one of 'a', 'b'.",
            "'--port' 的值不对：'x' 不在可选值之中：'a', 'b'。",
        ),
        ("Option '--as' requires an argument.", "选项 '--as' 须带一个值。"),
        ("Something that nobody foresaw", "不符合要求：Something that nobody foresaw"),
    ],
)
def test_a_command_line_that_cannot_be_read_is_told_in_the_readers_language(said: str, chinese: str) -> None:
    assert usage_fault(said) == said
    with speaking(Language.CHINESE):
        assert usage_fault(said) == chinese


def test_help_is_complete_in_both_languages() -> None:
    command = typer.main.get_command(app)
    english = list(help.texts_of(command))
    assert len(english) > 200
    chinese = [translated(text, Language.CHINESE) for text in english]
    assert [text for text, found in zip(english, chinese, strict=True) if not CHINESE.search(found)] == []
    assert [text for text in english if CHINESE.search(re.sub(r"```.*?```", "", text, flags=re.DOTALL))
            and not re.search(r"主送|抄送|批复|请示|主办机关|转发|通知|直属|张主任", text)] == []  # fmt: skip


@pytest.mark.parametrize(
    ("item", "english", "chinese"),
    [
        ({"type": "missing", "msg": "Field required"}, "missing", "缺少"),
        ({"type": "enum", "msg": "x", "ctx": {"expected": "'a' or 'b'"}}, "must be 'a' or 'b'", "必须是 'a' 或 'b'"),
        (
            {"type": "string_too_short", "msg": "x", "ctx": {"min_length": 3}},
            "must have at least 3 characters",
            "至少 3 个字符",
        ),
        ({"type": "greater_than_equal", "msg": "x", "ctx": {"ge": 1}}, "must be 1 or more", "必须不小于 1"),
        ({"type": "unheard_of", "msg": "Input should be so"}, "must be so", "不符合要求：must be so"),
    ],
)  # fmt: skip
def test_what_a_model_finds_wrong_is_told_in_both_languages(
    item: dict[str, object], english: str, chinese: str
) -> None:
    found = fault_text(item)
    assert (str(found), found.written(Language.CHINESE)) == (english, chinese)
    assert found.written(Language.ENGLISH) == english
