"""The project's pictures: what is drawn stands where it should in every browser, and README shows what is there."""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from exchange.language.names import ROLES
from tests.pictures import architecture, layouts, screen, widths
from tests.pictures.__main__ import _ALL, CONSOLES, LAYOUTS, SCALE, main
from tests.pictures.demo import SIZES, crop, story
from tests.pictures.terminal import Cell, Terminal, watch

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "docs" / "pictures"
PHONE = 390
"""Pixels of a telephone's width."""
SVG = "{http://www.w3.org/2000/svg}"


def drawn(written: str, columns: int = 20) -> ElementTree.Element:
    terminal = Terminal(columns, 4)
    terminal.feed(written.encode())
    return ElementTree.fromstring(screen.draw(terminal.frame(), "exchange demo"))


def runs(picture: ElementTree.Element) -> list[tuple[str | None, float, float]]:
    """Text, the column it begins at, and how many it takes."""
    left = float(next(iter(picture.iter(f"{SVG}text"))).attrib["x"])  # the command, at column 0
    found = [text for text in picture.iter(f"{SVG}text") if "textLength" in text.attrib]
    return [
        (text.text, (float(text.attrib["x"]) - left) / screen.CELL, float(text.attrib["textLength"]) / screen.CELL)
        for text in found
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ab", [("ab", 0, 2)]),
        ("01 占用、挖 x", [("01", 0, 2), ("占用、挖", 3, 8), ("x", 12, 1)]),
        ("a  b c", [("a", 0, 1), ("b c", 3, 3)]),
        ("│ 同意 │ 催 │", [("同意", 2, 4), ("催", 9, 2)]),
        ("\x1b[32m同\x1b[0m意", [("同", 0, 2), ("意", 2, 2)]),
        ("<&>", [("<&>", 0, 3)]),
    ],
)
def test_every_run_of_text_stands_at_its_column_and_knows_its_length(
    written: str, expected: list[tuple[str, int, int]]
) -> None:
    found = runs(drawn(written))
    assert [text for text, _, _ in found] == [text for text, _, _ in expected]
    for (_, at, length), (_, column, columns) in zip(found, expected, strict=True):
        assert at == pytest.approx(column, abs=0.02)
        assert length == pytest.approx(columns, abs=0.02)


def test_colours_and_looks_of_a_terminal_are_kept() -> None:
    picture = drawn("\x1b[1;31mred\x1b[0m \x1b[2mdim\x1b[0m \x1b[7mday\x1b[0m")
    red, dim, day = (text for text in picture.iter(f"{SVG}text") if "textLength" in text.attrib)
    assert red.attrib["class"] == "b"
    assert len({text.attrib.get("fill") for text in (red, dim, day)}) == 3
    assert any(rect.attrib["width"] == f"{3 * screen.CELL:g}" for rect in picture.iter(f"{SVG}rect"))


def test_frames_are_lines_and_an_unknown_one_is_told() -> None:
    light, heavy = (path.attrib["d"] for path in drawn("┏━┓│").iter(f"{SVG}path"))
    assert light.count("M") == 2
    assert heavy.count("M") == 6
    with pytest.raises(ValueError, match="╬"):
        drawn("╬")


def test_a_terminal_has_its_size_and_ends_what_it_is_content_with() -> None:
    seen: list[str] = []
    code = "import os, time; print(*os.get_terminal_size(), '同意', flush=True); time.sleep(60)"

    def content(terminal: Terminal) -> bool:
        seen.append(terminal.text.strip())
        return "同意" in terminal.text

    assert watch([sys.executable, "-c", code], (77, 9), {}, content) != 0  # interrupted, as by Ctrl-C
    assert seen[-1].splitlines()[0] == "77 9 同意"
    assert watch([sys.executable, "-c", "raise SystemExit(8)"], (77, 9), {}, lambda _: False) == 8


