"""Texts are found where they are written, what hides its template is told, and translations fit their texts."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import exchange

ROOT = Path(exchange.__path__[0]).parent


@pytest.fixture(scope="module")
def texts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("texts", ROOT / "script" / "lib" / "texts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["texts"] = module
    spec.loader.exec_module(module)
    return module


def found_in(texts: Any, tmp_path: Path, source: str) -> list[tuple[str, bool]]:
    path = tmp_path / "module.py"
    path.write_text(source, encoding="utf-8")
    return [(one.text, bool(one.fault)) for one in texts._Module(path).found]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            'raise NotFound("no case {case}", remedy="look at {case}", case=case)',
            {("no case {case}", False), ("look at {case}", False)},
        ),
        ('raise NotFound(f"no case {case}")', {("f'no case {case}'", True)}),
        ('raise NotFound("no case " + case)', {("'no case ' + case", True)}),
        ('raise error("x", remedy=f"look at {case}")', {("f'look at {case}'", True)}),
        ('raise Conflict("one" if a else "other")', {("one", False), ("other", False)}),
        ('_REMEDY = "do it"\nraise Conflict("x", remedy=_REMEDY)', {("x", False), ("do it", False)}),
        ('from exchange.language import tr\nprint(tr("saved: {path}", path=path))', {("saved: {path}", False)}),
        (
            'from exchange.language import plural\nplural(n, "{number} copy", "{number} copies")',
            {("{number} copies", False)},
        ),
        ('from exchange.language import tr\ntr(f"saved {path}")', {("f'saved {path}'", True)}),
        ('from rich.text import Text\nText("of rich")', set()),
        ('from exchange.language import Text\nText("of ours")', {("of ours", False)}),
        ('yield file.fault(("a",), "must be {b}", b=b)', {("must be {b}", False)}),
        (
            'yield Finding("bad", "keys", "gone", "restore them")',
            {("keys", False), ("gone", False), ("restore them", False)},
        ),
    ],
)  # fmt: skip
def test_texts_are_found_where_they_are_written_and_what_hides_its_template_is_a_fault(
    texts: Any, tmp_path: Path, source: str, expected: set[tuple[str, bool]]
) -> None:
    assert set(found_in(texts, tmp_path, source)) == expected


@pytest.mark.parametrize(
    ("chinese", "told"),
    [("没有案件 {case}", ""), ("", "no Chinese"), ("没有案件", "other places"), ("没有案件 {number}", "other places")],
)
def test_a_translation_has_the_places_of_its_text(texts: Any, chinese: str, told: str) -> None:
    catalogue = Catalog("zh")
    catalogue.add("no case {case}", chinese)
    faults = texts.faults_of(catalogue, [])
    assert told in faults[0] if told else faults == []


@pytest.mark.parametrize(
    ("text", "chinese", "twice"),
    [
        ("Sends a report.", "向其他机关发报告。" * 2, "向其他机关发报告。"),
        ("Sends a report.\n\nAs a file.", "向其他机关发报告。\n\n文件如下。" * 9, "向其他机关发报告。\n\n文件如下。"),
        ("Sends a report.\n\nAs a file.", "发报告。" * 3 + "\n\n文件如下。", "发报告。"),
        ("A term ends.", "期限届满，期限届满。", ""),
        ("a file:\n\n        one\n        two", "文件：\n\n        一\n        二", ""),
        ("REAL_ORIGIN/ORIGIN/FACTOR", "应为 REAL_ORIGIN/ORIGIN/FACTOR", ""),
    ],
)  # fmt: skip
def test_a_translation_that_says_the_same_twice_running_is_a_fault(
    texts: Any, text: str, chinese: str, twice: str
) -> None:
    catalogue = Catalog("zh")
    catalogue.add(text, chinese)
    faults = texts.faults_of(catalogue, [])
    assert [repr(twice) in fault for fault in faults] == ([True] if twice else [])


def test_nothing_in_the_catalogue_is_said_twice_running(texts: Any) -> None:
    catalogue = read_po(next(texts.PLACE.glob("*.po")).open("rb"), locale="zh")
    said = {str(message.id): texts.said_twice(str(message.id), str(message.string)) for message in catalogue}
    assert len(said) > 2000
    assert {text: units for text, units in said.items() if units} == {}
