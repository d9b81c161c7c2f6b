"""Commands and settings that the documents name are those of the program."""

from __future__ import annotations

import re

from exchange.cli.commands import COMMANDS
from tests.unit.project.test_documentation import PAGES, ROOT

PROSE = [page for page in PAGES if page.name != "CHANGELOG.md"]  # a change may name what it took away
HELP = {entry.name for entry in COMMANDS}


def shown(text: str) -> list[str]:
    """What stands there as code."""
    return [a or b or c for a, b, c in re.findall(r"```[a-z]*\n(.*?)```|`([^`\n]+)`|^ {4}(.*)$", text, re.S | re.M)]


def test_every_command_that_a_document_gives_is_there() -> None:
    unknown = {
        (page.relative_to(ROOT).as_posix(), command)
        for page in PROSE
        for code in shown(page.read_text(encoding="utf-8"))
        for command in re.findall(r"(?:^|[|;(]\s*|\.venv/bin/|^sudo .*)exchange ([a-z][a-z-]+)", code, re.M)
        if command not in HELP
    }
    assert unknown == set()


def test_every_setting_that_a_document_names_is_read_somewhere() -> None:
    source = "".join(
        file.read_text(encoding="utf-8", errors="replace")
        for pattern in ("exchange/**/*.py", "script/**/*", "tests/*.py", "tests/contract/**/*.py", "benchmarks/*.py")
        for file in ROOT.glob(pattern)
        if file.is_file()
    )
    read = set(re.findall(r"\bEXCHANGE_[A-Z_]+\b", source))
    unknown = {
        (page.relative_to(ROOT).as_posix(), name)
        for page in PROSE
        for name in re.findall(r"\bEXCHANGE_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8"))
        if name not in read
    }
    assert unknown == set()
