"""Draws what stands on a terminal's screen as an SVG that looks the same in every browser.

Browsers take Chinese text from another font than the rest, and its characters are not twice as wide. So every run of
text stands at its own column and is told its length; frames are lines, not characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from tests.pictures.terminal import Cell, Frame

CELL, ROW, SIZE = 8.4, 21, 16
"""Pixels: the width of a column, the height of a line, the size of the font. Columns are narrower than the font would
have them, so that a wide table is legible where a README has room for 830 pixels."""
_PADDING, _BAR = 10, 30
_COLOURS = {
    "default": "#d7dce2", "red": "#ff7b72", "green": "#5fd38d", "brown": "#e3b341", "blue": "#79b8ff",
    "magenta": "#d2a8ff", "cyan": "#56d4dd", "white": "#f0f3f6", "brightblack": "#98a2ad",
}  # fmt: skip
_GROUND = "#10151c"
_ARMS = {
    "─": "0101", "━": "0202", "│": "1010", "┃": "2020", "┏": "0220", "┓": "0022", "┗": "2200", "┛": "2002",
    "┳": "0222", "┻": "2202", "╇": "2212", "┡": "2210", "┩": "2012", "├": "1110", "┤": "1011", "┼": "1111",
    "┌": "0110", "┐": "0011", "└": "1100", "┘": "1001", "┬": "0111", "┴": "1101",
}  # fmt: skip
"""Frames: the weight of the arm upwards, to the right, downwards, to the left."""
_PIECES = re.compile(r"\S+(?: \S+)*")
"""Text between gaps: a gap of two columns and more is left, not written."""


def draw(frame: Frame, command: str) -> str:
    """The SVG of a screen, under the command that was typed. Raises ValueError for a character of frames that it
    cannot draw."""
    columns = max(len(row) for row in frame)
    width, height = columns * CELL + 2 * _PADDING, len(frame) * ROW + _BAR + _PADDING
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" fill="{_COLOURS["default"]}" role="img" aria-labelledby="title">',
        f'<title id="title">{escape(command)}</title>',
        f"<style>text {{ font: {SIZE}px monospace }} .b {{ font-weight: 700 }} "
        f".i {{ font-style: italic }} .rule {{ stroke: {_COLOURS['brightblack']}; fill: none }}</style>",
        f'<rect width="{width:g}" height="{height:g}" rx="9" fill="{_GROUND}"/>',
        f'<text x="{_PADDING}" y="20" fill="{_COLOURS["brightblack"]}">$ {escape(command)}</text>',
    ]
    light, heavy = _frames(frame)
    for number, row in enumerate(frame):
        lines += _row(row, _BAR + number * ROW)
    lines += [f'<path class="rule" d="{light}"/>', f'<path class="rule" stroke-width="2" d="{heavy}"/>', "</svg>", ""]
    return "\n".join(lines)


def _row(row: Sequence[Cell], top: float) -> Iterator[str]:
    """A line of the screen: its grounds where it is reversed, and its runs of text."""
    for reverse, numbers in groupby(range(len(row)), lambda number: row[number].reverse):
        if reverse:
            yield _ground(row, list(numbers), top)
    for start, cells in _runs(row):
        first = cells[0]
        colour = _GROUND if first.reverse else _colour(first)
        looks = "".join(" b" * first.bold + " i" * first.italic).strip()
        kind = f' class="{looks}"' if looks else ""
        fill = f' fill="{colour}"' if colour != _COLOURS["default"] else ""
        yield from _pieces(cells, _PADDING + start * CELL, top, f"{kind}{fill}")


def _ground(row: Sequence[Cell], numbers: Sequence[int], top: float) -> str:
    left, width = _PADDING + numbers[0] * CELL, len(numbers) * CELL
    return f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{ROW}" fill="{_colour(row[numbers[0]])}"/>'


def _colour(cell: Cell) -> str:
    """The cell's colour: a name of the terminal's palette, or six hexadecimal digits."""
    return _COLOURS.get(cell.colour, f"#{cell.colour}")


def _pieces(cells: Sequence[Cell], left: float, top: float, looks: str) -> Iterator[str]:
    each = 2 if _wide(cells) else 1
    fit = ' lengthAdjust="spacingAndGlyphs"' if each == 1 else ""  # Chinese has room for its shape
    text = "".join(cell.text for cell in cells)
    for piece in _PIECES.finditer(text):
        at, length = left + piece.start() * each * CELL, len(piece[0]) * each * CELL
        yield f'<text x="{at:g}" y="{top + 16:g}" textLength="{length:g}"{fit}{looks}>{escape(piece[0])}</text>'


def _runs(row: Sequence[Cell]) -> Iterator[tuple[int, list[Cell]]]:
    """Neighbours that look the same and are equally wide, with the column of the first; frames are blanks."""
    cells = [Cell() if cell.text in _ARMS else cell for cell in row]
    wides = [number + 1 < len(cells) and not cells[number + 1].text for number in range(len(cells))]

    def looks(number: int) -> tuple[object, ...]:
        cell = cells[number if cells[number].text else number - 1]
        wide = wides[number] or not cells[number].text
        return cell.colour, cell.bold, cell.italic, cell.reverse, wide

    for _, numbers in groupby(range(len(cells)), looks):
        run = list(numbers)
        yield run[0], [cells[number] for number in run]


def _wide(cells: Sequence[Cell]) -> bool:
    return any(not cell.text for cell in cells)


def _frames(frame: Frame) -> tuple[str, str]:
    """The paths of light and heavy frames."""
    light: list[str] = []
    heavy: list[str] = []
    for number, row in enumerate(frame):
        for column, cell in enumerate(row):
            if cell.text in _ARMS:
                x, y = _PADDING + (column + 0.5) * CELL, _BAR + (number + 0.5) * ROW
                ends = ((0, -ROW / 2), (CELL / 2, 0), (0, ROW / 2), (-CELL / 2, 0))
                for weight, (right, down) in zip(_ARMS[cell.text], ends, strict=True):
                    if weight != "0":
                        (heavy if weight == "2" else light).append(f"M{x:g} {y:g}l{right:g} {down:g}")
            elif "\u2500" <= cell.text <= "\u257f":
                raise ValueError(f"no lines are known for {cell.text!r}")
    return "".join(light), "".join(heavy)
