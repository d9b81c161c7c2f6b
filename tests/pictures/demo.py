"""The demonstration watched in terminals of several widths: its last picture before the end, and its console."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.pictures.officers import DESK
from tests.pictures.screen import draw
from tests.pictures.terminal import Frame, Terminal, watch

TREE = Path(__file__).parents[2]
COMMAND = "exchange demo"
SIZES = {"demo.svg": ("en", 141, 40), "demo-narrow.svg": ("en", 56, 130), "demo-zh.svg": ("zh", 124, 40)}
"""Language, columns and rows of the terminal of each picture."""
OPEN = ("road-occupation", "outdoor-advertising", "mass-event")
"""Applications handed in before the console's picture is taken, so that it has cases that are under way."""
_HELD = "until Ctrl-C"
"""What the demonstration says before it tells where its console goes on."""
_LINK = re.compile(r"http\S+/set-up/\S+")
_DESK = re.compile(rf"desk of {re.escape(DESK)}: .*?(http\S+/set-up/\S+)", re.DOTALL)
_WINDOW = re.compile(r"public window: (http\S+)")


@dataclass(frozen=True)
class Faces:
    """The pages that a held demonstration serves, and what a command needs to know to be one of its own."""

    console: str
    """The one-time link of its first account."""
    window: str
    desk: str
    """The one-time link of the first account of a department's desk."""
    environment: Mapping[str, str]


def film(language: str, columns: int, rows: int) -> Frame:
    """Runs the demonstration to its end; returns the last picture of its story. Raises SystemExit if it went wrong."""
    last: list[Frame] = []

    def seen(terminal: Terminal) -> bool:
        frame = terminal.frame() if terminal.moves else []
        if any(cell.text == "━" for row in frame for cell in row):
            last[:] = [frame]
        return False

    with tempfile.TemporaryDirectory(prefix="yizhan-pictures-") as folder:
        command = ["exchange", "demo", "--home", f"{folder}/demo"]
        _check(watch(command, (columns, rows), _environment(folder, language), seen))
    return last[0]


def held(use: Callable[[Faces], None]) -> None:
    """Runs the demonstration, hands in some applications more, and has ``use`` do what it wants with its console,
    given by its one-time link, and with its public window. Raises SystemExit if the demonstration went wrong."""
    used = False

    def seen(terminal: Terminal) -> bool:
        nonlocal used
        links = _LINK.findall(terminal.text.partition(_HELD)[2])
        if not links:
            return False
        for name in OPEN:
            path = TREE / "departments" / "applications" / f"{name}.toml"
            subprocess.run(["exchange", "submit", path], env=environment, check=True, stdout=subprocess.DEVNULL)
        windows, desks = _WINDOW.findall(terminal.text), _DESK.findall(terminal.text)
        use(Faces(links[-1], windows[-1].rstrip("/") if windows else "", desks[-1] if desks else "", environment))
        used = True
        return True

    with tempfile.TemporaryDirectory(prefix="yizhan-pictures-") as folder:
        environment = _environment(folder, "en")
        _check(watch(["exchange", "demo", "--hold", "--home", f"{folder}/demo"], (200, 60), environment, seen))
    if not used:
        raise SystemExit("pictures: the demonstration ended before its console could be looked at")


def story(frame: Frame) -> Frame:
    """From the demonstration's clock on, which stands reversed above its table."""
    return frame[next(number for number, row in enumerate(frame) if any(cell.reverse for cell in row)) :]


def crop(frame: Frame, cases: int) -> Frame:
    """Of a frame of lines for each case only the first cases, and all below the table."""
    firsts = [number for number, row in enumerate(frame) if "-20" in "".join(cell.text for cell in row[:14])]
    ends = next(number for number, row in enumerate(frame) if row[0].text == "└")
    return [*frame[: firsts[cases]], *frame[ends:]]


def picture(name: str) -> str:
    """The SVG of the demonstration that is called ``name``."""
    language, columns, rows = SIZES[name]
    frame = story(film(language, columns, rows))
    if _columns(frame) != (3 if "narrow" in name else 11):
        print(*("".join(cell.text for cell in row).rstrip() for row in frame), sep="\n", file=sys.stderr)
        raise SystemExit(f"pictures: {name}: {columns} columns are too few for the table, or too many")
    return draw(_trimmed(crop(frame, 1) if "narrow" in name else frame), COMMAND)


def _columns(frame: Frame) -> int:
    """Of the table."""
    return next(sum(cell.text in "┏┳" for cell in row) for row in frame if row[0].text == "┏")


def _trimmed(frame: Frame) -> Frame:
    """Without the columns to the right that nobody has written in."""
    used = max(number + 1 for row in frame for number, cell in enumerate(row) if cell.text != " ")
    return [row[:used] for row in frame]


def _environment(folder: str, language: str) -> dict[str, str]:
    """That of this process, with a domain's folder there and no other setting but the broker's program."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("EXCHANGE_")}
    for key in ("COLUMNS", "LINES", "NO_COLOR"):
        kept.pop(key, None)
    if "EXCHANGE_RABBITMQ_SERVER" in os.environ:
        kept["EXCHANGE_RABBITMQ_SERVER"] = os.environ["EXCHANGE_RABBITMQ_SERVER"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, "PATH": path, "EXCHANGE_HOME": f"{folder}/demo", "EXCHANGE_LANGUAGE": language}


def _check(code: int) -> None:
    if code:
        raise SystemExit(f"pictures: the demonstration came out otherwise than it should (exit code {code})")
