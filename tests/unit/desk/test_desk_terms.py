"""Remedies at a desk name its pages and fields, and no command."""

from __future__ import annotations

import pytest

from exchange.desk.terms import in_desk_terms


def english(zh: str, en: str) -> str:
    return en


def chinese(zh: str, en: str) -> str:
    return zh


@pytest.mark.parametrize(
    ("remedy", "told"),
    [
        ("`exchange status` lists the cases", "“Parallel cases” lists the cases"),
        ("none is owed; `exchange status HF-1` shows it", "none is owed; “Parallel cases” shows it"),
        ("decide by hand: exchange decide HF-1 OUTCOME --officer WHO", "decide by hand: “Decide”"),
        ("name it (--procedure): hearing; or extend the term", "name it: hearing; or extend the term"),
        ("give --basis with the article", "give the legal basis with the article"),
        ("`exchange show CASE` lists messages; `--as` names another member", "“Documents” lists messages"),
        ("`exchange dead` says why", "`exchange dead` says why"),
        ("write a number of days", "write a number of days"),
    ],
)  # fmt: skip
def test_commands_and_options_are_told_as_pages_and_fields(remedy: str, told: str) -> None:
    assert in_desk_terms(remedy, english) == told


def test_the_same_in_chinese() -> None:
    assert in_desk_terms("`exchange inbox` 列出待办", chinese) == "“待办” 列出待办"
    assert in_desk_terms("请指明（--procedure）：听证；或延长期限", chinese) == "请指明：听证；或延长期限"
    assert in_desk_terms("给出 --basis 及条款", chinese) == "给出 依据 及条款"
