"""The glossary: whatever is shown to people as a kind, a role or a state stands in it, by the names that they see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

import exchange
from exchange.language import names
from exchange.language.choice import Words
from exchange.schemas import MESSAGES

PAGE = Path(exchange.__file__).parent.parent / "docs" / "glossary.md"
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| term"))]  # fmt: skip
TABLES = {
    "roles": names.ROLES.values(), "account roles": names.ACCOUNT_ROLES.values(),
    "kinds": [body.TITLE for body in MESSAGES.values()], "verdicts": names.VERDICTS.values(),
    "outcomes": names.OUTCOMES.values(), "defaults": names.DEFAULTS.values(), "amendments": names.AMENDMENTS.values(),
    "procedures": names.PROCEDURES.values(), "purposes": names.PURPOSES.values(), "cases": names.CASE_STATES.values(),
    "parts": names.PART_STATES.values(), "desk": names.DESK_STATES.values(), "notices": names.NOTICE_STATES.values(),
    "joint": names.JOINT_STATES.values(), "copies": names.COPIES.values(), "readers": names.READERS.values(),
    "death": names.STAGES_OF_DEATH.values(),
}  # fmt: skip
RETIRED = re.compile(r"\b(mend|mends|mended|deed|deeds|rung|rungs|conservation|given up|hand(?:ed)? in again)\b", re.I)
"""Words that others have taken the place of."""
ON_RECORD = {
    "schemas/base.py": ["rung", "rung"],
    "exchange/approval/monitor/tables.py": ["rung"],
    "exchange/operations/health/scrub.py": ["rung"],
}
"""Where what older releases have written is read by the name that it has there."""


@pytest.mark.parametrize("pairs", TABLES.values(), ids=TABLES)
def test_what_is_shown_to_people_is_in_the_glossary(pairs: Iterable[Words]) -> None:
    found = {(english, chinese) for english, chinese, *_ in ROWS}
    assert [pair for pair in pairs if (pair[1], pair[0]) not in found] == []


def test_every_term_has_its_meaning_in_a_sentence() -> None:
    assert len(ROWS) > 100
    assert [row for row in ROWS if len(row) != 4 or not row[2].endswith(".")] == []


def test_documents_use_the_words_of_the_glossary() -> None:
    pages = [path for path in PAGE.parent.rglob("*.md") if "adr" not in path.parts]
    assert len(pages) > 15
    found = {path.name: RETIRED.findall(path.read_text("utf-8")) for path in pages}
    assert {name: words for name, words in found.items() if words} == {}


def test_the_source_uses_the_words_of_the_glossary() -> None:
    root = PAGE.parent.parent
    sources = [
        path.relative_to(root)
        for place in ("exchange", "schemas", "script", "clients")
        for path in (root / place).rglob("*")
        if path.suffix in (".py", ".html", ".ts", ".sh") and not {"versions", "node_modules"} & {*path.parts}
    ]
    assert len(sources) > 400
    found = {path.as_posix(): RETIRED.findall((root / path).read_text("utf-8")) for path in sources}
    assert {name: words for name, words in found.items() if words} == ON_RECORD