def test_every_picture_of_a_film_is_seen_and_the_last_too() -> None:
    seen: list[str] = []
    code = """
import sys
sys.stdout.write('\\x1b[?25lfirst\\r\\x1b[2Ksecond\\x1b[?25h\\r\\x1b[1A\\x1b[2Kdone')
"""

    def look(terminal: Terminal) -> bool:
        seen.append("".join(cell.text for row in terminal.frame()[:1] for cell in row).strip() * terminal.moves)
        return False

    assert watch([sys.executable, "-c", code], (20, 3), {}, look) == 0
    assert [each for each in seen if each] == ["first", "second"]


def test_a_story_is_cropped_to_its_first_cases() -> None:
    lines = [
        "links",
        "#day",
        "┏━",
        "│ HEFEI-2026-000001",
        "│ 占用",
        "│ HEFEI-2026-000002",
        "│ 规划",
        "└─",
        "01 decided",
    ]
    frame = [[Cell(char, reverse=line[0] == "#") for char in line] for line in lines]
    assert ["".join(cell.text for cell in row) for row in crop(story(frame), 1)] == [
        "#day", "┏━", "│ HEFEI-2026-000001", "│ 占用", "└─", "01 decided",
    ]  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_drawn_picture_is_the_one_that_its_description_makes(name: str) -> None:
    group = name.partition(".")[0].partition("-")[0]
    assert (PICTURES / name).read_text() == architecture.draw(*LAYOUTS[name]), f"make it anew: script/pictures {group}"


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_part_and_kind_of_way_is_in_every_layout(name: str) -> None:
    drawing, layout = LAYOUTS[name]
    kinds = {way.kind for way in layout.ways}
    assert set(layout.boxes) == set(drawing.parts)
    assert set(layout.marks) == set(drawing.marks)
    assert kinds - {"plain"} <= set(layout.marks) <= kinds


def test_parts_have_the_names_that_people_meet_elsewhere() -> None:
    roles = {"departments": "department"} | {name: name for name in ("window", "monitor", "relay", "portal")}
    for name, role in roles.items():
        assert architecture.DRAWING.parts[name].zh == ROLES[role][0]


def test_text_without_room_is_told() -> None:
    with pytest.raises(ValueError, match="no room"):
        widths.wrapped("unbreakable", 20, 13)
    small = {**layouts.WIDE.boxes, "monitor": (600, 266, 200, 40)}
    with pytest.raises(ValueError, match="Monitor"):
        architecture.draw(architecture.DRAWING, architecture.Layout(830, 600, small, ()))


@pytest.mark.parametrize("name", SIZES)
def test_the_demonstrations_pictures_tell_nothing_of_the_machine(name: str) -> None:
    text = (PICTURES / name).read_text()
    assert not re.search(r"/tmp|/home|set-up|127\.0\.0\.1|http(?!://www\.w3\.org/2000/svg)", text)
    assert "textLength" in text


@pytest.mark.parametrize(
    ("arguments", "told"), [(["nosuch"], "no picture nosuch"), (["--review"], "--to"), (["--pages", "cases"], "--to")]
)
def test_what_cannot_be_made_is_told_before_anything_is_begun(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert told in capsys.readouterr().err


def test_one_picture_is_made_where_it_is_wanted(tmp_path: Path) -> None:
    main(["architecture-narrow.svg", "--to", str(tmp_path / "new")])
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["architecture-narrow.svg"]


def test_pictures_that_are_shown_are_made_by_the_script_and_all_are_shown() -> None:
    assert {file.name for file in PICTURES.iterdir()} == set(_ALL)
    pages = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/how-to-prove-it.md")]
    assert {name for page in pages for name in re.findall(r"\bpictures/([\w.-]+)", page)} == set(_ALL)


@pytest.mark.parametrize("name", CONSOLES)
def test_the_consoles_pictures_show_so_many_tiles_at_their_width(name: str) -> None:
    _, wanted, tiles = CONSOLES[name]
    with (PICTURES / name).open("rb") as file:
        width, height = struct.unpack(">16xII", file.read(24))
    assert width == pytest.approx(wanted * SCALE, abs=1)
    rows = tiles / (3 if wanted > PHONE else 1)
    assert height / SCALE > 250 + 100 * rows
