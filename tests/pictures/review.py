"""README's pictures as browsers show them there: on a telephone, at a README's width and on a desk, light and dark."""

from __future__ import annotations

import re
from pathlib import Path

from tests.pictures.console import browser_page

WIDTHS = (390, 830, 1440)
_ROOM, _MARGIN = 1012, 16
"""Pixels: the most that a README is wide, and what is left beside it on a telephone."""
_PICTURE = re.compile(r"<picture>.*?</picture>|!\[[^]]*\]\(\S+\)", re.S)
_IMAGE = re.compile(r"!\[([^]]*)\]\((\S+)\)")


def review(readme: Path, folder: Path) -> None:
    """Takes a likeness of every picture of ``readme`` into ``folder``, as it is shown at each width."""
    found = [_IMAGE.sub(r'<img alt="\1" src="\2">', each) for each in _PICTURE.findall(readme.read_text())]
    html = (
        f'<base href="{readme.resolve().parent.as_uri()}/"><meta name="color-scheme" content="light dark">'
        f"<style>body {{ margin: {_MARGIN}px auto; max-width: {_ROOM}px; padding: 0 {_MARGIN}px }} "
        f"img {{ max-width: 100% }}</style>{''.join(f'<p>{each}</p>' for each in found)}"
    )
    page_file = folder / "review.html"
    page_file.write_text(html)
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            side = 0 if width == 390 else 2 * _MARGIN
            with browser_page(width + side, scale=2 if width == 390 else 1, scheme=scheme) as page:
                page.goto(page_file.as_uri())
                for number, image in enumerate(page.locator("img").all(), 1):
                    image.screenshot(path=str(folder / f"picture-{number}-{width}-{scheme}.png"))
