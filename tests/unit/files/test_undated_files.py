"""Document files: what several authorities are to sign bears no date of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.clock import SteppedClock
from exchange.errors import BadConfiguration
from exchange.files.document_file import read_document, read_undated
from tests.unit.facts import at

TEXT = """
number = "合规〔2026〕12号"
kind = "报告"
issuer = "规划局、公安局"
signatory = "王某"
title = "关于路网的报告"
body = "路网已经衔接。"
attachments = ["plan.pdf"]
"""
CLOCK = SteppedClock(at("03-02"))


def written(folder: Path, text: str) -> Path:
    (folder / "plan.pdf").write_bytes(b"%PDF-1.7")
    path = folder / "file.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_text_of_a_joint_document_has_all_but_the_date(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT)
    dated, enclosures = read_document(path, CLOCK)
    assert dated.date == CLOCK.now().date()
    assert read_undated(path, CLOCK) == (dated.model_copy(update={"date": None}), enclosures)


def test_a_date_before_anybody_has_signed_is_refused_and_where_it_stands_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"file\.toml.*date") as refused:
        read_undated(written(tmp_path, TEXT + "date = 2026-03-01\n"), CLOCK)
    assert "last signature" in refused.value.remedy
