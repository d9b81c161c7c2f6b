"""Makes the project's pictures: ``script/pictures --help``."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from tests.pictures import architecture, console, demo, layouts, officers, proofs, public
from tests.pictures.review import review

TREE = Path(__file__).parents[2]
LAYOUTS = {
    "architecture.svg": (architecture.DRAWING, layouts.WIDE),
    "architecture-narrow.svg": (architecture.DRAWING, layouts.NARROW),
    "proofs.svg": (proofs.DRAWING, proofs.WIDE),
    "proofs-narrow.svg": (proofs.DRAWING, proofs.NARROW),
}
CONSOLES = {
    "console.png": ("en", 1000, 6),
    "console-zh.png": ("zh", 1000, 6),
    "console-narrow.png": ("en", 390, 4),
}
"""Of each picture of the console the language, the window's width in pixels, and how many tiles it shows."""
WINDOWS = {"window.png": ("en", 1000), "window-zh.png": ("zh", 1000), "window-narrow.png": ("en", 390)}
"""Of each picture of the public window the language, and the window's width in pixels."""
DESKS = {"desk.png": ("en", 1000), "desk-zh.png": ("zh", 1000), "desk-narrow.png": ("en", 390)}
"""Of each picture of a department's desk the language, and the window's width in pixels."""
SCALE = 1.7
"""Pixels of such a picture for each of the window's, for screens that have more."""
_ALL = (*LAYOUTS, *demo.SIZES, *CONSOLES, *WINDOWS, *DESKS)


def main(arguments: list[str]) -> None:
    """Makes what is named, or everything; a picture is written only once all that it shows is as it should be."""
    given = _given(arguments)
    given.to.mkdir(parents=True, exist_ok=True)
    if given.pages is not None:
        demo.held(lambda faces: _pages(faces.console, given.to, given.pages))
        return
    if given.review:
        review(TREE / "README.md", given.to)
        return
    wanted = [name for name in _ALL if not given.names or _named(name, given.names)]
    for name in wanted:
        if name in LAYOUTS:
            _write(given.to / name, architecture.draw(*LAYOUTS[name]))
        elif name in demo.SIZES:
            _write(given.to / name, demo.picture(name))
    consoles = [name for name in wanted if name in CONSOLES]
    windows = [name for name in wanted if name in WINDOWS]
    desks = [name for name in wanted if name in DESKS]
    if consoles or windows or desks:
        demo.held(lambda faces: _faces(faces, given.to, consoles, windows, desks))


def _given(arguments: list[str]) -> argparse.Namespace:
    parser = _parser()
    given = parser.parse_args(arguments)
    for name in given.names:
        if not any(_named(one, [name]) for one in _ALL):
            parser.error(f"there is no picture {name}; there are {', '.join(_ALL)}")
    if (given.review or given.pages is not None) and given.to is None:
        parser.error("--pages and --review need --to FOLDER: what they make is looked at and not kept")
    given.to = given.to or TREE / "docs" / "pictures"
    return given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/pictures", description="Makes the pictures of README and docs anew.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(_ALL)}; a group by its first word")
    parser.add_argument("--to", type=Path, help="folder (default: docs/pictures)")
    parser.add_argument(
        "--pages", nargs="*", metavar="PAGE", help="instead: the console's pages at three widths, to be looked at"
    )
    parser.add_argument("--review", action="store_true", help="instead: README's pictures as browsers show them there")
    return parser


def _named(name: str, names: list[str]) -> bool:
    return name in names or name.partition(".")[0].partition("-")[0] in names


def _write(file: Path, text: str) -> None:
    file.write_text(text)
    print(file)


def _faces(faces: demo.Faces, folder: Path, consoles: list[str], windows: list[str], desks: list[str]) -> None:
    filing = public.hand_in(TREE, faces.environment) if windows else ("", "")
    _consoles(faces.console, folder, consoles)
    for name in windows:
        language, width = WINDOWS[name]
        with console.browser_page(width, scale=SCALE) as page:
            public.take_case(page, faces.window, filing, folder / name, language)
        print(folder / name)
    for name in desks:
        language, width = DESKS[name]
        with console.browser_page(width, scale=SCALE) as page:
            officers.take_case(page, console.come_in(page, faces.desk), folder / name, language)
        print(folder / name)


def _consoles(link: str, folder: Path, names: list[str]) -> None:
    for name in names:
        language, width, tiles = CONSOLES[name]
        with console.browser_page(width, scale=SCALE) as page:
            console.take_overview(page, console.come_in(page, link), folder / name, language, tiles)
        print(folder / name)


def _pages(link: str, folder: Path, only: list[str]) -> None:
    with console.browser_page(console.WIDTHS[-1]) as page:
        console.take_pages(page, console.come_in(page, link), folder, only)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("pictures: stopped"))  # so that what was started is ended
    main(sys.argv[1:])
