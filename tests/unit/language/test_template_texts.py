"""Every visible text in the console's pages stands there in both languages: by `say(...)`, never in one alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

import exchange.web

PAGES = sorted((Path(exchange.web.__file__).parent / "templates").glob("**/*.html"))
NAMES = re.compile(r"\b(API|CSV|HTTP|JSON lines|JSON|OpenAPI|Yizhan|English)\b|驿站|中文")
"""What is called the same in both languages: the product, formats, the languages themselves."""
READ_OUT = frozenset({"alt", "aria-label", "placeholder", "title"})
"""Attributes that are shown or read out."""

_LETTERS = re.compile(r"[A-Za-z]{2}|[\u3400-\u9fff]")


class _Visible(HTMLParser):
    """The texts of a page that a person meets; code, scripts and styles are no prose."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("code", "pre", "script", "style")
        self.texts += [value for name, value in attrs if name in READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("code", "pre", "script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def in_one_language(source: str) -> list[str]:
    """What a template shows whoever reads it: its own text, without what its expressions and statements yield."""
    tokens = Environment(autoescape=True).lex(source)
    visible = _Visible()
    visible.feed("".join(value if kind == "data" else "" for _, kind, value in tokens))
    visible.close()
    return [text.strip() for text in visible.texts if _LETTERS.search(NAMES.sub("", text))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_no_text_in_one_language_only(page: Path) -> None:
    assert in_one_language(page.read_text(encoding="utf-8")) == []


def test_texts_in_one_language_are_found_and_names_and_code_are_not() -> None:
    page = '<p title="due">{{ say("案件", "case") }} 案件</p><p>overdue</p>'
    assert in_one_language(page) == [
        "due",
        "案件",
        "overdue",
    ]
    assert in_one_language("<a title=\"{{ say('a', 'b') }}\">API · JSON</a><code>exchange up</code>{# note #}") == []
