"""One language at a time: which one, and how texts and errors come in it."""

from __future__ import annotations

import errno
import os
import threading
from datetime import UTC, datetime

import pytest

from exchange.clock import CST, end_text
from exchange.errors import BadTopology, NotFound
from exchange.language import (
    Language,
    Text,
    choose,
    joined,
    language,
    language_of_environment,
    plural,
    speaking,
    tr,
)
from exchange.operations.said.terms import due_text
from exchange.web.render import due, preferred


def test_what_is_quoted_stands_between_the_quotes_of_its_language_with_the_same_escapes() -> None:
    said = Text("there is no account {name!r} here", {"name": "甲\x1b[2J"})
    assert str(said) == "there is no account '甲\\x1b[2J' here"
    assert said.written(Language.CHINESE) == "此处没有账号“甲\\x1b[2J”"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh"}, "zh"),
        ({"LANG": "ZH_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_CTYPE": "en_GB.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "EXCHANGE_LANGUAGE": "en"}, "en"),
        ({"LC_ALL": "C", "EXCHANGE_LANGUAGE": "zh"}, "zh"),
        ({"LC_ALL": "C", "EXCHANGE_LANGUAGE": "zh-CN"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "EXCHANGE_LANGUAGE": " "}, "zh"),
    ],
)
def test_the_language_is_the_settings_else_the_locales(environment: dict[str, str], wanted: str) -> None:
    assert language_of_environment(environment) == wanted


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", None),
        ("en", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("fr, en;q=0.3, zh;q=0.7", "zh"),
        ("en;q=0, zh-Hans;q=0.1", "zh"),
        ("zh;q=0", None),
        ("de, *;q=0.5", None),
        ("zh;q=x, en;q=0.1", "en"),
    ],
)
def test_of_what_a_browser_accepts_the_language_it_would_rather_have(header: str, wanted: str | None) -> None:
    assert preferred(header) == wanted


def test_a_language_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        language_of_environment({"EXCHANGE_LANGUAGE": "fr"})


def test_a_visitors_language_is_nobody_elses() -> None:
    heard: list[Language] = []
    with speaking(Language.CHINESE):
        other = threading.Thread(target=lambda: heard.append(language()))
        other.start()
        other.join()
        assert (language(), choose(("中", "E"))) == (Language.CHINESE, "中")
    assert (language(), heard, choose(("中", "E"))) == (Language.ENGLISH, [Language.ENGLISH], "E")


def test_an_error_is_english_for_logs_and_in_the_readers_language_for_people() -> None:
    error = BadTopology("no queue {name} at {{this}} broker", name="hefei.{planning}", remedy="declare {name}")
    assert str(error) == "no queue hefei.{planning} at {this} broker"
    assert error.remedy == "declare hefei.{planning}"
    with speaking(Language.CHINESE):
        assert str(error) == "no queue hefei.{planning} at {this} broker"
        assert error.remedy == "declare hefei.{planning}"


def test_the_remedy_of_a_class_is_translated_too() -> None:
    error = BadTopology("x")
    assert error.diagnostics(Language.ENGLISH).endswith(f"→ {error.remedy}")
    assert error.remedy not in error.diagnostics(Language.CHINESE)


def test_braces_without_parameters_stand_for_themselves() -> None:
    assert str(NotFound("no {such} thing")) == "no {such} thing"
    assert tr("no {such} thing") == "no {such} thing"


def test_texts_within_texts_are_rendered_in_the_same_language() -> None:
    inner = NotFound("inner {what}", what=joined([Text("a {n}", {"n": 1}), "b"]))
    assert str(NotFound("outer: {inner}", inner=inner)) == "outer: inner a 1; b"


def test_one_and_many() -> None:
    assert plural(1, "{number} copy", "{number} copies") == "1 copy"
    assert plural(2, "{number} copy of {what}", "{number} copies of {what}", what="it") == "2 copies of it"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 3, 7, tzinfo=CST), "2026-03-06 24:00"),
        (datetime(2026, 1, 1, tzinfo=CST), "2025-12-31 24:00"),
        (datetime(2026, 3, 6, 16, tzinfo=UTC), "2026-03-06 24:00"),
        (datetime(2026, 3, 6, 23, 59, tzinfo=CST), "2026-03-06 23:59"),
        (datetime(2026, 3, 7, 0, 1, tzinfo=CST), "2026-03-07 00:01"),
    ],
)
def test_the_end_of_a_day_is_written_in_one_way_everywhere(at: datetime, said: str) -> None:
    assert end_text(at) == due_text(at) == due(at) == said


def test_what_the_system_says_of_a_file_is_told_in_the_readers_language_and_nobodys_own_words_are() -> None:
    error = NotFound("{path}: {reason}", path="No such file", reason=os.strerror(errno.ENOENT))
    assert str(error) == "No such file: No such file or directory"
    assert error.written(Language.CHINESE) == "No such file: 没有这个文件或文件夹"
