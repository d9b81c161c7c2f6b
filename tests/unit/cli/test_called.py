"""Commands that are printed to be typed are written as the exchange was called, and no terminal breaks them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Group
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from exchange.cli.called import NAME, as_called, called, settle_call
from exchange.cli.laid_out import line_as_called
from exchange.cli.view import Lines, plain

LINK = "http://127.0.0.1:8080/set-up/" + "x" * 60


@pytest.fixture
def path_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A program of ours that the shell finds."""
    program = tmp_path / "bin" / NAME
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    yield program
    settle_call([], [NAME], [NAME])


def test_it_is_called_again_as_it_was_called(path_called: Path, tmp_path: Path) -> None:
    other = tmp_path / "has a space" / NAME
    other.parent.mkdir()
    other.touch(mode=0o755)
    assert called([".venv/bin/exchange"], []) == ".venv/bin/exchange"  # another file than the one the shell finds
    assert called([str(path_called)], []) == NAME
    assert called([NAME], []) == NAME
    assert called([str(other)], []) == f"'{other}'"
    assert called(["/x/exchange/__main__.py"], ["python3.13", "-m", "exchange"]) == "python3.13 -m exchange"


def test_a_command_keeps_its_colour_however_it_was_called(path_called: Path) -> None:
    line = Text.assemble("  ", ("exchange status", "cyan"), "  what, by ", ("exchange status", "bold"))
    for program, words in ((".venv/bin/exchange", ".venv/bin/exchange"), (str(path_called), "exchange")):
        settle_call(["status"], [program], [])
        shown = line_as_called(line)
        assert isinstance(shown, Text)
        cyan = "".join(shown.plain[span.start : span.end] for span in shown.spans if span.style == "cyan")
        bold = "".join(shown.plain[span.start : span.end] for span in shown.spans if span.style == "bold")
        assert cyan == bold == f"{words} status"


def test_commands_in_texts_are_written_so_and_prose_is_left_alone(path_called: Path) -> None:
    settle_call(["init", "up", "notice"], [".venv/bin/exchange"], [])
    assert as_called("run `exchange init`, then: exchange up --detach") == (
        "run `.venv/bin/exchange init`, then: .venv/bin/exchange up --detach"
    )
    for prose in (
        "the exchange up there",
        "/opt/exchange init",
        "exchange uptime",
        "the exchange",
        "exchange of notes",
    ):
        assert as_called(prose) == prose
    settle_call(["init"], [str(path_called)], [])
    assert as_called("exchange init") == "exchange init"


@pytest.mark.parametrize("columns", [20, 40, 80])
def test_links_paths_and_commands_stay_in_one_piece_in_a_narrow_terminal(path_called: Path, columns: int) -> None:
    settle_call(["show"], [".venv/bin/exchange"], [])
    narrow = Lines(file=io.StringIO(), force_terminal=True, width=columns, color_system=None)
    command = "exchange show HEFEI-2026-000001 --as hefei.transport --save /srv/exchange/files"
    narrow.print(f"[dim]==>[/] console: {LINK}")
    narrow.print(plain(f"next: {command}", "bold"), Text(f" or {LINK}", style="red"))
    written = narrow.file.getvalue()  # type: ignore[attr-defined]
    assert written.count(LINK) == 2
    assert f".venv/bin/{command}" in written


def test_commands_in_tables_groups_and_paddings_are_written_so_too(path_called: Path) -> None:
    settle_call(["show", "decide"], ["/x/__main__.py"], ["/opt/python", "-m", NAME])
    table = Table(Column("remedy", overflow="fold"))
    table.add_row("exchange decide 1 --confirm")
    table.add_row(plain("exchange show 2"))
    shown = Group(table, Padding(Text("exchange show 3", "dim"), (0, 0, 1, 0)), Panel(Group("exchange show 4")))
    wide = Lines(file=io.StringIO(), width=120, color_system=None)
    wide.print(shown)
    wide.print(shown)
    written = wide.file.getvalue()  # type: ignore[attr-defined]
    assert written.count("/opt/python -m exchange decide 1 --confirm") == 2
    assert all(written.count(f"/opt/python -m exchange show {number}") == 2 for number in (2, 3, 4))
    assert written.count("exchange") == written.count("/opt/python -m exchange") == 8
